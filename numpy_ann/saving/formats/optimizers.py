"""An optimizer in files: its options, its steps, and its slots in the orders that Keras has had."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import optimizers
from numpy_ann._typing import Array, Shape
from numpy_ann.optimizers import SGD, Nadam, Optimizer
from numpy_ann.optimizers.optimizer import DEFAULTS
from numpy_ann.saving.containers.hdf5 import Group
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.model_contents import OptimizerState
from numpy_ann.saving.formats.options import make, row_of
from numpy_ann.saving.formats.parts import OPTIMIZERS, SCHEDULES
from numpy_ann.saving.formats.weights import checked_numbers

__all__ = [
    "named_arrays",
    "numbered_arrays",
    "read_named_state",
    "read_numbered_state",
    "read_optimizer",
    "write_h5_optimizer",
    "write_optimizer",
]

_LARGEST_ITERATION = 2**62
_WITHOUT = " With include_optimizer=False, an .h5 file holds the rest."


def read_optimizer(item: ConfigValue) -> Optimizer:
    """Read an optimizer: an object, or a name with Keras' own options."""
    if isinstance(item.value, str):
        try:
            return optimizers.get(item.value)
        except ValueError as error:
            raise item.error(str(error)) from None
    optimizer: Optimizer = make(item, "optimizer", OPTIMIZERS)
    # Keras 2's legacy optimizers alone have a decay.
    if "decay" in item["config"] and not _as_legacy(optimizer):
        raise item.error(
            f"the {type(optimizer).__name__} of keras.optimizers.legacy follows another formula and is not "
            "supported. With compile=False, the model loads without it."
        )
    return optimizer


def _as_legacy(optimizer: Optimizer) -> bool:
    """Return whether Keras 2's legacy optimizers have one that computes the same."""
    row = OPTIMIZERS[type(optimizer).__name__]
    plain = optimizer.weight_decay is None and set(optimizer.slots) == set(optimizer.own_slots)
    return plain and row.legacy is not None and row.legacy_if(optimizer)


