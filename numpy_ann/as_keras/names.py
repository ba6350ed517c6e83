"""Which object of this package a name of Keras' means, and what is said of one that isn't here.

``keras_names.json`` lists Keras 3.15's names, as ``tests/keras_names.py`` found them; ``names.toml`` ours.
"""

import tomllib
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from numpy_ann.lookup import keras_names
from numpy_ann.part import did_you_mean

__all__ = ["TABLES", "TOPS", "has_something", "is_module", "look_up", "no_module", "of_keras", "present"]

TOPS = ("keras", "tf_keras", "tensorflow", "scikeras")
_ABSENT = object()
_near = partial(did_you_mean, cutoff=0.75)
_HAS = "What it has is Keras, for fully connected networks, and what their scripts use beside it."
_PARALLEL = "To train on several processes: mpiexec -n 4 numpy_ann run --data-parallel SCRIPT."

TABLES: Any = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
_HOMES: dict[str, str] = TABLES["homes"]
_OLD_MODULES = {old: today for today, listed in TABLES["old_modules"].items() for old in listed.split()}
_OLD_NAMES: dict[str, str] = TABLES["old_names"]

keras_2 = False
"""Whether the spellings of Keras 1 and 2 are taken, with the meaning that they had there."""


def of_keras(module: str) -> str | None:
    """Return a module's name with ``keras`` for ``tensorflow.keras``; None where it is TensorFlow's."""
    for prefix, meant in TABLES["prefixes"].items():
        if module == prefix or module.startswith(f"{prefix}."):
            return str(meant) + module[len(prefix) :]
    return None


def _tensorflow() -> dict[str, dict[str, Any]]:
    return import_module("numpy_ann.as_keras.tensorflow").MODULES  # type: ignore[no-any-return]


def is_module(fullname: str) -> bool:
    """Return whether there is a module of that name, here or, with nothing of it here, in Keras."""
    module = of_keras(fullname)
    if module is None:
        return fullname in ("scikeras", "scikeras.wrappers", "tensorflow.python", "tensorflow.compat") or (
            fullname.startswith("tensorflow") and fullname in _tensorflow()
        )
    return module in _HOMES or module in keras_names() or (keras_2 and module in _OLD_MODULES)


def has_something(module: str) -> bool:
    """Return whether anything of a module, or of those below it, is here."""
    home = _home(module)
    below = any(f"{place}.".startswith(f"{home}.") for place in _HOMES)
    return home is None or below or bool(present(module))


def no_module(fullname: str) -> str:
    """Return what is said of a module that isn't here."""
    here = "numpy_ann stands in for Keras and TensorFlow here"
    module = of_keras(fullname)
    if module in _OLD_MODULES:
        today = _OLD_MODULES[str(module)]
        return (
            f"{fullname} is a module of Keras 1 and 2, which Keras 3 doesn't have: say {today}, or run the "
            "script with `python -m numpy_ann run --keras2`."
        )
    if module is not None and module.startswith("keras.src"):
        return f"{here}, and keras.src is the inside of the real Keras: import the public name from keras."
    if fullname.startswith("tensorflow"):
        known = f"Of TensorFlow it has tensorflow.keras, {', '.join(sorted(_tensorflow()))}."
        apart = fullname.startswith("tensorflow.distribute")
        return f"{here} and has no {fullname}. {_PARALLEL if apart else known}"
    return f"{here} and has no {fullname}.{_near(fullname, {*_HOMES, *keras_names()})}"


def look_up(fullname: str, name: str) -> Any:
    """Return what ``fullname.name`` means, or raise an ``AttributeError`` that says what is missing."""
    value = _found(fullname, name)
    if value is not _ABSENT:
        return value
    home = _home(fullname)
    if home is None:
        near, what = _near(name, _tensorflow().get(fullname, ())), f"{fullname}.{name}"
        has = _PARALLEL if name == "distribute" else _HAS
        raise AttributeError(f"numpy_ann stands in for TensorFlow here and has no {what}.{near} {has}")
    raise AttributeError(_no_name(fullname, home, name))


def _home(fullname: str) -> str | None:
    """Return the module of today that a module's names are in; None where it is TensorFlow's."""
    module = fullname if fullname.startswith("scikeras") else of_keras(fullname)
    return _OLD_MODULES.get(module, module) if keras_2 and module else module


def _found(fullname: str, name: str) -> Any:
    """Return what a name means; ``_ABSENT`` if it isn't here."""
    home = _home(fullname)
    if home is None:
        return _tensorflow().get(fullname, {}).get(name, _ABSENT)
    name = _OLD_NAMES.get(name, name) if keras_2 else name
    if name == "__version__":
        return next(iter(keras_names()["version"]))
    for place in _HOMES.get(home, "").split():
        try:
            own = import_module(f"numpy_ann.{place}")
            value = getattr(own, name)
        except AttributeError:
            continue
        if not (getattr(value, "__module__", None) or "numpy_ann").startswith("numpy_ann"):
            continue  # what the module itself uses
        listed = (keras_names().get(home, ()), *(vars(own).get(k, ()) for k in ("__all__", "ALIASES")))
        if not any(name in known for known in listed):
            continue
        if home.startswith(("keras.backend", "keras.losses", "keras.metrics", "keras.ops", "keras.random")):
            return import_module("numpy_ann.as_keras.tensors").returning_tensors(value)
        return value
    if name in ("serialize", "deserialize") and name in keras_names().get(home, ()):
        return getattr(import_module("numpy_ann.saving"), f"{name}_keras_object")
    return _ABSENT


def present(fullname: str) -> list[str]:
    """Return the names that a module has here."""
    return list(_present(fullname, keras_2))


@cache
def _present(fullname: str, keras_2: bool) -> list[str]:
    home = _home(fullname)
    if home is None:
        return sorted(_tensorflow().get(fullname, ()))
    candidates = set(keras_names().get(home, ()))
    for place in _HOMES.get(home, "").split():
        candidates.update(getattr(import_module(f"numpy_ann.{place}"), "__all__", ()))
    return sorted(name for name in candidates if _found(fullname, name) is not _ABSENT)


def _no_name(fullname: str, module: str, name: str) -> str:
    if f"{module}.{name}" in _OLD_MODULES:
        return no_module(f"{fullname}.{name}")
    known = keras_names().get(module, frozenset())
    if name in _OLD_NAMES:
        return f"{fullname}.{name} is Keras 2's: say {_OLD_NAMES[name]}, or use `numpy_ann run --keras2`."
    if name not in known:
        elsewhere = [place for place, held in keras_names().items() if name in held]
        hint = f" {elsewhere[0]} has it." if elsewhere else _near(name, known)
        return f"Keras {_found('keras', '__version__')} has no {fullname}.{name}, nor has numpy_ann.{hint}"
    reason = ""
    for place in _HOMES.get(module, "").split():
        try:
            getattr(import_module(f"numpy_ann.{place}"), name)
        except AttributeError as error:
            if "leaves out" in str(error):
                reason = ": " + str(error).partition(": ")[2].rstrip(".")
            elif " needs " in str(error):
                reason = f": {error}"
    hint = "" if reason else _near(name, present(fullname))
    return f"numpy_ann stands in for Keras here and has no {fullname}.{name}{reason}.{hint}"
