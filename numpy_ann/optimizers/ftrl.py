"""FTRL: follow the regularized leader, the best parameters for all gradients so far."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_number


class Ftrl(Optimizer):
    """Take the parameters that a sum of all gradients asks for; those that few ask for are exactly 0.

    With ``g`` the gradient, ``p`` minus the ``learning_rate_power``, and ``l1``, ``l2`` the strengths::

        sigma = ((n + g^2)^p - n^p) / learning_rate
        n = n + g^2
        z = z + g + 2 l2_shrinkage theta - sigma theta
        theta = (min(max(z, -l1), l1) - z) / ((n^p + beta) / learning_rate + 2 l2)

    ``theta`` follows from ``z`` and ``n`` alone: where no gradient ever comes, it becomes 0.
    Source: McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, algorithm 1; the power
    and the shrinkage are Keras'.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes at first, about. At 0, which Keras divides by, nothing changes.
    learning_rate_power : float
        How steps shrink: from 0, for not at all, downwards; -0.5 is the paper's.
    initial_accumulator_value : float
        What ``n`` begins with; not negative. From 0, what has no gradient at first becomes NaN, as in Keras.
    l1_regularization_strength, l2_regularization_strength : float
        Of a penalty on ``theta``, which the formula takes into account; not negative.
    l2_shrinkage_regularization_strength, beta : float
        Of a penalty that counts in the gradient; what makes the first steps smaller. Not negative.

    >>> theta = np.array([1.0, 2.0])
    >>> optimizer = Ftrl(learning_rate=0.5, initial_accumulator_value=9.0, l1_regularization_strength=1.0)
    >>> optimizer.step(theta, np.array([4.0, 0.0]))
    >>> theta  # n = 25, sigma = (5 - 3) / 0.5 = 4, z = 4 - 4 = 0, and z = 0: both within l1
    array([0., 0.])
    >>> optimizer.step(theta, np.array([-12.0, 4.0]))
    >>> theta  # n = 169, sigma theta = 0, z = -12, (-1 + 12) / (13 / 0.5); n = 25, z = 4, (1 - 4) / (5 / 0.5)
    array([ 0.42307692, -0.3       ])
    """

    own_slots = interleaved = ("accumulator", "linear")  # n and z, as Keras calls them
    non_negative_slots = frozenset({"accumulator"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1, l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0, l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.learning_rate_power = checked_number("learning_rate_power", learning_rate_power, most=0)
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        for name in self.own_options()[1:]:
            setattr(self, name, checked_number(name, getattr(self, name), least=0))

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        p, l1 = -self.learning_rate_power, self.l1_regularization_strength
        n = state["accumulator"] + g**2
        sigma = (n**p - state["accumulator"] ** p) / learning_rate
        z = state["linear"] + g + 2 * self.l2_shrinkage_regularization_strength * theta - sigma * theta
        below = (n**p + self.beta) / learning_rate + 2 * self.l2_regularization_strength
        return (np.clip(z, -l1, l1) - z) / below, {"accumulator": n, "linear": z}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        if not learning_rate:
            return
        n, z, step, power = self.state["accumulator"], self.state["linear"], self._scratch, self._spare
        p, l1 = -self.learning_rate_power, self.l1_regularization_strength
        np.power(n, p, out=step)
        n += np.multiply(g, g, out=power)
        np.power(n, p, out=power)
        np.subtract(power, step, out=step)
        step /= learning_rate
        step -= 2 * self.l2_shrinkage_regularization_strength
        step *= theta
        z += g
        z -= step
        power += self.beta
        power /= learning_rate
        power += 2 * self.l2_regularization_strength
        np.clip(z, -l1, l1, out=step)
        step -= z
        np.divide(step, power, out=theta)
