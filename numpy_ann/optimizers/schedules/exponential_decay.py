"""ExponentialDecay: the same fraction is lost in every so many steps."""

from typing import Any

import numpy as np

from numpy_ann.optimizers.checks import at_least_0
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of, steps_of

__all__ = ["ExponentialDecay"]


class ExponentialDecay(LearningRateSchedule):
    """Multiply the learning rate by ``decay_rate`` over every ``decay_steps`` steps.

    ::

        rate = initial_learning_rate decay_rate^(step / decay_steps)

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first step.
    decay_steps : int
        In how many steps the rate becomes ``decay_rate`` times itself; above 0.
    decay_rate : float
        The factor; not negative.
    staircase : bool
        Whether the rate changes only after each ``decay_steps`` steps: the quotient is rounded down.
    name : str, optional
        Left out: the class name.

    Source: Keras' schedule of this name.

    Examples
    --------
    >>> schedule = ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
    >>> [schedule(step) for step in (0, 5, 10)]
    [0.5, 0.25, 0.125]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.decay_rate = at_least_0("decay_rate", decay_rate)
        self.staircase = bool(staircase)

    def rate(self, step: np.float32) -> np.float32:
        """Return the formula's value."""
        p = step / np.float32(self.decay_steps)
        if self.staircase:
            p = np.floor(p)
        return np.float32(self.initial_learning_rate) * np.float32(self.decay_rate) ** p

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }
