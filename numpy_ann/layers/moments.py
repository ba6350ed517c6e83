"""The mean and the variance of data, whole or in batches."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from numpy_ann._typing import Array

_ROWS = 1024  # of an array, looked at together: it is never copied whole


def batches_of(data: Any) -> Iterator[Array]:
    """Yield the batches of an array, or of an iterable of batches, that hold anything.

    Data are an array (or what has ``__array__``), an iterable of arrays, or an object of them with
    ``__len__`` and ``__getitem__``. Of tuples ``(x, y, ...)`` the first entry counts. Raises ``TypeError`` if
    it is something else, or holds anything but real numbers; ``ValueError`` if the array is a single number.

    >>> [batch.shape for batch in batches_of([(np.ones((3, 2)), "labels"), (np.ones((1, 2)), "labels")])]
    [(3, 2), (1, 2)]
    """
    if hasattr(data, "__array__"):
        array = _numbers(data)
        for start in range(0, len(array), _ROWS):
            yield array[start : start + _ROWS]
        return
    if not hasattr(data, "__iter__") and hasattr(data, "__len__") and hasattr(data, "__getitem__"):
        data = map(data.__getitem__, range(len(data)))
    if not hasattr(data, "__iter__") or isinstance(data, str | bytes):
        raise TypeError(f"Data are an array, or an iterable of batches. Received: {type(data).__name__}")
    for batch in data:
        array = _numbers(batch[0] if isinstance(batch, tuple) else batch)
        if array.size:
            yield array


def _numbers(batch: Any) -> Array:
    if not hasattr(batch, "__array__"):
        raise TypeError(
            "Data are an array, or an iterable that yields arrays; make lists of numbers an array first: "
            f"np.asarray(data). Received: {type(batch).__name__}"
        )
    array = np.asarray(batch)  # a memory-mapped file stays where it is
    if array.dtype.kind not in "biuf" or isinstance(batch, np.ma.MaskedArray):
        kind = "a masked array" if isinstance(batch, np.ma.MaskedArray) else array.dtype
        raise TypeError(f"Data are plain arrays of real numbers. Received: {kind}")
    if array.ndim == 0:
        raise ValueError(f"Data have one row a sample. Received: the single number {array}")
    return array


def mean_and_variance(batches: Iterable[Array], axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Return the mean and the (biased) variance along ``axes`` of all batches as one, in float64.

    ``n`` numbers of mean ``a`` and sum of squared deviations ``s``, and ``m`` more of ``b`` and ``t``, are::

        mean = a + (b - a) m / (n + m)        squares = s + t + (b - a)^2 n m / (n + m)

    together, so no more than one batch is held, and numbers far from 0 lose nothing, as they would in
    ``mean(x^2) - mean(x)^2``. There is at least one number for each place; the lengths along ``axes``, of
    which the batch's is 0, may differ.

    Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances" (1979).

    >>> mean_and_variance([np.array([[1.0], [2.0]]), np.array([[6.0]])], (0,))
    (array([3.]), array([4.66666667]))
    """
    count, mean, squares = 0, np.zeros(()), np.zeros(())
    for batch in batches:
        more = int(np.prod([batch.shape[axis] for axis in axes]))
        step = np.mean(batch, axis=axes, dtype=np.float64) - mean
        spread = np.var(batch, axis=axes, dtype=np.float64) * more
        mean = mean + step * (more / (count + more))
        squares = squares + spread + step**2 * (count * more / (count + more))
        count += more
    return np.asarray(mean), np.asarray(squares / count)
