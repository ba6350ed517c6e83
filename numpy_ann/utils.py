"""Small helpers under Keras' names."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.random_streams import seed_everything
from numpy_ann.validation import is_integer

__all__ = ["set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into one-hot rows, in float64, of shape ``(..., num_classes)``.

    ``y[i, j] = 1`` where ``x[i] = j``, else 0.

    Parameters
    ----------
    x : array_like of int, shape (...) or (..., 1)
        Class numbers from 0; fractions are cut off.
    num_classes : int, optional
        How many columns; left out, the largest number and one.

    Raises
    ------
    ValueError
        If a class number is negative (Keras counts those from the end, silently) or not finite, if
        ``num_classes`` isn't an integer of at least 1, or ``x`` is empty and ``num_classes`` left out.
    IndexError
        If a class number isn't below ``num_classes``.

    Examples
    --------
    >>> to_categorical([0, 2], num_classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(x)
    if labels.dtype.kind not in "biuf":
        raise TypeError(f"Class numbers must be integers, but the dtype is {labels.dtype}.")
    if num_classes is not None and (not is_integer(num_classes) or num_classes < 1):
        raise ValueError(
            f"`num_classes` must be an integer of at least 1. Received: num_classes={num_classes!r}"
        )
    if not np.all(np.isfinite(labels)):
        raise ValueError("Class numbers must be integers of 0 or more, but there is NaN or infinity in x.")
    labels = labels.astype(np.int64)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        if labels.size == 0:
            raise ValueError("There are no labels to count the classes of: pass num_classes.")
        num_classes = int(labels.max()) + 1
    if labels.size and labels.min() < 0:
        raise ValueError(f"Class numbers must be 0 or more, but the smallest is {labels.min()}.")
    if labels.size and labels.max() >= num_classes:
        raise IndexError(
            f"index {labels.max()} is out of bounds for axis 1 with size {num_classes}: class numbers must "
            f"be below num_classes={num_classes}."
        )
    categorical = np.zeros((labels.size, num_classes))
    categorical[np.arange(labels.size), labels.reshape(-1)] = 1
    return categorical.reshape(*labels.shape, num_classes)


def set_random_seed(seed: int) -> None:
    """Make all that follows repeatable: models made from now on, and Python's and NumPy's own generators.

    Parameters
    ----------
    seed : int
        From 0 to below 2^32.

    Raises
    ------
    ValueError
        If it isn't an ``int``.

    Examples
    --------
    >>> set_random_seed(1)
    """
    import random

    if not isinstance(seed, int) or isinstance(seed, bool):
        raise ValueError(
            "Expected `seed` argument to be an integer. "
            f"Received: seed={seed!r} (of type {type(seed).__name__})"
        )
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (what a script's own np.random calls use)
    seed_everything(seed)
