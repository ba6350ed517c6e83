"""What Adamax and Nadam share with Adam: two running figures of the gradient, and their options."""

from typing import Any, Unpack

from numpy_ann.optimizers.checks import above_0, below_1
from numpy_ann.optimizers.optimizer import Optimizer
from numpy_ann.optimizers.options import Options
from numpy_ann.optimizers.schedules import LearningRateSchedule

__all__ = ["TwoMoments"]


class TwoMoments(Optimizer):
    """The base of optimizers with ``beta_1``, ``beta_2`` and ``epsilon``; it defines no ``update``."""

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(learning_rate, **options)
        self.beta_1 = below_1("beta_1", beta_1)
        self.beta_2 = below_1("beta_2", beta_2)
        self.epsilon = above_0("epsilon", epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        options = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **options}
