#!/usr/bin/env python3
"""How soon a job answers, whatever it does.

usage: reach.py [--rounds N] [--only NAME …] [--aim SECONDS]

For each case a server is started over an empty folder, a job is brought to where it is busy, and
then pause, resume, frame, checkpoint, stop, delete and SIGTERM are timed, from the request to the
whole answer, or to the end of the process. The table has the worst of all rounds in seconds; the
script exits with 1 where one is above the aim.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

from server import ENDED, Server

NEVER = 1_000_000_000
CATCH = {"preset": "catch", "total_agent_steps": NEVER, "checkpoint_every_agent_steps": 0,
         "evaluation": None}
LEARNING = {"learning_starts_agent_steps": 300, "update_period_agent_steps": 200}
BREAKOUT = {"preset": "atari-fast", "environment": "atari/breakout", "total_agent_steps": NEVER,
            "checkpoint_every_agent_steps": 0}
# A greedy policy that has learned nothing: it never serves, and an episode lasts 27,000 steps.
IDLE = BREAKOUT | {
    "environment_options": {"fire_on_reset": False, "fire_on_life_loss": False},
    "evaluation": {"every_agent_steps": 200, "episodes": 1000, "epsilon": 0},
    "hyperparameters": {"replay_capacity_frames": 10_000},
}


def round_of(updates, batch, schedule):
    """A job that makes so many updates of such batches at once."""
    return CATCH | {"hyperparameters": LEARNING | {
        "updates_per_period": updates, "batch_size": batch, "schedule": schedule}}


def is_running(job):
    return job["state"] == "running" and job["progress"]["agent_steps"] > 0


def learns(job):
    return is_running(job) and job["progress"]["agent_steps"] >= 300


class Case:
    """What a job does, and how it gets there."""

    def __init__(self, name, job, ready=is_running, options=(), before=None, disturb=None,
                 starting=False, settle=0.3):
        self.name, self.job, self.ready = name, job, ready
        self.options, self.before, self.disturb = options, before, disturb
        self.starting, self.settle = starting, settle


def queue_many(server):
    for number in range(500):
        server.create(CATCH | {"seed": number + 10})


def stop_workers(server):
    """The workers hang from now on."""
    for worker in server.workers():
        os.kill(worker, signal.SIGSTOP)


def second_job(server):
    job = server.create(round_of(4, 32, "sequential") | {"seed": 2})
    server.wait(job["id"], learns)


def hanging_python(folder):
    """A Python whose workers never answer; asked for its games it answers."""
    path = pathlib.Path(folder) / "hanging-python"
    path.write_text("#!/bin/sh\ncase \"$*\" in *--games*) exec .python/bin/python \"$@\";; esac\n"
                    "exec sleep 600\n")
    path.chmod(0o755)
    return ["--python", str(path)]


def slow_python(folder):
    """A Python that takes 20 s to start a game."""
    path = pathlib.Path(folder) / "slow-python"
    path.write_text("#!/bin/sh\ncase \"$*\" in *--games*) ;; *) sleep 20;; esac\n"
                    "exec .python/bin/python \"$@\"\n")
    path.chmod(0o755)
    return ["--python", str(path)]


CASES = [
    Case("catch", CATCH),
    Case("a greedy Breakout episode that never serves", IDLE,
         lambda job: is_running(job) and job["progress"]["agent_steps"] >= 200, settle=1),
    Case("a worker starts", BREAKOUT, starting=True, settle=0.05),
    Case("a worker takes 20 s to start", BREAKOUT, options=slow_python, starting=True),
    Case("a worker hangs in its start", BREAKOUT, options=hanging_python, starting=True),
    Case("a worker hangs (SIGSTOP)", BREAKOUT, disturb=stop_workers),
    Case("2,000 updates at once, sequential", round_of(2000, 32, "sequential"), learns),
    Case("148 updates at once, overlapped", round_of(148, 32, "overlapped"), learns),
    Case("updates of 2,048 transitions, sequential", round_of(50, 2048, "sequential"), learns),
    Case("updates of 2,048 transitions, overlapped", round_of(2, 2048, "overlapped"), learns),
    Case("500 jobs queued", round_of(4, 32, "sequential"), learns,
         options=lambda folder: ["--max-running-jobs", "1"], before=queue_many),
    Case("two jobs on all cores", round_of(4, 32, "sequential"), learns, before=second_job),
]
COLUMNS = ["pause", "resume", "frame", "checkpoint", "stop", "delete", "SIGTERM"]


class Measurement:
    """The worst times of one case."""

    def __init__(self, case, folder):
        self.case, self.worst, self.odd = case, {}, []
        options = case.options(folder) if callable(case.options) else case.options
        self.server = Server(pathlib.Path(folder) / "data", *options)

    def note(self, what, seconds):
        self.worst[what] = max(self.worst.get(what, 0), seconds)

    def ask(self, what, method, path, expected):
        """Asks and notes how long the answer took."""
        start = time.monotonic()
        status, data = self.server.ask(method, path, timeout=100)
        self.note(what, time.monotonic() - start)
        if status not in expected:
            self.odd.append(f"{what}: {status} {data[:160]!r}")
        return status

    def change(self, what, id):
        """One of those requests that leave a job as it is in the end."""
        path, refused = f"/v1/jobs/{id}", (409,) if self.case.starting else ()
        if what == "frame":
            self.ask(what, "GET", f"{path}/frame.png", (200, *refused))
        elif what == "checkpoint":
            self.ask(what, "POST", f"{path}/checkpoints", (201, *refused))
        else:
            self.ask(what, "POST", f"{path}/{what}", (200, *refused))

    def begin(self, seed):
        """A job where it is busy."""
        job = self.server.create(self.case.job | {"seed": seed})
        if not self.case.starting:
            self.server.wait(job["id"], self.case.ready, 120)
        if self.case.disturb:
            time.sleep(0.1)
            self.case.disturb(self.server)
        time.sleep(self.case.settle)
        return job["id"]

    def run(self, rounds):
        server = self.server.start()
        try:
            generator = random.Random(1)
            id = self.begin(1)
            if self.case.before:
                self.case.before(server)
            for _ in range(rounds):
                for what in ("pause", "resume", "frame", "checkpoint"):
                    if self.case.starting:
                        # Each finds another start under way.
                        self.ask("stop", "POST", f"/v1/jobs/{id}/stop", (200,))
                        id = self.begin(generator.randrange(1 << 20))
                    if self.case.disturb:
                        self.case.disturb(server)
                    time.sleep(0 if what == "resume" else generator.uniform(0, 0.5))
                    self.change(what, id)
            for number in range(max(rounds // 2, 1)):
                time.sleep(generator.uniform(0, 0.5))
                self.ask("stop", "POST", f"/v1/jobs/{id}/stop", (200,))
                self.ask("delete", "DELETE", f"/v1/jobs/{id}", (204,))
                if "queued" in self.case.name:
                    # Another is taken out of the queue.
                    id = server.get("/v1/jobs?state=queued&limit=1000")["jobs"][number]["id"]
                    continue
                id = self.begin(number + 2)
            self.note("SIGTERM", server.end()[1])
            if server.process.returncode:
                self.odd.append(f"exit code {server.process.returncode}")
        finally:
            server.kill()
        return self


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--only", nargs="*", help="parts of the names of the cases to be measured")
    parser.add_argument("--aim", type=float, default=1.0, help="seconds")
    arguments = parser.parse_args()
    above = 0
    print("| while | " + " | ".join(f"{name}, s" for name in COLUMNS) + " |")
    print("|---|" + "---:|" * len(COLUMNS), flush=True)
    for case in CASES:
        if arguments.only and not any(part in case.name for part in arguments.only):
            continue
        with tempfile.TemporaryDirectory(prefix="reach-") as folder:
            measured = Measurement(case, folder)
            try:
                measured.run(arguments.rounds)
            except Exception as error:
                measured.odd.append(f"{error!r}"[:600])
        above += sum(seconds > arguments.aim for seconds in measured.worst.values())
        cells = [f"{measured.worst[name]:.2f}" if name in measured.worst else "–" for name in COLUMNS]
        print(f"| {case.name} | " + " | ".join(cells) + " |", flush=True)
        for odd in measured.odd[:5]:
            print(f"{case.name}: {odd}", file=sys.stderr, flush=True)
        above += bool(measured.odd)
    print(f"{above} above the aim of {arguments.aim} s, or otherwise than expected")
    sys.exit(1 if above else 0)


if __name__ == "__main__":
    main()
