"""The learning rate schedules that a file may name."""

from typing import Any

from numpy_ann.optimizers import Optimizer
from numpy_ann.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.options import Reader, Table, make, number

__all__ = ["SCHEDULES", "check_schedule", "read_learning_rate"]

_LARGEST = 3.4e38  # a float32
_MOST_PIECES = 10_000

_rate = number(0, _LARGEST)


def _optional(reader: Reader) -> Reader:
    """Return the reader of null or what ``reader`` reads."""
    return lambda item: None if item.is_null else reader(item)


def _steps(item: ConfigValue) -> int | float:
    """Read a number of steps; an int stays one."""
    return item.integer(0, 2**62) if isinstance(item.value, int) else item.number(0, _LARGEST)


def _list(reader: Reader) -> Reader:
    return lambda item: [reader(entry) for entry in item.array(_MOST_PIECES)]


_NAME: dict[str, Reader] = {"name": _optional(ConfigValue.string)}
_BEGINNING: dict[str, Reader] = {**_NAME, "initial_learning_rate": _rate}
_DECAY: dict[str, Reader] = {
    **_BEGINNING,
    "decay_steps": _steps,
    "decay_rate": _rate,
    "staircase": ConfigValue.boolean,
}

SCHEDULES: dict[str, Table] = {
    "ExponentialDecay": Table(ExponentialDecay, _DECAY),
    "InverseTimeDecay": Table(InverseTimeDecay, _DECAY),
    "PiecewiseConstantDecay": Table(
        PiecewiseConstantDecay, {**_NAME, "boundaries": _list(_steps), "values": _list(_rate)}
    ),
    "PolynomialDecay": Table(
        PolynomialDecay,
        {
            **_BEGINNING,
            "decay_steps": _steps,
            "end_learning_rate": _rate,
            "power": _rate,
            "cycle": ConfigValue.boolean,
        },
    ),
    "CosineDecay": Table(
        CosineDecay,
        {
            **_BEGINNING,
            "decay_steps": _steps,
            "alpha": number(0, 1),
            "warmup_target": _optional(_rate),
            "warmup_steps": _steps,
        },
    ),
    "CosineDecayRestarts": Table(
        CosineDecayRestarts,
        {
            **_BEGINNING,
            "first_decay_steps": _steps,
            "t_mul": _rate,
            "m_mul": _rate,
            "alpha": number(0, 1),
        },
    ),
}


def read_learning_rate(item: ConfigValue) -> float | LearningRateSchedule:
    """Read a learning rate: a number, or a schedule."""
    if not isinstance(item.value, dict):
        return item.number(0, _LARGEST)
    schedule: LearningRateSchedule = make(item, "learning rate schedule", SCHEDULES)
    return schedule


def check_schedule(optimizer: Optimizer) -> None:
    """Raise unless files can hold the optimizer's learning rate.

    Raises
    ------
    ValueError
        If it is a schedule of the user's own.
    """
    kind: Any = type(optimizer.schedule)
    if optimizer.schedule is not None and kind not in [table.make for table in SCHEDULES.values()]:
        raise ValueError(
            f"The schedule {kind.__name__} can't be written to a Keras file; {', '.join(sorted(SCHEDULES))} "
            "can. With include_optimizer=False, an .h5 file holds the rest."
        )
