"""Small environments for GymnasiumWorkerTests: good ones, and ones that do what they must not."""

import os
import sys
import time
from os import system  # noqa: F401, for a test that it cannot be called

import gymnasium
import numpy
from gymnasium import spaces

gymnasium.register("Corridor-v0", "worlds:Corridor", max_episode_steps=7)


def numbers(values=(0.0, 0.0, 0.0)):
    return numpy.array(values, numpy.float32)


class Corridor(gymnasium.Env):
    """Shows how many steps were made, what was done last, and how many resets there were."""

    observation_space = spaces.Box(-1000, 1000, (3,))
    action_space = spaces.Discrete(3, start=5)

    def __init__(self, length=4):
        self.length = length
        self.resets = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.resets += 1
        return numbers([0, 0, self.resets]), {}

    def step(self, action):
        self.steps += 1
        over = self.steps == self.length
        return numbers([self.steps, action, self.resets]), self.steps / 2, over, False, {}


def seeded_cartpole(seed):
    """CartPole-v1 that always begins with this seed."""

    class Seeded(gymnasium.Wrapper):
        def reset(self, **_):
            return self.env.reset(seed=seed)

    return Seeded(gymnasium.make("CartPole-v1"))


class Noise(gymnasium.Env):
    """Shows a random number in each step."""

    observation_space = spaces.Box(0, 1, ())
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.np_random.random(), {}

    def step(self, action):
        return self.np_random.random(), 0, False, False, {}


class Talker(Corridor):
    """Prints more than a pipe holds, and then ends the process."""

    def step(self, action):
        if self.steps == 600:
            os._exit(9)
        print("word " * 100, self.steps)
        os.system(f"echo from a shell {self.steps}")
        return super().step(action)


def count(*shape, kind=numpy.uint8):
    return numpy.arange(numpy.prod(shape)).reshape(shape).astype(kind)


PICTURES = {
    "gray": (spaces.Box(0, 255, (2, 3), numpy.uint8), count(2, 3)),
    "gray, one channel": (spaces.Box(0, 255, (2, 3, 1), numpy.uint8), count(2, 3, 1)),
    "channels last": (spaces.Box(0, 255, (4, 5, 3), numpy.uint8), count(4, 5, 3)),
    "channels first": (spaces.Box(0, 255, (3, 4, 5), numpy.uint8), count(3, 4, 5)),
    "planes of truth": (spaces.Box(0, 1, (2, 2, 2), bool), count(2, 2, 2) % 3 == 0),
    "planes of 0 and 1": (spaces.Box(0, 1, (2, 2, 2), numpy.uint8), count(2, 2, 2) % 2),
    "bytes": (spaces.Box(0, 255, (3,), numpy.uint8), count(3)),
    "truths": (spaces.Box(0, 1, (3,), bool), numpy.array([True, False, True])),
    "whole numbers": (spaces.Box(-9, 9, (3,), numpy.int64), count(3, kind=numpy.int64) - 1),
    "double": (spaces.Box(-9, 9, (3,), numpy.float64), [0.5, 1, -1.5]),
    "matrix": (spaces.Box(-9, 9, (2, 2)), count(2, 2, kind=numpy.float32)),
    "tensor": (spaces.Box(-9, 9, (2, 2, 2)), count(2, 2, 2, kind=numpy.float32)),
    "states": (spaces.Discrete(4, start=2), numpy.int64(5)),
    "screen": (spaces.Box(0, 255, (210, 160, 3), numpy.uint8), count(210, 160, 3)),
    "gray screen": (spaces.Box(0, 255, (210, 160), numpy.uint8), count(210, 160)),
    "nested": (spaces.Dict({"a": spaces.Discrete(2)}), {"a": 0}),
    "four axes": (spaces.Box(0, 1, (1, 2, 3, 4)), numpy.zeros((1, 2, 3, 4))),
    "empty": (spaces.Box(0, 1, (0,)), numpy.zeros(0)),
}
ACTIONS = {
    "two": spaces.Discrete(2),
    "one": spaces.Discrete(1),
    "continuous": spaces.Box(-1, 1, (1,)),
}


class Pictures(gymnasium.Env):
    """Always shows the same."""

    metadata = {"render_modes": ["rgb_array"]}

    def __init__(self, kind="gray", actions="two"):
        self.observation_space, self.picture = PICTURES[kind]
        self.action_space = ACTIONS[actions]

    def reset(self, *, seed=None, options=None):
        return self.picture, {}

    def step(self, action):
        return self.picture, 0, False, False, {}


def deep(depth):
    if depth == 0:
        raise KeyError("no such thing")
    deep(depth - 1)


def over(observation=None, reward=0.0, terminated=False, truncated=False):
    return numbers() if observation is None else observation, reward, terminated, truncated, {}


FAULTS = {
    "shape": lambda: over(numpy.zeros(4, numpy.float32)),
    "words": lambda: over(numpy.array(["a", "b", "c"])),
    "nothing": lambda: over(numpy.array(None)),
    "a dictionary": lambda: over({"a": 1}),
    "ragged": lambda: over([[1], [1, 2]]),
    "nan": lambda: over(numbers([0, numpy.nan, 0])),
    "too large": lambda: over(numpy.array([0, 0, 1e300])),
    "reward": lambda: over(reward=None),
    "nan reward": lambda: over(reward=float("nan")),
    "terminated": lambda: over(terminated="no"),
    "four values": lambda: (numbers(), 0.0, False, {}),
    "one value": lambda: numbers(),
    "raises": lambda: deep(2),
    "exits": lambda: sys.exit(3),
    "ends": lambda: os._exit(4),
    "hangs": lambda: time.sleep(600),
    "double": lambda: over([1.0, 2.0, 3.0]),
}


class Faulty(gymnasium.Env):
    """Has an action for each fault; one may come with the reset."""

    observation_space = spaces.Box(-1, 1, (3,))
    action_space = spaces.Discrete(len(FAULTS))

    def __init__(self, at_reset=None):
        self.at_reset = at_reset

    def get_action_meanings(self):
        return list(FAULTS)

    def reset(self, *, seed=None, options=None):
        return FAULTS[self.at_reset]() if self.at_reset else (numbers(), {})

    def step(self, action):
        return list(FAULTS.values())[action]()


class Bytes(gymnasium.Env):
    """Shows in its step what is no byte."""

    observation_space = spaces.Box(0, 255, (2,), numpy.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self, values):
        self.values = numpy.array(values)

    def reset(self, *, seed=None, options=None):
        return numpy.zeros(2, numpy.uint8), {}

    def step(self, action):
        return self.values, 0, False, False, {}


class States(Bytes):
    """Shows in its step what is no state."""

    observation_space = spaces.Discrete(3)

    def __init__(self, state):
        self.values = state

    def reset(self, *, seed=None, options=None):
        return 0, {}


def no_environment():
    return {"a": 1}


def fails_to_begin():
    raise ValueError("no licence")
