"""Plays one Gymnasium environment for the server that started this process; the last of four parts
of a script. Standard output and error carry nothing of the protocol: an environment may print what it
likes.

    - --installed  one answer: JSON, the version of Gymnasium and the modules found; then the end
    -              requests

A request is an operation and a number, 4 bytes each. For MAKE the number is the length of the JSON
that follows: id, folder, kwargs, max_episode_steps, is_screen, renders. For RESET it is the seed,
or 2^32 - 1 for none; for STEP the action, counted from 0. RENDER ignores it.

An answer is magic number, whether it failed, the reward (8 bytes), how the episode stands (bit 0:
terminated, bit 1: truncated), and the length of what follows; all little-endian. That is for MAKE
JSON (shape, scalar, stack, actions, names), for RESET and STEP the observation as shape and scalar
say, for RENDER height and width (4 bytes each) and the pixels, RGB, or nothing; where it failed, a
sentence.
"""

import io
import json
import os
import struct
import sys

MAKE, RESET, STEP, RENDER = 1, 2, 3, 4
REQUEST = struct.Struct("<II")
ANSWER = struct.Struct("<IIdII")
NO_SEED = 0xFFFFFFFF


class LastWords(io.RawIOBase):
    """Standard output that never waits and never fails: what finds no room is lost."""

    def writable(self):
        return True

    def write(self, content):
        try:
            os.write(2, content)
        except OSError:
            pass
        return len(content)


def answer(content=b"", failed=0, reward=0.0, ended=0):
    send(ANSWER.pack(MAGIC, failed, reward, ended, len(content)) + content)


def keep_to_ourselves():
    # Programs that the environment starts must not hold the socket open.
    for descriptor in (CHANNEL, LIFELINE):
        os.set_inheritable(descriptor, False)
    words = io.BufferedWriter(LastWords(), 1)
    sys.stdout = sys.stderr = io.TextIOWrapper(
        words, "utf-8", "backslashreplace", line_buffering=True, write_through=True
    )


class Game:
    def __init__(self, setup):
        self.environment = environment = make(setup)
        import numpy
        from gymnasium import spaces

        self.numpy = numpy
        self.actions = Actions(environment.action_space, environment, spaces)
        space = environment.observation_space
        if isinstance(space, spaces.Box):
            self.observations = Array(space, setup["is_screen"], numpy)
        elif isinstance(space, spaces.Discrete) and not setup["is_screen"]:
            self.observations = OneHot(space)
        elif isinstance(space, spaces.Discrete):
            raise Fault(
                f'its observation space is {space}, so the option preprocessing cannot be "atari"'
            )
        else:
            raise Fault(
                f"its observation space is {space}, expected Box or Discrete; "
                "gymnasium.wrappers.FlattenObservation makes a Box of most"
            )
        self.draws = setup["renders"]
        answer(
            json.dumps(
                {
                    "shape": self.observations.shape,
                    "scalar": self.observations.scalar,
                    "stack": self.observations.stack,
                    "actions": self.actions.count,
                    "names": self.actions.names,
                }
            ).encode()
        )

    def serve(self, operation, number):
        if operation == STEP:
            self.step(number)
        elif operation == RESET:
            self.reset(None if number == NO_SEED else number)
        elif operation == RENDER:
            answer(self.picture())
        else:
            raise Fault(f"there is no operation {operation}")

    def reset(self, seed):
        begun = attempt("reset", self.environment.reset, seed=seed)
        if not isinstance(begun, tuple) or len(begun) != 2:
            raise Fault(
                f"reset returned {shown(begun)}, expected two values: the observation and a "
                "dictionary"
            )
        answer(self.observations.encode(begun[0], "reset"))

    def step(self, action):
        played = attempt("step", self.environment.step, action + self.actions.start)
        if not isinstance(played, tuple) or len(played) != 5:
            count = f"{len(played)} values" if isinstance(played, tuple) else shown(played)
            raise Fault(
                f"step returned {count}, expected five: observation, reward, terminated, truncated "
                "and a dictionary"
            )
        observation, reward, terminated, truncated, _ = played
        try:
            reward = float(reward)
        except Exception:
            raise Fault(f"step returned the reward {shown(reward)}, expected a number") from None
        ended = self.truth(terminated, "terminated") | self.truth(truncated, "truncated") << 1
        answer(self.observations.encode(observation, "step"), reward=reward, ended=ended)

    def truth(self, value, name):
        if isinstance(value, (bool, self.numpy.bool_)) or value in (0, 1):
            return int(value)
        raise Fault(f"step returned {shown(value)} as {name}, expected True or False")

    def picture(self):
        """Height, width and pixels; nothing where the environment has no picture."""
        if not self.draws:
            return b""
        try:
            pixels = self.numpy.asarray(self.environment.render())
            if pixels.ndim != 3 or pixels.shape[2] != 3:
                raise ValueError(f"a picture of shape {pixels.shape}")
            if pixels.dtype.kind == "f":
                pixels = pixels * 255
            height, width, _ = pixels.shape
            return struct.pack("<II", height, width) + pixels.astype("u1").tobytes()
        except (Exception, SystemExit) as error:
            print(raised("render", error))
            self.draws = False
            return b""


def main(arguments):
    die_with_the_server()
    keep_to_ourselves()
    if arguments == ["--installed"]:
        return answer(json.dumps(installed()).encode())
    game = None
    while True:
        operation, number = REQUEST.unpack(receive(REQUEST.size))
        try:
            if operation == MAKE:
                game = Game(json.loads(receive(number)))
            elif game:
                game.serve(operation, number)
            else:
                raise Fault("nothing was made yet")
        except Fault as fault:
            answer(str(fault).encode("utf-8", "backslashreplace"), failed=1)


main(sys.argv[1:])
