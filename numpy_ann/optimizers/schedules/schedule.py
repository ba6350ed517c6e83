"""What every schedule is: the learning rate as a function of the number of steps taken."""

from typing import Any

import numpy as np

from numpy_ann.part import Described, required
from numpy_ann.validation import checked_number, is_integer

_LARGEST = float(np.finfo(np.float32).max)


class LearningRateSchedule(Described):
    """A learning rate that changes as training goes; every optimizer takes one for its ``learning_rate``.

    A schedule defines ``rate``, or ``__call__(step)`` as in Keras. It computes in float32, as Keras does, so
    that a training continued from a file goes on with the same rates. ``step`` is the number of steps taken
    before: 0 at the first.

    Parameters
    ----------
    name : str, optional
        Left out, it is the class name.

    >>> class Halving(LearningRateSchedule):
    ...     def rate(self, step):
    ...         return np.float32(0.5) ** step
    >>> [Halving()(step) for step in (0, 1, 2)]
    [1.0, 0.5, 0.25]
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Take a class that defines ``__call__(step)`` instead, as in Keras."""
        super().__init_subclass__(**options)
        if "__call__" in vars(cls) and "rate" not in vars(cls):
            formula = vars(cls)["__call__"]
            cls.rate = lambda self, step: np.float32(formula(self, step))  # type: ignore[method-assign]
            cls.__call__ = LearningRateSchedule.__call__  # type: ignore[method-assign]

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name or type(self).__name__

    def __call__(self, step: Any) -> Any:
        """Return the learning rate after ``step`` steps; of an array of steps, an array of rates."""
        if np.ndim(step):
            return np.array([self(one) for one in step], dtype=np.float32)
        return float(self.rate(np.float32(step)))

    @required
    def rate(self, step: np.float32) -> np.float32:
        """Return the learning rate after ``step`` steps."""
        raise NotImplementedError

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items() if key != "name")
        return f"{type(self).__name__}({arguments})"


def rate_of(argument: str, value: Any) -> float:
    """Return a learning rate: a number of 0 or more that float32 holds."""
    if checked_number(argument, value, least=0) > _LARGEST:
        raise ValueError(f"`{argument}` is beyond float32. Received: {argument}={value!r}")
    return float(value)


def steps_of(argument: str, value: Any, **bounds: float) -> int | float:
    """Return a number of steps within ``checked_number``'s bounds; an int stays one."""
    steps = checked_number(argument, value, **bounds)
    return int(value) if is_integer(value) else steps
