"""Writes the screens and what OpenCV makes of them: NAME_screens.png and NAME_expected.png.

NAME_screens.png holds 100 pairs of successive raw screens, 210x160, RGB, 20 screens a row: the
earlier one of a pair on the left. NAME_expected.png holds the 100 pictures of 84x84 gray levels,
10 a row, that OpenCV makes of a pair: maximum of both, RGB2GRAY, INTER_AREA.

noise_screens.png is one pair of 105x80 random colours, noise_expected.png its 42x42 picture.

Needs ale-py 0.12.1, opencv-python-headless, numpy and pillow:
    python make_fixtures.py
"""

import pathlib

import cv2
import numpy as np
from ale_py import ALEInterface, LoggerMode, roms
from PIL import Image

FOLDER = pathlib.Path(__file__).parent
PAIRS = 100
SKIP = 4


def pairs(game):
    ALEInterface.setLoggerMode(LoggerMode.Error)
    ale = ALEInterface()
    ale.setInt("random_seed", 1)
    ale.setFloat("repeat_action_probability", 0.0)
    ale.loadROM(roms.get_rom_path(game))
    random = np.random.default_rng(1)
    actions = ale.getMinimalActionSet()
    step = 0
    while True:
        ale.reset_game()
        while not ale.game_over():
            # Actions are held for a while, so that the paddles go everywhere.
            if step % 8 == 0:
                action = actions[random.integers(len(actions))]
            screens = []
            for _ in range(SKIP):
                ale.act(action)
                screens.append(ale.getScreenRGB())
            step += 1
            if step % 13 == 0:
                yield screens[-2], screens[-1]


def sheet(pictures, columns):
    rows = [np.hstack(pictures[i : i + columns]) for i in range(0, len(pictures), columns)]
    return np.vstack(rows)


def save_in_few_colours(picture, path):
    colours, indices = np.unique(picture.reshape(-1, 3), axis=0, return_inverse=True)
    image = Image.fromarray(indices.reshape(picture.shape[:2]).astype(np.uint8), "P")
    image.putpalette(colours.astype(np.uint8).tobytes())
    image.save(path, optimize=True)


def observation(earlier, later, size):
    gray = cv2.cvtColor(np.maximum(earlier, later), cv2.COLOR_RGB2GRAY)
    return cv2.resize(gray, (size, size), interpolation=cv2.INTER_AREA)


for game in ["breakout", "pong"]:
    source = pairs(game)
    taken = [next(source) for _ in range(PAIRS)]
    expected = [observation(earlier, later, 84) for earlier, later in taken]
    screens = [screen for pair in taken for screen in pair]
    save_in_few_colours(sheet(screens, 20), FOLDER / f"{game}_screens.png")
    Image.fromarray(sheet(expected, 10)).save(FOLDER / f"{game}_expected.png", optimize=True)

noise = np.random.default_rng(2).integers(0, 256, (2, 105, 80, 3), dtype=np.uint8)
Image.fromarray(sheet(list(noise), 2)).save(FOLDER / "noise_screens.png")
Image.fromarray(observation(*noise, 42)).save(FOLDER / "noise_expected.png")
