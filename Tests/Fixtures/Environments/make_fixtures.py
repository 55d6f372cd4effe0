"""Writes what Gymnasium's environments do: cartpole.json, frozen_lake.json, acrobot.json and
mountain_car.json.

cartpole.json: episodes, each with the state it began in, its actions, the states after each of them
(double precision, every digit), the bits of the float32 observations, and how it ended.
frozen_lake.json: for each map, slippery or not, the transitions of every state and action as
[probability, state, reward, is_terminal].
acrobot.json, mountain_car.json: episodes, each with the state it began in, its actions, the float32
observations after each of them in hexadecimal, the last state, and whether it ended by itself.

Needs gymnasium 1.4.0 and numpy:
    python make_fixtures.py
"""

import json
import pathlib

import gymnasium
import numpy as np

FOLDER = pathlib.Path(__file__).parent


def balanced(state, _):
    return int(3 * state[2] + state[3] + 0.1 * state[0] + 0.3 * state[1] > 0)


def episode(seed, policy):
    environment = gymnasium.make("CartPole-v1")
    environment.reset(seed=seed)
    random = np.random.default_rng(seed)
    start = [float(number) for number in environment.unwrapped.state]
    actions, states, bits = [], [], []
    terminated = truncated = False
    while not (terminated or truncated):
        action = policy(environment.unwrapped.state, random)
        observation, reward, terminated, truncated, _ = environment.step(action)
        assert reward == 1
        actions.append(action)
        states.append([float(number) for number in environment.unwrapped.state])
        bits.append([int(number) for number in observation.view(np.uint32)])
    return {
        "start": start,
        "actions": actions,
        "states": states,
        "observation_bits": bits,
        "terminated": terminated,
        "truncated": truncated,
    }


def swing(name, seed, policy):
    """An episode of Acrobot-v1 or MountainCar-v0."""
    environment = gymnasium.make(name)
    environment.reset(seed=seed)
    random = np.random.default_rng(seed)
    start = [float(number) for number in environment.unwrapped.state]
    actions, observations, least = [], [], start[0]
    terminated = truncated = False
    while not (terminated or truncated):
        action = policy(environment.unwrapped.state, random)
        observation, reward, terminated, truncated, _ = environment.step(action)
        assert reward == (0 if terminated and name == "Acrobot-v1" else -1)
        actions.append(action)
        observations.append(observation.astype("<f4").tobytes().hex())
        least = min(least, environment.unwrapped.state[0])
    print(name, len(actions), terminated, least)
    return {
        "start": start,
        "actions": "".join(map(str, actions)),
        "observations": "".join(observations),
        "end": [float(number) for number in environment.unwrapped.state],
        "terminated": terminated,
    }


def at_random(_, random):
    return int(random.integers(3))


def with_the_car(state, random):
    """Mostly the way it goes, at first into the left end of the track."""
    return at_random(state, random) if random.random() < 0.1 else 2 if state[1] > 0 else 0


def against_the_upper_rod(state, _):
    return 0 if state[2] > 0 else 2


def lake(map_name, slippery):
    environment = gymnasium.make("FrozenLake-v1", map_name=map_name, is_slippery=slippery)
    table = environment.unwrapped.P
    return {
        "map": map_name,
        "slippery": slippery,
        "transitions": [
            [
                [[p, int(state), r, bool(over)] for p, state, r, over in table[place][action]]
                for action in range(4)
            ]
            for place in range(len(table))
        ],
    }


def save(name, content):
    text = json.dumps(content, separators=(",", ":"))
    (FOLDER / name).write_text(text + "\n")


episodes = [episode(seed, lambda _, random: int(random.integers(2))) for seed in range(6)]
episodes.append(episode(6, lambda *_: 1))
episodes.append(episode(7, balanced))
save("cartpole.json", episodes)
save("frozen_lake.json", [lake(name, slip) for name in ["4x4", "8x8"] for slip in [True, False]])
save("acrobot.json", [swing("Acrobot-v1", seed, policy) for seed, policy in [
    (0, at_random), (1, against_the_upper_rod), (2, against_the_upper_rod)]])
save("mountain_car.json", [swing("MountainCar-v0", seed, policy) for seed, policy in [
    (0, at_random), (1, with_the_car), (2, with_the_car)]])
print([(len(e["actions"]), e["terminated"], e["truncated"]) for e in episodes])
