"""What every training metric is: a number that grows more certain batch by batch."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import snake_case

__all__ = ["Mean", "MeanMetric", "Metric", "spread"]


class Metric(ABC):
    """A figure computed over the batches of an epoch: reset, update with each batch, read the result.

    Parameters
    ----------
    name : str, optional
        The key in the training history. Left out, it is the class name in snake case.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.reset_state()

    @abstractmethod
    def reset_state(self) -> None:
        """Forget all batches."""

    @abstractmethod
    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Take in one batch."""

    @abstractmethod
    def result(self) -> Any:
        """Return the figure over the batches since the last reset: a float, or an array of several."""

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:  # noqa: B027
        """Raise ``ValueError`` unless ``y_true`` can be targets of outputs of ``(batch, *output_shape)``."""

    def __call__(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> Any:
        """Take in one batch and return the result so far."""
        y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
        if y_true.shape[:1] != y_pred.shape[:1]:
            raise ValueError(
                "There must be a target for each prediction. "
                f"Received: target.shape={y_true.shape}, output.shape={y_pred.shape}."
            )
        self.check_targets(y_true, y_pred.shape[1:])
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this metric anew, under Keras' names."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the metric that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class Mean:
    """A weighted mean of numbers that come one at a time: ``sum(weight value) / sum(weight)``.

    Examples
    --------
    >>> mean = Mean()
    >>> mean.add(3.0, weight=1)
    >>> mean.add(6.0, weight=2)
    >>> mean.result()
    5.0
    """

    def __init__(self) -> None:
        self.total = 0.0
        self.weight = 0.0

    def add(self, value: float, weight: float) -> None:
        """Take in one value."""
        self.total += value * weight
        self.weight += weight

    def result(self) -> float:
        """Return the mean so far; 0 before the first value, as Keras'."""
        return self.total / self.weight if self.weight else 0.0


class MeanMetric(Metric):
    """The base of metrics that are the mean of a value for each sample: ``sum(w_i v_i) / sum(w_i)``.

    Unlike a loss, a metric divides by the sum of the weights.
    """

    @abstractmethod
    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return ``v``, a value for each sample, of shape ``y_pred.shape[:-1]``."""

    def reset_state(self) -> None:
        """Forget all batches."""
        self._mean = Mean()

    def update_state(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Take in one batch."""
        self.add(self.values(y_true, y_pred), sample_weight)

    def add(self, values: Array, sample_weight: Array | None = None) -> None:
        """Take in the values of one batch."""
        if sample_weight is None:
            self._mean.total += float(values.sum())
            self._mean.weight += values.size
        else:
            w = spread(sample_weight, values.shape)
            self._mean.total += float(np.sum(values * w))
            self._mean.weight += float(w.sum())

    def result(self) -> float:
        """Return the mean over the batches since the last reset."""
        return self._mean.result()


def spread(sample_weight: Array, shape: tuple[int, ...]) -> Array:
    """Return weights of samples as an array of ``shape``, the same for everything in a sample.

    Examples
    --------
    >>> spread(np.array([1.0, 2.0]), (2, 3))
    array([[1., 1., 1.],
           [2., 2., 2.]])
    """
    w = np.asarray(sample_weight)
    return np.broadcast_to(w.reshape(w.shape + (1,) * (len(shape) - w.ndim)), shape)
