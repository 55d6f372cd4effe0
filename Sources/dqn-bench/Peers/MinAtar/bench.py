"""How many steps a second MinAtar's games make here and in the package, played at random.

Both draw an action, play it and write the observation, and begin anew where an episode has ended. They are
measured in turn, and the best of the rounds counts. Usage, with a Python that has minatar 1.0.15:
    bench.py [ROUNDS]
"""

import json
import logging
import pathlib
import random
import statistics
import subprocess
import sys
import time

logging.disable(logging.WARNING)

from minatar import Environment

BENCH = pathlib.Path(__file__).resolve().parents[4] / ".build/release/dqn-bench"
GAMES = ["breakout", "space_invaders", "freeway", "asterix", "seaquest"]


def theirs(name, seconds=1.0, steps=100):
    """As dqn-bench measures: the median of calls that make some steps each."""
    environment = Environment(name)
    environment.reset()
    actions = environment.minimal_action_set()
    durations = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(steps):
            _, is_over = environment.act(random.choice(actions))
            environment.state()
            if is_over:
                environment.reset()
        durations.append(time.perf_counter() - start)
    return steps / statistics.median(durations)


def ours(name):
    command = [BENCH, "environment", "--environment", name, "--seconds", "1", "--json", "-"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output)[0]["steps_per_second"]


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
print("| game | package | here | times |\n|---|---|---|---|")
for game in GAMES:
    name = "minatar/" + game.replace("_", "-")
    package, here = map(max, zip(*((theirs(game), ours(name)) for _ in range(rounds))))
    print(f"| {name} | {package:,.0f} | {here:,.0f} | {here / package:.0f} |", flush=True)
