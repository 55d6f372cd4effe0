"""What every peer has in common: it measures a round whenever a line comes in, and else keeps still.

So the programs of one comparison can all be ready at once and take turns, each of which is a second
or so: what a shared machine gives changes by the minute.
"""

import json
import statistics
import sys
import time


def ready():
    print(json.dumps({"ready": True}), flush=True)


def wait():
    """Waits for this program's turn; at the end of the input it ends."""
    if not sys.stdin.readline():
        sys.exit(0)


def tell(**values):
    print(json.dumps(values), flush=True)


def measure(work, seconds=1.0):
    """Tells the median time of a call of `work`, in each round, after a warm-up."""
    for _ in range(5):
        work()
    ready()
    while True:
        wait()
        durations = []
        start = now = time.perf_counter()
        while now - start < seconds or len(durations) < 3:
            work()
            before, now = now, time.perf_counter()
            durations.append(now - before)
        tell(rate=1 / statistics.median(durations))


class Steps:
    """Counts the steps of a loop, and tells how many there were a second, in each round."""

    def __init__(self, per_round, warm_up):
        self.per_round = per_round
        self.until = warm_up
        self.start = None

    def step(self):
        self.until -= 1
        if self.until > 0:
            return
        if self.start is None:
            ready()
        else:
            tell(rate=self.per_round / (time.perf_counter() - self.start))
        wait()
        self.until = self.per_round
        self.start = time.perf_counter()
