"""Yes and no on either side of thresholds: the counts, batch by batch, precision and recall."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array, clip, subtract
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.metric import DType, Metric, check_one_each, spread
from numpy_ann.validation import checked_integer, is_number

_NEVER = -1e10  # below every prediction that counts

RATES = {
    "precision": ("true_positives", "false_positives"), "recall": ("true_positives", "false_negatives"),
    "sensitivity": ("true_positives", "false_negatives"),
    "specificity": ("true_negatives", "false_positives"), "fall-out": ("false_positives", "true_negatives"),
}  # fmt: skip
"""Shares: what is counted, and what beside it makes up the whole."""


class ThresholdCounts:
    """How many predictions lie above each threshold, and whether they should.

    A yes is a prediction above a threshold, not at it, and a target that isn't 0. Each prediction is put into
    the bucket between two thresholds, so the work does not grow with their number. The counts are of shape
    ``(thresholds,)``, or ``(thresholds, outputs)`` ``by_label``; float64, as samples may have weights.
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
            return clip(np.ceil(np.clip(y_pred, 0, 1) * steps).astype(np.intp), least, steps + 1)

    def _above(self, truth: int) -> Array:
        """Return the counts above each threshold of predictions whose target is no (0) or yes (1)."""
        above = np.empty((len(self._sorted), self._buckets.shape[2]))
        above[self._order] = self._buckets[truth, ::-1].cumsum(axis=0)[-2::-1]
        return above if self._by_label else above[:, 0]

    def _rest(self, truth: int) -> Array:
        total = self._buckets[truth].sum(axis=0)
        return subtract(total if self._by_label else total[0], self._above(truth))

    true_positives = property(lambda self: self._above(1), doc="Yes, and predicted so.")
    false_positives = property(lambda self: self._above(0), doc="No, and predicted as yes.")
    true_negatives = property(lambda self: self._rest(0), doc="No, and predicted so.")
    false_negatives = property(lambda self: self._rest(1), doc="Yes, and predicted as no.")

    def rate(self, counted: tuple[str, ...]) -> Array:
        """Return the share at each threshold of what is counted first, 0 for 0 / 0; of one, the count."""
        right, *wrong = (getattr(self, counts) for counts in counted)
        return ratio(right, right + wrong[0]) if wrong else right


def checked_thresholds(thresholds: float | Sequence[float] | None, default: float) -> list[float]:
    """Return the thresholds as a list; raise ``ValueError`` unless they are from 0 to 1."""
    if thresholds is None:
        return [default]
    several: list[Any] = [*thresholds] if isinstance(thresholds, list | tuple | np.ndarray) else [thresholds]
    wrong = [t for t in several if not is_number(t) or not 0 <= t <= 1]
    if wrong or not several:
        raise ValueError(f"Threshold values must be numbers from 0 to 1. Received: {wrong or several}")
    return [float(t) for t in several]


