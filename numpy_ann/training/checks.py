"""The small arguments of ``fit``, ``evaluate`` and ``predict``, checked before any work begins."""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks import Callback

__all__ = ["KERAS_BATCH", "as_list", "batch_size_for", "count", "is_due", "optional_count", "verbosity"]

KERAS_BATCH = 32  # samples at once in Keras, where the caller does not say
# Samples at once in a forward pass where the caller does not say: what the caches hold, and enough for
# the products of a layer of 128 units to be worth two processors (threads.py).
_PREDICTION_BATCH = 512


def count(argument: str, value: Any, *, least: int = 1) -> int:
    """Return ``value`` if it is a whole number of at least ``least``.

    Examples
    --------
    >>> count("epochs", 0)
    Traceback (most recent call last):
        ...
    ValueError: `epochs` must be an integer of at least 1. Received: epochs=0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(
            f"`{argument}` must be an integer of at least {least}. Received: {argument}={value!r}"
        )
    return int(value)


def optional_count(argument: str, value: Any) -> int | None:
    """Return ``value`` if it is ``None`` or a whole number of at least 1."""
    return None if value is None else count(argument, value)


def batch_size_for(argument: str, value: Any, x: Array) -> int:
    """Return how many samples to take at once in a forward pass."""
    return min(_PREDICTION_BATCH if value is None else count(argument, value), len(x))


def as_list(callbacks: Iterable[Callback] | Callback | None) -> list[Callback]:
    """Return the callbacks, be they many, one or none."""
    return [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())


def verbosity(verbose: Any) -> int:
    """Return 0, 1 or 2."""
    if verbose == "auto":
        return 1
    if verbose not in (0, 1, 2):
        raise ValueError(f'`verbose` is "auto", 0, 1 or 2. Received: verbose={verbose!r}')
    return int(verbose)


def is_due(epoch: int, validation_freq: int | Collection[int]) -> bool:
    """Return whether an epoch, counted from 0, ends in a validation.

    Parameters
    ----------
    epoch : int
        Its number.
    validation_freq : int or collection of int
        After every so many epochs; or the epochs themselves, counted from 1.

    Raises
    ------
    ValueError
        If ``validation_freq`` is neither.

    Examples
    --------
    >>> [is_due(epoch, 2) for epoch in range(4)], [is_due(epoch, [1, 4]) for epoch in range(4)]
    ([False, True, False, True], [True, False, False, True])
    """
    if isinstance(validation_freq, list | tuple | set):
        return epoch + 1 in validation_freq
    if (
        isinstance(validation_freq, bool)
        or not isinstance(validation_freq, int | np.integer)
        or validation_freq < 1
    ):
        raise ValueError(
            "Expected `validation_freq` to be an integer of at least 1, or a list of epochs. "
            f"Received: validation_freq={validation_freq!r}"
        )
    return bool((epoch + 1) % validation_freq == 0)
