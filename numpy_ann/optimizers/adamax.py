"""Adamax: Adam with the largest gradient in the place of the mean square."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.two_moments import TwoMoments

__all__ = ["Adamax"]


class Adamax(TwoMoments):
    """Divide the running mean of the gradient by its largest size, which slowly fades.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        m = beta_1 m + (1 - beta_1) g
        u = max(beta_2 u, |g|)
        theta = theta - learning_rate / (1 - beta_1^t) m / (u + epsilon)

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes, at most about.
    beta_1, beta_2 : float
        How slowly ``m`` changes and ``u`` fades; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0.
    **options
        ``weight_decay``, ``clipnorm`` and the others of every ``Optimizer``.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 2; the epsilon
    is Keras'.

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> Adamax(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    interleaved = ("momentum", "norm")
    non_negative_slots = frozenset({"norm"})

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``m`` and ``u``, as Keras calls them."""
        return ("momentum", "norm")

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Take the step; every operation in place."""
        m, u, step = self.state["momentum"], self.state["norm"], self._scratch
        precise = theta.dtype.type
        m *= self.beta_1
        m += np.multiply(g, 1 - self.beta_1, out=step)

        u *= self.beta_2
        np.maximum(u, np.abs(g, out=step), out=u)

        np.add(u, self.epsilon, out=step)
        np.divide(m, step, out=step)
        step *= precise(learning_rate) / (1 - precise(self.beta_1) ** precise(self.iterations))
        theta -= step