def ratio(numerator: Array, denominator: Array) -> Array:
    """Divide number by number; 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros(np.shape(numerator)), where=denominator != 0)


class _CountingMetric(Metric):
    """The base of metrics made of how many predictions lie above thresholds."""

    _default_threshold = 0.5
    check_targets = check_one_each

    def __init__(
        self, thresholds: float | Sequence[float] | None = None, name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        self._list = checked_thresholds(thresholds, self._default_threshold)
        several = isinstance(thresholds, Sequence | np.ndarray)
        self.thresholds = None if thresholds is None else self._list if several else self._list[0]
        super().__init__(name, dtype)

    def figures(self, counts: ThresholdCounts) -> Array:
        """Return the figure for each threshold."""
        return counts.rate(self._counted)

    def reset_state(self) -> None:
        self._counts = ThresholdCounts(self._list)

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        self._counts.add(y_true, y_pred, sample_weight)

    def result(self) -> float | Array:
        figures = self.figures(self._counts)
        return float(figures[0]) if len(figures) == 1 else figures


class TruePositives(_CountingMetric):
    """How many outputs, or with weights how much, are yes and predicted so.

    ``TP = sum of w [y != 0] [p > threshold]``, for each threshold.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        Predictions above it count as yes; from 0 to 1, 0.5 if not given. With several, so many results.

    >>> TruePositives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    1.0
    """

    _counted = ("true_positives",)


class FalsePositives(_CountingMetric):
    """How many are no, but predicted as yes, ``FP = sum w [y = 0] [p > threshold]``: see ``TruePositives``.

    >>> FalsePositives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    1.0
    """

    _counted = ("false_positives",)


class TrueNegatives(_CountingMetric):
    """How many are no and predicted so, ``TN = sum w [y = 0] [p <= threshold]``: see ``TruePositives``.

    >>> TrueNegatives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.0
    """

    _counted = ("true_negatives",)


class FalseNegatives(_CountingMetric):
    """How many are yes, but predicted as no, ``FN = sum w [y != 0] [p <= threshold]``: see ``TruePositives``.

    >>> FalseNegatives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    1.0
    """

    _counted = ("false_negatives",)


class RatioMetric(_CountingMetric):
    """The base of the shares: of all outputs together, or of some."""

    def __init__(
        self, thresholds: float | Sequence[float] | None = None, top_k: int | None = None,
        class_id: int | None = None, name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        self.top_k = None if top_k is None else checked_integer("top_k", top_k, least=1)
        self.class_id = None if class_id is None else checked_integer("class_id", class_id, least=0)
        if top_k is not None:
            self._default_threshold = _NEVER
        super().__init__(thresholds, name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if self.top_k is not None and self.class_id is None and np.ndim(y_pred) == 1:  # of one sample
            if np.shape(sample_weight) == np.shape(y_pred):
                sample_weight = np.asarray(sample_weight)[np.newaxis]
            y_true, y_pred = np.asarray(y_true)[np.newaxis], np.asarray(y_pred)[np.newaxis]
        super().update_state(y_true, y_pred, sample_weight)

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        if self.top_k is not None:
            # Of equal predictions, the first ones are the larger.
            order = np.argsort(-y_pred, axis=-1, kind="stable")
            kept = np.zeros(y_pred.shape, dtype=bool)
            np.put_along_axis(kept, order[..., : self.top_k], True, axis=-1)
            y_pred = np.where(kept, y_pred, _NEVER)
        if self.class_id is not None:
            column = slice(self.class_id, self.class_id + 1)
            y_true, y_pred = y_true[..., column], y_pred[..., column]
        self._counts.add(y_true, y_pred, sample_weight)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        super().check_targets(y_true, output_shape)
        outputs = output_shape[-1] if output_shape else 1
        for name in ("top_k", "class_id"):
            number = getattr(self, name)
            if number is not None and number > outputs - (name == "class_id"):
                raise ValueError(f"`{name}` of the metric {self.name!r} is {number}, of {outputs} outputs.")
            if number is not None and y_true.ndim == len(output_shape):
                raise ValueError(f"`{name}` of the metric {self.name!r} needs targets like the outputs.")


class Precision(RatioMetric):
    """The share of the outputs predicted as yes that are: ``TP / (TP + FP)``, and 0 for 0 / 0.

    Shapes: ``y_pred`` is ``(batch, ...)``, ``y_true`` the same, or without the last axis for one output. All
    outputs count together. Raises ``ValueError`` if a threshold isn't from 0 to 1, or an option no output.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        Predictions above it count as yes; from 0 to 1. 0.5 if not given, or with ``top_k`` none. With
        several, so many results.
    top_k : int, optional
        Only the so many largest outputs of a sample can count as yes.
    class_id : int, optional
        Only this output is looked at.

    >>> Precision()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.5
    """

    _counted = RATES["precision"]


class Recall(RatioMetric):
    """The share of the outputs that are yes which are predicted so: ``TP / (TP + FN)``, and 0 for 0 / 0.

    Shapes, parameters and errors: see ``Precision``.

    >>> Recall()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.5
    """

    _counted = RATES["recall"]