def write_optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer's class name and its options, as Keras 3 writes them.

    Raises
    ------
    ValueError
        If files have no such optimizer, or no such schedule.
    """
    row_of(optimizer, "optimizer", OPTIMIZERS, _WITHOUT)
    if optimizer.schedule is not None:
        row_of(optimizer.schedule, "schedule", SCHEDULES, _WITHOUT)
    return {"class_name": type(optimizer).__name__, "config": optimizer.get_config()}


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
    for option in ("loss_scale_factor", "gradient_accumulation_steps"):  # of Keras 3; in Keras 2, an error
        if config[option] is None:
            del config[option]
    # Keras 3 looks the optimizer up by this name.
    names = {"name": entry["class_name"], "jit_compile": False, "is_legacy_optimizer": False}
    return {"class_name": f"Custom>{entry['class_name']}", "config": {**config, **names}}, legacy


def numbered_arrays(optimizer: Optimizer, state: OptimizerState) -> list[Any]:
    """Return the arrays of ``.keras`` and ``.weights.h5`` files, in the order of Keras 3.

    ::

        iteration, learning_rate (unless a schedule sets it), slots, the product of momenta (Nadam's alone)
    """
    arrays: list[Any] = [np.int64(state.iterations)]
    if optimizer.schedule is None:
        arrays.append(np.float32(optimizer.learning_rate))
    if not state.slots:
        return arrays
    for slot, p in optimizer.slot_order(_parameters(state)):
        array = state.slots[slot][p]
        arrays.append(np.int32(array) if _kind(optimizer, slot, array.shape) == "i" else array)
    if isinstance(optimizer, Nadam):
        # All may be frozen: then there is no slot to say the precision.
        precise = next((array.dtype.type for array in state.slots["velocity"]), np.float32)
        arrays.append(precise(optimizer.momentum_product))
    return arrays


def _kind(optimizer: Optimizer, slot: str, shape: Shape) -> str:
    """Return the kind of a slot's array: the rows that Adafactor has no use for in a vector are integers."""
    return "i" if shape == () and optimizer.slot_shape(slot, (1,)) == () else "f"


def _parameters(state: OptimizerState) -> int:
    return max(map(len, state.slots.values()), default=0)


def named_arrays(optimizer: Optimizer, state: OptimizerState, parameters: Sequence[str]) -> dict[str, Any]:
    """Return the arrays of ``.h5`` files by name, in the order of Keras 2.

    Parameters
    ----------
    optimizer : Optimizer
        As configured.
    state : OptimizerState
        Where it is.
    parameters : sequence of str
        The names of the trained parameters: ``"dense/kernel"``.
    """
    arrays: dict[str, Any]
    name = type(optimizer).__name__
    row = OPTIMIZERS[name]
    if _as_legacy(optimizer) and row.legacy is not None:
        arrays = {f"{name}/iter:0": np.int64(state.iterations)}
        for slot, values in state.slots.items():
            leaf = row.legacy.get(slot, slot)
            arrays |= {f"{name}/{p}/{leaf}:0": array for p, array in zip(parameters, values, strict=True)}
        return arrays
    arrays, slots = {"iteration:0": np.int64(state.iterations)}, dict(state.slots)
    order = optimizer.slot_order(_parameters(state)) if slots else []
    if isinstance(optimizer, SGD) and "average" in slots and "momentum" not in slots:
        # Keras 2 keeps a momentum for every SGD; without momentum it stays 0.
        slots["momentum"] = [np.zeros_like(array) for array in slots["average"]]
        order += [("momentum", p) for p in range(_parameters(state))]
    for slot, p in order:
        array = slots[slot][p]
        place = f"{name}/{row.keras2.get(slot, slot)}/{parameters[p]}:0"
        arrays[place] = np.int32(array) if _kind(optimizer, slot, array.shape) == "i" else array
    return arrays


def read_numbered_state(
    group: Group, optimizer: Optimizer, parameters: Sequence[tuple[Shape, bool]], dtype: str
) -> OptimizerState:
    """Read the layout of ``.keras`` and ``.weights.h5`` files: the arrays are named 0, 1, 2, ...

    ::

        iteration, learning_rate, slots      Keras 3; with a schedule, there is no learning_rate
        iteration,                slots      Keras 2

    ``optimizer.slot_order`` is the order of the slots.

    Parameters
    ----------
    group : Group
        ``optimizer/vars``.
    optimizer : Optimizer
        As configured.
    parameters : sequence of tuple
        The shape of each of the model's parameters, and whether it is trained.
    dtype : str
        Of the model.
    """
    names = [str(i) for i in range(len(group))]
    has_rate = optimizer.schedule is None and len(names) > 1 and group.shape("1") == ()
    return _read_state(group, names, optimizer, parameters, dtype, has_rate=has_rate, by_slot=False)


def read_named_state(
    group: Group, optimizer: Optimizer, parameters: Sequence[tuple[Shape, bool]], dtype: str
) -> OptimizerState:
    """Read the layout of ``.h5`` files: a list of names, in an attribute, gives the order.

    ::

        adam/iteration, adam/learning_rate, slots as above                   Keras 3
        iteration:0,                        slots as above                   Keras 2, from 2.11 on
        Adam/iter:0,                        all of m, then all of v          Keras 2's legacy optimizers

    Parameters are those of ``read_numbered_state``, the group being ``optimizer_weights``.
    """
    names = group.texts("weight_names", 8 * len(parameters) + 8)
    # What a variable is called in its scope: "iter" of "Adam/iter:0".
    leaves = [name.rpartition("/")[2].removesuffix(":0") for name in names]
    first, second = [*leaves, "", ""][:2]
    by_slot = first == "iter"
    if names and not by_slot and first != "iteration":
        raise group.error(f"the state begins with {first!r}, not with the number of iterations")
    return _read_state(
        group, names, optimizer, parameters, dtype, has_rate=second == "learning_rate", by_slot=by_slot
    )


def _read_state(
    group: Group,
    names: Sequence[str],
    optimizer: Optimizer,
    parameters: Sequence[tuple[Shape, bool]],
    dtype: str,
    *,
    has_rate: bool,
    by_slot: bool,
) -> OptimizerState:
    if not names:
        return OptimizerState(0, {})
    iterations = int(group.array(names[0], (), "i"))
    if not 0 <= iterations <= _LARGEST_ITERATION:
        raise group.error(f"{iterations} is not a number of iterations")
    rate = None
    if has_rate and optimizer.schedule is not None:
        raise group.error("a learning rate, but the configuration has a schedule of it")
    if has_rate:
        rate = float(checked_numbers(group.array(names[1], ()), "float32", f"{group.place}/{names[1]}"))
        if rate < 0:
            raise group.error(f"{rate} is not a learning rate")
    names = names[1 + has_rate :]
    slots = optimizer.slots
    kept = [(shape, True) for shape, trained in parameters if trained]
    if isinstance(optimizer, SGD) and not optimizer.momentum and len(names) == (len(slots) + 1) * len(kept):
        names = names[: len(slots) * len(kept)]  # Keras 2 keeps a momentum for every SGD; here it stays 0
    if isinstance(optimizer, Nadam) and len(names) % len(slots) == 1:
        names = names[:-1]  # Keras 3 keeps the product of momenta, which follows from the iterations
    if not names:
        return OptimizerState(iterations, {}, rate)
    if len(names) == len(slots) * len(parameters):
        kept = list(parameters)  # Keras 3.0 keeps state for weights that aren't trained, too
    elif len(names) != len(slots) * len(kept):
        raise group.error(
            f"{len(names)} arrays of state, but {type(optimizer).__name__} has {len(slots)} for each of the "
            f"{len(kept)} trainable weights. With compile=False, the model loads without them."
        )
    state: dict[str, list[Array]] = {slot: [] for slot in slots}
    # In Keras 2's legacy optimizers, slot follows slot.
    legacy = [(slot, p) for slot in slots for p in range(len(kept))]
    order = legacy if by_slot else optimizer.slot_order(len(kept))
    for name, (slot, p) in zip(names, order, strict=True):
        shape, trained = kept[p]
        if not trained:
            continue
        shape = optimizer.slot_shape(slot, shape)
        array = group.array(name, shape, _kind(optimizer, slot, shape))
        values = checked_numbers(array, dtype, f"{group.place}/{name}")
        if slot in optimizer.non_negative_slots and (values < 0).any():
            raise group.error(f"{name!r} has numbers below 0, but is a mean of squares")
        state[slot].append(values)
    return OptimizerState(iterations, state, rate)
