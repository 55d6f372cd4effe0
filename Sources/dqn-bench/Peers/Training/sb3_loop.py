"""Stable-Baselines3's training loop with the constants of its model zoo.

usage: sb3_loop.py THREADS cartpole|breakout STEPS_A_ROUND
"""

import sys

import ale_py
import gymnasium
import torch
from stable_baselines3 import DQN
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_atari_env
from stable_baselines3.common.vec_env import VecFrameStack

import rounds

threads, game, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(int(threads))
gymnasium.register_envs(ale_py)
STARTS = 1000

# Exploration is at its end from the beginning, as for most of a run: the network acts.

if game == "cartpole":
    learner = DQN(
        "MlpPolicy", "CartPole-v1", learning_rate=2.3e-3, batch_size=64, buffer_size=100_000,
        learning_starts=STARTS, gamma=0.99, target_update_interval=10, train_freq=256,
        gradient_steps=128, exploration_initial_eps=0.04, exploration_final_eps=0.04,
        policy_kwargs={"net_arch": [256, 256]}, device="cpu", seed=1,
    )
    warm_up = 1280
else:
    world = VecFrameStack(make_atari_env("BreakoutNoFrameskip-v4", n_envs=1, seed=1), 4)
    learner = DQN(
        "CnnPolicy", world, learning_rate=1e-4, batch_size=32, buffer_size=20_000,
        learning_starts=STARTS, target_update_interval=1000, train_freq=4, gradient_steps=1,
        exploration_initial_eps=0.02, exploration_final_eps=0.02, device="cpu", seed=1,
    )
    warm_up = STARTS + 40


class Turns(BaseCallback):
    def __init__(self):
        super().__init__()
        self.counted = rounds.Steps(steps, warm_up)

    def _on_step(self):
        self.counted.step()
        return True


learner.learn(1_000_000, callback=Turns())
