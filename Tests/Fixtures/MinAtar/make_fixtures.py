"""Writes what the package MinAtar does when its five games are played: breakout.json and so on.

Of each game so many steps at random and as many of a player who means to win, who reaches what random
play never does: a cleared wall, six divers, the greatest speed. Of these steps the file has, in order,

actions        what was asked for, an index of the package's six actions
chances        all that was drawn, a digit each: 0 and 1 for something that may occur, and whole numbers;
               every step begins with a 1 where the last action is played in place of the one asked for
rewards        [step, reward] where there is one
ends           the steps that end an episode
checksums      CRC-32 of every observation as bytes, 255 where the package has a 1, (planes, 10, 10):
               each episode's first one, and one after each step; 8 hexadecimal digits each

Needs minatar 1.0.15 and numpy; what it needs for its window may be missing:
    pip install numpy && pip install --no-deps minatar==1.0.15
    python make_fixtures.py [--steps 1300] [--folder FOLDER]
"""

import argparse
import bisect
import json
import logging
import pathlib
import zlib

logging.disable(logging.WARNING)

import numpy as np
from minatar import Environment

NONE, LEFT, UP, RIGHT, DOWN, FIRE = range(6)
STICKY = 0.1
CARELESSNESS = 0.02


class Recorder:
    """Stands in for a game's RandomState and keeps what it drew."""

    def __init__(self, random):
        self.random = random
        self.drawn = []

    def rand(self, *shape):
        numbers = self.random.rand(*shape)
        self.drawn += [("rand", float(number)) for number in np.atleast_1d(numbers)]
        return numbers

    def randint(self, low, high=None, size=None):
        numbers = self.random.randint(low, high, size)
        first = 0 if high is None else low
        self.drawn += [("randint", int(number) - first) for number in np.atleast_1d(numbers)]
        return numbers

    def take(self):
        drawn, self.drawn = self.drawn, []
        return drawn


def breakout(game, _):
    """Goes where the ball will be, or beside it, which turns it round."""
    column = game.ball_x + (1 if game.ball_dir in (1, 2) else -1)
    return LEFT if column < game.pos else RIGHT if column > game.pos else NONE


