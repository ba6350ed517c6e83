"""Stochastic gradient descent: downhill, a step at a time; and Lion, which learns the direction alone."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.flat_vector import move_mean
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_bool, checked_number


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Plain: ``theta = theta - learning_rate g``. With momentum::

        v = momentum v - learning_rate g
        theta = theta + v                                       plain momentum
        theta = theta + momentum v - learning_rate g            nesterov=True

    Parameters
    ----------
    momentum : float
        How much of the last step is kept, from 0 to 1.
    nesterov : bool
        Whether to look ahead along the momentum.
    **options
        Those of every ``Optimizer``. The name, left out, is ``"SGD"``, in capitals, as in Keras' files.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013,
    equations 1 to 4.

    >>> theta = np.array([1.0, 2.0])
    >>> SGD(learning_rate=0.5).step(theta, np.array([1.0, -1.0]))
    >>> theta
    array([0.5, 2.5])
    """

    def __init__(
        self, learning_rate: LearningRateLike = 0.01, momentum: float = 0.0,
        nesterov: bool = False, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.name = options.get("name") or "SGD"
        self.momentum = checked_number("momentum", momentum, least=0, most=1)
        self.nesterov = checked_bool("nesterov", nesterov)
        self.own_slots = ("momentum",) if self.momentum else ()  # v, as Keras calls it

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        if not self.momentum:
            return theta - learning_rate * g, {}
        v = self.momentum * state["momentum"] - learning_rate * g
        return theta + (self.momentum * v - learning_rate * g if self.nesterov else v), {"momentum": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        step = np.multiply(g, learning_rate, out=self._scratch)
        if not self.momentum:
            theta -= step
            return
        v = self.state["momentum"]
        v *= self.momentum
        v -= step
        if self.nesterov:
            theta -= step
            theta += np.multiply(v, self.momentum, out=step)
        else:
            theta += v


class Lion(Optimizer):
    """Step by the sign of a mix of momentum and gradient.

    With ``g`` the gradient::

        theta = theta - learning_rate sign(beta_1 m + (1 - beta_1) g)
        m = beta_2 m + (1 - beta_2) g

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far each parameter moves: a third to a tenth of what suits Adam.
    beta_1, beta_2 : float
        How much the momentum counts for the direction, above 0, up to 1; how slowly ``m`` changes, 0 to 1.

    Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2.

    >>> theta = np.array([1.0, 2.0])
    >>> Lion(learning_rate=0.125).step(theta, np.array([3.0, -0.5]))
    >>> theta
    array([0.875, 2.125])
    """

    own_slots = ("momentum",)  # m, as Keras calls it

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, beta_1: float = 0.9, beta_2: float = 0.99,
        **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.beta_1 = checked_number("beta_1", beta_1, above=0, most=1)  # at 0, the momentum is unused
        self.beta_2 = checked_number("beta_2", beta_2, least=0, most=1)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        m = state["momentum"]
        step = learning_rate * np.sign(self.beta_1 * m + (1 - self.beta_1) * g)
        return theta - step, {"momentum": self.beta_2 * m + (1 - self.beta_2) * g}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, step, other = self.state["momentum"], self._scratch, self._spare
        beta_1, beta_2 = map(theta.dtype.type, (self.beta_1, self.beta_2))
        np.multiply(m, beta_1, out=step)
        step += np.multiply(g, 1 - beta_1, out=other)
        np.sign(step, out=step)
        step *= learning_rate
        theta -= step
        move_mean(m, beta_2, g, step)
