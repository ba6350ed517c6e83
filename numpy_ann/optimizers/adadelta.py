"""Adadelta: steps as large as the last ones, in proportion to the gradient."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_number

__all__ = ["Adadelta"]


class Adadelta(Optimizer):
    """Scale the gradient by the size of past steps over the size of past gradients.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        delta = -g sqrt(d + epsilon) / sqrt(v + epsilon)
        d = rho d + (1 - rho) delta^2
        theta = theta + learning_rate delta

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        1.0 is the paper's; Keras' default is 0.001.
    rho : float
        How slowly ``v`` and ``d`` change; from 0 up to, not including, 1.
    epsilon : float
        Gets the first step going, and keeps the division finite; above 0.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.

    >>> theta = np.array([1.0, 2.0])
    >>> Adadelta(learning_rate=1.0, rho=0.75, epsilon=0.25).step(theta, np.array([2.0, -2.0]))
    >>> theta.round(4)  # v = 1, delta = -2 sqrt(0.25 / 1.25)
    array([0.1056, 2.8944])
    """

    own_slots = interleaved = ("accumulated_grad", "accumulated_delta_var")  # v and d, as Keras calls them
    non_negative_slots = frozenset({"accumulated_grad", "accumulated_delta_var"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, rho: float = 0.95, epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.rho = checked_number("rho", rho, least=0, below=1)
        self.epsilon = checked_number("epsilon", epsilon, above=0)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        v = self.rho * state["accumulated_grad"] + (1 - self.rho) * g**2
        delta = -g * np.sqrt(state["accumulated_delta_var"] + self.epsilon) / np.sqrt(v + self.epsilon)
        d = self.rho * state["accumulated_delta_var"] + (1 - self.rho) * delta**2
        return theta + learning_rate * delta, {"accumulated_grad": v, "accumulated_delta_var": d}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        v, d = self.state["accumulated_grad"], self.state["accumulated_delta_var"]
        step, other = self._scratch, self._spare  # step is -delta
        v *= self.rho
        np.multiply(g, g, out=step)
        step *= 1 - self.rho
        v += step

        np.add(d, self.epsilon, out=step)
        np.sqrt(step, out=step)
        step *= g
        np.add(v, self.epsilon, out=other)
        np.sqrt(other, out=other)
        step /= other

        d *= self.rho
        np.multiply(step, step, out=other)
        other *= 1 - self.rho
        d += other
        step *= learning_rate
        theta -= step
