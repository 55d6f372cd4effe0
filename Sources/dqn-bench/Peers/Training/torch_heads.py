"""One update of each value head and rule in PyTorch, on a batch that is already drawn.

usage: torch_heads.py THREADS METHOD [fused] [channels_last] [compiled]

METHOD is one of `dqn-bench gradient-step --method`; what is computed is the same.
"""

import copy
import math
import sys

import torch
from torch import nn
from torch.nn import functional

import rounds

BATCH, ACTIONS, ATOMS, QUANTILES, FRACTIONS, COSINES = 32, 4, 51, 200, 8, 64
threads, method, *options = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(1)
WIDTH = {"categorical": ATOMS, "quantile": QUANTILES}.get(method, 1)


class Noisy(nn.Module):
    """Factorised noise, drawn at each pass."""

    def __init__(self, inputs, outputs):
        super().__init__()
        bound, scale = 1 / math.sqrt(inputs), 0.5 / math.sqrt(inputs)
        self.weight = nn.Parameter(torch.empty(outputs, inputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(outputs).uniform_(-bound, bound))
        self.weight_scale = nn.Parameter(torch.full((outputs, inputs), scale))
        self.bias_scale = nn.Parameter(torch.full((outputs,), scale))

    def forward(self, x):
        outputs, inputs = self.weight.shape
        first, second = torch.randn(inputs), torch.randn(outputs)
        first, second = first.sign() * first.abs().sqrt(), second.sign() * second.abs().sqrt()
        weight = self.weight + self.weight_scale * torch.outer(second, first)
        return functional.linear(x, weight, self.bias + self.bias_scale * second)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        dense = Noisy if method == "noisy" else nn.Linear
        self.trunk = nn.Sequential(
            nn.Conv2d(4, 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(),
            nn.Conv2d(64, 64, 3, 1), nn.ReLU(), nn.Flatten(),
        )
        self.duels = "dueling" in method
        if method == "shared-dueling":
            self.hidden = nn.Sequential(nn.Linear(3136, 512), nn.ReLU())
            self.value, self.advantage = nn.Linear(512, 1), nn.Linear(512, ACTIONS)
        elif self.duels:
            self.hidden = nn.Identity()
            self.value = nn.Sequential(nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 1))
            self.advantage = nn.Sequential(nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, ACTIONS))
        else:
            self.end = nn.Sequential(dense(3136, 512), nn.ReLU(), dense(512, ACTIONS * WIDTH))
        if method == "implicit-quantile":
            self.embedding = nn.Sequential(nn.Linear(COSINES, 3136), nn.ReLU())
            self.register_buffer("multiples", math.pi * torch.arange(COSINES))

    def forward(self, states, fractions=None):
        features = self.trunk(states.float() / 255)
        if fractions is not None:
            embedded = self.embedding(torch.cos(fractions.unsqueeze(-1) * self.multiples))
            return self.end(features.unsqueeze(1) * embedded)
        if self.duels:
            hidden = self.hidden(features)
            advantage = self.advantage(hidden)
            return self.value(hidden) + advantage - advantage.mean(1, keepdim=True)
        return self.end(features).view(-1, ACTIONS, WIDTH) if WIDTH > 1 else self.end(features)


online = Network()
if "channels_last" in options:
    online = online.to(memory_format=torch.channels_last)
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=1e-4, fused="fused" in options or None)
states = torch.randint(0, 256, (BATCH, 4, 84, 84), dtype=torch.uint8)
next_states = torch.randint(0, 256, (BATCH, 4, 84, 84), dtype=torch.uint8)
if "channels_last" in options:
    states = states.contiguous(memory_format=torch.channels_last)
    next_states = next_states.contiguous(memory_format=torch.channels_last)
rows, actions = torch.arange(BATCH), torch.randint(0, ACTIONS, (BATCH,))
rewards, discounts = torch.rand(BATCH), 0.99 * (torch.rand(BATCH) > 0.05).float()
atoms = torch.linspace(-10, 10, ATOMS)
midpoints = (torch.arange(QUANTILES) + 0.5) / QUANTILES


def quantile_loss(values, fractions, targets):
    errors = targets.unsqueeze(1) - values.unsqueeze(2)
    weights = (fractions.unsqueeze(2) - (errors.detach() < 0).float()).abs()
    return (weights * functional.huber_loss(
        values.unsqueeze(2).expand_as(errors), targets.unsqueeze(1).expand_as(errors), reduction="none"
    )).mean(2).sum(1).mean()


def scalar_targets():
    values = target(next_states)
    if method == "double":
        return rewards + discounts * values.gather(1, online(next_states).argmax(1, True)).squeeze(1)
    if method == "munchausen":
        logs = 0.03 * functional.log_softmax(values / 0.03, 1)
        soft = (logs.div(0.03).exp() * (values - logs)).sum(1)
        taken = 0.03 * functional.log_softmax(target(states) / 0.03, 1).gather(1, actions.unsqueeze(1))
        return rewards + 0.9 * taken.squeeze(1).clamp(-1, 0) + discounts * soft
    return rewards + discounts * values.max(1).values


def loss_of_batch():
    if method == "categorical":
        with torch.no_grad():
            chances = target(next_states).softmax(2)
            best = (chances * atoms).sum(2).argmax(1)
            places = (rewards.unsqueeze(1) + discounts.unsqueeze(1) * atoms).clamp(-10, 10)
            nearness = (1 - (places.unsqueeze(1) - atoms.view(1, -1, 1)).abs() / 0.4).clamp(0, 1)
            masses = (nearness * chances[rows, best].unsqueeze(1)).sum(2)
        return -(masses * online(states)[rows, actions].log_softmax(1)).sum(1).mean()
    if method == "quantile":
        with torch.no_grad():
            quantiles = target(next_states)
            best = quantiles.mean(2).argmax(1)
            targets = rewards.unsqueeze(1) + discounts.unsqueeze(1) * quantiles[rows, best]
        return quantile_loss(online(states)[rows, actions], midpoints.expand(BATCH, -1), targets)
    if method == "implicit-quantile":
        with torch.no_grad():
            quantiles = target(next_states, torch.rand(BATCH, FRACTIONS))
            best = quantiles.mean(1).argmax(1)
            targets = rewards.unsqueeze(1) + discounts.unsqueeze(1) * quantiles[rows, :, best]
        fractions = torch.rand(BATCH, FRACTIONS)
        return quantile_loss(online(states, fractions)[rows, :, actions], fractions, targets)
    with torch.no_grad():
        targets = scalar_targets()
    return functional.smooth_l1_loss(online(states)[rows, actions], targets)


if "compiled" in options:
    loss_of_batch = torch.compile(loss_of_batch)


def update():
    loss = loss_of_batch()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


rounds.measure(update)
