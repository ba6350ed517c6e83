"""The metrics that are a mean: of numbers, of a value for each sample, of what a function or loss returns."""

import inspect
import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from numpy_ann import losses
from numpy_ann._typing import Array, square
from numpy_ann.losses import Loss
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.metric import DType, RunningMean, spread

__all__ = [
    "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "CosineSimilarity", "Hinge",
    "KLDivergence", "LogCoshError", "LossMetric", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanMetric", "MeanMetricWrapper", "MeanSquaredError", "MeanSquaredLogarithmicError", "MetricOfLoss",
    "Poisson", "RootMeanSquaredError", "SparseCategoricalCrossentropy", "SquaredHinge", "Sum",
]  # fmt: skip


class Mean(RunningMean):
    """The weighted mean of numbers: ``sum(w_i v_i) / sum(w_i)``.

    Shapes: ``values`` is ``(n, ...)`` or a single number, ``sample_weight`` is ``(n,)``, or as the values.

    >>> mean = Mean()
    >>> mean([1, 3, 5, 7]), mean([9.0], sample_weight=[2])
    (4.0, 5.666666666666667)
    """

    def update_state(  # type: ignore[override]
        self, values: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        """Take in numbers, each with its weight, or 1."""
        self.add(values, sample_weight)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError``: there is nothing to compare."""
        raise ValueError(
            f"The metric {self.name!r} takes values, it doesn't compare targets with predictions. "
            "In `compile`, pass a function of y_true and y_pred that returns the values."
        )


class Sum(Mean):
    """The weighted sum of numbers: ``sum(w_i v_i)``, each of a sample's values included.

    Shapes: as for ``Mean``. Source: Keras 3, ``keras.metrics.Sum``.

    >>> Sum()([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    4.0
    """

    _state: ClassVar[tuple[str, ...]] = ("total",)

    def add(self, values: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> None:
        v = np.asarray(values)
        self.total += float(np.sum(v if weight is None else v * spread(weight, v.shape)))

    def result(self) -> float:
        return float(self.total)


class MeanMetric(RunningMean):
    """The base of metrics that are the mean of a value for each sample: ``sum(w_i v_i) / sum(w_i)``.

    Unlike a loss, a metric divides by the sum of the weights.
    """

    @abstractmethod
    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return ``v``, a value for each sample, of shape ``y_pred.shape[:-1]``, or for each output."""

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        self.add(self.values(y_true, y_pred), sample_weight)


class MeanMetricWrapper(MeanMetric):
    """The mean of what a function ``fn(y_true, y_pred)`` returns, as Keras makes one of a function.

    ``v = fn(y_true, y_pred)``, and the mean is ``sum(w_i v_i) / sum(w_i)``. The function returns a value for
    each sample (further axes are averaged too), or a single one for the batch; of single ones, all batches
    count the same. ``metrics=[fn]`` wraps it by itself. Left out, the name is the function's. A Keras file
    can't hold a function: see ``losses.FunctionLoss``.

    Parameters
    ----------
    fn : callable
        As above. Targets of shape ``(n,)`` come as ``(n, 1)`` where there is one output.
    **options
        Passed to the function.

    >>> def largest_error(y_true, y_pred):
    ...     return np.abs(y_true - y_pred).max()
    >>> MeanMetricWrapper(largest_error)(np.array([1.0, 2.0]), np.array([[1.0], [5.0]]))
    3.0
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: DType = None, **options: Any,
    ) -> None:  # fmt: skip
        if not callable(fn):
            raise TypeError(f"A metric function is a function. Received: {fn!r}")
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__), dtype)
        self.fn = fn
        self._options = options

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return what the function returns, if that is one value or one a sample."""
        values = np.asarray(self.fn(aligned(y_true, y_pred), y_pred, **self._options))
        if values.ndim and len(values) != len(y_pred):
            raise ValueError(
                f"The metric function {self.name!r} must return a number for each of {len(y_pred)} samples, "
                f"or one for all. It returned the shape {values.shape}."
            )
        return values

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        values = self.values(y_true, y_pred)
        if values.ndim == 0 and sample_weight is not None:
            raise ValueError(
                f"The metric function {self.name!r} returns one number for all samples, so their weights "
                "can't count. Return a number for each, or move it from `weighted_metrics` to `metrics`."
            )
        self.add(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self._options}


class LossMetric(MeanMetric):
    """The mean over the samples of what a loss says of each: ``sum(w_i l_i) / sum(w_i)``.

    Unlike the loss, it is divided by the sum of the weights, and the loss' own reduction plays no part. Left
    out, its name is the loss'.

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
    """The base of Keras' metrics that are losses: ``loss_class`` says which, or else the name."""

    loss_class: ClassVar[type[Loss]]
    keras_name: ClassVar[str | None] = None

    def __init_subclass__(cls, **options: Any) -> None:
        """Take the loss of that name, and its example: a mean over samples is the same for both."""
        super().__init_subclass__(**options)
        if not hasattr(cls, "loss_class") and cls.__name__ in losses.__all__:
            cls.loss_class = getattr(losses, cls.__name__)
            words, examples = (inspect.cleandoc(c.__doc__ or "") for c in (cls, cls.loss_class))
            if ">>>" not in words:
                cls.__doc__ = f"{words}\n\n{''.join(examples.partition('>>>')[1:])}"

    def __init__(self, name: str | None = None, dtype: DType = None, **options: Any) -> None:
        super().__init__(self.loss_class(**options), name or self.keras_name, dtype)
        for option in options:
            setattr(self, option, getattr(self.loss, option))

    def get_config(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_config().items() if name != "loss"}


class MeanSquaredError(MetricOfLoss):
    """The mean of ``(p - y)^2``; see ``numpy_ann.losses.MeanSquaredError``."""


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
        return square(p - y)

    def result(self) -> float:
        return math.sqrt(super().result())


class MeanAbsoluteError(MetricOfLoss):
    """The mean of ``|p - y|``; see ``numpy_ann.losses.MeanAbsoluteError``."""


class MeanAbsolutePercentageError(MetricOfLoss):
    """The mean of ``100 |p - y| / |y|``; see ``numpy_ann.losses.MeanAbsolutePercentageError``."""


class MeanSquaredLogarithmicError(MetricOfLoss):
    """The mean of ``(log(p + 1) - log(y + 1))^2``; see ``numpy_ann.losses.MeanSquaredLogarithmicError``."""


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


class _Crossentropy(MetricOfLoss):
    """The base of the two whose options Keras puts behind the name; they are those of the losses."""

    def __init__(
        self, name: str | None = None, dtype: DType = None, from_logits: bool = False,
        label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class BinaryCrossentropy(_Crossentropy):
    """The mean of ``-y log p - (1 - y) log(1 - p)``; see ``numpy_ann.losses.BinaryCrossentropy``."""


class CategoricalCrossentropy(_Crossentropy):
    """The mean of ``-sum_j y_j log p_j``; see ``numpy_ann.losses.CategoricalCrossentropy``."""


class SparseCategoricalCrossentropy(MetricOfLoss):
    """The mean of ``-log p_t``; see ``numpy_ann.losses.SparseCategoricalCrossentropy``."""

    def __init__(self, name: str | None = None, dtype: DType = None, from_logits: bool = False) -> None:
        super().__init__(name, dtype, from_logits=from_logits)


class KLDivergence(MetricOfLoss):
    """The mean of ``sum_j y_j log(y_j / p_j)``; see ``numpy_ann.losses.KLDivergence``."""


class Poisson(MetricOfLoss):
    """The mean of ``p - y log p``; see ``numpy_ann.losses.Poisson``."""


class Hinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)``; see ``numpy_ann.losses.Hinge``."""


class SquaredHinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)^2``; see ``numpy_ann.losses.SquaredHinge``."""


class CategoricalHinge(MetricOfLoss):
    """The mean of what true classes miss leading by 1; see ``numpy_ann.losses.CategoricalHinge``."""
