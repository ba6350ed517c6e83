"""PiecewiseConstantDecay: one learning rate up to here, another up to there."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule, rate_of

__all__ = ["PiecewiseConstantDecay"]


class PiecewiseConstantDecay(LearningRateSchedule):
    """Change the learning rate after given numbers of steps.

    ::

        rate = values[0]    for              step <= boundaries[0]
               values[i]    for boundaries[i - 1] < step <= boundaries[i]
               values[-1]   for boundaries[-1] < step

    Parameters
    ----------
    boundaries : list of int
        Numbers of steps, rising; at a boundary itself the rate is still the one before it. Fractions are cut
        off, as in Keras.
    values : list of float
        The rates: one more than boundaries.
    name : str, optional
        Left out: ``"PiecewiseConstant"``, as in Keras.

    Source: Keras' schedule of this name.

    Examples
    --------
    >>> schedule = PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.25])
    >>> [schedule(step) for step in range(6)]
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str | None = "PiecewiseConstant"
    ) -> None:
        super().__init__(name=name or "PiecewiseConstant")
        if len(boundaries) != len(values) - 1 or not boundaries:
            raise ValueError(
                "`boundaries` must hold at least one number, and one less than `values`. "
                f"Received: boundaries={boundaries!r}, values={values!r}"
            )
        if list(boundaries) != sorted(boundaries):
            raise ValueError(f"`boundaries` must rise. Received: boundaries={boundaries!r}")
        self.boundaries = list(boundaries)
        self.values = [rate_of("values", value) for value in values]

    def rate(self, step: np.float32) -> np.float32:
        """Return the rate of the piece that ``step`` lies in."""
        return np.float32(self.values[bisect_left([int(b) for b in self.boundaries], step)])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
