"""Nadam: Adam that looks ahead along its momentum, as Nesterov does."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.adam import TwoMoments
from numpy_ann.optimizers.optimizer import Slots
from numpy_ann.parameter import Parameter

__all__ = ["Nadam"]

# The products of 1 - 0.96^i / 2 over i = 1, ..., t. From t = 1000 on, they no longer change.
_DAMPING = np.cumprod(1 - 0.96 ** np.arange(1, 1001) / 2)


class Nadam(TwoMoments):
    """Adam with Nesterov momentum, which grows from half of ``beta_1`` to ``beta_1``.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        u_t = beta_1 (1 - 0.96^t / 2)                       the momentum of step t
        U_t = u_1 u_2 ... u_t
        m = beta_1 m + (1 - beta_1) g
        v = beta_2 v + (1 - beta_2) g^2
        m_hat = u_{t+1} m / (1 - U_{t+1}) + (1 - u_t) g / (1 - U_t)
        v_hat = v / (1 - beta_2^t)
        theta = theta - learning_rate m_hat / (sqrt(v_hat) + epsilon)

    Parameters
    ----------
    beta_1, beta_2 : float
        How slowly ``m`` and ``v`` change; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2.

    >>> theta = np.array([1.0, 2.0])
    >>> Nadam(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8937, 2.1063])
    """

    own_slots = interleaved = ("momentum", "velocity")  # m and v, as Keras calls them
    non_negative_slots = frozenset({"velocity"})

    @property
    def momentum_product(self) -> float:
        """``U_t`` after the steps taken: a function of their number, which Keras' files hold all the same."""
        return self._product_of(self.iterations)

    def _product_of(self, t: int) -> float:
        return float(self.beta_1**t * _DAMPING[min(t, len(_DAMPING)) - 1]) if t else 1.0

    @property
    def variables(self) -> list[Any]:
        """What it keeps, as Keras lists it; last, the product of momenta, which can't be set."""
        if self.size is None:
            return super().variables
        product = np.array(self.momentum_product, self._scratch.dtype)
        product.flags.writeable = False
        return [*super().variables, Parameter("variable", product, trainable=False)]

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        u, u_next = (self.beta_1 * (1 - 0.96**i / 2) for i in (t, t + 1))
        product = self._product_of(t)
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        m_hat = u_next * m / (1 - product * u_next) + (1 - u) * g / (1 - product)
        theta = theta - learning_rate * m_hat / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)
        return theta, {"momentum": m, "velocity": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, v = self.state["momentum"], self.state["velocity"]
        step, root = self._scratch, self._spare
        precise = theta.dtype.type
        t, beta_1, beta_2, decay = map(precise, (self._t, self.beta_1, self.beta_2, 0.96))
        u, u_next = (beta_1 * (1 - decay**i / 2) for i in (t, t + 1))
        product = precise(self._product_of(self._t))

        m *= beta_1
        m += np.multiply(g, 1 - beta_1, out=step)

        v *= beta_2
        np.multiply(g, g, out=step)
        step *= 1 - beta_2
        v += step

        np.multiply(m, u_next / (1 - product * u_next), out=step)
        step += np.multiply(g, (1 - u) / (1 - product), out=root)  # m_hat
        np.divide(v, 1 - beta_2**t, out=root)  # v_hat
        np.sqrt(root, out=root)
        root += self.epsilon
        step /= root
        step *= precise(learning_rate)
        theta -= step
