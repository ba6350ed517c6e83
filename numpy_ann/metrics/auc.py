"""What two rates give over all thresholds: the area under a curve, and the best of one beside the other."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, largest, summed
from numpy_ann.activations import sigmoid
from numpy_ann.metrics.binary_counts import RATES, RatioMetric, ThresholdCounts, checked_thresholds, ratio
from numpy_ann.metrics.metric import DType, Metric, check_one_each, spread
from numpy_ann.validation import checked_bool, checked_choice, checked_integer, checked_number

_EPSILON = 1e-7
# How high the curve is taken to be between two of its points.
_HEIGHTS: dict[str, Callable[[Array, Array], Array]] = {
    "interpolation": lambda left, right: (left + right) / 2, "minoring": np.minimum, "majoring": np.maximum,
}  # fmt: skip


class AUC(Metric):
    """The area under the ROC or the precision-recall curve, from a fixed number of thresholds.

    With ``TP, FP, TN, FN`` above and below each of ``t`` thresholds, evenly from 0 to 1::

        ROC: x = FP / (FP + TN), y = TP / (TP + FN)         PR: x = TP / (TP + FN), y = TP / (TP + FP)
        AUC = sum_i (x_i - x_(i+1)) h_i,                    h_i between y_i and y_(i+1)

    where 0 / 0 is 0. Interpolation for PR follows Davis and Goadrich: along a piece of the curve ``TP`` is
    linear in ``P = TP + FP``, which gives a logarithm. ``roc_auc_score`` is exact, but needs all predictions
    at once.
    Shapes: ``y_pred`` is ``(batch, ...)``, ``y_true`` the same, or without the last axis for one output. All
    outputs are counted together, unless ``multi_label``.
    Source: Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves" (2006), section 4.

    Parameters
    ----------
    num_thresholds : int
        2 or more.
    curve : {"ROC", "PR"}
        Which one.
    summation_method : {"interpolation", "minoring", "majoring"}
        Whether the curve between two points is taken as straight, or as low or as high as they are.
    thresholds : sequence of float, optional
        From 0 to 1, in place of even ones; just below 0 and just above 1 are added.
    multi_label : bool
        Whether to take the mean of the areas of each output.
    num_labels : int, optional
        How many outputs there are, with ``multi_label``; else found out.
    label_weights : sequence of float, optional
        How much each output counts.
    from_logits : bool
        Whether predictions are logits: a sigmoid makes probabilities of them.

    >>> AUC(num_thresholds=3)([0, 0, 1, 1], [[0.0], [0.5], [0.3], [0.9]])
    0.75
    """

    _counted = ("true_positives", "true_negatives", "false_positives", "false_negatives")

    def __init__(
        self, num_thresholds: int = 200, curve: str = "ROC", summation_method: str = "interpolation",
        name: str | None = None, dtype: DType = None, *, thresholds: Sequence[float] | None = None,
        multi_label: bool = False, num_labels: int | None = None,
        label_weights: Sequence[float] | None = None, from_logits: bool = False,
    ) -> None:  # fmt: skip
        num_thresholds = checked_integer("num_thresholds", num_thresholds, least=2)
        self.curve = checked_choice("curve", str(curve).upper(), ("ROC", "PR"))
        self.summation_method = checked_choice("summation_method", str(summation_method).lower(), _HEIGHTS)
        self.multi_label = checked_bool("multi_label", multi_label)
        self.num_labels = None if num_labels is None else checked_integer("num_labels", num_labels, least=0)
        self.from_logits = checked_bool("from_logits", from_logits)
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        self.thresholds = None if thresholds is None else sorted(checked_thresholds(thresholds, 0.5))
        self._list = [-_EPSILON, *(inner if self.thresholds is None else self.thresholds), 1 + _EPSILON]
        self.num_thresholds = len(self._list)
        self.label_weights = None if label_weights is None else [float(w) for w in label_weights]
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self._counts = ThresholdCounts(self._list, by_label=self.multi_label)

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        if self.from_logits:
            y_pred = sigmoid(y_pred)
        if self.label_weights is not None and not self.multi_label:
            w = 1 if sample_weight is None else spread(sample_weight, y_pred.shape)
            sample_weight = np.broadcast_to(self.label_weights, y_pred.shape) * w
        self._counts.add(y_true, y_pred, sample_weight)

    def result(self) -> float:
        if self.curve == "PR" and self.summation_method == "interpolation":
            areas = self._interpolated_precision()
        else:
            rates = ("fall-out", "recall") if self.curve == "ROC" else ("recall", "precision")
            x, y = (self._counts.rate(RATES[rate]) for rate in rates)
            areas = ((x[:-1] - x[1:]) * _HEIGHTS[self.summation_method](y[:-1], y[1:])).sum(axis=0)
        if not self.multi_label:
            return float(areas)
        if self.label_weights is None:
            return float(np.mean(areas))
        total = sum(self.label_weights)
        return float(np.sum(areas * self.label_weights) / total) if total else 0.0

    def _interpolated_precision(self) -> Array:
        """Return the area where ``TP = slope P + intercept``: that of ``TP / P`` over ``slope dP``."""
        c = self._counts
        tp, p = c.true_positives, c.true_positives + c.false_positives
        dtp, dp = tp[:-1] - tp[1:], p[:-1] - p[1:]
        slope = ratio(dtp, np.maximum(dp, 0))
        intercept = tp[1:] - slope * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        relative = np.where(both, ratio(p[:-1], p[1:]), 1)
        positives = tp[1:] + c.false_negatives[1:]
        areas = ratio(slope * (dtp + intercept * np.log(relative)), positives)
        return summed(areas, axis=0)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        check_one_each(self, y_true, output_shape)
        outputs = output_shape[-1] if output_shape else 1
        if self.multi_label and len(output_shape) != 1:
            raise ValueError(f"`multi_label=True` is for outputs of one axis, not of shape {output_shape}.")
        if self.num_labels not in (None, 0, outputs):
            raise ValueError(f"`num_labels` is {self.num_labels}, but there are {outputs} outputs.")
        if self.label_weights is not None and len(self.label_weights) != outputs:
            raise ValueError(f"`label_weights` has {len(self.label_weights)} numbers for {outputs} outputs.")

    def get_config(self) -> dict[str, Any]:
        left_out = "thresholds" if self.thresholds is None else None  # as in Keras: their number says it
        return {name: value for name, value in super().get_config().items() if name != left_out}


class _AtThreshold(RatioMetric):
    """The base: the largest of one rate over the thresholds at which another one is large enough."""

    _counted = ("true_positives", "false_positives", "true_negatives", "false_negatives")
    _bound: ClassVar[str]  # the rate that must be large enough
    _wanted: ClassVar[str]

    def __init__(
        self, least: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: DType,
    ) -> None:  # fmt: skip
        self.num_thresholds = checked_integer("num_thresholds", num_thresholds, least=1)
        setattr(self, self._bound, checked_number(self._bound, least, least=0, most=1))
        steps = self.num_thresholds - 1
        thresholds = [i / steps for i in range(steps + 1)] if steps else 0.5
        super().__init__(thresholds, class_id=class_id, name=name, dtype=dtype)

    def figures(self, counts: ThresholdCounts) -> Array:
        """Return the largest rate, alone in an array."""
        reached = counts.rate(RATES[self._bound]) >= getattr(self, self._bound)
        return largest(np.where(reached, counts.rate(RATES[self._wanted]), 0.0), keepdims=True)


class SensitivityAtSpecificity(_AtThreshold):
    """The best sensitivity at a threshold where the specificity is at least a given value.

    ``max over t of sensitivity(t) where specificity(t) >= specificity``, and 0 where no threshold reaches it,
    with ``sensitivity = TP / (TP + FN)``, also called recall, ``specificity = TN / (TN + FP)`` and
    ``precision = TP / (TP + FP)``, and 0 for 0 / 0. Shapes: as for ``Precision``.
    Source: Keras 3, ``keras.metrics.SensitivityAtSpecificity``.

    Parameters
    ----------
    specificity : float
        From 0 to 1.
    num_thresholds : int
        So many, evenly from 0 to 1; one is 0.5.
    class_id : int, optional
        Only this output is looked at.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    _bound, _wanted = "specificity", "sensitivity"

    def __init__(
        self, specificity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


class SpecificityAtSensitivity(_AtThreshold):
    """The best ``specificity(t)`` where ``sensitivity(t) >= sensitivity``: see ``SensitivityAtSpecificity``.

    >>> SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.6666666666666666
    """

    _bound, _wanted = "sensitivity", "specificity"

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


class PrecisionAtRecall(_AtThreshold):
    """The best ``precision(t)`` where ``recall(t) >= recall``: see ``SensitivityAtSpecificity``.

    >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
    0.5
    """

    _bound, _wanted = "recall", "precision"

    def __init__(
        self, recall: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
        dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_AtThreshold):
    """The best ``recall(t)`` where ``precision(t) >= precision``: see ``SensitivityAtSpecificity``.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    _bound, _wanted = "precision", "recall"

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(precision, num_thresholds, class_id, name, dtype)
