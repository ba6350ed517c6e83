"""The losses that a file may name."""

from typing import Any

from numpy_ann import losses
from numpy_ann.lookup import snake_case
from numpy_ann.losses import BY_CLASS, Loss
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.layers import read_dtype
from numpy_ann.saving.formats.options import Reader, Table, choice, function_name, make, number

__all__ = ["LOSSES", "read_loss", "write_loss"]

_LARGEST = 3.4e38  # a float32

# Keras 2's "auto" is the mean in fit and evaluate; Keras 3.9 took up "mean" for it.
_REDUCTIONS = choice(
    {
        "auto": "sum_over_batch_size",
        "mean": "sum_over_batch_size",
        "mean_with_sample_weight": "mean_with_sample_weight",
        "none": "none",
        "sum": "sum",
        "sum_over_batch_size": "sum_over_batch_size",
    }
)


def _reduction(item: ConfigValue) -> str | None:
    return None if item.is_null else _REDUCTIONS(item)


def _weights(item: ConfigValue) -> float | list[float]:
    """Read one weight of 0 or more, or one for each class."""
    if isinstance(item.value, list):
        return [entry.number(0, _LARGEST) for entry in item.array(10_000)]
    return item.number(0, _LARGEST)


# How each option is read that a loss has beside name and reduction; the loss checks it further.
_OPTIONS: dict[str, Reader] = {
    "alpha": _weights,
    "apply_class_balancing": ConfigValue.boolean,
    "delta": number(0, _LARGEST),  # which Keras 3 leaves out of its own files, and reads
    "from_logits": ConfigValue.boolean,
    "gamma": number(0, _LARGEST),
    "label_smoothing": number(0, 1),
}


def _table(name: str, cls: type[Loss]) -> Table:
    """Return the row of a loss, from its options."""
    # What Keras writes beside, all of it without effect at these values.
    written: dict[str, Any] = {"axis": -1} if "label_smoothing" in cls.options else {}
    if cls.integer_targets and "from_logits" in cls.options:
        written = {"ignore_class": None}
    return Table(
        cls,
        {"name": ConfigValue.string, "reduction": _reduction, **{key: _OPTIONS[key] for key in cls.options}},
        # Keras 2 writes the function that computes the loss; of some, the axis.
        {
            **({} if "axis" in cls.options else {"axis": (-1,)}),
            "dtype": read_dtype,
            "fn": (snake_case(name),),
            **{key: (value,) for key, value in written.items()},
        },
        written=written,
    )


LOSSES: dict[str, Table] = {name: _table(name, cls) for name, cls in BY_CLASS.items()}


def read_loss(item: ConfigValue) -> str | Loss | None:
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
    if name.lower() in CROSSENTROPY:  # what it means, the first targets will say
        return name
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
    config = {**loss.get_config(), **LOSSES[name].written}
    if config["reduction"] == "mean":
        config["reduction"] = "sum_over_batch_size"  # the same, and known to Keras before 3.9 too
    return {"class_name": name, "config": config}
