"""Writes layer_norm.json: outputs and gradients of networks with layer normalization by PyTorch.

    pip install torch numpy; python make_layer_norm.py > layer_norm.json

Parameters, observations and the outputs' slopes are drawn by `mixed`, which the Swift test repeats,
so the file holds results alone, computed in double precision.
"""

import json

import numpy as np
import torch
import torch.nn as nn


def mixed(count, stream):
    """As in make_nature_dqn.py."""
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + stream * 40503 + 12345) % 2**32
    x ^= x >> np.uint64(15)
    x = x * np.uint64(2246822519) % 2**32
    x ^= x >> np.uint64(13)
    x = x * np.uint64(3266489917) % 2**32
    return x ^ (x >> np.uint64(16))


def unit(count, stream):
    return mixed(count, stream).astype(np.float64) / 2**32


class Image(nn.Module):
    shape, batch = (2, 9, 8), 5

    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(2, 5, 3, 2), nn.LayerNorm([5, 4, 3])
        self.conv2, self.norm2 = nn.Conv2d(5, 6, 2, 1), nn.LayerNorm([6, 3, 2])
        self.fc1, self.norm3 = nn.Linear(36, 16), nn.LayerNorm(16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        x = torch.relu(self.norm1(self.conv1(x / 255)))
        x = torch.relu(self.norm2(self.conv2(x)))
        return self.fc2(torch.relu(self.norm3(self.fc1(x.flatten(1)))))


class Numbers(nn.Module):
    shape, batch = (4,), 21

    def __init__(self):
        super().__init__()
        self.fc1, self.norm1 = nn.Linear(4, 20), nn.LayerNorm(20)
        self.fc2, self.norm2 = nn.Linear(20, 9), nn.LayerNorm(9)
        self.fc3 = nn.Linear(9, 3)

    def forward(self, x):
        return self.fc3(self.norm2(self.fc2(torch.relu(self.norm1(self.fc1(x))))))


def draw(network):
    fan_in = 1
    for stream, (name, tensor) in enumerate(network.named_parameters()):
        if name.endswith("weight"):
            fan_in = int(np.prod(tensor.shape[1:]))
        values = (unit(tensor.numel(), stream) * 2 - 1) / fan_in**0.5
        # As the server holds them: in single precision.
        tensor.data = torch.tensor(values.astype(np.float32).astype(np.float64)).reshape(tensor.shape)


def run(make):
    network = make()
    draw(network)
    count = make.batch * int(np.prod(make.shape))
    if len(make.shape) == 3:
        values = (mixed(count, 50) % 256).astype(np.float64)
    else:
        values = (unit(count, 50) * 2 - 1).astype(np.float32).astype(np.float64)
    outputs = network(torch.tensor(values).reshape(make.batch, *make.shape))
    slopes = (unit(outputs.numel(), 51) - 0.5).astype(np.float32).astype(np.float64)
    (outputs.flatten() * torch.tensor(slopes)).sum().backward()
    return {
        "outputs": outputs.flatten().tolist(),
        "gradients": {name: tensor.grad.flatten().tolist() for name, tensor in network.named_parameters()},
    }


print(json.dumps({"image": run(Image), "numbers": run(Numbers)}))
