"""CosineDecay: the learning rate falls along half a cosine wave, after a warm-up if wanted."""

from typing import Any

import numpy as np

from numpy_ann.optimizers.checks import at_least_0, between_0_and_1
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of, steps_of

__all__ = ["CosineDecay", "cosine_wave"]


class CosineDecay(LearningRateSchedule):
    """Lower the learning rate slowly, then fast, then slowly again.

    With ``s`` the steps since the warm-up::

        warm-up:  rate = initial_learning_rate + (warmup_target - initial_learning_rate) step / warmup_steps
        decay:    c = (1 + cos(pi min(s, decay_steps) / decay_steps)) / 2
                  rate = peak ((1 - alpha) c + alpha)

    where ``peak`` is ``warmup_target``, or without a warm-up ``initial_learning_rate``.

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first step.
    decay_steps : int
        How many steps the decay takes; above 0.
    alpha : float
        What fraction of the peak is left in the end, from 0 to 1.
    name : str, optional
        Left out: the class name.
    warmup_target : float, optional
        Where the warm-up leads; left out, there is none.
    warmup_steps : int
        How many steps the warm-up takes.

    Notes
    -----
    An ``initial_learning_rate`` of ``0``, an int, is 0.0 here. Keras computes in integers then, and rounds
    every rate below 1 to 0.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
    equation 5; the warm-up: Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 2.2.

    Examples
    --------
    >>> schedule = CosineDecay(0.0, decay_steps=4, warmup_target=1.0, warmup_steps=2)
    >>> [round(schedule(step), 4) for step in range(7)]
    [0.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.alpha = between_0_and_1("alpha", alpha)
        self.warmup_target = None if warmup_target is None else rate_of("warmup_target", warmup_target)
        at_least_0("warmup_steps", warmup_steps)
        self.warmup_steps = warmup_steps

    def rate(self, step: np.float32) -> np.float32:
        """Return the formula's value."""
        peak, steps = np.float32(self.initial_learning_rate), np.float32(self.decay_steps)
        if self.warmup_target is not None:
            first, peak = peak, np.float32(self.warmup_target)
            if step < self.warmup_steps:
                return (peak - first) * (step / np.float32(self.warmup_steps)) + first
            step = step - np.float32(self.warmup_steps)
        return peak * cosine_wave(min(step, steps) / steps, np.float32(1), self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


def cosine_wave(fraction: np.float32, height: np.float32, alpha: float) -> np.float32:
    """Return half a cosine wave that falls from ``height`` to ``alpha``, after ``fraction`` of its way."""
    wave = np.float32(0.5) * height * (1 + np.cos(np.float32(np.pi) * fraction))
    return np.float32(1 - alpha) * wave + np.float32(alpha)
