"""InverseTimeDecay: the learning rate falls like one over the time."""

import numpy as np

from numpy_ann.optimizers.schedules.exponential_decay import ExponentialDecay

__all__ = ["InverseTimeDecay"]


class InverseTimeDecay(ExponentialDecay):
    """Divide the learning rate by a number that grows evenly.

    ::

        rate = initial_learning_rate / (1 + decay_rate step / decay_steps)

    The arguments are those of ``ExponentialDecay``; ``decay_rate`` is what the divisor gains in
    ``decay_steps`` steps. With ``decay_steps=1``, this is the ``decay`` of Keras 2's legacy optimizers.

    Source: Robbins and Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 22
    (1951): steps that fall like 1/t lead to the goal.

    Examples
    --------
    >>> schedule = InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)
    >>> [schedule(step) for step in (0, 10, 30)]
    [0.5, 0.25, 0.125]
    """

    def rate(self, step: np.float32) -> np.float32:
        """Return the formula's value."""
        p = step / np.float32(self.decay_steps)
        if self.staircase:
            p = np.floor(p)
        return np.float32(self.initial_learning_rate) / (1 + np.float32(self.decay_rate) * p)
