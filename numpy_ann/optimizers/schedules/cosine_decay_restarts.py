"""CosineDecayRestarts: one cosine decay after the other, each longer than the last."""

from typing import Any

import numpy as np

from numpy_ann.optimizers.checks import above_0, at_least_0, between_0_and_1
from numpy_ann.optimizers.schedules.cosine_decay import cosine_wave
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of, steps_of

__all__ = ["CosineDecayRestarts"]


class CosineDecayRestarts(LearningRateSchedule):
    """Lower the learning rate along half a cosine wave, put it up again, and so on.

    The period ``i = 0, 1, ...`` lasts ``first_decay_steps t_mul^i`` steps. With ``f`` the fraction of it that
    is over::

        rate = initial_learning_rate ((1 - alpha) m_mul^i (1 + cos(pi f)) / 2 + alpha)

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first step.
    first_decay_steps : int
        How many steps the first period takes; above 0.
    t_mul : float
        How many times as long each period is as the one before; at least 1.
    m_mul : float
        How many times as high each period begins as the one before.
    alpha : float
        What fraction of the initial rate is left at the end of a period, from 0 to 1.
    name : str, optional
        Left out: ``"SGDRDecay"``, as in Keras.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
    equation 5.

    Examples
    --------
    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=2)
    >>> [round(schedule(step), 4) for step in range(7)]
    [1.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 1.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = "SGDRDecay",
    ) -> None:
        super().__init__(name=name or "SGDRDecay")
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = steps_of("first_decay_steps", first_decay_steps)
        self.t_mul = above_0("t_mul", t_mul)
        if self.t_mul < 1:
            raise ValueError(f"`t_mul` must be at least 1. Received: t_mul={t_mul!r}")
        self.m_mul = at_least_0("m_mul", m_mul)
        self.alpha = between_0_and_1("alpha", alpha)

    def rate(self, step: np.float32) -> np.float32:
        """Return the formula's value."""
        t_mul = np.float32(self.t_mul)
        over = step / np.float32(self.first_decay_steps)  # measured in first periods
        if t_mul == 1:
            period = np.floor(over)
            fraction = over - period
        else:
            # The periods before number i last 1 + t + ... + t^(i - 1) = (1 - t^i) / (1 - t) together.
            period = np.floor(np.log(1 - over * (1 - t_mul)) / np.log(t_mul))
            before = (1 - t_mul**period) / (1 - t_mul)
            fraction = (over - before) / t_mul**period
        height = np.float32(self.m_mul) ** period
        return np.float32(self.initial_learning_rate) * cosine_wave(fraction, height, self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
