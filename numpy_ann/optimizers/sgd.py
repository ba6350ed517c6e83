"""Stochastic gradient descent: downhill, a step at a time."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_bool, checked_number

__all__ = ["SGD"]


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
        ``weight_decay``, ``clipnorm`` and the others of every ``Optimizer``. The name, left out, is
        ``"SGD"``, in capitals, as in Keras' files.

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

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``v``, as Keras calls it, if there is momentum."""
        return ("momentum",) if self.momentum else ()

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        if not self.momentum:
            return theta - learning_rate * g, {}
        v = self.momentum * state["momentum"] - learning_rate * g
        return theta + (self.momentum * v - learning_rate * g if self.nesterov else v), {"momentum": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Step downhill."""
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
