"""What an environment shows and takes, as it is learned from; the first of three parts of a script."""

SIZE_LIMIT = 1 << 22


class Fault(Exception):
    """A sentence for a person."""


def shown(value):
    text = repr(value)
    return f"{text[:80]}{'…' if len(text) > 80 else ''} ({type(value).__name__})"


class Actions:
    def __init__(self, space, environment, spaces):
        if not isinstance(space, spaces.Discrete):
            raise Fault(
                f"its action space is {space}, expected Discrete: deep Q-learning chooses among a "
                "number of actions, which a gymnasium.ActionWrapper can name"
            )
        self.count, self.start = int(space.n), int(space.start)
        if not 2 <= self.count <= 1024:
            raise Fault(f"its action space is {space}, expected 2 to 1024 actions")
        self.names = self.meanings(environment)

    def meanings(self, environment):
        try:
            names = [str(name) for name in environment.unwrapped.get_action_meanings()]
        except Exception:
            return None
        return names if len(names) == self.count == len(set(names)) else None


class OneHot:
    """The states of a Discrete space."""

    def __init__(self, space):
        self.count, self.start = int(space.n), int(space.start)
        if self.count > SIZE_LIMIT:
            raise Fault(f"its observation space is {space}, expected at most {SIZE_LIMIT} states")
        self.shape, self.scalar, self.stack = (self.count,), "float32", 1
        self.space = space

    def encode(self, observation, doing):
        try:
            state = observation.__index__() - self.start
        except Exception:
            raise Fault(
                f"{doing} returned the observation {shown(observation)}, expected a whole number, "
                f"as its observation space {self.space} says"
            ) from None
        if not 0 <= state < self.count:
            raise Fault(
                f"{doing} returned the observation {shown(observation)}, which is not in its "
                f"observation space {self.space}"
            )
        content = bytearray(4 * self.count)
        content[4 * state : 4 * state + 4] = b"\x00\x00\x80\x3f"
        return bytes(content)


class Array:
    """The arrays of a Box, as they are learned from."""

    def __init__(self, space, is_screen, numpy):
        self.numpy = numpy
        self.dtype, self.given = space.dtype, tuple(int(length) for length in space.shape)
        if self.dtype.kind not in "fiub":
            raise Fault(f"its observation space is {space}, expected a Box of numbers")
        if len(self.given) > 3:
            raise Fault(
                f"its observations have shape {self.given}, expected at most 3 axes; "
                "gymnasium.wrappers.ReshapeObservation or FlattenObservation changes them"
            )
        size = 1
        for length in self.given:
            size *= length
        if not 1 <= size <= SIZE_LIMIT:
            raise Fault(
                f"its observations have shape {self.given}, expected 1 to {SIZE_LIMIT} numbers"
            )
        self.kinds = {"f": "fiub", "i": "iub", "u": "iub", "b": "iub"}[self.dtype.kind]
        self.limit = 1 if self.dtype.kind == "b" else 255 if self.dtype == numpy.uint8 else None
        # Zeros and ones are drawn as pixels, black and white.
        is_plane = self.limit is not None and len(self.given) > 1
        self.factor = 255 if is_plane and (self.limit == 1 or space.high.max() == 1) else 1
        is_bytes = is_plane or self.dtype == numpy.uint8 and space.high.max() == 255
        self.scalar, self.stack, self.order = "uint8" if is_bytes else "float32", 1, None
        self.target = numpy.dtype("u1" if is_bytes else "<f4")
        if is_screen:
            self.show_as_screen(space)
        else:
            self.lay_out()

    def show_as_screen(self, space):
        axes = self.given[:2] if len(self.given) == 3 and self.given[2] == 1 else self.given
        if self.dtype != self.numpy.uint8 or len(axes) not in (2, 3) or axes[2:] not in ((), (3,)):
            raise Fault(
                f'its observations have shape {self.given} and are {self.dtype}, so the option '
                f'preprocessing cannot be "atari": that takes screens, uint8 of shape (height, '
                "width, 3) or (height, width)"
            )
        self.is_gray = len(axes) == 2
        self.shape, self.stack, self.factor = axes[:2] + (3,), 4, 1

    def lay_out(self):
        self.is_gray = False
        axes = self.given or (1,)
        if len(axes) == 3 and axes[2] == 1 and self.scalar == "uint8":
            axes = axes[:2]
        if len(axes) == 3 and axes[0] >= axes[2]:
            # Networks read planes.
            self.order, axes = (2, 0, 1), (axes[2], axes[0], axes[1])
        if len(axes) == 2 and self.scalar == "uint8":
            self.stack = 4
        elif len(axes) == 2:
            axes = (1,) + axes
        self.shape = axes

    def encode(self, observation, doing):
        numpy = self.numpy
        if type(observation) is not numpy.ndarray:
            observation = self.array(observation, doing)
        if observation.shape != self.given:
            raise Fault(
                f"{doing} returned an observation of shape {observation.shape}, expected "
                f"{self.given}, as its observation space says"
            )
        if observation.dtype != self.dtype:
            self.check_kind(observation, doing)
        if self.order:
            observation = observation.transpose(self.order)
        if self.is_gray:
            observation = observation.reshape(self.shape[:2] + (1,)).repeat(3, 2)
        observation = observation.astype(self.target, "C", copy=False)
        if self.factor != 1:
            observation = observation * self.target.type(self.factor)
        return observation.tobytes()

    def array(self, observation, doing):
        try:
            array = self.numpy.asarray(observation)
        except Exception:
            array = None
        if array is None or array.dtype.kind not in "fiub":
            raise Fault(
                f"{doing} returned the observation {shown(observation)}, expected an array of "
                f"{self.dtype} of shape {self.given}, as its observation space says"
            )
        return array

    def check_kind(self, observation, doing):
        if observation.dtype.kind not in self.kinds:
            raise Fault(
                f"{doing} returned an observation of {observation.dtype}, expected {self.dtype}, "
                "as its observation space says"
            )
        if self.limit and not (0 <= observation.min() and observation.max() <= self.limit):
            raise Fault(
                f"{doing} returned an observation with numbers {observation.min()} to "
                f"{observation.max()}, expected 0 to {self.limit}, as its observation space says"
            )
