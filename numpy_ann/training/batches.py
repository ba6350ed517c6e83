"""Batches, gathered and cast as they are used, so that data train in their own size and type."""

from collections.abc import Iterator

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.training.feed import Batch

__all__ = ["Batches", "Gatherer"]


class Gatherer:
    """Serves batches of one array as another dtype, from a buffer that is written over each time.

    Parameters
    ----------
    array : ndarray, shape (samples, ...)
        Any real dtype; also a memory-mapped file. It is never copied whole.
    batch_size : int
        The largest batch that will be asked for.
    dtype : dtype
        What the batches are cast to.
    """

    def __init__(self, array: Array, batch_size: int, dtype: np.dtype[np.generic]) -> None:
        self._array = np.asarray(array)
        shape = (batch_size, *array.shape[1:])
        self._batch = np.empty(shape, dtype=dtype)
        self._same_dtype = array.dtype == dtype
        # take() copies arrays that aren't in C order whole; those are indexed instead.
        self._takes = self._array.flags.c_contiguous
        self._uncast = (
            np.empty(shape, dtype=array.dtype) if self._takes and not self._same_dtype else self._batch
        )

    def rows(self, indices: Array) -> Array:
        """Return the samples of those numbers."""
        batch = self._batch[: len(indices)]
        if not self._takes:
            batch[...] = self._array[indices]
            return batch
        # mode="clip" lets take() write to its target directly; the indices are never out of range.
        uncast = self._uncast[: len(indices)]
        self._array.take(indices, axis=0, out=uncast, mode="clip")
        if not self._same_dtype:
            np.copyto(batch, uncast, casting="unsafe")
        return batch

    def slice(self, start: int, stop: int) -> Array:
        """Return the samples from ``start`` to before ``stop``; of the same dtype, without a copy."""
        rows = self._array[start:stop]
        if self._same_dtype and self._takes:
            return rows
        batch = self._batch[: len(rows)]
        np.copyto(batch, rows, casting="unsafe")
        return batch


class Batches:
    """Inputs, targets and weights, batch by batch; the last batch may be smaller.

    Parameters
    ----------
    x, y, sample_weight : ndarray
        One row a sample.
    batch_size : int
        Samples a batch.
    dtype : dtype
        The model's; inputs, targets and weights are cast to it.
    integer_targets : bool
        Whether the targets are class numbers, which become ``intp``.

    Examples
    --------
    >>> batches = Batches(np.arange(5), None, None, 2, np.dtype("float32"))
    >>> [x.tolist() for x, y, w in batches.in_order()]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    def __init__(
        self,
        x: Array,
        y: Array | None,
        sample_weight: Array | None,
        batch_size: int,
        dtype: np.dtype[np.floating],
        *,
        integer_targets: bool = False,
    ) -> None:
        self.samples = len(x)
        self.batch_size = min(batch_size, self.samples)
        y_dtype = np.dtype(np.intp) if integer_targets else dtype
        self._x = Gatherer(x, self.batch_size, dtype)
        self._y = None if y is None else Gatherer(y, self.batch_size, y_dtype)
        self._w = None if sample_weight is None else Gatherer(sample_weight, self.batch_size, dtype)

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-self.samples // self.batch_size)

    @property
    def steps(self) -> int:
        """The number of batches."""
        return len(self)

    def one_pass(self, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Yield the batches of one epoch, in a random order if ``rng`` is given."""
        return self.in_order() if rng is None else self.shuffled(rng.permutation(self.samples))

    def in_order(self) -> Iterator[Batch]:
        """Yield ``(x, y, sample_weight)``, first sample to last."""
        for start in range(0, self.samples, self.batch_size):
            stop = min(start + self.batch_size, self.samples)
            yield tuple(None if g is None else g.slice(start, stop) for g in (self._x, self._y, self._w))  # type: ignore[misc]

    def shuffled(self, order: Array) -> Iterator[Batch]:
        """Yield ``(x, y, sample_weight)`` in the order of ``order``, a permutation of the samples."""
        for start in range(0, self.samples, self.batch_size):
            indices = order[start : start + self.batch_size]
            yield tuple(None if g is None else g.rows(indices) for g in (self._x, self._y, self._w))  # type: ignore[misc]
