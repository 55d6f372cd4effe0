#!/usr/bin/env python3
r"""Measures our training and that of its peers in turn, in one run, and prints the ratios.

usage: bench.py [--parts step,cartpole,breakout] [--threads 1,2] [--rounds N] [--json FILE]
       bench.py --parts scalar,double,munchausen,dueling,shared-dueling,categorical,quantile,\
                implicit-quantile,noisy

All programs of a part are made ready first; then each has a turn of about a second in every round.
Ratios are taken within a round and their median is quoted, since what a shared machine gives changes
by the minute.
"""

import argparse
import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "Sources/dqn-bench/Peers/Training"
PYTHON = ROOT / ".python-peers/bin/python"
OWN = ROOT / ".build/release/dqn-bench"

HAS_BF16 = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
TORCH_STEPS = [
    ["adam"], ["rmsprop"], ["adam", "fused"], ["adam", "fused", "channels_last"],
    ["rmsprop", "channels_last"], ["adam", "fused", "channels_last", "bf16"],
]
# The peer goes on from turn to turn; ours has a whole run each, since it is fastest at first, while the
# target network's values of few transitions are remembered.
CARTPOLE_STEPS, OWN_CARTPOLE_STEPS = 2048, 49_152
BREAKOUT_STEPS = 400


def on_cores(threads, words):
    """A command on as many cores as it is given threads: not every library counts its own."""
    return ["taskset", "-c", f"0-{int(threads) - 1}", *words]


class Peer:
    """A Python program that waits for its turns."""

    def __init__(self, name, threads, words):
        self.name = name
        environment = dict(os.environ, OMP_NUM_THREADS=threads, PYTHONUNBUFFERED="1")
        self.process = subprocess.Popen(
            on_cores(threads, [PYTHON, "-B", PEERS / words[0], threads, *words[1:]]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=environment, cwd=ROOT,
        )
        self.is_ready = bool(self.answer())

    def answer(self):
        """The next line of numbers; what libraries print is passed over. None at the end."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return None

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()["rate"]

    def memory(self):
        """The most memory it ever had, in MiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024

    def end(self):
        self.process.kill()
        self.process.wait()


class Own:
    """Our program, started anew for every turn."""

    def __init__(self, name, threads, words, rate):
        self.name, self.rate, self.memory_mib = name, rate, None
        options = ["--threads", threads, "--seconds", "1", "--json", "-"]
        self.command = on_cores(threads, [OWN, *words, *options])

    def turn(self):
        output = subprocess.run(
            self.command, check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout
        line = json.loads(output)[0]
        self.memory_mib = line.get("peak_memory_mib")
        return line[self.rate]

    def memory(self):
        return self.memory_mib

    def end(self):
        pass


def step_programs(threads):
    yield Own("ours, adam", threads, ["gradient-step"], "updates_per_second")
    yield Own("ours, rmsprop", threads, ["gradient-step", "--optimizer", "rmsprop"],
              "updates_per_second")
    if HAS_BF16:
        yield Own("ours, adam, bf16", threads, ["gradient-step", "--kernels", "avx512BF16"],
                  "updates_per_second")
    variants = list(TORCH_STEPS)
    if shutil.which("g++"):
        variants.append(["adam", "fused", "compiled"])
    for words in variants:
        yield Peer("torch " + " ".join(words), threads, ["torch_step.py", *words])
    for rule in ["adam", "rmsprop"]:
        yield Peer("jax " + rule, threads, ["jax_step.py", rule])


# As `dqn-bench gradient-step --method` calls them; a part each.
METHODS = ["scalar", "double", "munchausen", "dueling", "shared-dueling", "categorical", "quantile",
           "implicit-quantile", "noisy"]


def method_programs(method, threads):
    yield Own(f"ours, {method}", threads, ["gradient-step", "--method", method], "updates_per_second")
    yield Own("ours, scalar", threads, ["gradient-step"], "updates_per_second")
    for options in (["fused"], ["fused", "channels_last"]):
        yield Peer("torch " + " ".join([method, *options]), threads, ["torch_heads.py", method, *options])


def cartpole_programs(threads):
    words = ["loop", "--preset", "cartpole", "--steps", str(OWN_CARTPOLE_STEPS)]
    yield Own("ours", threads, words, "steps_per_second")
    yield Peer("stable-baselines3", threads, ["sb3_loop.py", "cartpole", str(CARTPOLE_STEPS)])


def breakout_programs(threads):
    words = ["loop", "--preset", "atari-fast", "--steps", str(BREAKOUT_STEPS), "--python", PYTHON]
    yield Own("ours", threads, words, "steps_per_second")
    yield Own("ours, overlapped", threads, [*words, "--overlapped"], "steps_per_second")
    if HAS_BF16:
        yield Own("ours, overlapped, bf16", threads,
                  [*words, "--overlapped", "--precision", "bf16"], "steps_per_second")
    yield Peer("stable-baselines3", threads, ["sb3_loop.py", "breakout", str(BREAKOUT_STEPS)])
    yield Peer("plain torch loop", threads, ["plain_loop.py", str(BREAKOUT_STEPS)])


PARTS = {
    "step": ("gradient step, Nature network, batch 32: updates a second", step_programs),
    "cartpole": ("whole loop, CartPole with the zoo's constants: agent steps a second",
                 cartpole_programs),
    "breakout": ("whole loop, Breakout, an update every 4 steps: agent steps a second",
                 breakout_programs),
}
USUAL_PARTS = list(PARTS)
PARTS |= {
    method: (f"gradient step, {method}, Adam: updates a second", functools.partial(method_programs, method))
    for method in METHODS
}


def run_part(part, threads, rounds):
    title, make = PARTS[part]
    programs = []
    try:
        for program in make(threads):
            if isinstance(program, Peer) and not program.is_ready:
                print(f"left out, it does not run here: {program.name}")
                program.end()
                continue
            programs.append(program)
        rates = {program.name: [] for program in programs}
        for _ in range(rounds):
            for program in programs:
                rates[program.name].append(program.turn())
        lines = []
        for program in programs:
            ratios = [ours / theirs for ours, theirs in
                      zip(rates[programs[0].name], rates[program.name])]
            lines.append({
                "part": part, "threads": int(threads), "program": program.name,
                "rate": statistics.median(rates[program.name]),
                "lowest": min(rates[program.name]), "highest": max(rates[program.name]),
                "ours_over_this": statistics.median(ratios), "memory_mib": program.memory(),
            })
    finally:
        for program in programs:
            program.end()
    print(f"\n{title}, {threads} threads")
    print(f"{'program':38}{'median':>9}{'lowest':>9}{'highest':>9}{'ours ×':>8}{'MiB':>8}")
    for line in lines:
        memory = f"{line['memory_mib']:.0f}" if line["memory_mib"] else ""
        print(f"{line['program']:38}{line['rate']:9.1f}{line['lowest']:9.1f}"
              f"{line['highest']:9.1f}{line['ours_over_this']:8.2f}{memory:>8}", flush=True)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default=",".join(USUAL_PARTS))
    parser.add_argument("--threads", default=",".join(sorted({"1", str(os.cpu_count())})))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="a file for the numbers")
    options = parser.parse_args()
    lines = []
    for part in options.parts.split(","):
        for threads in options.threads.split(","):
            lines += run_part(part, threads, options.rounds)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(lines, indent=1) + "\n")


if __name__ == "__main__":
    main()
