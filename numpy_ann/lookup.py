"""Finding a part by its name: ``"adam"``, ``"relu"``, ``"categorical_crossentropy"``."""

from collections.abc import Mapping
from typing import TypeVar

__all__ = ["find", "snake_case"]

T = TypeVar("T")


def find(kind: str, name: str, table: Mapping[str, T]) -> T:
    """Return ``table[name]``, or raise an error that offers the names most like it.

    Raises
    ------
    ValueError
        If the table has no such name.

    Examples
    --------
    >>> find("optimizer", "adamm", {"adam": 1, "sgd": 2})
    Traceback (most recent call last):
        ...
    ValueError: Could not interpret optimizer identifier: 'adamm'. Did you mean 'adam'? Known: adam, sgd.
    """
    try:
        return table[name]
    except KeyError:
        pass
    from difflib import get_close_matches  # only a mistake pays for this import

    near = get_close_matches(name.lower(), table, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise ValueError(
        f"Could not interpret {kind} identifier: {name!r}.{hint} Known: {', '.join(sorted(table))}."
    )


def snake_case(name: str) -> str:
    """Turn a class name into the name that Keras gives its instances.

    Keras breaks before each capital letter that follows a lower-case letter or precedes one.

    Examples
    --------
    >>> [snake_case(name) for name in ("Dense", "ReLU", "RMSprop", "AdamW", "BatchNormalization")]
    ['dense', 're_lu', 'rm_sprop', 'adam_w', 'batch_normalization']
    """
    import re

    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
