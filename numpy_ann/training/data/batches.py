"""Batches, gathered and cast as they are used, so that data train in their own size and type."""

import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from copy import copy
from itertools import islice, pairwise
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.communicator import ALONE, Communicator
from numpy_ann.training.data.containers import StoredRows

LARGEST_COPY = 1e9
"""Bytes: a larger copy in the model's dtype isn't made."""

Batch: TypeAlias = tuple[Array, Array | None, Array | None]
"""Inputs, targets and sample weights."""


class BatchSource(ABC):
    """Serves the batches of one epoch after another.

    Without ``steps_per_epoch``, an epoch is a pass over the data. With it, it has that many batches, and the
    next epoch goes on in the same pass; where a pass ends with an epoch, the next begins anew. Data that
    end within such an epoch cut it short, and a warning says so.

    Parameters
    ----------
    batch_size : int
        Samples of the first batch; no other is larger, but those of an iterable may be.
    pass_steps, steps_per_epoch : int, optional
        How many batches a pass has (``None`` where that shows only at its end), and an epoch.

    Attributes
    ----------
    steps : int or None
        How many batches an epoch has, where that is known.

    >>> batches = Batches(np.arange(4), None, None, 1, np.dtype("float32"), steps_per_epoch=2)
    >>> [[x.item() for x, y, w in batches.epoch()] for epoch in range(3)]
    [[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]]
    """

    processes: Communicator = ALONE  # who share each batch: this process gets its rows of it

    def __init__(self, batch_size: int, pass_steps: int | None, steps_per_epoch: int | None) -> None:
        self.batch_size, self._pass_steps, self._steps_per_epoch = batch_size, pass_steps, steps_per_epoch
        self.steps = pass_steps if steps_per_epoch is None else steps_per_epoch
        self._pass: Iterator[Batch] | None = None

    @abstractmethod
    def one_pass(self, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Yield the batches from the first to the last, in an order drawn from ``rng`` if it is given.

        What can be read only once goes on where it was.
        """

    def epoch(self, rng: np.random.Generator | None = None, skip: int = 0) -> Iterator[Batch]:
        """Yield the batches of the next epoch, without its first ``skip`` ones."""
        if self._steps_per_epoch is not None:
            batches = self._counted(self._steps_per_epoch, rng)
        else:
            batches = self.one_pass(rng) if self._pass_steps is not None else self._uncounted(rng)
        return islice(batches, skip, None) if skip else batches

    def restart(self) -> None:
        """Begin a new pass with the next epoch; what can be read only once goes on where it was."""
        self._pass = None

    def _counted(self, steps: int, rng: np.random.Generator | None) -> Iterator[Batch]:
        for taken in range(steps):
            batch = None if self._pass is None else next(self._pass, None)
            if batch is None and taken == 0:  # the last pass ended with the last epoch
                self._pass = self.one_pass(rng)
                batch = next(self._pass, None)
            if batch is None:
                self._pass = None
                _warn_of_the_end()
                return
            yield batch

    def _uncounted(self, rng: np.random.Generator | None) -> Iterator[Batch]:
        batch = None
        for batch in self.one_pass(rng):
            yield batch
        if batch is None:
            _warn_of_the_end()


def _warn_of_the_end() -> None:
    what = "Your input ran out of data; interrupting training. Make sure that your dataset or generator can"
    warnings.warn(f"{what} generate at least `steps_per_epoch * epochs` batches.", stacklevel=4)


class Gatherer:
    """Serves batches of one array as another dtype, from a buffer that is written over each time.

    The array, of any real dtype, also a memory-mapped file, is never copied whole. ``batch_size`` is that of
    the largest batch that will be asked for.
    """

    def __init__(self, array: Array | StoredRows, batch_size: int, dtype: np.dtype[np.generic]) -> None:
        self._array: Any = array if isinstance(array, StoredRows) else np.asarray(array)
        shape = (batch_size, *array.shape[1:])
        self._batch = np.empty(shape, dtype=dtype)
        self._same_dtype = array.dtype == dtype
        # take() copies arrays that aren't in C order whole; those are indexed instead.
        self._takes = isinstance(self._array, np.ndarray) and self._array.flags.c_contiguous
        self._uncast = (
            np.empty(shape, dtype=array.dtype) if self._takes and not self._same_dtype else self._batch
        )

    def cast_once(self) -> None:
        """Hold the array in the batches' dtype from now on, where that takes little memory."""
        dtype, array = self._batch.dtype, self._array
        if not self._takes or self._same_dtype or _is_mapped(array):
            return
        if array.size * dtype.itemsize < min(LARGEST_COPY, _free_memory() / 4):
            vars(self).update(vars(Gatherer(array.astype(dtype), len(self._batch), dtype)))

    def twin(self) -> "Gatherer":
        """Return another one of the same array, with a buffer of its own."""
        return Gatherer(self._array, len(self._batch), self._batch.dtype)

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
        rows: Array = self._array[start:stop]
        if self._same_dtype and self._takes:
            return rows
        batch = self._batch[: len(rows)]
        np.copyto(batch, rows, casting="unsafe")
        return batch


class Batches(BatchSource):
    """Inputs, targets and weights of arrays, batch by batch; the last batch may be smaller.

    Parameters
    ----------
    x, y, sample_weight : ndarray
        One row a sample.
    batch_size, steps_per_epoch : int
        Samples a batch, and batches an epoch; left out, all of them.
    dtype : dtype
        The model's; inputs, targets and weights are cast to it.
    integer_targets : bool
        Whether the targets are class numbers, which become ``intp``.

    >>> batches = Batches(np.arange(5), None, None, 2, np.dtype("float32"))
    >>> [x.tolist() for x, y, w in batches.one_pass()]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    gatherer: Any = Gatherer

    def __init__(
        self, x: Array, y: Array | None, sample_weight: Array | None, batch_size: int,
        dtype: np.dtype[np.floating], *, integer_targets: bool = False, steps_per_epoch: int | None = None,
    ) -> None:  # fmt: skip
        self.samples = len(x)
        size = min(batch_size, self.samples)
        super().__init__(size, -(-self.samples // size), steps_per_epoch)
        kinds = (x, dtype), (y, np.dtype(np.intp) if integer_targets else dtype), (sample_weight, dtype)
        self._gatherers = [None if a is None else self.gatherer(a, size, kind) for a, kind in kinds]
        self._stored = [a for a in getattr(x, "arrays", [x]) if isinstance(a, StoredRows)]  # not in memory

    def one_pass(self, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Yield ``(x, y, sample_weight)``, first sample to last, or in a random order if ``rng`` is given.

        What is stored in chunks comes chunk by chunk, these in a random order and the samples in each; as
        many batches as make a chunk are read at once.
        """
        size = self.batch_size
        chunked = [(stored, stored.blocks) for stored in self._stored if stored.blocks is not None]
        blocks = chunked[0][1] if chunked else None
        order = None
        if rng is not None:
            several = blocks is not None and len(blocks) > 2
            order = _block_by_block(rng, blocks or []) if several else rng.permutation(self.samples)
        owned = [slice(start, min(start + size, self.samples)) for start in range(0, self.samples, size)]
        if self.processes.size > 1:
            owned = [slice(*self.processes.part(whole.start, whole.stop)) for whole in owned]
        ahead = 0 if blocks is None else -(-max(b - a for a, b in pairwise(blocks)) // size)
        for number, own in enumerate(owned):
            if ahead and number % ahead == 0:
                next_ones = [np.arange(part.start, part.stop) for part in owned[number : number + ahead]]
                places = np.concatenate(next_ones)
                for stored, _ in chunked:
                    stored.hold(places if order is None else order[places])
            if order is None:
                yield tuple(None if g is None else g.slice(own.start, own.stop) for g in self._gatherers)  # type: ignore[misc]
            else:
                yield tuple(None if g is None else g.rows(order[own]) for g in self._gatherers)  # type: ignore[misc]

    def cast_once(self) -> None:
        """Hold what is small in the dtypes of the batches: for many passes."""
        for gatherer in self._gatherers:
            if gatherer is not None:
                gatherer.cast_once()

    @property
    def can_be_shared(self) -> bool:
        """Whether several threads may take batches by number: of a pass over arrays in memory."""
        passes = self._steps_per_epoch is None and self._pass_steps != 1 and self.processes.size == 1
        return passes and not self._stored

    def twin(self) -> "Batches":
        """Return the same batches, with buffers of their own."""
        twin = copy(self)
        twin._gatherers = [None if g is None else g.twin() for g in self._gatherers]
        return twin

    def batch(self, number: int) -> Batch:
        """Return the batch of that number, counted from 0, of a pass in order."""
        own = number * self.batch_size, min((number + 1) * self.batch_size, self.samples)
        return tuple(None if g is None else g.slice(*own) for g in self._gatherers)  # type: ignore[return-value]


def _is_mapped(array: Any) -> bool:
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


def _free_memory() -> float:
    """Return how many bytes are free; 0 where that can't be had."""
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):
        return 0.0


def _block_by_block(rng: np.random.Generator, blocks: list[int]) -> Array:
    """Return the samples' numbers in a random order, one block after the other."""
    parts = list(pairwise(blocks))
    order = [parts[i] for i in rng.permutation(len(parts))]
    return np.concatenate([start + rng.permutation(stop - start) for start, stop in order])
