"""Optimizers of one's own: what they remember stands in a tuple, or in a property where options decide."""

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers import Optimizer
from numpy_ann.optimizers.optimizer import Slots


class HeavyBall(Optimizer):
    """A rule that always keeps the same."""

    own_slots = interleaved = ("momentum",)
    non_negative_slots = frozenset({"momentum"})

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        v = 0.9 * state["momentum"] - learning_rate * g
        return theta + v, {"momentum": v}


class MaybeHeavyBall(Optimizer):
    """A rule whose option decides."""

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0) -> None:
        super().__init__(learning_rate)
        self.momentum = momentum

    @property
    def own_slots(self) -> tuple[str, ...]:
        return ("momentum",) if self.momentum else ()


def right() -> None:
    for optimizer in (HeavyBall(0.5), MaybeHeavyBall(0.5, momentum=0.9)):
        optimizer.step(np.zeros(2), np.ones(2))
        print(", ".join(optimizer.slots))


def wrong() -> None:
    HeavyBall(0.5).step(np.zeros(2))  # E: call-arg, reportCallIssue
    MaybeHeavyBall("fast")  # E: arg-type, reportArgumentType
