"""Plays one Gymnasium environment for the server that started this process.

Descriptors: 3 is a socket with requests and answers, 4 a pipe that nobody writes to and that ends
when the server does. Standard output and error carry nothing of the protocol: an environment may
print what it likes.

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

import difflib
import fcntl
import importlib
import importlib.metadata
import importlib.util
import io
import json
import os
import re
import struct
import sys
import traceback

CHANNEL, LIFELINE = 3, 4
MAKE, RESET, STEP, RENDER = 1, 2, 3, 4
REQUEST = struct.Struct("<II")
ANSWER = struct.Struct("<IIdII")
MAGIC = 0x314E5144
NO_SEED = 0xFFFFFFFF
SIZE_LIMIT = 1 << 22
# Packages that register environments under a name of their own, and how each is made to.
REGISTRARS = {"MinAtar": ("minatar.gym", "register_envs"), "ALE": ("ale_py", None)}
PACKAGES = {"MinAtar": "--no-deps minatar", "ALE": "ale-py"}
MODULES = ["gymnasium", "Box2D", "minatar"]


class Fault(Exception):
    """A sentence for a person."""


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
    rest = memoryview(ANSWER.pack(MAGIC, failed, reward, ended, len(content)) + content)
    while rest:
        rest = rest[os.write(CHANNEL, rest) :]


def receive(length):
    content = b""
    while len(content) < length:
        part = os.read(CHANNEL, length - len(content))
        if not part:
            os._exit(0)
        content += part
    return content


def die_with_the_server():
    # The kernel ends this process when the pipe's other end closes, whatever runs here by then.
    fcntl.fcntl(LIFELINE, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(LIFELINE, fcntl.F_GETFL)
    fcntl.fcntl(LIFELINE, fcntl.F_SETFL, flags | os.O_ASYNC)


def keep_to_ourselves():
    # Programs that the environment starts must not hold the socket open.
    for descriptor in (CHANNEL, LIFELINE):
        os.set_inheritable(descriptor, False)
    words = io.BufferedWriter(LastWords(), 1)
    sys.stdout = sys.stderr = io.TextIOWrapper(
        words, "utf-8", "backslashreplace", line_buffering=True, write_through=True
    )


def installed():
    found = [module for module in MODULES if importlib.util.find_spec(module)]
    version = importlib.metadata.version("gymnasium") if "gymnasium" in found else None
    return {"version": version, "modules": found}


def pip(packages):
    return f"{sys.executable} -m pip install {packages}"


def raised(doing, error):
    """What an exception says, and the last places that it came through."""
    if isinstance(error, SystemExit):
        text = f"{doing} called sys.exit({error.code})"
    else:
        text = f"{doing} raised {type(error).__name__}: {error}"[:500]
    places = [
        f"{os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in ("<stdin>", "<string>") and "importlib" not in frame.filename
    ]
    return text + "".join(f"; at {place[:200]}" for place in reversed(places[-3:]))


def attempt(doing, call, *arguments, **named):
    try:
        return call(*arguments, **named)
    except Fault:
        raise
    except (Exception, SystemExit) as error:
        raise Fault(raised(doing, error)) from None


def import_gymnasium():
    try:
        import gymnasium
    except ModuleNotFoundError as error:
        if error.name == "gymnasium":
            raise Fault(
                f"this Python has no Gymnasium; {pip('gymnasium')} installs it"
            ) from None
        raise Fault(raised("import gymnasium", error)) from None
    return gymnasium


def distributions_that_need(gymnasium, id):
    """Modules of the installed packages that ask for Gymnasium, the one most like the id first."""
    found = []
    for distribution in importlib.metadata.distributions():
        if any(re.match(r"gymnasium\b", line) for line in distribution.requires or []):
            files = (str(file).split("/") for file in distribution.files or [])
            found += {parts[0] for parts in files if parts[1:] == ["__init__.py"]}
    likeness = lambda name: difflib.SequenceMatcher(None, name.lower(), id.lower()).ratio()
    return sorted(set(found), key=likeness, reverse=True)


def register(gymnasium, id):
    """Lets the packages that may know an id register what they have."""
    namespace = id.rpartition("/")[0]
    if namespace in REGISTRARS:
        module, function = REGISTRARS[namespace]
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            raise Fault(f"{id} needs a package that is not installed: {pip(PACKAGES[namespace])}")
        module = attempt(f"import {module}", importlib.import_module, module)
        if function:
            attempt(f"{function}()", getattr(module, function))
    else:
        for module in distributions_that_need(gymnasium, id):
            try:
                importlib.import_module(module)
            except (Exception, SystemExit) as error:
                print(raised(f"import {module}", error))
            if id in gymnasium.registry:
                break


def unknown(gymnasium, id):
    names = {name.lower(): name for name in gymnasium.registry}
    near = difflib.get_close_matches(id.lower(), names, 1)
    hint = f"; did you mean gymnasium/{names[near[0]]}?" if near else ""
    return Fault(f"no environment {id} is registered in {sys.executable}{hint}")


def missing(id, error):
    """A package that an environment needs, with the command that installs it."""
    extra = re.search(r"gymnasium\[([\w-]+)\]", str(error))
    name = getattr(error, "name", None)
    if extra:
        packages = f"'gymnasium[{extra[1]}]'"
    elif name:
        packages = name.partition(".")[0]
    else:
        return Fault(f"{id} needs a package that is not installed: {error}")
    return Fault(f"{id} needs a package that is not installed: {pip(packages)}")


def make_registered(gymnasium, id, setup):
    named = dict(setup["kwargs"])
    if setup.get("max_episode_steps"):
        named["max_episode_steps"] = setup["max_episode_steps"]
    try:
        if setup["renders"] and "render_mode" not in named and draws(gymnasium, id):
            named["render_mode"] = "rgb_array"
        return gymnasium.make(id, disable_env_checker=True, **named)
    except (gymnasium.error.DependencyNotInstalled, ModuleNotFoundError) as error:
        raise missing(id, error) from None
    except (Exception, SystemExit) as error:
        raise Fault(raised(f"making {id}", error)) from None


def draws(gymnasium, id):
    creator = gymnasium.spec(id).entry_point
    if isinstance(creator, str):
        creator = gymnasium.envs.registration.load_env_creator(creator)
    return "rgb_array" in (getattr(creator, "metadata", None) or {}).get("render_modes", [])


def is_inside(path, folder):
    return bool(path) and os.path.realpath(path).startswith(os.path.join(folder, ""))


def make_from(folder, entry_point, gymnasium, setup):
    """What `module:Name` names in the folder: a class, a function, or an id that it registers."""
    if not folder:
        raise Fault("no folder is given to import from")
    module_name, _, name = entry_point.partition(":")
    folder = os.path.realpath(folder)
    top = os.path.join(folder, *module_name.split("."))
    if not (os.path.exists(top + ".py") or os.path.exists(os.path.join(top, "__init__.py"))):
        there = sorted(
            file.removesuffix(".py")
            for file in os.listdir(folder)
            if file.endswith(".py") or os.path.exists(os.path.join(folder, file, "__init__.py"))
        )
        raise Fault(f"{folder} has no module {module_name}; it has {', '.join(there) or 'none'}")
    sys.path.append(folder)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise missing(module_name, error) from None
    except (Exception, SystemExit) as error:
        raise Fault(raised(f"import {module_name}", error)) from None
    if not is_inside(getattr(module, "__file__", None), folder):
        raise Fault(
            f"{module_name} is another module of this Python, {module.__file__}; give the one in "
            f"{folder} another name"
        )
    if name in gymnasium.registry:
        return make_registered(gymnasium, name, setup)
    creator = getattr(module, name, None)
    home = sys.modules.get(getattr(creator, "__module__", None) or "")
    if not callable(creator) or not is_inside(getattr(home, "__file__", None), folder):
        classes = [
            key
            for key, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, gymnasium.Env)
            and value.__module__ == module.__name__
        ]
        raise Fault(
            f"{module_name} has no class or function {name} of its own, nor registers such an id; "
            f"its environments are {', '.join(classes) or 'none'}"
        )
    environment = attempt(f"{name}()", creator, **setup["kwargs"])
    if setup.get("max_episode_steps"):
        environment = gymnasium.wrappers.TimeLimit(environment, setup["max_episode_steps"])
    return environment


def make(setup):
    gymnasium = import_gymnasium()
    id = setup["id"]
    if ":" in id:
        environment = make_from(setup["folder"], id, gymnasium, setup)
    else:
        if id not in gymnasium.registry:
            register(gymnasium, id)
        try:
            gymnasium.spec(id)
        except gymnasium.error.DeprecatedEnv as error:
            raise Fault(f"{error}") from None
        except gymnasium.error.Error:
            raise unknown(gymnasium, id) from None
        environment = make_registered(gymnasium, id, setup)
    for name in ("observation_space", "action_space", "reset", "step"):
        if getattr(environment, name, None) is None:
            raise Fault(
                f"{id} made a {type(environment).__name__} without {name}, expected a gymnasium.Env"
            )
    return environment


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


def shown(value):
    text = repr(value)
    return f"{text[:80]}{'…' if len(text) > 80 else ''} ({type(value).__name__})"


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
