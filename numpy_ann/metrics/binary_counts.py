"""Precision, recall and the counts that they are made of, batch by batch."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.metrics.metric import DType, Metric, MetricVariable, check_one_each
from numpy_ann.metrics.thresholds import ThresholdCounts, checked_thresholds, divide_no_nan
from numpy_ann.validation import checked_integer

__all__ = [
    "FalseNegatives", "FalsePositives", "Precision", "RatioMetric", "Recall", "TrueNegatives",
    "TruePositives",
]  # fmt: skip

_NEVER = -1e10  # below every prediction that counts


class _CountingMetric(Metric):
    """The base of metrics made of how many predictions lie above thresholds."""

    _default_threshold = 0.5
    _counted: ClassVar[tuple[str, ...]]  # what its figures are made of
    check_targets = check_one_each

    @property
    def variables(self) -> list[MetricVariable]:
        return [MetricVariable(self._counts, name, name) for name in self._counted]

    def __init__(
        self, thresholds: float | Sequence[float] | None = None, name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        self._list = checked_thresholds(thresholds, self._default_threshold)
        several = isinstance(thresholds, Sequence | np.ndarray)
        self.thresholds = None if thresholds is None else self._list if several else self._list[0]
        super().__init__(name, dtype)

    def figures(self, counts: ThresholdCounts) -> Array:
        """Return the figure for each threshold: the count itself, where there is one."""
        figures: Array = getattr(counts, self._counted[0])
        return figures

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
    """How many outputs are no, but predicted as yes; see ``TruePositives``.

    ``FP = sum of w [y = 0] [p > threshold]``.

    >>> FalsePositives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    1.0
    """

    _counted = ("false_positives",)


class TrueNegatives(_CountingMetric):
    """How many outputs are no and predicted so; see ``TruePositives``.

    ``TN = sum of w [y = 0] [p <= threshold]``.

    >>> TrueNegatives()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.0
    """

    _counted = ("true_negatives",)


class FalseNegatives(_CountingMetric):
    """How many outputs are yes, but predicted as no; see ``TruePositives``.

    ``FN = sum of w [y != 0] [p <= threshold]``.

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
    outputs are counted together.

    Parameters
    ----------
    thresholds : float or sequence of float, optional
        Predictions above it count as yes; from 0 to 1. 0.5 if not given, or with ``top_k`` none. With
        several, so many results.
    top_k : int, optional
        Only the so many largest outputs of a sample can count as yes.
    class_id : int, optional
        Only this output is looked at.

    Raises
    ------
    ValueError
        If a threshold isn't from 0 to 1, or ``top_k`` or ``class_id`` isn't an output.

    >>> Precision()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.5
    """

    _counted = ("true_positives", "false_positives")

    def figures(self, counts: ThresholdCounts) -> Array:
        return divide_no_nan(counts.true_positives, counts.true_positives + counts.false_positives)


class Recall(RatioMetric):
    """The share of the outputs that are yes which are predicted so: ``TP / (TP + FN)``, and 0 for 0 / 0.

    Shapes, parameters and errors: see ``Precision``.

    >>> Recall()(np.array([1, 0, 1]), np.array([[0.9], [0.8], [0.2]]))
    0.5
    """

    _counted = ("true_positives", "false_negatives")

    def figures(self, counts: ThresholdCounts) -> Array:
        return divide_no_nan(counts.true_positives, counts.true_positives + counts.false_negatives)
