"""Deep Q-learning of Breakout in one plain file of PyTorch and Gymnasium, as CleanRL writes it.

usage: plain_loop.py THREADS STEPS_A_ROUND
"""

import copy
import random
import sys

import ale_py
import gymnasium
import numpy
import torch
from torch.nn import functional

import rounds
from torch_network import nature_network

threads, steps = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
gymnasium.register_envs(ale_py)
CAPACITY, STARTS, BATCH = 20_000, 1000, 32

game = gymnasium.make("BreakoutNoFrameskip-v4", frameskip=1)
game = gymnasium.wrappers.AtariPreprocessing(game, terminal_on_life_loss=True)
game = gymnasium.wrappers.FrameStackObservation(game, 4)
online = nature_network(game.action_space.n)
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=1e-4)

states = numpy.zeros((CAPACITY, 4, 84, 84), numpy.uint8)
next_states = numpy.zeros_like(states)
actions = numpy.zeros((CAPACITY, 1), numpy.int64)
rewards = numpy.zeros(CAPACITY, numpy.float32)
continuations = numpy.zeros(CAPACITY, numpy.float32)


def learn(count):
    rows = numpy.random.randint(0, min(count, CAPACITY), BATCH)
    with torch.no_grad():
        best = target(torch.from_numpy(next_states[rows])).max(dim=1).values
        returns = torch.from_numpy(rewards[rows]) + 0.99 * torch.from_numpy(
            continuations[rows]
        ) * best
    values = online(torch.from_numpy(states[rows]))
    values = values.gather(1, torch.from_numpy(actions[rows])).squeeze(1)
    loss = functional.mse_loss(values, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


counted = rounds.Steps(steps, STARTS + 40)
state, _ = game.reset(seed=1)
count = 0
while True:
    if random.random() < 0.02:
        action = game.action_space.sample()
    else:
        with torch.no_grad():
            action = online(torch.from_numpy(state[None])).argmax(dim=1).item()
    next_state, reward, terminated, truncated, _ = game.step(action)
    place = count % CAPACITY
    states[place], next_states[place] = state, next_state
    actions[place], rewards[place] = action, numpy.sign(reward)
    continuations[place] = 0 if terminated else 1
    state = next_state
    if terminated or truncated:
        state, _ = game.reset()
    count += 1
    if count > STARTS and count % 4 == 0:
        learn(count)
    if count % 1000 == 0:
        target.load_state_dict(online.state_dict())
    counted.step()
