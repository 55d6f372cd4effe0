"""Plays one Atari game for the server that started this process; the last part of a script.

Descriptor 5 is the memory for two screens. Standard output carries nothing of the protocol.

    - --games                 one answer: the games there are; then the end
    - GAME SEED FULL_ACTIONS  one answer: height, width and action names; then requests

A request is an operation and the length of what follows, 4 bytes each; for ACT an action for each
frame follows, a byte each. An answer is magic number, whether it failed, the rewards' sum (8 bytes),
lives, whether the game is over, frames played, screens written, and the length of what follows; all
little-endian.
"""

import mmap
import struct
import sys

MEMORY = 5
RESET, ACT, SAVE, RESTORE = 1, 2, 3, 4
REQUEST = struct.Struct("<II")
ANSWER = struct.Struct("<IIdiIIII")


def answer(content=b"", failed=0, reward=0.0, lives=0, over=0, frames=0, screens=0):
    fields = MAGIC, failed, reward, lives, over, frames, screens, len(content)
    send(ANSWER.pack(*fields) + content)


def games():
    from ale_py import ALEInterface, roms

    return sorted(
        game
        for game in roms.get_all_rom_ids()
        if ALEInterface.isSupportedROM(roms.get_rom_path(game)) is not None
    )


class Game:
    def __init__(self, name, seed, full):
        import numpy
        from ale_py import ALEInterface, ALEState, LoggerMode, roms

        ALEInterface.setLoggerMode(LoggerMode.Error)
        self.state = ALEState
        self.ale = ale = ALEInterface()
        ale.setInt("random_seed", int(seed))
        # Sticky actions come from the server: the emulator's state does not hold the last action.
        ale.setFloat("repeat_action_probability", 0.0)
        ale.setInt("max_num_frames_per_episode", 0)
        ale.loadROM(roms.get_rom_path(name))
        actions = ale.getLegalActionSet() if full == "1" else ale.getMinimalActionSet()
        height, width = ale.getScreenDims()
        memory = mmap.mmap(MEMORY, 0)
        self.newest, self.previous = (
            numpy.ndarray((height, width, 3), numpy.uint8, memory, slot)
            for slot in (0, len(memory) // 2)
        )
        self.description = f"{height} {width} " + " ".join(action.name for action in actions)

    def serve(self, operation, content):
        if operation == RESET:
            self.ale.reset_game()
            self.ale.getScreenRGB(self.newest)
            answer(lives=self.ale.lives(), screens=1)
        elif operation == ACT:
            self.act(content)
        elif operation == SAVE:
            answer(self.ale.cloneState(include_rng=True).serialize())
        elif operation == RESTORE:
            self.ale.restoreState(self.state(content))
            answer(lives=self.ale.lives())
        else:
            raise ValueError(f"unknown operation {operation}")

    def act(self, actions):
        ale = self.ale
        reward = played = 0
        screens = 1
        over = False
        for action in actions:
            reward += ale.act(action)
            played += 1
            over = ale.game_over(with_truncation=False)
            if over:
                break
            if played == len(actions) - 1:
                ale.getScreenRGB(self.previous)
                screens = 2
        ale.getScreenRGB(self.newest)
        answer(reward=reward, lives=ale.lives(), over=over, frames=played, screens=screens)


def main(arguments):
    die_with_the_server()
    try:
        if arguments == ["--games"]:
            return answer(" ".join(games()).encode())
        game = Game(*arguments)
        answer(game.description.encode())
    except Exception as error:
        return answer(f"{type(error).__name__}: {error}".encode(), failed=1)
    while True:
        operation, length = REQUEST.unpack(receive(REQUEST.size))
        content = receive(length)
        try:
            game.serve(operation, content)
        except Exception as error:
            answer(f"{type(error).__name__}: {error}".encode(), failed=1)


main(sys.argv[1:])
