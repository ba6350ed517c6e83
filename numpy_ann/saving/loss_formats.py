"""The losses that a file may name."""

from typing import Any

from numpy_ann import losses
from numpy_ann.losses import CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy
from numpy_ann.saving.item import Item
from numpy_ann.saving.layer_formats import read_dtype
from numpy_ann.saving.options import Table, choice, function_name, make, number

__all__ = ["LOSSES", "read_loss", "write_loss"]

# Keras 2's "auto" is the mean in fit and evaluate; Keras 3.9 took up "mean" for it.
_REDUCTION = choice(
    {
        "auto": "sum_over_batch_size",
        "mean": "sum_over_batch_size",
        "sum": "sum",
        "sum_over_batch_size": "sum_over_batch_size",
    }
)
_COMMON = {"name": Item.string, "reduction": _REDUCTION, "from_logits": Item.boolean}

LOSSES: dict[str, Table] = {
    "CategoricalCrossentropy": Table(
        CategoricalCrossentropy,
        {**_COMMON, "label_smoothing": number(0, 1)},
        {"axis": (-1,), "dtype": read_dtype, "fn": ("categorical_crossentropy",)},
        written={"axis": -1},
    ),
    "SparseCategoricalCrossentropy": Table(
        SparseCategoricalCrossentropy,
        _COMMON,
        {
            "axis": (-1,),
            "dtype": read_dtype,
            "fn": ("sparse_categorical_crossentropy",),
            "ignore_class": (None,),
        },
        written={"ignore_class": None},
    ),
}


def read_loss(item: Item) -> str | Loss | None:
    """Read a loss as ``compile`` was given it: a name, a loss, or null."""
    if item.is_null:
        return None
    if isinstance(item.value, list):  # one entry for each output
        outputs = item.array(64)
        if len(outputs) != 1:
            raise item.error(f"losses for {len(outputs)} outputs; a chain of layers has one")
        return read_loss(outputs[0])
    if isinstance(item.value, dict) and item["class_name"].value != "function":
        loss: Loss = make(item, "loss", LOSSES)
        return loss
    name = function_name(item)
    try:
        losses.get(name)
    except ValueError as error:
        raise item.error(str(error)) from None
    return name


def write_loss(loss: str | Loss | None) -> Any:
    """Return what Keras reads: a name as it is, a loss as class name and configuration.

    Raises
    ------
    ValueError
        If files have no such loss.
    """
    if loss is None or isinstance(loss, str):
        return loss
    name = type(loss).__name__
    if name not in LOSSES or type(loss) is not LOSSES[name].make:
        raise ValueError(
            f"The loss {name} can't be written to a Keras file; {', '.join(sorted(LOSSES))} can. "
            "With include_optimizer=False, an .h5 file holds the rest."
        )
    return {"class_name": name, "config": {**loss.get_config(), **LOSSES[name].written}}
