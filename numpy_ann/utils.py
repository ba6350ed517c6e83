"""Small helpers under Keras' names."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import clear_session
from numpy_ann.plots.model_graph import model_to_dot, plot_model
from numpy_ann.random_streams import seed_everything
from numpy_ann.validation import checked_choice, checked_integer

__all__ = [
    "clear_session", "model_to_dot", "normalize", "pad_sequences", "plot_model", "set_random_seed",
    "to_categorical",
]  # fmt: skip


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into one-hot rows, in float64, of shape ``(..., num_classes)``.

    ``y[i, j] = 1`` where ``x[i] = j``, else 0.

    Raises ``ValueError`` if a class number is negative (Keras counts those from the end, silently) or not
    finite, if ``num_classes`` isn't an integer of at least 1, or ``x`` is empty and ``num_classes`` left out;
    ``IndexError`` if a class number isn't below ``num_classes``.

    Parameters
    ----------
    x : array_like of int, shape (...) or (..., 1)
        Class numbers from 0; fractions are cut off.
    num_classes : int, optional
        How many columns; left out, the largest number and one.

    >>> to_categorical([0, 2], num_classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(x)
    if labels.dtype.kind not in "biuf":
        raise TypeError(f"Class numbers must be integers, but the dtype is {labels.dtype}.")
    if num_classes is not None:
        num_classes = checked_integer("num_classes", num_classes, least=1)
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


def normalize(x: Any, axis: int = -1, order: int = 2) -> Array:
    """Divide rows by their length: ``x / ||x||``; rows of zeros stay as they are.

    Raises ``ValueError`` if ``order`` isn't a positive integer.

    Parameters
    ----------
    x : array_like
        Numbers.
    axis : int
        Along which the lengths are.
    order : int
        Of the norm: 2 for ``sqrt(sum(x^2))``, 1 for ``sum(|x|)``.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    checked_integer("order", order, least=1)
    x = np.asarray(x)
    length = np.atleast_1d(np.linalg.norm(x, order, axis, keepdims=True))
    return x / np.where(length == 0, 1, length)  # type: ignore[no-any-return]


def pad_sequences(
    sequences: Any, maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre",
    truncating: str = "pre", value: Any = 0.0,
) -> Array:  # fmt: skip
    """Make sequences of several lengths the rows of one array ``(n, maxlen, ...)``.

    Raises ``ValueError`` if an argument isn't that, or the elements' shapes differ.

    Parameters
    ----------
    sequences : sequence of sequences
        Such as texts of words' numbers.
    maxlen : int, optional
        Length of all rows; left out, that of the longest.
    dtype : str
        Of the numbers.
    padding, truncating : {"pre", "post"}
        Where short rows are filled up and long ones cut.
    value : float or str
        What fills up.

    >>> pad_sequences([[1, 2, 3], [4]], maxlen=2)
    array([[2, 3],
           [0, 4]], dtype=int32)
    """
    checked_choice("padding", padding, ("pre", "post"))
    checked_choice("truncating", truncating, ("pre", "post"))
    if not hasattr(sequences, "__len__") or not all(hasattr(row, "__len__") for row in sequences):
        raise ValueError("`sequences` must be a list of lists or arrays, each with a length.")
    rows = [np.asarray(row) for row in sequences]
    length = max(map(len, rows), default=0) if maxlen is None else checked_integer("maxlen", maxlen, least=1)
    inner = next((row.shape[1:] for row in rows if len(row)), ())
    if any(len(row) and row.shape[1:] != inner for row in rows):
        raise ValueError("The elements of all sequences must have one shape.")
    padded = np.full((len(rows), length, *inner), value, dtype)
    for to, row in ((padded[i], row) for i, row in enumerate(rows) if len(row)):
        kept = row[max(len(row) - length, 0) :] if truncating == "pre" else row[:length]
        to[slice(length - len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return padded


def set_random_seed(seed: int) -> None:
    """Make all that follows repeatable: models made from now on, and Python's and NumPy's own generators.

    ``seed`` is an ``int`` (else ``ValueError``) from 0 to below 2^32.

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
