"""How a configuration's options are read: the columns of the tables of what a file may name.

A table says of a class that a file may name which options are arguments of our class, and how each is
checked; and which options change nothing as long as they have certain values. An option in neither list is
refused: it could mean something. Supporting one more class is one more row.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from numpy_ann.saving.formats.config_value import ConfigValue, shown

__all__ = [
    "ANYTHING",
    "Neutral",
    "Reader",
    "Table",
    "choice",
    "class_of",
    "function_name",
    "integer",
    "make",
    "number",
    "read_options",
    "seed",
]

Reader: TypeAlias = Callable[[ConfigValue], Any]
"""Turns an item into an argument, or raises ``ModelFormatError``."""

Neutral: TypeAlias = tuple[Any, ...] | Reader
"""The values at which an option changes nothing; or a reader that raises at those which it may not have."""

ANYTHING: Final[Neutral] = lambda item: None  # noqa: E731
"""The option never changes anything."""


@dataclass(frozen=True)
class Table:
    """One class that a file may name.

    Parameters
    ----------
    make : callable
        Our class.
    arguments : mapping
        From Keras' option to the reader of our argument of the same name.
    inert : mapping
        From Keras' options that change nothing to the values at which they don't.
    written : mapping
        What is written beside our arguments, because Keras writes it.
    """

    make: Callable[..., Any]
    arguments: Mapping[str, Reader] = field(default_factory=dict)
    inert: Mapping[str, Neutral] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)


def make(entry: ConfigValue, kind: str, tables: Mapping[str, Table]) -> Any:
    """Return the object that a serialized object describes.

    Parameters
    ----------
    entry : ConfigValue
        ``{"class_name": ..., "config": ...}``. What it says of ``module`` and ``registered_name`` decides
        nothing.
    kind : str
        What error messages call it: ``"layer"``, ``"optimizer"``.
    tables : mapping
        From each class name that is read to its table.

    Raises
    ------
    ModelFormatError
        If the class isn't in the tables, or an option isn't known or has a wrong value.
    """
    table = tables[class_of(entry, kind, tables)]
    options = read_options(entry["config"], table.arguments, table.inert)
    try:
        return table.make(**options)
    except (TypeError, ValueError) as error:  # an argument is missing, or out of the class's own bounds
        raise entry.error(str(error)) from None


def class_of(entry: ConfigValue, kind: str, known: Collection[str]) -> str:
    """Return the class name of a serialized object, if it is known.

    Keras 2 writes ``Custom>Adam`` for its own Adam.
    """
    name = entry["class_name"].string().removeprefix("Custom>")
    if name not in known:
        raise entry.error(f"the {kind} {name!r} is not supported. Supported: {', '.join(sorted(known))}")
    return name


def read_options(
    config: ConfigValue, arguments: Mapping[str, Reader], inert: Mapping[str, Neutral]
) -> dict[str, Any]:
    """Return the arguments that a configuration gives, each checked; refuse what isn't known.

    Examples
    --------
    >>> config = ConfigValue({"rate": 0.3, "noise_shape": None}, "layer 'dropout'")
    >>> read_options(config, {"rate": number(0, 1)}, {"noise_shape": (None,)})
    {'rate': 0.3}
    """
    found = {}
    for key, item in config.fields().items():
        if key in arguments:
            found[key] = arguments[key](item)
        elif key not in inert:
            known = ", ".join(sorted({*arguments, *inert}))
            raise item.error(f"this option is not supported, and could mean something. Known here: {known}")
        else:
            _check_neutral(item, inert[key])
    return found


def _check_neutral(item: ConfigValue, neutral: Neutral) -> None:
    """Raise unless the option changes nothing; true isn't 1 here, nor false 0."""
    if callable(neutral):
        neutral(item)
    elif not any(item.value == v and isinstance(item.value, bool) == isinstance(v, bool) for v in neutral):
        allowed = " or ".join(shown(value) for value in neutral)
        raise item.error(f"{shown(item.value)} is not supported; only {allowed} is")


def number(low: float, high: float) -> Reader:
    """Return the reader of a float from ``low`` to ``high``."""
    return lambda item: item.number(low, high)


def integer(low: int, high: int) -> Reader:
    """Return the reader of an int from ``low`` to ``high``."""
    return lambda item: item.integer(low, high)


def choice(meanings: Mapping[str, Any]) -> Reader:
    """Return the reader of one of a few words; it gives what the word means."""

    def read(item: ConfigValue) -> Any:
        word = item.string()
        if word not in meanings:
            raise item.error(f"{word!r} is not supported. Supported: {', '.join(sorted(meanings))}")
        return meanings[word]

    return read


def seed(item: ConfigValue) -> int | None:
    """Read a random seed: null, or an integer."""
    return None if item.is_null else item.integer(0, 2**63 - 1)


def function_name(item: ConfigValue) -> str:
    """Read the name of a function, plain or in the object that Keras makes of its own functions."""
    if isinstance(item.value, dict) and item["class_name"].value == "function":
        return item["config"].string()
    return item.string()
