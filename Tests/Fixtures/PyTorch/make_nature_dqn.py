"""Writes nature_dqn.json: forward pass, gradients and ten updates of the Nature network by PyTorch.

    pip install torch numpy; python make_nature_dqn.py > nature_dqn.json

Parameters, observations, actions and rewards are drawn by `mixed`, which the Swift test repeats, so
the file holds results alone. Q-values and gradients are computed in double precision, as the truth.
The ten updates are computed in double and in single precision, because in one of them a ReLU's input
rounds to the other side of zero, which sends the two different ways.
"""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

ACTIONS, BATCH, UPDATES, TARGET_PERIOD = 4, 32, 10, 4
SAMPLES = 50


def mixed(count, stream):
    """`count` numbers 0 ... 2**32 - 1 that depend on their index and `stream` alone."""
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + stream * 40503 + 12345) % 2**32
    x ^= x >> np.uint64(15)
    x = x * np.uint64(2246822519) % 2**32
    x ^= x >> np.uint64(13)
    x = x * np.uint64(3266489917) % 2**32
    return x ^ (x >> np.uint64(16))


def unit(count, stream):
    return mixed(count, stream).astype(np.float64) / 2**32


class NatureNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 32, 8, 4)
        self.conv2 = nn.Conv2d(32, 64, 4, 2)
        self.conv3 = nn.Conv2d(64, 64, 3, 1)
        self.fc1 = nn.Linear(3136, 512)
        self.fc2 = nn.Linear(512, ACTIONS)

    def forward(self, x):
        x = F.relu(self.conv1(x / 255))
        x = F.relu(self.conv2(x))
        x = F.relu(self.conv3(x))
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def draw(network):
    """Uniform in +-1/sqrt(fan_in), rounded to single precision."""
    for stream, (name, parameter) in enumerate(network.named_parameters()):
        if name.endswith("weight"):
            fan_in = parameter[0].numel()
        bound = 1 / fan_in**0.5
        numbers = ((unit(parameter.numel(), stream) * 2 - 1) * bound).astype(np.float32)
        parameter.data = torch.from_numpy(numbers).to(parameter.dtype).reshape(parameter.shape)


def batch(number, dtype):
    size = BATCH * 4 * 84 * 84
    stream = 100 + 10 * number

    def observations(stream):
        pixels = (mixed(size, stream) % 256).astype(np.uint8)
        return torch.from_numpy(pixels).to(dtype).reshape(BATCH, 4, 84, 84)

    actions = torch.from_numpy((mixed(BATCH, stream + 2) % ACTIONS).astype(np.int64))
    # Rewards beyond 1, so that some TD errors are clipped; an eighth of the transitions ends.
    rewards = torch.from_numpy((unit(BATCH, stream + 3) * 4 - 2).astype(np.float32)).to(dtype)
    discounts = torch.from_numpy(mixed(BATCH, stream + 4) % 8 != 0).to(dtype) * float(np.float32(0.99))
    return observations(stream), observations(stream + 1), actions, rewards, discounts


def summary(tensors):
    result = {}
    for name, tensor in tensors:
        flat = tensor.detach().flatten().double()
        step = max(1, flat.numel() // SAMPLES)
        result[name] = {
            "norm": flat.norm().item(),
            "largest": flat.abs().max().item(),
            "step": step,
            "samples": flat[::step].tolist(),
        }
    return result


def run(dtype, updates):
    online, target = NatureNetwork().to(dtype), NatureNetwork().to(dtype)
    draw(online)
    target.load_state_dict(online.state_dict())
    moments = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in online.named_parameters()}
    result = {"losses": []}
    for number in range(updates):
        states, next_states, actions, rewards, discounts = batch(number, dtype)
        with torch.no_grad():
            targets = rewards + discounts * target(next_states).max(1).values
        q_values = online(states)
        loss = F.huber_loss(q_values[torch.arange(BATCH), actions], targets, reduction="sum", delta=1.0)
        online.zero_grad()
        loss.backward()
        result["losses"].append(loss.item())
        if number == 0:
            result["q_values"] = q_values.detach().flatten().tolist()
            result["gradients"] = summary((n, p.grad) for n, p in online.named_parameters())
        # Mnih et al. 2015, Extended Data Table 1: centred, the smallest square inside the root.
        with torch.no_grad():
            for name, p in online.named_parameters():
                g, s = moments[name]
                g.mul_(0.95).add_(p.grad, alpha=0.05)
                s.mul_(0.95).addcmul_(p.grad, p.grad, value=0.05)
                p.sub_(0.00025 * p.grad / (s - g * g + 0.01).sqrt())
        if (number + 1) % TARGET_PERIOD == 0:
            target.load_state_dict(online.state_dict())
    result["parameters"] = summary(online.named_parameters())
    with torch.no_grad():
        result["q_values_after"] = online(batch(0, dtype)[0]).flatten().tolist()
    return result


truth, rounded = run(torch.float64, UPDATES), run(torch.float32, UPDATES)
print(json.dumps({
    "q_values": truth["q_values"],
    "gradients": truth["gradients"],
    "updates": [
        {key: result[key] for key in ("losses", "parameters", "q_values_after")}
        for result in (truth, rounded)
    ],
}, indent=1))
