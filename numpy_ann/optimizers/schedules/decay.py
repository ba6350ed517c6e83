"""Learning rates that fall by a formula: exponentially, inversely, as a power, in steps, along a cosine."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of, steps_of
from numpy_ann.validation import checked_bool, checked_number


class ExponentialDecay(LearningRateSchedule):
    """Multiply the learning rate by ``decay_rate`` over every ``decay_steps`` steps.

    ``rate = initial_learning_rate decay_rate^(step / decay_steps)``.
    Source: Keras' schedule of this name.

    Parameters
    ----------
    initial_learning_rate, decay_rate : float
        The rate of the first step, and the factor; not negative.
    decay_steps : int
        In how many steps the rate becomes ``decay_rate`` times itself; above 0.
    staircase : bool
        Whether the rate changes only after each ``decay_steps`` steps: the quotient is rounded down.

    >>> schedule = ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
    >>> [schedule(step) for step in (0, 5, 10)]
    [0.5, 0.25, 0.125]
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, decay_rate: float, staircase: bool = False,
        name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps, above=0)
        self.decay_rate = checked_number("decay_rate", decay_rate, least=0)
        self.staircase = checked_bool("staircase", staircase)

    def _periods(self, step: np.float32) -> np.float32:
        periods = step / np.float32(self.decay_steps)
        return np.floor(periods) if self.staircase else periods

    def rate(self, step: np.float32) -> np.float32:
        return np.float32(self.initial_learning_rate) * np.float32(self.decay_rate) ** self._periods(step)


class InverseTimeDecay(ExponentialDecay):
    """Divide the learning rate by a number that grows evenly.

    ``rate = initial_learning_rate / (1 + decay_rate step / decay_steps)``.

    The arguments are those of ``ExponentialDecay``; ``decay_rate`` is what the divisor gains in
    ``decay_steps`` steps. With ``decay_steps=1``, this is the ``decay`` of Keras 2's legacy optimizers.
    Source: Robbins and Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 22
    (1951): steps that fall like 1/t lead to the goal.

    >>> schedule = InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)
    >>> [schedule(step) for step in (0, 10, 30)]
    [0.5, 0.25, 0.125]
    """

    def rate(self, step: np.float32) -> np.float32:
        divisor = 1 + np.float32(self.decay_rate) * self._periods(step)
        return np.float32(self.initial_learning_rate) / divisor


