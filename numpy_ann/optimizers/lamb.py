"""Lamb: Adam whose steps are as long as each parameter is, for very large batches."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.adam import TwoMoments
from numpy_ann.optimizers.optimizer import Slots

__all__ = ["Lamb"]


class Lamb(TwoMoments):
    """Scale Adam's step, parameter by parameter, to the length of the parameter.

    At step ``t = 1, 2, ...``, with ``g`` the gradient of one parameter, such as a kernel::

        m = beta_1 m + (1 - beta_1) g
        v = beta_2 v + (1 - beta_2) g^2
        r = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)
        theta = theta - learning_rate |theta| / |r| r

    where ``|theta| / |r|`` is 1 if one of the lengths is 0.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes, in lengths of the parameter.
    beta_1, beta_2 : float
        How slowly ``m`` and ``v`` change; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0.

    Source: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020,
    algorithm 2. As in Keras, the decay is that of every optimizer, and no part of ``r``.

    >>> theta = np.array([3.0, 4.0])
    >>> Lamb(learning_rate=0.1, beta_1=0.5, beta_2=0.75, epsilon=1.0).step(theta, np.array([3.0, 0.0]))
    >>> theta.round(4)  # r = (1.5 / 0.5 / (sqrt(2.25 / 0.25) + 1), 0) = (0.75, 0), |theta| / |r| = 5 / 0.75
    array([2.5, 4. ])
    """

    own_slots = interleaved = ("momentum", "velocity")  # m and v, as Keras calls them
    non_negative_slots = frozenset({"velocity"})

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        r = m / (1 - self.beta_1**t) / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)
        return theta - learning_rate * _ratio(theta, r) * r, {"momentum": m, "velocity": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, v, step, root = self.state["momentum"], self.state["velocity"], self._scratch, self._spare
        t, beta_1, beta_2 = map(theta.dtype.type, (self._t, self.beta_1, self.beta_2))
        m *= self.beta_1
        m += np.multiply(g, 1 - self.beta_1, out=step)

        v *= self.beta_2
        np.multiply(g, g, out=step)
        step *= 1 - self.beta_2
        v += step

        np.divide(v, 1 - beta_2**t, out=root)
        np.sqrt(root, out=root)
        root += self.epsilon
        np.divide(m, 1 - beta_1**t, out=step)
        step /= root
        for place in self._places:
            step[place] *= learning_rate * _ratio(theta[place], step[place])
        theta -= step


def _ratio(theta: Array, r: Array) -> float:
    """Return ``|theta| / |r|``, or 1 if one of both is 0."""
    lengths = float(np.linalg.norm(theta)), float(np.linalg.norm(r))
    return lengths[0] / lengths[1] if all(lengths) else 1.0
