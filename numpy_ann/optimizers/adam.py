"""Adam: each parameter has a step size of its own, from the gradients that it has seen."""

from typing import Any, Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.checks import above_0, below_1
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.options import Options
from numpy_ann.optimizers.parts import blocks
from numpy_ann.optimizers.schedules import LearningRateSchedule

__all__ = ["Adam"]


class Adam(Optimizer):
    """Adaptive moments: running means of the gradient and of its square set the step.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        m = beta_1 m + (1 - beta_1) g               the running mean of g
        v = beta_2 v + (1 - beta_2) g^2             the running mean of g^2
        alpha = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
        theta = theta - alpha m / (sqrt(v) + epsilon)

    ``alpha`` makes up for ``m`` and ``v`` starting at 0. ``epsilon`` is the paper's "epsilon hat": it is
    added after the correction went into ``alpha``, as in Keras.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes, about.
    beta_1, beta_2 : float
        How slowly ``m`` and ``v`` change; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0.
    amsgrad : bool
        Whether to divide by the root of the largest ``v`` so far, so that steps never grow again.
    **options
        ``weight_decay``, ``clipnorm`` and the others of every ``Optimizer``.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1 with the
    reordering at the end of section 2; ``amsgrad``: Reddi, Kale and Kumar, "On the Convergence of Adam and
    Beyond", ICLR 2018, algorithm 2.

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> Adam(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    interleaved = ("momentum", "velocity")
    non_negative_slots = frozenset({"velocity", "velocity_hat"})

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = below_1("beta_1", beta_1)
        self.beta_2 = below_1("beta_2", beta_2)
        self.epsilon = above_0("epsilon", epsilon)
        self.amsgrad = bool(amsgrad)

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``m`` and ``v``, as Keras calls them, and the largest ``v`` if that is wanted."""
        return ("momentum", "velocity", "velocity_hat") if self.amsgrad else ("momentum", "velocity")

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Take Adam's step; every operation in place."""
        # In the model's precision, as Keras does it: in float32, 1 - beta_2^t has lost some digits, and a
        # training that goes on from Keras' file shows the difference.
        precise = theta.dtype.type
        t, one, beta_1, beta_2 = map(precise, (self.iterations, 1, self.beta_1, self.beta_2))
        alpha = precise(learning_rate) * np.sqrt(one - beta_2**t) / (one - beta_1**t)
        for block in blocks(theta.size):
            self._update_block(block, theta[block], g[block], alpha)

    def _update_block(self, block: slice, theta: Array, g: Array, alpha: np.floating) -> None:
        m, v, step = self.state["momentum"][block], self.state["velocity"][block], self._scratch[block]

        m *= self.beta_1
        m += np.multiply(g, 1 - self.beta_1, out=step)

        v *= self.beta_2
        np.multiply(g, g, out=step)
        step *= 1 - self.beta_2
        v += step

        if self.amsgrad:
            largest = self.state["velocity_hat"][block]
            v = np.maximum(v, largest, out=largest)
        np.sqrt(v, out=step)
        step += self.epsilon
        np.divide(m, step, out=step)
        step *= alpha
        theta -= step

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        options = {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
        return {**super().get_config(), **options}
