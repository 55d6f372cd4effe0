"""The network of Mnih et al. 2015 for PyTorch: (N, 4, 84, 84) bytes to (N, actions) Q-values."""

from torch import nn


class Scaled(nn.Module):
    def forward(self, observations):
        return observations / 255.0


def nature_network(actions):
    return nn.Sequential(
        Scaled(),
        nn.Conv2d(4, 32, 8, stride=4), nn.ReLU(),
        nn.Conv2d(32, 64, 4, stride=2), nn.ReLU(),
        nn.Conv2d(64, 64, 3), nn.ReLU(),
        nn.Flatten(),
        nn.Linear(3136, 512), nn.ReLU(),
        nn.Linear(512, actions),
    )
