"""Finding a part by its name: ``"adam"``, ``"relu"``, ``"categorical_crossentropy"``."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from typing import Any, TypeVar, cast

from numpy_ann import registration
from numpy_ann.part import did_you_mean

__all__ = [
    "by_name", "clear_session", "concrete_classes", "counted_name", "find", "keras_names", "left_out",
    "snake_case",
]  # fmt: skip

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def find(kind: str, name: str, table: Mapping[str, T]) -> T:
    """Return ``table[name]``, or raise a ``ValueError`` that offers the names most like it.

    >>> find("optimizer", "adamm", {"adam": 1, "sgd": 2})
    Traceback (most recent call last):
        ...
    ValueError: Could not interpret optimizer identifier: 'adamm'. Did you mean 'adam'? Known: adam, sgd.
    """
    if name in table:
        return table[name]
    other = {"logistic": "sigmoid", "identity": "linear"}.get(name, name)  # scikit-learn's names
    hint = did_you_mean(other.lower(), table, cutoff=0.5)
    raise ValueError(
        f"Could not interpret {kind} identifier: {name!r}.{hint} Known: {', '.join(sorted(table))}."
    )


def by_name(
    kind: str, base: type, table: Mapping[str, Any], *, none: bool = False, folded: bool = False
) -> Callable[[F], F]:
    """Return the decorator of a room's ``get``: names and parts are found here, anything else by the room.

    ``kind`` is what messages call the parts, ``base`` of which they are instances. ``table`` leads from names
    to classes, of which new parts are made, or to the parts themselves; ``none`` says whether ``None`` stays
    ``None``, ``folded`` that capital letters in names don't matter, of which the table then has none.

    >>> @by_name("number", int, {"zero": int})
    ... def get(identifier):
    ...     raise ValueError(f"A number is a name or an int. Received: {identifier!r}")
    >>> get("zero"), get(3)
    (0, 3)
    """

    def decorate(otherwise: F) -> F:
        @wraps(otherwise)
        def get(identifier: Any) -> Any:
            if isinstance(identifier, base) or (none and identifier is None):
                return identifier
            if isinstance(identifier, dict) and "class_name" in identifier:
                return get(_described(kind, identifier, table, folded))
            if not isinstance(identifier, str):
                return otherwise(identifier)
            if (own := registration.handed.objects.get(identifier)) is not None:
                return get(own() if isinstance(own, type) else own)
            found = find(kind, identifier.lower() if folded else identifier, table)
            return found if isinstance(found, base) else found()

        return cast(F, get)

    return decorate


def _described(kind: str, entry: dict[str, Any], table: Mapping[str, Any], folded: bool) -> Any:
    """Return what ``{"class_name": ..., "config": ...}`` describes: a new part, or a function's name."""
    name, config = str(entry["class_name"]), entry.get("config", {})
    if name == "function":
        return config
    found = registration.get_registered_object(entry.get("registered_name") or name)
    if found is None:
        found = find(kind, name.lower() if folded else name, table)
    if not isinstance(config, dict):
        raise ValueError(f"The config of a {kind} is a dictionary of its options. Received: {entry!r}")
    return found.from_config(config) if hasattr(found, "from_config") else found


def concrete_classes(names: Iterable[str], module: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of a module's names that are classes, but abstract ones: what ``find`` looks in.

    >>> concrete_classes(["Mapping", "dict", "find"], {"Mapping": Mapping, "dict": dict, "find": find})
    {'dict': <class 'dict'>}
    """
    found = {name: module.get(name) for name in names}
    return {name: it for name, it in found.items() if isinstance(it, type) and not isabstract(it)}


def snake_case(name: str) -> str:
    """Turn a class name into the name that Keras gives its instances.

    It breaks before each capital letter that follows a lower-case letter or precedes one.

    >>> [snake_case(name) for name in ("Dense", "ReLU", "RMSprop", "AdamW", "BatchNormalization")]
    ['dense', 're_lu', 'rm_sprop', 'adam_w', 'batch_normalization']
    """
    import re

    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


_COUNTS: dict[str, int] = {}  # how many names of each kind the session has given


def counted_name(kind: str) -> str:
    """Return the session's next name of that kind, as Keras counts them: ``dense``, ``dense_1``.

    >>> clear_session()
    >>> counted_name("dense"), counted_name("dense"), counted_name("dropout")
    ('dense', 'dense_1', 'dropout')
    """
    number = _COUNTS[kind] = _COUNTS.get(kind, -1) + 1
    return f"{kind}_{number}" if number else kind


def clear_session(free_memory: bool = True) -> None:
    """Count the names of layers and models from the beginning; what nobody holds is freed in either case.

    >>> from numpy_ann.models import Sequential
    >>> clear_session()
    >>> Sequential().name, Sequential().name
    ('sequential', 'sequential_1')
    """
    _COUNTS.clear()


@cache
def keras_names() -> dict[str, frozenset[str]]:
    """Return the public names of Keras by module; ``"version"`` holds its version."""
    found = json.loads(Path(__file__).with_name("keras_names.json").read_text(encoding="utf-8"))
    return {module: frozenset(listed.split()) for module, listed in found.items()}


def left_out(
    module: str, names: str, why: str, later: Mapping[str, str] | None = None
) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module that refuses by name what Keras has there, and this package not.

    In the module, out of the type checkers' sight, for whom every name would be there otherwise::

        if not TYPE_CHECKING:
            __getattr__ = left_out(__name__, "CTC Circle", "...: use ... instead.")

    ``names`` are separated by blanks; a module, ``keras.layers``, stands for what it has and ``module`` not.
    ``why`` is a sentence that follows a colon: the reason, and what to do instead. ``later`` has the modules
    of names that are imported when they are first asked for.

    >>> left_out("numpy_ann.losses", "CTC Circle", "it is for sequences. Use another loss.")("CTC")
    Traceback (most recent call last):
        ...
    AttributeError: numpy_ann.losses leaves out Keras' CTC: it is for sequences. Use another loss.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807  (it becomes the module's)
        # `from package import name` asks with hasattr() first, and would put its own message in place.
        importing = sys._getframe(1).f_code.co_name == "_handle_fromlist"
        if later and name in later:
            return getattr(import_module(later[name]), name)
        if any(name == listed or name in keras_names().get(listed, ()) for listed in names.split()):
            kind = ImportError if importing else AttributeError
            raise kind(f"{module} leaves out Keras' {name}: {why}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return __getattr__
