"""The optimizers that a file may name."""

from typing import Any

from numpy_ann import optimizers
from numpy_ann.optimizers import SGD, Adam, Optimizer, RMSprop
from numpy_ann.saving.item import Item
from numpy_ann.saving.options import ANYTHING, Neutral, Table, make, number

__all__ = ["NON_NEGATIVE_SLOTS", "OPTIMIZERS", "read_optimizer", "write_optimizer"]

NON_NEGATIVE_SLOTS = frozenset({"velocity"})
"""Slots that are means of squares: the optimizer takes their root."""

_LARGEST = 3.4e38  # a float32


def _learning_rate(item: Item) -> float:
    if isinstance(item.value, dict):
        schedule = item["class_name"].string()
        raise item.error(f"the learning rate schedule {schedule!r} is not supported; a fixed rate is")
    return item.number(0, _LARGEST)


_COMMON = {"name": Item.string, "learning_rate": _learning_rate}
_COMMON_INERT: dict[str, Neutral] = {
    "weight_decay": (None, 0),
    "clipnorm": (None,),
    "global_clipnorm": (None,),
    "clipvalue": (None,),
    "use_ema": (False,),
    "ema_momentum": ANYTHING,  # with use_ema alone
    "ema_overwrite_frequency": ANYTHING,  # likewise
    "loss_scale_factor": (None,),
    "gradient_accumulation_steps": (None,),
    "jit_compile": ANYTHING,  # how Keras runs it
    "is_legacy_optimizer": ANYTHING,  # which of its two Adams Keras 2 makes; they compute the same
    "decay": (None, 0),
}

OPTIMIZERS: dict[str, Table] = {
    "Adam": Table(
        Adam,
        {**_COMMON, "beta_1": number(0, 1), "beta_2": number(0, 1), "epsilon": number(0, _LARGEST)},
        {**_COMMON_INERT, "amsgrad": (False,)},
        written={"amsgrad": False},
    ),
    "RMSprop": Table(
        RMSprop,
        {**_COMMON, "rho": number(0, 1), "epsilon": number(0, _LARGEST)},
        {**_COMMON_INERT, "momentum": (0,), "centered": (False,)},
        written={"momentum": 0.0, "centered": False},
    ),
    "SGD": Table(SGD, {**_COMMON, "momentum": number(0, 1), "nesterov": Item.boolean}, _COMMON_INERT),
}


def read_optimizer(item: Item) -> Optimizer:
    """Read an optimizer: an object, or a name with Keras' own options."""
    if isinstance(item.value, str):
        try:
            return optimizers.get(item.value)
        except ValueError as error:
            raise item.error(str(error)) from None
    optimizer: Optimizer = make(item, "optimizer", OPTIMIZERS)
    return optimizer


def write_optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer's class name and its options: those that Keras 2.15 and Keras 3 both know.

    Raises
    ------
    ValueError
        If files have no such optimizer.
    """
    name = type(optimizer).__name__
    if name not in OPTIMIZERS or type(optimizer) is not OPTIMIZERS[name].make:
        raise ValueError(
            f"The optimizer {name} can't be written to a Keras file; {', '.join(sorted(OPTIMIZERS))} can. "
            "With include_optimizer=False, an .h5 file holds the rest."
        )
    return {"class_name": name, "config": {**optimizer.get_config(), **OPTIMIZERS[name].written}}
