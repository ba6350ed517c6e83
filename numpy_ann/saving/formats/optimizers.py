"""The optimizers that a file may name."""

from typing import Any

from numpy_ann import optimizers
from numpy_ann.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
)
from numpy_ann.optimizers.options import DEFAULTS
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.options import ANYTHING, Neutral, Reader, Table, make, number
from numpy_ann.saving.formats.schedules import check_schedule, read_learning_rate

__all__ = ["NON_NEGATIVE_SLOTS", "OPTIMIZERS", "read_optimizer", "write_h5_optimizer", "write_optimizer"]

NON_NEGATIVE_SLOTS = frozenset(
    {
        "velocity",
        "velocity_hat",
        "norm",
        "accumulator",
        "accumulated_grad",
        "accumulated_delta_var",
    }
)
"""Slots that are sums or means of squares, or sizes: the optimizer takes their root or divides by them."""

_LARGEST = 3.4e38  # a float32
_limit = number(0, _LARGEST)


def _optional_limit(item: ConfigValue) -> float | None:
    return None if item.is_null else _limit(item)


def _frequency(item: ConfigValue) -> int | None:
    return None if item.is_null else item.integer(1, 2**62)


_COMMON: dict[str, Reader] = {
    "name": ConfigValue.string,
    "learning_rate": read_learning_rate,
    "weight_decay": _optional_limit,
    "clipnorm": _optional_limit,
    "global_clipnorm": _optional_limit,
    "clipvalue": _optional_limit,
    "use_ema": ConfigValue.boolean,
    "ema_momentum": number(0, 1),
    "ema_overwrite_frequency": _frequency,
}
_BETAS: dict[str, Reader] = {**_COMMON, "beta_1": number(0, 1), "beta_2": number(0, 1)}
_MOMENTS: dict[str, Reader] = {**_BETAS, "epsilon": _limit}
_ADAM: dict[str, Reader] = {**_MOMENTS, "amsgrad": ConfigValue.boolean}
_MEANS: dict[str, Reader] = {**_COMMON, "rho": number(0, 1), "epsilon": _limit}
_INERT: dict[str, Neutral] = {
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
    "jit_compile": ANYTHING,  # how Keras runs it
    "is_legacy_optimizer": ANYTHING,  # which of its two kinds Keras 2 makes; see _check_legacy
    "decay": (None, 0),
}

OPTIMIZERS: dict[str, Table] = {
    "SGD": Table(SGD, {**_COMMON, "momentum": number(0, 1), "nesterov": ConfigValue.boolean}, _INERT),
    "Adagrad": Table(Adagrad, {**_COMMON, "initial_accumulator_value": _limit, "epsilon": _limit}, _INERT),
    "RMSprop": Table(RMSprop, {**_MEANS, "momentum": number(0, 1), "centered": ConfigValue.boolean}, _INERT),
    "Adadelta": Table(Adadelta, _MEANS, _INERT),
    "Adam": Table(Adam, _ADAM, _INERT),
    "AdamW": Table(AdamW, {**_ADAM, "weight_decay": _limit}, _INERT),
    "Adamax": Table(Adamax, _MOMENTS, _INERT),
    "Nadam": Table(Nadam, _MOMENTS, _INERT),
    "Lion": Table(Lion, _BETAS, _INERT),
}


def read_optimizer(item: ConfigValue) -> Optimizer:
    """Read an optimizer: an object, or a name with Keras' own options."""
    if isinstance(item.value, str):
        try:
            return optimizers.get(item.value)
        except ValueError as error:
            raise item.error(str(error)) from None
    optimizer: Optimizer = make(item, "optimizer", OPTIMIZERS)
    _check_legacy(item, optimizer)
    return optimizer


def _check_legacy(item: ConfigValue, optimizer: Optimizer) -> None:
    """Refuse those of Keras 2's legacy optimizers that compute something else; they alone have a decay."""
    if "decay" in item["config"] and not _as_legacy(optimizer):
        raise item.error(
            f"the {type(optimizer).__name__} of keras.optimizers.legacy follows another formula and is not "
            "supported. With compile=False, the model loads without it."
        )


def _as_legacy(optimizer: Optimizer) -> bool:
    """Return whether Keras 2's legacy optimizers have one that computes the same."""
    if optimizer.weight_decay is not None or optimizer.use_ema:
        return False
    if isinstance(optimizer, RMSprop):
        return optimizer.momentum > 0  # without momentum, epsilon stands beside the root there
    if isinstance(optimizer, Adagrad):
        return optimizer.initial_accumulator_value > 0.01  # likewise; but beside this, epsilon is nothing
    return type(optimizer) in (SGD, Adam, Adamax, Adadelta)


def write_optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer's class name and its options, as Keras 3 writes them.

    Raises
    ------
    ValueError
        If files have no such optimizer, or no such schedule.
    """
    name = type(optimizer).__name__
    if name not in OPTIMIZERS or type(optimizer) is not OPTIMIZERS[name].make:
        raise ValueError(
            f"The optimizer {name} can't be written to a Keras file; {', '.join(sorted(OPTIMIZERS))} can. "
            "With include_optimizer=False, an .h5 file holds the rest."
        )
    check_schedule(optimizer)
    return {"class_name": name, "config": optimizer.get_config()}


def write_h5_optimizer(optimizer: Optimizer) -> tuple[dict[str, Any], bool]:
    """Return an optimizer's class name and options as Keras 2 writes them, and whether it is a legacy one.

    Keras 3 reads a legacy one's options too. Of Keras 2's newer ones it takes the name alone, and makes an
    optimizer with default options; so these are written only where there is no legacy one that computes the
    same.

    Raises
    ------
    ValueError
        As ``write_optimizer``.
    """
    entry = write_optimizer(optimizer)
    config = {key: None if "clip" in key and value == 0 else value for key, value in entry["config"].items()}
    legacy = _as_legacy(optimizer)
    if legacy:
        config = {key: v for key, v in config.items() if key not in DEFAULTS or ("clip" in key and v)}
        return {"class_name": entry["class_name"], "config": config}, legacy
    for option in ("loss_scale_factor", "gradient_accumulation_steps"):  # of Keras 3
        del config[option]
    # Keras 3 looks the optimizer up by this name.
    names = {"name": entry["class_name"], "jit_compile": False, "is_legacy_optimizer": False}
    return {"class_name": f"Custom>{entry['class_name']}", "config": {**config, **names}}, legacy
