"""Counting yes and no on either side of thresholds, batch by batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.metric import spread
from numpy_ann.validation import is_number

__all__ = ["ThresholdCounts", "checked_thresholds", "divide_no_nan"]


class ThresholdCounts:
    """How many predictions lie above each threshold, and whether they should.

    A prediction counts as a yes above a threshold, not at it; a target is a yes unless it is 0. Each
    prediction is put into the bucket between two thresholds, and what lies above a threshold is a sum over
    buckets: the work does not grow with the number of thresholds.

    Parameters
    ----------
    thresholds : sequence of float
        In any order.
    by_label : bool
        Whether to count each output by itself, rather than all together.

    Attributes
    ----------
    true_positives, false_positives, true_negatives, false_negatives : ndarray
        Of shape (thresholds,), or (thresholds, outputs) by label: float64, as samples may have weights.

    >>> counts = ThresholdCounts([0.3, 0.7])
    >>> counts.add(np.array([1, 0, 1]), np.array([0.5, 0.9, 0.1]))
    >>> counts.true_positives, counts.false_positives
    (array([1., 0.]), array([1., 1.]))
    """

    def __init__(self, thresholds: Sequence[float], *, by_label: bool = False) -> None:
        given = np.asarray(thresholds, dtype=np.float64)
        self._order = np.argsort(given, kind="stable")
        self._sorted = given[self._order]
        steps = len(given) - 1
        # Keras puts predictions between even thresholds by multiplication; near one, its rounding shows.
        self._even = steps >= 2 and np.allclose(given, np.arange(len(given)) / steps, rtol=1e-5, atol=1e-7)
        self._by_label = by_label
        self._buckets = np.zeros((2, len(given) + 1, 1))

    def add(self, y_true: Array, y_pred: Array, weight: Array | None = None) -> None:
        """Take in one batch; ``weight`` has the shape of ``y_pred``, or one number a sample."""
        y_true = aligned(np.asarray(y_true), y_pred)
        columns = y_pred.shape[-1] if self._by_label else 1
        if self._buckets.shape[2] != columns:
            self._buckets = np.zeros((*self._buckets.shape[:2], columns))
        truth, bucket = (y_true != 0).ravel().astype(np.intp), self._below(y_pred).ravel()
        column = np.broadcast_to(np.arange(columns), (y_pred.size // columns, columns)).ravel()
        place = np.ravel_multi_index((truth, bucket, column), self._buckets.shape)
        weights = None if weight is None else spread(weight, y_pred.shape).ravel()
        added = np.bincount(place, weights, minlength=self._buckets.size)
        self._buckets += added.reshape(self._buckets.shape)

    def _below(self, y_pred: Array) -> Array:
        """Return, for each prediction, how many thresholds lie below it."""
        if not self._even:
            return np.searchsorted(self._sorted.astype(y_pred.dtype), y_pred, side="left")
        steps = len(self._sorted) - 1
        least = 1 if self._sorted[0] < 0 else 0
        with np.errstate(invalid="ignore"):  # NaN lies above nothing
            found: Array = np.clip(np.ceil(np.clip(y_pred, 0, 1) * steps).astype(np.intp), least, steps + 1)
            return found

    def _above(self, truth: int) -> Array:
        """Return the counts above each threshold of predictions whose target is no (0) or yes (1)."""
        above = np.empty((len(self._sorted), self._buckets.shape[2]))
        above[self._order] = self._buckets[truth, ::-1].cumsum(axis=0)[-2::-1]
        return above if self._by_label else above[:, 0]

    def _total(self, truth: int) -> Array:
        total = self._buckets[truth].sum(axis=0)
        found: Array = total if self._by_label else total[0]
        return found

    @property
    def true_positives(self) -> Array:
        """Yes, and predicted so."""
        return self._above(1)

    @property
    def false_positives(self) -> Array:
        """No, and predicted as yes."""
        return self._above(0)

    @property
    def true_negatives(self) -> Array:
        """No, and predicted so."""
        return self._total(0) - self._above(0)

    @property
    def false_negatives(self) -> Array:
        """Yes, and predicted as no."""
        return self._total(1) - self._above(1)


def checked_thresholds(thresholds: float | Sequence[float] | None, default: float) -> list[float]:
    """Return the thresholds as a list; raise ``ValueError`` unless they are from 0 to 1."""
    if thresholds is None:
        return [default]
    several: list[Any] = [*thresholds] if isinstance(thresholds, list | tuple | np.ndarray) else [thresholds]
    wrong = [t for t in several if not is_number(t) or not 0 <= t <= 1]
    if wrong or not several:
        raise ValueError(f"Threshold values must be numbers from 0 to 1. Received: {wrong or several}")
    return [float(t) for t in several]


def divide_no_nan(numerator: Array, denominator: Array) -> Array:
    """Divide number by number; 0 where the denominator is 0.

    >>> divide_no_nan(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, 0. ])
    """
    return np.divide(numerator, denominator, out=np.zeros(np.shape(numerator)), where=denominator != 0)
