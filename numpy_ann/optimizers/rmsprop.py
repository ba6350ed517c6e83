"""RMSprop: steps divided by how large the gradient has lately been."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_bool, checked_fraction, checked_number

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Divide the gradient by the root of a running mean of its square.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        a = rho a + (1 - rho) g                                     centered=True; otherwise a = 0
        step = learning_rate g / sqrt(v - a^2 + epsilon)
        theta = theta - step                                        plain
        u = momentum u + step, theta = theta - u                    with momentum

    Note that ``epsilon`` stands under the root here, in Adam beside it; both as in Keras.

    Parameters
    ----------
    rho : float
        How slowly ``v`` and ``a`` change; from 0 up to, not including, 1.
    momentum : float
        How much of the last step is kept, from 0 to 1.
    epsilon : float
        Keeps the division finite; above 0.
    centered : bool
        Whether to divide by the root of the variance of the gradient, rather than of its mean square.

    Source: Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centered and with
    momentum: Graves, "Generating Sequences With Recurrent Neural Networks", 2013, equations 38 to 41.

    >>> theta = np.array([1.0, 2.0])
    >>> RMSprop(learning_rate=0.1, rho=0.75).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8, 2.2])
    """

    non_negative_slots = frozenset({"velocity"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, rho: float = 0.9, momentum: float = 0.0,
        epsilon: float = 1e-7, centered: bool = False, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.rho = checked_number("rho", rho, least=0, below=1)
        self.momentum = checked_fraction("momentum", momentum)
        self.epsilon = checked_number("epsilon", epsilon, above=0)
        self.centered = checked_bool("centered", centered)

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``v``, ``u`` and ``a``, as Keras calls them."""
        wanted = {"velocity": True, "momentum": self.momentum > 0, "average_gradient": self.centered}
        return tuple(name for name, is_wanted in wanted.items() if is_wanted)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        v = self.rho * state["velocity"] + (1 - self.rho) * g**2
        a = self.rho * state["average_gradient"] + (1 - self.rho) * g if self.centered else np.zeros_like(g)
        step = learning_rate * g / np.sqrt(v - a**2 + self.epsilon)
        u = self.momentum * state["momentum"] + step if self.momentum else step
        slots = {"velocity": v, "momentum": u, "average_gradient": a}
        return theta - u, {name: slots[name] for name in self.own_slots}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        v, step = self.state["velocity"], self._scratch
        v *= self.rho
        np.multiply(g, g, out=step)
        step *= 1 - self.rho
        v += step

        if self.centered:
            a = self.state["average_gradient"]
            a *= self.rho
            a += np.multiply(g, 1 - self.rho, out=step)
            np.multiply(a, a, out=step)
            np.subtract(v, step, out=step)
            step += self.epsilon
        else:
            np.add(v, self.epsilon, out=step)
        np.sqrt(step, out=step)
        np.divide(g, step, out=step)
        step *= learning_rate
        if self.momentum:
            u = self.state["momentum"]
            u *= self.momentum
            u += step
            step = u
        theta -= step
