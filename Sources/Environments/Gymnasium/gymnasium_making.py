"""Finds and makes an environment, or says what is missing; the second of three parts of a script."""

import difflib
import importlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import traceback

# Packages that register environments under a name of their own, and how each is made to.
REGISTRARS = {"MinAtar": ("minatar.gym", "register_envs"), "ALE": ("ale_py", None)}
PACKAGES = {"MinAtar": "--no-deps minatar", "ALE": "ale-py"}
MODULES = ["gymnasium", "Box2D", "minatar"]


def installed():
    found = [module for module in MODULES if importlib.util.find_spec(module)]
    version = importlib.metadata.version("gymnasium") if "gymnasium" in found else None
    return {"version": version, "modules": found}


def raised(doing, error):
    """What an exception says, and the last places that it came through."""
    if isinstance(error, SystemExit):
        text = f"{doing} called sys.exit({error.code})"
    else:
        text = f"{doing} raised {type(error).__name__}: {error}"[:500]
    places = [
        f"{os.path.basename(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}"
        for frame in traceback.extract_tb(error.__traceback__)
        if not re.search(r"^<|importlib|gymnasium.envs.registration", frame.filename)
    ]
    return text + "".join(f"; at {place[:200]}" for place in reversed(places[-3:]))


def attempt(doing, call, *arguments, **named):
    try:
        return call(*arguments, **named)
    except Fault:
        raise
    except (Exception, SystemExit) as error:
        raise Fault(raised(doing, error)) from None


def pip(packages):
    return f"{sys.executable} -m pip install {packages}"


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
