"""Losses that are watched, not minimized."""

import math
from typing import Any, ClassVar

import numpy as np

from numpy_ann import losses
from numpy_ann._typing import Array
from numpy_ann.losses import Loss
from numpy_ann.metrics.mean_metric import MeanMetric
from numpy_ann.metrics.metric import DType

__all__ = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "Hinge",
    "KLDivergence", "LogCoshError", "LossMetric", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredError", "MeanSquaredLogarithmicError", "MetricOfLoss", "Poisson", "RootMeanSquaredError",
    "SparseCategoricalCrossentropy", "SquaredHinge",
]  # fmt: skip


class LossMetric(MeanMetric):
    """The mean over the samples of what a loss says of each: ``sum(w_i l_i) / sum(w_i)``.

    Unlike the loss, it is divided by the sum of the weights, and the loss' own reduction plays no part.

    Parameters
    ----------
    loss : Loss
        Which one.
    name, dtype
        As for ``Metric``. Left out, the name is the loss'.

    >>> from numpy_ann.losses import Huber
    >>> LossMetric(Huber())(np.array([0.0]), np.array([[3.0]]))
    2.5
    """

    def __init__(self, loss: Loss, name: str | None = None, dtype: DType = None) -> None:
        super().__init__(name or loss.name, dtype)
        self.loss = loss

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return self.loss.per_sample(*self.loss.paired(y_pred, y_true))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        self.loss.check_targets(y_true, output_shape)


class MetricOfLoss(LossMetric):
    """The base of Keras' metrics that are losses: ``loss_class`` says which; left out, the one of its name.

    Parameters
    ----------
    name, dtype
        As for ``Metric``. Left out, the name is Keras'.
    **options
        What the loss takes.
    """

    loss_class: ClassVar[type[Loss]]
    keras_name: ClassVar[str | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not hasattr(cls, "loss_class"):
            cls.loss_class = getattr(losses, cls.__name__)

    def __init__(self, name: str | None = None, dtype: DType = None, **options: Any) -> None:
        super().__init__(self.loss_class(**options), name or self.keras_name, dtype)
        for option in options:
            setattr(self, option, getattr(self.loss, option))

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("loss", None)  # the class says which
        return config


class MeanSquaredError(MetricOfLoss):
    """The mean of ``(p - y)^2``; see ``numpy_ann.losses.MeanSquaredError``.

    >>> MeanSquaredError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    2.5
    """


class RootMeanSquaredError(MetricOfLoss):
    """The square root of the mean of ``(p - y)^2``: in the unit of the targets.

    >>> RootMeanSquaredError()(np.array([1.0, 0.0]), np.array([[5.0], [4.0]]))
    4.0
    """

    loss_class = losses.MeanSquaredError
    keras_name = "root_mean_squared_error"

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return the squared error of each output, so that each can have its weight."""
        p, y = self.loss.paired(y_pred, y_true)
        squares: Array = np.square(p - y)
        return squares

    def result(self) -> float:
        return math.sqrt(super().result())


class MeanAbsoluteError(MetricOfLoss):
    """The mean of ``|p - y|``; see ``numpy_ann.losses.MeanAbsoluteError``.

    >>> MeanAbsoluteError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    1.5
    """


class MeanAbsolutePercentageError(MetricOfLoss):
    """The mean of ``100 |p - y| / |y|``; see ``numpy_ann.losses.MeanAbsolutePercentageError``.

    >>> MeanAbsolutePercentageError()(np.array([4.0]), np.array([[3.0]]))
    25.0
    """


class MeanSquaredLogarithmicError(MetricOfLoss):
    """The mean of ``(log(p + 1) - log(y + 1))^2``; see ``numpy_ann.losses.MeanSquaredLogarithmicError``.

    >>> round(MeanSquaredLogarithmicError()(np.array([0.0]), np.array([[np.e - 1]])), 6)
    1.0
    """


class LogCoshError(MetricOfLoss):
    """The mean of ``log(cosh(p - y))``; see ``numpy_ann.losses.LogCosh``. Its name is ``"logcosh"``.

    >>> round(LogCoshError()(np.array([0.0]), np.array([[1.0]])), 4)
    0.4338
    """

    loss_class = losses.LogCosh
    keras_name = "logcosh"


class CosineSimilarity(MetricOfLoss):
    """The mean cosine of the angle between target and prediction: 1 where they point the same way.

    ``v = sum_j u_j v_j`` with ``u = y / |y|`` and ``v = p / |p|``; the loss of that name is minus this: see
    ``numpy_ann.losses.CosineSimilarity``.

    >>> CosineSimilarity()(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]]))
    0.5
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return -super().values(y_true, y_pred)


class BinaryCrossentropy(MetricOfLoss):
    """The mean of ``-y log p - (1 - y) log(1 - p)``; see ``numpy_ann.losses.BinaryCrossentropy``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1.

    >>> round(BinaryCrossentropy()(np.array([1, 0]), np.array([[0.75], [0.25]])), 4)
    0.2877
    """

    def __init__(
        self, name: str | None = None, dtype: DType = None, from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(MetricOfLoss):
    """The mean of ``-sum_j y_j log p_j``; see ``numpy_ann.losses.CategoricalCrossentropy``.

    Parameters: see ``BinaryCrossentropy``.

    >>> round(CategoricalCrossentropy()(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    def __init__(
        self, name: str | None = None, dtype: DType = None, from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class SparseCategoricalCrossentropy(MetricOfLoss):
    """The mean of ``-log p_t``; see ``numpy_ann.losses.SparseCategoricalCrossentropy``.

    Parameters: see ``BinaryCrossentropy``.

    >>> round(SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    def __init__(self, name: str | None = None, dtype: DType = None, from_logits: bool = False) -> None:
        super().__init__(name, dtype, from_logits=from_logits)


class KLDivergence(MetricOfLoss):
    """The mean of ``sum_j y_j log(y_j / p_j)``; see ``numpy_ann.losses.KLDivergence``.

    >>> round(KLDivergence()(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
    0.1438
    """


class Poisson(MetricOfLoss):
    """The mean of ``p - y log p``; see ``numpy_ann.losses.Poisson``.

    >>> round(Poisson()(np.array([2.0]), np.array([[1.0]])), 4)
    1.0
    """


class Hinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)``; see ``numpy_ann.losses.Hinge``.

    >>> Hinge()(np.array([1, 0]), np.array([[0.25], [-3.0]]))
    0.375
    """


class SquaredHinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)^2``; see ``numpy_ann.losses.SquaredHinge``.

    >>> SquaredHinge()(np.array([1, 0]), np.array([[0.5], [-3.0]]))
    0.125
    """


class CategoricalHinge(MetricOfLoss):
    """The mean of what true classes miss leading by 1; see ``numpy_ann.losses.CategoricalHinge``.

    >>> CategoricalHinge()(np.array([[0, 1, 0]]), np.array([[0.25, 0.75, 0.5]]))
    0.75
    """
