"""The metrics that are a mean: of numbers, of a value for each sample, of what a function returns."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.metric import DType, RunningMean, spread

__all__ = ["Mean", "MeanMetric", "MeanMetricWrapper", "Sum"]


class Mean(RunningMean):
    """The weighted mean of numbers: ``sum(w_i v_i) / sum(w_i)``.

    Shapes: ``values`` is ``(n, ...)`` or a single number, ``sample_weight`` is ``(n,)``, or as the values.

    >>> mean = Mean()
    >>> mean.update_state([1, 3, 5, 7])
    >>> mean.result()
    4.0
    >>> mean([9.0], sample_weight=[2])
    5.666666666666667
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

    Shapes: as for ``Mean``.

    Source: Keras 3, ``keras.metrics.Sum``.

    >>> total = Sum()
    >>> total.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
    >>> total.result()
    4.0
    """

    _state: ClassVar[tuple[str, ...]] = ("total",)

    def add(self, values: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> None:
        """Take in the values of one batch, of shape ``(n, ...)``, or a single one."""
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
    count the same. ``metrics=[fn]`` wraps it by itself.

    Parameters
    ----------
    fn : callable
        As above. Targets of shape ``(n,)`` come as ``(n, 1)`` where there is one output.
    name, dtype
        As for ``Metric``. Left out, the name is the function's.
    **options
        Passed to the function.

    Notes
    -----
    A Keras file can't hold a function: save such a model as ``.h5`` with ``include_optimizer=False``, or only
    its weights.

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