class PolynomialDecay(LearningRateSchedule):
    """Lead the learning rate to ``end_learning_rate`` in ``decay_steps`` steps, and leave it there.

    ::

        p = min(step, decay_steps) / decay_steps
        rate = (initial_learning_rate - end_learning_rate) (1 - p)^power + end_learning_rate

    Parameters
    ----------
    initial_learning_rate, end_learning_rate : float
        The rate of the first step, and where the way leads.
    decay_steps : int
        How many steps the way takes; above 0.
    power : float
        1 is a straight line; above 1, the rate falls faster at first. Not negative.
    cycle : bool
        Whether, after ``decay_steps`` steps, the way begins again and takes to the next multiple of them.

    Source: Keras' schedule of this name.

    >>> schedule = PolynomialDecay(0.5, decay_steps=4, end_learning_rate=0.25)
    >>> [schedule(step) for step in (0, 2, 4, 100)]
    [0.5, 0.375, 0.25, 0.25]
    """

    def __init__(
        self, initial_learning_rate: float, decay_steps: float, end_learning_rate: float = 0.0001,
        power: float = 1.0, cycle: bool = False, name: str | None = "PolynomialDecay",
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        self.initial_learning_rate = rate_of("initial_learning_rate", initial_learning_rate)
        self.decay_steps = steps_of("decay_steps", decay_steps, above=0)
        self.end_learning_rate = rate_of("end_learning_rate", end_learning_rate)
        self.power = checked_number("power", power, least=0)
        self.cycle = checked_bool("cycle", cycle)

    def rate(self, step: np.float32) -> np.float32:
        first, last = np.float32(self.initial_learning_rate), np.float32(self.end_learning_rate)
        steps = np.float32(self.decay_steps)
        if self.cycle:
            steps *= max(np.ceil(step / steps), np.float32(1))
        p = min(step, steps) / steps
        return (first - last) * (1 - p) ** np.float32(self.power) + last


class PiecewiseConstantDecay(LearningRateSchedule):
    """Change the learning rate after given numbers of steps.

    ::

        rate = values[0]    for              step <= boundaries[0]
               values[i]    for boundaries[i - 1] < step <= boundaries[i]
               values[-1]   for boundaries[-1] < step

    Parameters
    ----------
    boundaries : list of int
        Numbers of steps, rising; at one itself the rate is still that before. Fractions are cut off.
    values : list of float
        The rates: one more than boundaries.
    name : str, optional
        Left out: ``"PiecewiseConstant"``, as in Keras.

    Source: Keras' schedule of this name.

    >>> schedule = PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.25])
    >>> [schedule(step) for step in range(6)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str | None = "PiecewiseConstant"
    ) -> None:
        super().__init__(name=name or "PiecewiseConstant")
        boundaries, values = list(boundaries), list(values)
        if len(boundaries) != len(values) - 1 or not boundaries:
            wanted = "`boundaries` must hold at least one number, and one less than `values`."
            raise ValueError(f"{wanted} Received: boundaries={boundaries!r}, values={values!r}")
        if boundaries != sorted(boundaries):
            raise ValueError(f"`boundaries` must rise. Received: boundaries={boundaries!r}")
        self.boundaries = [steps_of("boundaries", boundary) for boundary in boundaries]
        self.values = [rate_of("values", value) for value in values]

    def rate(self, step: np.float32) -> np.float32:
        return np.float32(self.values[bisect_left([int(b) for b in self.boundaries], step)])


class CosineDecay(LearningRateSchedule):
    """Lower the learning rate slowly, then fast, then slowly again.

    With ``s`` the steps since the warm-up::

        warm-up:  rate = initial_learning_rate + (warmup_target - initial_learning_rate) step / warmup_steps
        decay:    c = (1 + cos(pi min(s, decay_steps) / decay_steps)) / 2
                  rate = peak ((1 - alpha) c + alpha)

    where ``peak`` is ``warmup_target``, or without a warm-up ``initial_learning_rate``.
    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017,
    equation 5; the warm-up: Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 2.2.

    Parameters
    ----------
    initial_learning_rate : float
        The rate of the first step. Of ``0``, an int, Keras computes in integers, and rounds rates below 1 to
        0; here it is 0.0.
    decay_steps, warmup_steps : int
        How many steps the decay takes, above 0, and the warm-up.
    alpha : float
        What fraction of the peak is left in the end, from 0 to 1.
    warmup_target : float, optional
        Where the warm-up leads; left out, there is none.

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
        self.decay_steps = steps_of("decay_steps", decay_steps, above=0)
        self.alpha = checked_number("alpha", alpha, least=0, most=1)
        self.warmup_target = None if warmup_target is None else rate_of("warmup_target", warmup_target)
        self.warmup_steps = steps_of("warmup_steps", warmup_steps, least=0)

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

    Period ``i = 0, 1, ...`` lasts ``first_decay_steps t_mul^i`` steps. With ``f`` the fraction that is over::

        rate = initial_learning_rate ((1 - alpha) m_mul^i (1 + cos(pi f)) / 2 + alpha)

    Parameters
    ----------
    initial_learning_rate, alpha : float
        The rate of the first step, and what fraction of it is left at the end of a period, from 0 to 1.
    first_decay_steps : int
        How many steps the first period takes; above 0.
    t_mul, m_mul : float
        How many times as long, at least 1, and as high each period is as the one before.
    name : str, optional
        Left out: ``"SGDRDecay"``, as in Keras.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, eq. 5.

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
        self.first_decay_steps = steps_of("first_decay_steps", first_decay_steps, above=0)
        self.t_mul = checked_number("t_mul", t_mul, least=1)
        self.m_mul = checked_number("m_mul", m_mul, least=0)
        self.alpha = checked_number("alpha", alpha, least=0, most=1)

    def rate(self, step: np.float32) -> np.float32:
        t_mul = np.float32(self.t_mul)
        over = step / np.float32(self.first_decay_steps)  # measured in first periods
        period = np.floor(over)
        fraction = over - period
        if t_mul != 1:
            # The periods before number i last 1 + t + ... + t^(i - 1) = (1 - t^i) / (1 - t) together.
            period = np.floor(np.log(1 - over * (1 - t_mul)) / np.log(t_mul))
            fraction = (over - (1 - t_mul**period) / (1 - t_mul)) / t_mul**period
        height = np.float32(self.m_mul) ** period
        return np.float32(self.initial_learning_rate) * _wave(fraction, height, self.alpha)


def _wave(fraction: np.float32, height: np.float32, alpha: float) -> np.float32:
    """Return half a cosine wave that falls from ``height`` to ``alpha``, after ``fraction`` of its way."""
    wave = np.float32(0.5) * height * (1 + np.cos(np.float32(np.pi) * fraction))
    return np.float32(np.float32(1 - alpha) * wave + np.float32(alpha))
