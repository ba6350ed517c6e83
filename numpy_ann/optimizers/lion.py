"""Lion: every parameter moves by the same amount; only the direction is learned."""

from typing import Any, Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.checks import between_0_and_1
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.options import Options
from numpy_ann.optimizers.schedules import LearningRateSchedule

__all__ = ["Lion"]


class Lion(Optimizer):
    """Step by the sign of a mix of momentum and gradient.

    With ``g`` the gradient::

        theta = theta - learning_rate sign(beta_1 m + (1 - beta_1) g)
        m = beta_2 m + (1 - beta_2) g

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far each parameter moves: a third to a tenth of what suits Adam.
    beta_1 : float
        How much the momentum counts for the direction; above 0, up to 1.
    beta_2 : float
        How slowly ``m`` changes; from 0 to 1.
    **options
        ``weight_decay``, ``clipnorm`` and the others of every ``Optimizer``.

    Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, algorithm 2.

    Examples
    --------
    >>> theta = np.array([1.0, 2.0])
    >>> Lion(learning_rate=0.125).step(theta, np.array([3.0, -0.5]))
    >>> theta
    array([0.875, 2.125])
    """

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = between_0_and_1("beta_1", beta_1)
        if not self.beta_1:
            raise ValueError(
                f"`beta_1` must be above 0, or the momentum is unused. Received: beta_1={beta_1!r}"
            )
        self.beta_2 = between_0_and_1("beta_2", beta_2)

    @property
    def own_slots(self) -> tuple[str, ...]:
        """``m``, as Keras calls it."""
        return ("momentum",)

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Take the step; every operation in place."""
        m, step, other = self.state["momentum"], self._scratch, self._spare
        beta_1, beta_2 = map(theta.dtype.type, (self.beta_1, self.beta_2))
        np.multiply(m, beta_1, out=step)
        step += np.multiply(g, 1 - beta_1, out=other)
        np.sign(step, out=step)
        step *= learning_rate
        theta -= step

        m *= beta_2
        m += np.multiply(g, 1 - beta_2, out=step)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
