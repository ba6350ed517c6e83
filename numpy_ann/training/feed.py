"""Where the batches of an epoch come from: whole passes over the data, or so many steps at a time."""

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Protocol, TypeAlias

import numpy as np

from numpy_ann._typing import Array

__all__ = ["Batch", "Feed", "Source"]

Batch: TypeAlias = tuple[Array, Array | None, Array | None]
"""Inputs, targets and sample weights."""


class Source(Protocol):
    """Something that batches can be taken from: ``Batches`` of arrays, or ``IterableBatches``."""

    batch_size: int

    @property
    def steps(self) -> int | None:
        """How many batches a pass has; ``None`` where that shows only at its end."""

    def one_pass(self, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Yield the batches from the first to the last, in an order drawn from ``rng`` if it is given.

        A source that can be read only once goes on where it was.
        """


class Feed:
    """Serves the batches of one epoch after another.

    Without ``steps``, an epoch is a pass over the source. With ``steps``, it has that many batches, and the
    next epoch goes on in the same pass; where a pass ends with an epoch, the next begins anew. Data that end
    within such an epoch cut it short, and a warning says so.

    Parameters
    ----------
    source : Source
        Where the batches come from.
    steps : int, optional
        Batches an epoch.

    Examples
    --------
    >>> from numpy_ann.training.batches import Batches
    >>> feed = Feed(Batches(np.arange(4), None, None, 1, np.dtype("float32")), steps=2)
    >>> [[x.item() for x, y, w in feed.epoch()] for epoch in range(3)]
    [[0.0, 1.0], [2.0, 3.0], [0.0, 1.0]]
    """

    def __init__(self, source: Source, steps: int | None = None) -> None:
        self._source = source
        self._steps = steps
        self._pass: Iterator[Batch] | None = None
        self.batch_size = source.batch_size

    @property
    def steps(self) -> int | None:
        """How many batches an epoch has, where that is known."""
        return self._source.steps if self._steps is None else self._steps

    def epoch(self, rng: np.random.Generator | None = None, skip: int = 0) -> Iterator[Batch]:
        """Yield the batches of the next epoch, without its first ``skip`` ones."""
        if self._steps is not None:
            batches = self._counted(self._steps, rng)
        elif self._source.steps is None:
            batches = self._uncounted(rng)
        else:
            batches = self._source.one_pass(rng)
        return islice(batches, skip, None) if skip else batches

    def restart(self) -> None:
        """Begin a new pass with the next epoch; a source that can be read only once goes on where it was."""
        self._pass = None

    def _counted(self, steps: int, rng: np.random.Generator | None) -> Iterator[Batch]:
        for taken in range(steps):
            batch = None if self._pass is None else next(self._pass, None)
            if batch is None and taken == 0:  # the last pass ended with the last epoch
                self._pass = self._source.one_pass(rng)
                batch = next(self._pass, None)
            if batch is None:
                self._pass = None
                _warn_of_the_end()
                return
            yield batch

    def _uncounted(self, rng: np.random.Generator | None) -> Iterator[Batch]:
        empty = True
        for batch in self._source.one_pass(rng):
            empty = False
            yield batch
        if empty:
            _warn_of_the_end()


def _warn_of_the_end() -> None:
    warnings.warn(
        "Your input ran out of data; interrupting training. Make sure that your dataset or generator can "
        "generate at least `steps_per_epoch * epochs` batches.",
        UserWarning,
        stacklevel=4,
    )
