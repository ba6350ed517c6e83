"""Stochastic gradient descent: downhill, a step at a time."""

from typing import Any, Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.checks import between_0_and_1
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.options import Options
from numpy_ann.optimizers.schedules import LearningRateSchedule

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Plain: ``theta = theta - learning_rate g``. With momentum::

        v = momentum v - learning_rate g
        theta = theta + v                                       plain momentum
        theta = theta + momentum v - learning_rate g            nesterov=True

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes.
    momentum : float
        How much of the last step is kept, from 0 to 1.
    nesterov : bool
        Whether to look ahead along the momentum.
    **options
        ``weight_decay``, ``clipnorm`` and the others of every ``Optimizer``. The name, left out, is
        ``"SGD"``, in capitals, as in Keras' files.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013,
    equations 1 to 4.

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> SGD(learning_rate=0.5).step(theta, np.array([1.0, -1.0]))
    >>> theta
    array([0.5, 2.5])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.name = options.get("name") or "SGD"
        self.momentum = between_0_and_1("momentum", momentum)
        self.nesterov = bool(nesterov)

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``momentum``, if there is any."""
        return ("momentum",) if self.momentum else ()

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

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
