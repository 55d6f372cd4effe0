"""One update of deep Q-learning in PyTorch, on a batch that is already drawn.

usage: torch_step.py THREADS adam|rmsprop [fused] [channels_last] [compiled] [bf16]
"""

import copy
import sys

import torch
from torch.nn import functional

import rounds
from torch_network import nature_network

BATCH, ACTIONS = 32, 4
threads, rule, *options = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)

online = nature_network(ACTIONS)
if "channels_last" in options:
    online = online.to(memory_format=torch.channels_last)
target = copy.deepcopy(online)
if rule == "adam":
    optimizer = torch.optim.Adam(online.parameters(), lr=1e-4, fused="fused" in options or None)
else:
    optimizer = torch.optim.RMSprop(
        online.parameters(), lr=2.5e-4, alpha=0.95, eps=0.01, centered=True
    )

states = torch.randint(0, 256, (BATCH, 4, 84, 84), dtype=torch.uint8)
next_states = torch.randint(0, 256, (BATCH, 4, 84, 84), dtype=torch.uint8)
actions = torch.randint(0, ACTIONS, (BATCH, 1))
rewards = torch.rand(BATCH)
continuations = (torch.rand(BATCH) > 0.05).float()


def prepared(observations):
    if "channels_last" in options:
        return observations.to(memory_format=torch.channels_last, dtype=torch.float32)
    return observations


def loss_of_batch():
    with torch.no_grad():
        best = target(prepared(next_states)).max(dim=1).values
        returns = rewards + 0.99 * continuations * best
    values = online(prepared(states)).gather(1, actions).squeeze(1)
    return functional.smooth_l1_loss(values, returns)


if "compiled" in options:
    loss_of_batch = torch.compile(loss_of_batch)


def update():
    with torch.autocast("cpu", torch.bfloat16, enabled="bf16" in options):
        loss = loss_of_batch()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


rounds.measure(update)
