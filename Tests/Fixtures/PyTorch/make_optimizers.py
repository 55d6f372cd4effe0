"""Writes optimizers.json: ten steps of PyTorch's optimizers on eight parameters.

    pip install torch; python make_optimizers.py > optimizers.json
"""

import json

import torch

STEPS, COUNT = 10, 8


def gradient(step, parameters):
    wave = torch.tensor([(-1.0) ** (step + i) * (i + 1) / 4 for i in range(COUNT)], dtype=torch.float64)
    return 0.5 * parameters + wave


def run(make):
    parameters = torch.nn.Parameter(torch.linspace(-1, 1, COUNT, dtype=torch.float64))
    optimizer = make([parameters])
    trace = []
    for step in range(STEPS):
        parameters.grad = gradient(step, parameters.detach())
        optimizer.step()
        trace.append(parameters.detach().tolist())
    return trace


print(json.dumps({
    "adam": run(lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-3)),
    "rmsprop": run(lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-2)),
    "rmsprop_centered": run(lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-2, centered=True)),
    "rmsprop_momentum": run(
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-2, centered=True, momentum=0.5)
    ),
    "adam_decaying": run(
        lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1)
    ),
    # ρ passes 5 after its first steps.
    "radam": run(lambda p: torch.optim.RAdam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-3)),
    "radam_decaying": run(
        lambda p: torch.optim.RAdam(
            p, lr=0.01, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1, decoupled_weight_decay=True
        )
    ),
}, indent=1))
