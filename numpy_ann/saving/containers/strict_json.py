"""JSON from a stranger: the grammar to the letter, bounds where it has none, values that know their place."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import JSON_BYTES

T = TypeVar("T")
_DEEPEST = 64  # arrays and objects inside one another; a Keras configuration has about ten
_DIGITS = 20  # of an integer; 2^64 has as many
_LONGEST_NAME = 1024
_WORDS: dict[Any, str] = {str: "a string", bool: "true or false", int: "an integer", float: "a number"}
_ARRAYS = ("__tensor__", "__numpy__")  # what Keras makes of numbers that aren't Python's


def parse_json(data: bytes | str, place: str) -> Any:
    """Return a JSON text's value: of bounded size, depth and digits, without NaN, each key once."""
    if len(data) > JSON_BYTES:
        raise ModelFormatError(f"{place}: {len(data):,} bytes of JSON; at most {JSON_BYTES:,} are read")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_number, parse_float=_number, parse_int=_number
        )
    except RecursionError:
        raise ModelFormatError(f"{place}: JSON nested too deeply") from None
    except ValueError as error:  # bad UTF-8 and bad JSON are both ValueErrors
        raise ModelFormatError(f"{place}: not valid JSON: {error}") from None
    level, depth = [value], 0  # level by level: a recursive check could itself be nested too deeply
    while level := [
        item
        for one in level
        if isinstance(one, dict | list)
        for item in (one.values() if isinstance(one, dict) else one)
    ]:
        depth += 1
        if depth == _DEEPEST:
            raise ModelFormatError(f"{place}: JSON nested deeper than {_DEEPEST} levels")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:80]!r} stands twice in one object")
    return result


def _number(text: str) -> int | float:
    if not text.lstrip("-").isdigit():
        if not math.isfinite(value := float(text)):
            if text.isalpha() or text == "-Infinity":
                raise ValueError(f"{text} is not a JSON number")
            raise ValueError(f"the number {text[:40]} is too large")
        return value
    if len(text) > _DIGITS:
        raise ValueError(f"an integer of {len(text)} digits; at most {_DIGITS} are read")
    return int(text)


@dataclass(frozen=True)
class ConfigValue:
    """A JSON value with its place in the file: returned as one type, or as an error that names the place."""

    value: Any
    place: str

    def error(self, problem: str) -> ModelFormatError:
        """Return the error that names this place."""
        return ModelFormatError(f"{self.place}: {problem}")

    def unexpected(self, expected: str) -> ModelFormatError:
        """Return the error that says what was expected and what was found."""
        return self.error(f"expected {expected}, found {shown(self.value)}")

    def checked(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
        """Return what a function makes of what stands here; what it says against that is an error."""
        try:
            return function(*arguments, **options)
        except (OverflowError, TypeError, ValueError) as error:
            own = " One of your own is handed over: custom_objects={name: it}"
            raise self.error(f"{error}{own if 'Could not interpret' in str(error) else ''}") from None

    def of(self, kind: type[T], low: float = -math.inf, high: float = math.inf) -> T:
        """Return a string, a bool (which is no number), an int or finite float from ``low`` to ``high``."""
        value: Any = self.value
        kinds: Any = int | float if kind is float else kind
        if kind is float and isinstance(self.value, dict) and self.value.get("class_name") in _ARRAYS:
            inner: Any = self["config"]["value"]
            return inner.of(kind, low, high)  # type: ignore[no-any-return]
        if not isinstance(value, kinds) or isinstance(value, bool) != (kind is bool):
            raise self.unexpected(_WORDS[kind])
        if kind is str and len(value) > _LONGEST_NAME:
            raise self.error(f"a string of {len(value)} characters; at most {_LONGEST_NAME} are read")
        if kind in (int, float) and not (low <= value <= high and math.isfinite(value)):
            raise self.error(f"{value} is not between {low} and {high}")
        return kind(value)  # type: ignore[call-arg]

    def array(self, most: int) -> list["ConfigValue"]:
        """Return the items of an array of at most ``most``, which Keras 3 may write as a tensor's value."""
        if isinstance(self.value, dict) and self.value.get("class_name") in _ARRAYS:
            return self["config"]["value"].array(most)
        if not isinstance(self.value, list):
            raise self.unexpected("an array")
        if len(self.value) > most:
            raise self.error(f"{len(self.value)} entries; at most {most} are read")
        return [ConfigValue(value, f"{self.place}[{i}]") for i, value in enumerate(self.value)]

    def fields(self) -> dict[str, "ConfigValue"]:
        """Return the items of an object by key."""
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        return {key: ConfigValue(value, f"{self.place}: {key[:80]}") for key, value in self.value.items()}

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def __getitem__(self, key: str) -> "ConfigValue":
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        if key not in self.value:
            raise self.error(f"the key {key!r} is missing")
        return ConfigValue(self.value[key], f"{self.place}: {key}")

    def get(self, key: str) -> "ConfigValue | None":
        """Return the item under ``key``, or None if the key is missing or its value null."""
        return self[key] if key in self and self.value[key] is not None else None


def shown(value: Any) -> str:
    """Return a value as a message shows it: JSON's own words, and never long."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return f"an object with the keys {', '.join(map(str, list(value)[:5]))[:80] or '(none)'}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
