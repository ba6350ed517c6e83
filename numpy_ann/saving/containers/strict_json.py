"""JSON from a stranger: the grammar to the letter, and bounds where it has none."""

import json
from typing import Any

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import JSON_BYTES

__all__ = ["parse_json"]

_DEEPEST = 64  # arrays and objects inside one another; a Keras configuration has about ten
_DIGITS = 20  # of an integer; 2^64 has as many


def parse_json(data: bytes | str, place: str) -> Any:
    """Return the value of a JSON text.

    Stricter than ``json.loads``: the text is bounded in size, nesting and the length of its integers; NaN,
    Infinity and numbers too large for a float are refused, and so is an object that has a key twice.

    Parameters
    ----------
    data : bytes or str
        Bytes are UTF-8.
    place : str
        What error messages call the text.

    Raises
    ------
    ModelFormatError
        If it is anything else.

    Examples
    --------
    >>> parse_json('{"units": 128}', "config.json")
    {'units': 128}
    >>> parse_json('{"rate": NaN}', "config.json")
    Traceback (most recent call last):
        ...
    numpy_ann.errors.ModelFormatError: config.json: not valid JSON: NaN is not a JSON number
    """
    if len(data) > JSON_BYTES:
        raise ModelFormatError(f"{place}: {len(data):,} bytes of JSON; at most {JSON_BYTES:,} are read")
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
            parse_int=_bounded_int,
        )
    except RecursionError:
        raise ModelFormatError(f"{place}: JSON nested too deeply") from None
    except ValueError as error:  # bad UTF-8 and bad JSON are both ValueErrors
        raise ModelFormatError(f"{place}: not valid JSON: {error}") from None
    _check_depth(value, place)
    return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:80]!r} stands twice in one object")
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite_float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _bounded_int(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError(f"an integer of {len(text)} digits; at most {_DIGITS} are read")
    return int(text)


def _check_depth(value: Any, place: str) -> None:
    """Refuse deep nesting, going level by level: a recursive check could itself be nested too deeply."""
    level = [value]
    for _ in range(_DEEPEST):
        nested: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                nested += item.values()
            elif isinstance(item, list):
                nested += item
        if not nested:
            return
        level = nested
    raise ModelFormatError(f"{place}: JSON nested deeper than {_DEEPEST} levels")
