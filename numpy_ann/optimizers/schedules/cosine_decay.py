"""Learning rates that fall along half a cosine wave: once, after a warm-up if wanted, or again and again."""

import numpy as np

from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, as_python, rate_of, steps_of
from numpy_ann.validation import checked_fraction, checked_number

__all__ = ["CosineDecay", "CosineDecayRestarts"]


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

    >>> schedule = CosineDecay(0.0, decay_steps=4, warmup_target=1.0, warmup_steps=2)
    >>> [round(schedule(step), 4) for step in range(7)]
    [0.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, alpha: float = 0.0,
        name: str | None = "CosineDecay", warmup_target: float | None = None, warmup_steps: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps)
        self.alpha = checked_fraction("alpha", alpha)
        self.warmup_target = None if warmup_target is None else rate_of("warmup_target", warmup_target)
        checked_number("warmup_steps", warmup_steps, least=0)
        self.warmup_steps = as_python("warmup_steps", warmup_steps)

    def rate(self, step: np.float32) -> np.float32:
        peak, steps = np.float32(self.initial_learning_rate), np.float32(self.decay_steps)
        if self.warmup_target is not None:
            first, peak = peak, np.float32(self.warmup_target)
            if step < self.warmup_steps:
                return (peak - first) * (step / np.float32(self.warmup_steps)) + first
            step = step - np.float32(self.warmup_steps)
        return peak * _wave(min(step, steps) / steps, np.float32(1), self.alpha)


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

    >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=2)
    >>> [round(schedule(step), 4) for step in range(7)]
    [1.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 1.0]
    """

    def __init__(
        self, initial_learning_rate: float, first_decay_steps: float, t_mul: float = 2.0, m_mul: float = 1.0,
        alpha: float = 0.0, name: str | None = "SGDRDecay",
    ) -> None:  # fmt: skip
        super().__init__(name=name or "SGDRDecay")
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = steps_of("first_decay_steps", first_decay_steps)
        self.t_mul = checked_number("t_mul", t_mul, least=1)
        self.m_mul = checked_number("m_mul", m_mul, least=0)
        self.alpha = checked_fraction("alpha", alpha)

    def rate(self, step: np.float32) -> np.float32:
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
        return np.float32(self.initial_learning_rate) * _wave(fraction, height, self.alpha)


def _wave(fraction: np.float32, height: np.float32, alpha: float) -> np.float32:
    """Return half a cosine wave that falls from ``height`` to ``alpha``, after ``fraction`` of its way."""
    wave = np.float32(0.5) * height * (1 + np.cos(np.float32(np.pi) * fraction))
    return np.float32(np.float32(1 - alpha) * wave + np.float32(alpha))