def space_invaders(game, random):
    """Dodges what falls on it, else shoots where an alien will be or goes there."""
    if game.e_bullet_map[6:9, game.pos].any():
        return LEFT if game.pos > 4 else RIGHT
    frames_per_move = min(game.alien_map.sum(), game.enemy_move_interval) + 1
    columns = []
    for row, column in np.argwhere(game.alien_map):
        column += game.alien_dir * int((9 - row) // frames_per_move)
        columns.append(-column if column < 0 else 18 - column if column > 9 else column)
    if game.pos in columns and game.shot_timer == 0:
        return FIRE
    nearest = min(columns, key=lambda column: abs(column - game.pos))
    return LEFT if nearest < game.pos else RIGHT if nearest > game.pos else int(random.randint(6))


def freeway(game, _):
    """Hurries, but for cars that are about to run into it."""
    row = game.pos - 1
    return NONE if any(car[1] == row and abs(car[0] - 4) < 2 for car in game.cars) else UP


def asterix(game, random):
    """Flees from enemies and goes for gold."""
    def danger(x, y):
        entity = game.entities[y - 1]
        ahead = entity and (x - entity[0]) * (1 if entity[2] else -1)
        return bool(entity) and not entity[3] and -1 <= ahead <= 3

    rows = [y for y in range(1, 9) if abs(y - game.player_y) < 2 and not danger(game.player_x, y)]
    gold = [e for e in game.entities if e and e[3]]
    if danger(game.player_x, game.player_y):
        if not rows:
            return int(random.randint(6))
        return UP if rows[0] < game.player_y else DOWN
    if not gold:
        return NONE
    x, y = min(gold, key=lambda e: abs(e[0] - game.player_x) + abs(e[1] - game.player_y))[:2]
    step = UP if y < game.player_y else DOWN
    if y != game.player_y and not danger(game.player_x, game.player_y + (1 if step == DOWN else -1)):
        return step
    return LEFT if x < game.player_x else RIGHT if x > game.player_x else NONE


def seaquest(game, random):
    """Shoots at what is in its row, picks divers up, and surfaces with six or out of breath."""
    x, y = game.sub_x, game.sub_y
    if (game.oxygen < 30 and game.diver_count > 0) or game.diver_count == 6:
        return UP
    for enemy in game.e_fish + game.e_subs:
        if enemy[1] == y:
            side = RIGHT if enemy[0] > x else LEFT
            if abs(enemy[0] - x) < 2 and game.shot_timer > 0:
                return DOWN if y < 5 else UP
            if game.sub_or == (side == RIGHT):
                return FIRE if game.shot_timer == 0 else NONE
            return side
    if not game.divers:
        return int(random.randint(6)) if y else DOWN
    diver = min(game.divers, key=lambda d: abs(d[0] - x) + abs(d[1] - y))
    if diver[1] != y:
        return UP if diver[1] < y else DOWN
    return LEFT if diver[0] < x else RIGHT


# With these seeds, 1,300 steps of a player have a cleared wall, a cleared wave and six divers twice.
SEEDS = {breakout: 28, space_invaders: 302, freeway: 28, asterix: 50, seaquest: 28}


def play(name, player, steps, seed):
    environment = Environment(name, sticky_action_prob=STICKY)
    environment.seed(seed)
    environment.random = Recorder(environment.random)
    game = environment.env
    game.random = Recorder(game.random)
    random = np.random.RandomState(seed)
    actions, chances, rewards, ends, checksums = [], [], [], [], []

    def observe():
        planes = environment.state().transpose(2, 0, 1).astype(np.uint8) * 255
        checksums.append(f"{zlib.crc32(planes.tobytes()):08x}")

    def add_chances():
        # Both sides are equally likely; what comes from there is drawn next, where there is a choice,
        # and the rarer thing has probability 1/3.
        before = None
        for kind, number in game.random.take():
            if kind == "rand":
                is_thing = before == "rand" and name != "freeway"
                number = int(number < (1 / 3 if is_thing else 1 / 2))
            chances.append(number)
            before = kind

    environment.reset()
    add_chances()
    observe()
    for step in range(2 * steps):
        plays_randomly = step < steps or random.rand() < CARELESSNESS
        action = int(random.randint(6)) if plays_randomly else int(player(game, random))
        reward, is_over = environment.act(action)
        actions.append(action)
        chances.append(int(environment.random.take()[0][1] < STICKY))
        add_chances()
        observe()
        if reward:
            rewards.append([step, int(reward)])
        if is_over:
            ends.append(step)
            environment.reset()
            add_chances()
            observe()
    return {
        "environment": "minatar/" + name.replace("_", "-"),
        "minimal_actions": [int(action) for action in environment.minimal_action_set()],
        "actions": "".join(map(str, actions)),
        "chances": "".join(map(str, chances)),
        "rewards": rewards,
        "ends": ends,
        "checksums": "".join(checksums),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1300)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    arguments = parser.parse_args()
    for player, seed in SEEDS.items():
        name = player.__name__
        record = play(name, player, arguments.steps, seed)
        text = json.dumps(record, separators=(",", ":"))
        (arguments.folder / f"{name}.json").write_text(text + "\n")
        returns = [0] * (len(record["ends"]) + 1)
        for step, reward in record["rewards"]:
            returns[bisect.bisect_left(record["ends"], step)] += reward
        greatest = max((reward for _, reward in record["rewards"]), default=0)
        print(f"{name}: {2 * arguments.steps} steps, {len(record['ends'])} episodes, "
              f"best return {max(returns)}, greatest reward {greatest}")


main()
