"""The best that a classifier reaches in one respect where it must be good enough in another."""

from typing import ClassVar

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.metrics.binary_counts import RatioMetric
from numpy_ann.metrics.metric import DType
from numpy_ann.metrics.thresholds import ThresholdCounts, divide_no_nan
from numpy_ann.validation import checked_integer, checked_number

__all__ = ["PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity"]


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
        reached = _rate(self._bound, counts) >= getattr(self, self._bound)
        found: Array = np.max(np.where(reached, _rate(self._wanted, counts), 0.0), keepdims=True)
        return found


def _rate(name: str, counts: ThresholdCounts) -> Array:
    """Return the precision, the recall (which is the sensitivity), or the specificity at each threshold."""
    if name == "specificity":
        right, wrong = counts.true_negatives, counts.false_positives
    else:
        right = counts.true_positives
        wrong = counts.false_positives if name == "precision" else counts.false_negatives
    return divide_no_nan(right, right + wrong)


class SensitivityAtSpecificity(_AtThreshold):
    """The best sensitivity at a threshold where the specificity is at least a given value.

    ``max over t of sensitivity(t) where specificity(t) >= specificity``, with
    ``sensitivity = TP / (TP + FN)`` and ``specificity = TN / (TN + FP)``,
    both with 0 for 0 / 0; 0 where no threshold reaches it. Shapes: as for ``Precision``.

    Parameters
    ----------
    specificity : float
        From 0 to 1.
    num_thresholds : int
        So many, evenly from 0 to 1; one is 0.5.
    class_id : int, optional
        Only this output is looked at.

    Source: Keras 3, ``keras.metrics.SensitivityAtSpecificity``.

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
    """The best specificity at a threshold where the sensitivity is at least a given value.

    ``max over t of specificity(t) where sensitivity(t) >= sensitivity``, with
    ``specificity = TN / (TN + FP)`` and ``sensitivity = TP / (TP + FN)``,
    both with 0 for 0 / 0; 0 where no threshold reaches it. The rest: see ``SensitivityAtSpecificity``.

    Source: Keras 3, ``keras.metrics.SpecificityAtSensitivity``.

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
    """The best precision at a threshold where the recall is at least a given value.

    ``max over t of precision(t) where recall(t) >= recall``, with
    ``precision = TP / (TP + FP)`` and ``recall = TP / (TP + FN)``,
    both with 0 for 0 / 0; 0 where no threshold reaches it. The rest: see ``SensitivityAtSpecificity``.

    Source: Keras 3, ``keras.metrics.PrecisionAtRecall``.

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
    """The best recall at a threshold where the precision is at least a given value.

    ``max over t of recall(t) where precision(t) >= precision``, with
    ``recall = TP / (TP + FN)`` and ``precision = TP / (TP + FP)``,
    both with 0 for 0 / 0; 0 where no threshold reaches it. The rest: see ``SensitivityAtSpecificity``.

    Source: Keras 3, ``keras.metrics.RecallAtPrecision``.

    >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    0.5
    """

    _bound, _wanted = "precision", "recall"

    def __init__(
        self, precision: float, num_thresholds: int = 200, class_id: int | None = None,
        name: str | None = None, dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(precision, num_thresholds, class_id, name, dtype)
