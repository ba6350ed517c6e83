"""Learning rates that change as training goes. Read them in this order: ExponentialDecay, CosineDecay."""

from typing import Any

from numpy_ann.lookup import find
from numpy_ann.optimizers.schedules.schedule import LearningRateSchedule
from numpy_ann.part import ours
from numpy_ann.registration import get_registered_name, get_registered_object

# isort: off
from numpy_ann.optimizers.schedules.decay import (
    CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay,
    PolynomialDecay,
)  # fmt: skip

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
    cls = type(learning_rate_schedule)
    module, registered = (
        ("keras.optimizers.schedules", None) if ours(cls) else (None, get_registered_name(cls))
    )
    entry = {"class_name": cls.__name__, "config": learning_rate_schedule.get_config()}
    return {"module": module, **entry, "registered_name": registered}


def deserialize(config: dict[str, Any]) -> LearningRateSchedule:
    """Return the schedule that ``serialize`` described; one of one's own is registered or in a scope.

    Raises ``ValueError`` if there is no schedule of that class.
    """
    own = get_registered_object(config.get("registered_name"))
    cls: type[LearningRateSchedule] = own or find("schedule", config["class_name"], _BY_NAME)
    return cls.from_config(config["config"])
