"""PolynomialDecay: from one learning rate to another in so many steps, straight or curved."""

from typing import Any

import numpy as np

from numpy_ann.optimizers.checks import at_least_0
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of, steps_of

__all__ = ["PolynomialDecay"]


class PolynomialDecay(LearningRateSchedule):
    """Lead the learning rate to ``end_learning_rate`` in ``decay_steps`` steps, and leave it there.

    ::

        p = min(step, decay_steps) / decay_steps
        rate = (initial_learning_rate - end_learning_rate) (1 - p)^power + end_learning_rate

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first step.
    decay_steps : int
        How many steps the way takes; above 0.
    end_learning_rate : float
        Where it leads.
    power : float
        1 is a straight line; above 1, the rate falls faster at first. Not negative.
    cycle : bool
        Whether, after ``decay_steps`` steps, the way begins again and takes to the next multiple of
        ``decay_steps``.
    name : str, optional
        Left out: the class name.

    Source: Keras' schedule of this name.

    Examples
    --------
    >>> schedule = PolynomialDecay(0.5, decay_steps=4, end_learning_rate=0.25)
    >>> [schedule(step) for step in (0, 2, 4, 100)]
    [0.5, 0.375, 0.25, 0.25]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = "PolynomialDecay",
    ) -> None:
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.end_learning_rate = rate_of("end_learning_rate", end_learning_rate)
        self.power = at_least_0("power", power)
        self.cycle = bool(cycle)

    def rate(self, step: np.float32) -> np.float32:
        """Return the formula's value."""
        first, last = np.float32(self.initial_learning_rate), np.float32(self.end_learning_rate)
        steps = np.float32(self.decay_steps)
        if self.cycle:
            steps *= max(np.ceil(step / steps), np.float32(1))
        p = min(step, steps) / steps
        return (first - last) * (1 - p) ** np.float32(self.power) + last

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
