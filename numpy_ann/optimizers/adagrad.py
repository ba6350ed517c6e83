"""Adagrad: steps divided by all the gradients so far, so that rare features learn in large steps."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_number

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of its squares.

    With ``g`` the gradient::

        s = s + g^2
        theta = theta - learning_rate g / sqrt(s + epsilon)

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes at first, about; the sum only grows, so steps only shrink.
    initial_accumulator_value : float
        What ``s`` begins with; not negative.
    epsilon : float
        Keeps the division finite; above 0.

    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", JMLR 12 (2011), figure 1, with the diagonal matrix.

    >>> theta = np.array([1.0, 2.0])
    >>> Adagrad(learning_rate=0.1, initial_accumulator_value=0.0).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    own_slots = ("accumulator",)  # s, as Keras calls it
    non_negative_slots = frozenset({"accumulator"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = checked_number(
            "initial_accumulator_value", initial_accumulator_value, least=0
        )
        self.epsilon = checked_number("epsilon", epsilon, above=0)

    def initial_value(self, slot: str) -> float:
        return self.initial_accumulator_value if slot == "accumulator" else super().initial_value(slot)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        s = state["accumulator"] + g**2
        return theta - learning_rate * g / np.sqrt(s + self.epsilon), {"accumulator": s}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        s, step = self.state["accumulator"], self._scratch
        s += np.multiply(g, g, out=step)
        np.add(s, self.epsilon, out=step)
        np.sqrt(step, out=step)
        np.divide(g, step, out=step)
        step *= learning_rate
        theta -= step
