"""A plain function as a metric."""

from collections.abc import Callable
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.metric import MeanMetric

__all__ = ["MeanMetricWrapper"]


class MeanMetricWrapper(MeanMetric):
    """The mean of what a function ``fn(y_true, y_pred)`` returns, as Keras makes one of a function.

    ``v = fn(y_true, y_pred)``, and the mean is ``sum(w_i v_i) / sum(w_i)``. The function returns a value for
    each sample (further axes are averaged too), or a single one for the batch; of single ones, all batches
    count the same. ``metrics=[fn]`` wraps it by itself.

    Parameters
    ----------
    fn : callable
        As above. Targets of shape ``(n,)`` come as ``(n, 1)`` where there is one output.
    name : str, optional
        The key in the training history. Left out, it is the function's.
    **options
        Passed to the function.

    Notes
    -----
    A Keras file can't hold a function: save such a model as ``.h5`` with ``include_optimizer=False``, or only
    its weights.

    Examples
    --------
    >>> def largest_error(y_true, y_pred):
    ...     return np.abs(y_true - y_pred).max()
    >>> MeanMetricWrapper(largest_error)(np.array([1.0, 2.0]), np.array([[1.0], [5.0]]))
    3.0
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, **options: Any) -> None:
        if not callable(fn):
            raise TypeError(f"A metric function is a function. Received: {fn!r}")
        super().__init__(name or getattr(fn, "__name__", type(fn).__name__))
        self.fn = fn
        self._options = options

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return what the function returns.

        Raises
        ------
        ValueError
            If that is neither one value nor one a sample.
        """
        values = np.asarray(self.fn(aligned(y_true, y_pred), y_pred, **self._options))
        if values.ndim and len(values) != len(y_pred):
            raise ValueError(
                f"The metric function '{self.name}' must return a number for each of {len(y_pred)} samples, "
                f"or one for all. It returned the shape {values.shape}."
            )
        return values

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Take in one batch."""
        values = self.values(y_true, y_pred)
        if values.ndim == 0 and sample_weight is not None:
            raise ValueError(
                f"The metric function '{self.name}' returns one number for all samples, so their weights "
                "can't count. Return a number for each, or move it from `weighted_metrics` to `metrics`."
            )
        self.add(values, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "fn": self.fn, **self._options}
