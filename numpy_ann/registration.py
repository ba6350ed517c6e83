"""Classes and functions of one's own by the names that files have for them.

A file names a class; what is used is what the caller has handed over under the name, by
``register_keras_serializable``, a ``CustomObjectScope`` or ``custom_objects=``. Nothing is imported or called
by a name from a file.
"""

import threading
from collections import ChainMap
from collections.abc import Callable, Mapping
from inspect import isclass
from typing import Any, Self, TypeVar

__all__ = [
    "CustomObjectScope", "custom_object_scope", "get_custom_objects", "get_registered_name",
    "get_registered_object", "handed", "register_keras_serializable",
]  # fmt: skip

T = TypeVar("T")

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}


class _Handed(threading.local):
    def __init__(self) -> None:  # runs in each thread
        self.objects = ChainMap(_registered)  # behind those in the scopes that are open there


handed = _Handed()


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Return the decorator that hands a class or a function over to files, as ``package>name``.

    ``package`` keeps names of several projects apart; ``name``, left out, is the class' own. Raises
    ``ValueError`` if a class has no ``get_config``, from which it could be made anew.

    >>> from numpy_ann.layers import Dense
    >>> @register_keras_serializable("lesson")
    ... class Wide(Dense): ...
    >>> get_registered_name(Wide), get_registered_object("lesson>Wide") is Wide
    ('lesson>Wide', True)
    >>> _ = get_custom_objects().pop("lesson>Wide")
    """

    def register(thing: T) -> T:
        if isclass(thing) and not hasattr(thing, "get_config"):
            raise ValueError(f"{thing.__name__} is registered for files and needs a get_config() method.")
        full = f"{package}>{name or thing.__name__}"  # type: ignore[attr-defined]
        _registered[full], _names[thing] = thing, full
        return thing

    return register


def get_custom_objects() -> dict[str, Any]:
    """Return what is registered, by name: the dictionary itself, which may be changed."""
    return _registered


def get_registered_name(obj: Any) -> str:
    """Return the name that files have for a class or a function: its own where none is registered."""
    found = _names.get(obj) if callable(getattr(obj, "__hash__", None)) else None
    return found or str(obj.__name__)


def get_registered_object(
    name: Any, custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:  # fmt: skip
    """Return the class or the function that was handed over under a name; None if there is none."""
    if not isinstance(name, str):
        return None
    return ChainMap(*handed.objects.maps, {**(module_objects or {}), **(custom_objects or {})}).get(name)


class CustomObjectScope:
    """Hand classes and functions over to what is loaded inside ``with``; in this thread alone.

    ``custom_objects`` is a dictionary by the names that files have for them (else ``ValueError``).

    >>> import numpy as np
    >>> from numpy_ann import activations
    >>> with CustomObjectScope({"twice": lambda x: 2 * x}):
    ...     activations.get("twice")(np.array([1.5]))
    array([3.])
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        if not isinstance(custom_objects, Mapping | None):
            raise ValueError(f"custom_objects is a dictionary. Received: custom_objects={custom_objects!r}")
        self._objects = dict(custom_objects or {})

    def __enter__(self) -> Self:
        self._before = handed.objects
        handed.objects = ChainMap(self._objects, *self._before.maps)
        return self

    def __exit__(self, *error: object) -> None:
        handed.objects = self._before


custom_object_scope = CustomObjectScope  # Keras' other name
