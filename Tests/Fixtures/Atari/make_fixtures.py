"""Writes two games as the emulator itself plays them: GAME.json, GAME.png.

GAME.json holds the seed, and for each step of 4 frames the action, the reward and the lives. GAME.png shows the observation of the first screen
and after each step, 84x84 each, 10 a row: what OpenCV makes of the last two screens by their
maximum, RGB2GRAY and INTER_AREA.

Needs ale-py 0.12.1, opencv-python-headless, numpy and pillow:
    python make_fixtures.py
"""

import json
import pathlib

import cv2
import numpy as np
from ale_py import ALEInterface, LoggerMode, roms
from PIL import Image

FOLDER = pathlib.Path(__file__).parent
STEPS = 119


def observation(screens):
    gray = cv2.cvtColor(np.maximum.reduce(screens), cv2.COLOR_RGB2GRAY)
    return cv2.resize(gray, (84, 84), interpolation=cv2.INTER_AREA)


def play(game, seed):
    ale = ALEInterface()
    ale.setInt("random_seed", seed)
    ale.setFloat("repeat_action_probability", 0.0)
    ale.loadROM(roms.get_rom_path(game))
    ale.reset_game()
    random = np.random.default_rng(seed)
    actions = ale.getMinimalActionSet()
    seen = [observation([ale.getScreenRGB()])]
    steps = []
    for _ in range(STEPS):
        action = int(random.integers(len(actions)))
        screens, reward = [], 0
        for _ in range(4):
            reward += ale.act(actions[action])
            screens.append(ale.getScreenRGB())
        assert not ale.game_over()
        seen.append(observation(screens[-2:]))
        steps.append({"action": action, "reward": reward, "lives": ale.lives()})
    rows = [np.hstack(seen[i : i + 10]) for i in range(0, len(seen), 10)]
    Image.fromarray(np.vstack(rows)).save(FOLDER / f"{game}.png", optimize=True)
    played = {"seed": seed, "steps": steps}
    (FOLDER / f"{game}.json").write_text(json.dumps(played) + "\n")
    print(game, sum(s["reward"] for s in steps), steps[-1]["lives"])


ALEInterface.setLoggerMode(LoggerMode.Error)
play("breakout", 7)
play("space_invaders", 8)
