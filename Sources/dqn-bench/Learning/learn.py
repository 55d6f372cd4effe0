"""Trains what the README claims, judges it anew, and prints the table of it.

Usage: learn.py [RUN …], where a run is a name below; all of them if none is given. Each run trains
with the command line tool, then plays episodes of its best checkpoint with a seed that training did
not have. The table is Markdown, with the commands to do the same again.
"""

import dataclasses
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / ".build/release/dqn-server"


@dataclasses.dataclass
class Run:
    preset: str
    goal: str
    seeds: tuple = (1,)
    changes: tuple = ()
    episodes: int = 100
    epsilon: float = 0.0

    def command(self, seed):
        changes = [word for change in self.changes for word in ("--set", change)]
        return ["train", "--preset", self.preset, "--seed", str(seed), *changes]


# What came after 2015, each by itself over the same constants, and the most of it together.
METHODS = {
    "n-step": ("n_step=3",),
    "double": ("bootstrap_rule=double",),
    "munchausen": ("bootstrap_rule=munchausen",),
    "dueling": ("dueling=separate",),
    "noisy": ("noisy_layers=true", "initial_epsilon=0", "final_epsilon=0"),
    "categorical": ("value_head=categorical", "v_min=0", "v_max=100"),
    "quantile": ("value_head=quantile", "quantile_count=50"),
    "implicit-quantile": ("value_head=implicit_quantile",),
    "priorities": ("replay_sampling=proportional", "importance_growth_agent_steps=50000"),
    "rainbow-lite": ("value_head=categorical", "v_min=0", "v_max=100", "n_step=3",
                     "replay_sampling=proportional", "importance_growth_agent_steps=50000"),
}

RUNS = {
    "frozen-lake": Run("frozen-lake", "0.74, the optimum", episodes=10_000),
    "catch": Run("catch", "≥ 0.95", seeds=(1, 2, 3)),
    "cartpole": Run("cartpole", "≥ 475", seeds=(1, 2, 3, 4, 5)),
    "mountain-car": Run("mountain-car", "-100.8, rl-zoo3's", seeds=(1, 2, 3)),
    "acrobot": Run("acrobot", "-76.6, rl-zoo3's"),
    "minatar": Run("minatar", "> 0.5, random play"),
    "pqn-cartpole": Run("pqn-cartpole", "≥ 475", seeds=(1, 2, 3, 4, 5)),
    "lunar-lander": Run("lunar-lander", "154 ± 79, the zoo's", seeds=(1, 2, 3)),
    **{
        f"cartpole-{method}": Run("cartpole", "≥ 475", seeds=(1, 2, 3, 4, 5), changes=changes)
        for method, changes in METHODS.items()
    },
    "breakout": Run(
        "atari-fast",
        "> 1.7, random play",
        changes=("total_agent_steps=200000",),
        episodes=30,
        epsilon=0.05,
    ),
}


def train(run, seed, folder):
    """Trains, and returns the file of the best checkpoint, the seconds, and the last summary."""
    output = folder / "model.safetensors"
    start = time.monotonic()
    done = subprocess.run(
        [SERVER, *run.command(seed), "--output", output], capture_output=True, text=True, check=True
    )
    seconds = time.monotonic() - start
    best = folder / "model-best.safetensors"
    text = done.stdout + done.stderr
    mean = re.search(r"mean return of the last 100 episodes: (\S+)", text)
    return best if best.exists() else output, seconds, mean and mean[1]


def judge(run, checkpoint):
    """Plays the checkpoint with a seed of its own, and returns mean and deviation of the return."""
    done = subprocess.run(
        [SERVER, "evaluate", "--checkpoint", checkpoint, "--seed", "1000003", "--json",
         "--episodes", str(run.episodes), "--epsilon", str(run.epsilon)],
        capture_output=True, text=True, check=True,
    )
    result = json.loads(done.stdout)
    return result["evaluation_return"], result["standard_deviation"]


def main(names):
    print(f"{datetime.date.today()}, `dqn-server` {subprocess.getoutput(f'{SERVER} --version')}\n")
    print("| run | seed | seconds | training return, last 100 | best checkpoint | aim |")
    print("|---|---|---|---|---|---|")
    for name in names or RUNS:
        run = RUNS[name]
        for seed in run.seeds:
            with tempfile.TemporaryDirectory() as folder:
                checkpoint, seconds, training = train(run, seed, pathlib.Path(folder))
                mean, deviation = judge(run, checkpoint)
            print(
                f"| {name} | {seed} | {seconds:.0f} | {training} "
                f"| {mean:.4g} ± {deviation:.3g} over {run.episodes} | {run.goal} |",
                flush=True,
            )
    print("\nThe best checkpoint of each was played anew with seed 1000003. The commands:\n")
    for name in names or RUNS:
        run = RUNS[name]
        print(f"- {name}: `dqn-server {' '.join(run.command('SEED'))}`, played at ε = {run.epsilon}")


if __name__ == "__main__":
    main(sys.argv[1:])
