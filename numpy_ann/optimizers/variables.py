"""The learning rate and the count of steps: plain numbers that can do what Keras' variables do."""

from typing import Any, Self

import numpy as np


class _OptimizerNumber:
    """A number of the moment when it was asked for, which knows whose it is; a copy of it is a plain one."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[()] = ()
    _attribute: str
    _optimizer: Any

    @classmethod
    def of(cls, optimizer: Any, attribute: str, value: float) -> Self:
        """Return ``value``, which the optimizer has under that attribute."""
        number = cls(value)  # type: ignore[call-arg]
        number._optimizer, number._attribute = optimizer, attribute
        return number

    @property
    def value(self) -> Any:
        """The number as it is now, in its dtype."""
        return self.dtype.type(getattr(self._optimizer, self._attribute))

    def numpy(self) -> Any:
        """Return ``value``."""
        return self.value

    def assign(self, value: Any) -> None:
        """Set the optimizer's number."""
        setattr(self._optimizer, self._attribute, value if np.ndim(value) else np.asarray(value).item())


class LearningRate(_OptimizerNumber, float):
    """A learning rate.

    >>> from numpy_ann.optimizers import SGD
    >>> optimizer = SGD(0.5)
    >>> optimizer.learning_rate.assign(0.25)
    >>> optimizer.learning_rate / 2, optimizer.learning_rate.numpy()
    (0.125, np.float32(0.25))
    """

    name = "learning_rate"
    dtype = np.dtype("float32")

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float(self),)


class Iterations(_OptimizerNumber, int):
    """A number of steps."""

    name = "iteration"
    dtype = np.dtype("int64")

    def __reduce__(self) -> tuple[Any, ...]:
        return int, (int(self),)
