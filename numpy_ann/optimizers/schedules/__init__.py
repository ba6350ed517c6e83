"""Learning rates that change as training goes. Read them in this order: ExponentialDecay, CosineDecay."""

from typing import Any

from numpy_ann.lookup import find
from numpy_ann.optimizers.schedules.decay import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "LearningRateSchedule",
    "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "serialize",
]  # fmt: skip

_BY_NAME = {name: globals()[name] for name in __all__ if name.endswith(("Decay", "Restarts"))}


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return a schedule as Keras writes it into a configuration.

    >>> serialize(InverseTimeDecay(0.5, 10, 1.0))["class_name"]
    'InverseTimeDecay'
    """
    return {
        "module": "keras.optimizers.schedules",
        "class_name": type(learning_rate_schedule).__name__,
        "config": learning_rate_schedule.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any]) -> LearningRateSchedule:
    """Return the schedule that ``serialize`` described.

    Raises
    ------
    ValueError
        If there is no schedule of that class.
    """
    cls: type[LearningRateSchedule] = find("schedule", config["class_name"], _BY_NAME)
    return cls.from_config(config["config"])
