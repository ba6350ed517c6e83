"""RMSprop: steps divided by how large the gradient has lately been."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import Optimizer

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """Divide the gradient by the root of a running mean of its square.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        theta = theta - learning_rate g / sqrt(v + epsilon)

    Note that ``epsilon`` stands under the root here, in Adam beside it; both as in Keras.

    Parameters
    ----------
    learning_rate : float
        How far a step goes, about.
    rho : float
        How slowly ``v`` changes; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0.
    name : str, optional
        Left out: ``"rmsprop"``.

    Source: Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012).

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> RMSprop(learning_rate=0.1, rho=0.75).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8, 2.2])
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.9,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, name=name or "rmsprop")
        if not 0 <= rho < 1:
            raise ValueError(f"`rho` must be from 0 to below 1. Received: rho={rho!r}")
        if not epsilon > 0:
            raise ValueError(f"`epsilon` must be above 0. Received: epsilon={epsilon!r}")
        self.rho = float(rho)
        self.epsilon = float(epsilon)

    @property
    def slots(self) -> tuple[str, ...]:
        """``v``, as Keras calls it."""
        return ("velocity",)

    def update(self, theta: Array, g: Array) -> None:
        """Take the step; every operation in place."""
        v, step = self.state["velocity"], self._scratch
        v *= self.rho
        np.multiply(g, g, out=step)
        step *= 1 - self.rho
        v += step

        np.add(v, self.epsilon, out=step)
        np.sqrt(step, out=step)
        np.divide(g, step, out=step)
        step *= self.learning_rate
        theta -= step

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
