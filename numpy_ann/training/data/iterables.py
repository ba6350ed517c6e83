"""Batches from a generator, a data loader, or anything else that serves them one at a time."""

from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import Any

import numpy as np

from numpy_ann.training.data.batches import Batch, BatchSource


def is_indexable(x: Any) -> bool:
    """Return whether batches are read by index; what can be iterated over as well is not."""
    lengths = hasattr(x, "__len__") or hasattr(x, "num_batches")  # a PyDataset has the latter
    return hasattr(x, "__getitem__") and lengths and not hasattr(x, "__iter__")


def _length(x: Any) -> int | None:
    """Return how many batches there are, where that is known: a tf.data.Dataset may not know it."""
    try:
        found = x.num_batches if hasattr(x, "num_batches") else len(x)
    except (TypeError, NotImplementedError):
        return None
    return None if found is None else int(found)


def unpacked(batch: Any, *, targets: bool) -> tuple[Any, Any, Any]:
    """Return a batch as ``(x, y, sample_weight)``, the last two ``None`` where it hasn't any.

    Raises ``ValueError`` if it is neither that nor ``(x, y)``, nor, without ``targets``, ``(x,)`` or ``x``.

    >>> unpacked(("x", "y"), targets=True)
    ('x', 'y', None)
    """
    several = isinstance(batch, tuple | list)
    if not targets and not several:
        return batch, None, None
    if not several or not (2 if targets else 1) <= len(batch) <= 3:
        found = f"{type(batch).__name__}{f' of {len(batch)}' if several else ''}"
        raise ValueError(f"Each batch must be a tuple (x, y) or (x, y, sample_weight). Received: {found}")
    padded = [*batch, None, None]
    return padded[0], padded[1], padded[2]


class IterableBatches(BatchSource):
    """The batches of an iterable, checked and cast one at a time: no more than one is held.

    An object that can be iterated over again starts anew with each pass. One with ``__getitem__`` and
    ``__len__``, such as Keras' ``PyDataset``, is read by index, in a shuffled order if that is asked for, and
    its ``on_epoch_end``, if it has one, is called after each pass; one whose ``num_batches`` is None never
    ends. A generator is read once and runs on.

    Raises ``ValueError`` if there is no batch at all.

    ``check`` turns a batch into checked arrays ``(x, y, sample_weight)``. Once the first one is, and the loss
    perhaps decided by it, ``integer_targets`` says whether targets become ``intp``, rather than ``dtype``.
    An epoch has ``steps_per_epoch`` batches; left out, it is a pass over the iterable.

    >>> numbers = (np.full(2, n) for n in range(3))
    >>> batches = IterableBatches(numbers, lambda x: (x, None, None), np.dtype("float32"))
    >>> [x.tolist() for x, y, w in batches.one_pass()]
    [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    """

    def __init__(
        self, iterable: Any, check: Callable[[Any], Batch], dtype: np.dtype[np.floating],
        integer_targets: Callable[[Any], bool] = lambda y: False, *, steps_per_epoch: int | None = None,
    ) -> None:  # fmt: skip
        self._iterable, self._check, self._dtype = iterable, check, dtype
        # The first batch tells shapes and sizes. The first pass begins with it: some can be read just once.
        batches = self._raw(None) if is_indexable(iterable) else iter(iterable)
        first = next(batches, None)
        if first is None:
            raise ValueError("An iterable of batches must hold at least one, but it is empty.")
        self._begun = None if is_indexable(iterable) else chain([first], batches)
        self.first: Batch = check(first)
        super().__init__(len(self.first[0]), _length(iterable), steps_per_epoch)
        self._y_dtype = np.dtype(np.intp) if integer_targets(self.first[1]) else dtype

    def one_pass(self, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Yield the batches; only those read by index can be shuffled."""
        for batch in self._raw(rng):
            x, y, w = self._check(batch)
            if self.processes.size > 1:
                own = slice(*self.processes.part(0, len(x)))
                x, y, w = x[own], None if y is None else y[own], None if w is None else w[own]
            x = x.astype(self._dtype, copy=False)
            y = None if y is None else y.astype(self._y_dtype, copy=False)
            yield x, y, None if w is None else w.astype(self._dtype, copy=False)

    def _raw(self, rng: np.random.Generator | None) -> Iterator[Any]:
        if is_indexable(self._iterable):
            number = _length(self._iterable)
            order = range(number or 0) if rng is None or number is None else rng.permutation(number).tolist()
            for i in count() if number is None else order:  # without a length, it never ends
                yield self._iterable[i]
            if hasattr(self._iterable, "on_epoch_end"):
                self._iterable.on_epoch_end()
            return
        begun, self._begun = self._begun, None
        # Not "yield from", which would close a generator that its owner may want to go on with.
        for batch in self._iterable if begun is None else begun:  # noqa: UP028
            yield batch
