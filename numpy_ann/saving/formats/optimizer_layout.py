"""The orders that Keras keeps an optimizer's numbers in, and writing them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann.optimizers import SGD, Nadam, Optimizer
from numpy_ann.saving.formats.model_contents import OptimizerState
from numpy_ann.saving.formats.optimizers import write_h5_optimizer

__all__ = ["named_arrays", "numbered_arrays", "order"]

# Slots that stand beside each other, parameter by parameter; all others come one after the other.
_PAIRS = {
    ("momentum", "velocity"),
    ("momentum", "norm"),
    ("accumulated_grad", "accumulated_delta_var"),
}

_KERAS2_NAMES = {
    **{(name, "momentum"): "m" for name in ("SGD", "Adam", "AdamW", "Adamax", "Nadam", "Lion")},
    **{(name, "velocity"): "v" for name in ("Adam", "AdamW", "Nadam")},
    **{(name, "velocity_hat"): "vhat" for name in ("Adam", "AdamW")},
    ("Adamax", "norm"): "u",
}
_LEGACY_NAMES = {
    ("Adam", "momentum"): "m",
    ("Adam", "velocity"): "v",
    ("Adam", "velocity_hat"): "vhat",
    ("Adamax", "momentum"): "m",
    ("Adamax", "norm"): "v",
    ("RMSprop", "velocity"): "rms",
    ("RMSprop", "average_gradient"): "mg",
    ("Adadelta", "accumulated_grad"): "accum_grad",
    ("Adadelta", "accumulated_delta_var"): "accum_var",
}


def order(slots: Sequence[str], parameters: int, *, by_slot: bool = False) -> list[tuple[str, int]]:
    """Return the slot and the number of the parameter of each array, as they follow each other in files.

    Parameters
    ----------
    slots : sequence of str
        An optimizer's.
    parameters : int
        How many there are.
    by_slot : bool
        Whether slot follows slot, as for Keras 2's legacy optimizers.

    Examples
    --------
    >>> order(("momentum", "velocity", "velocity_hat"), 2)[:3]
    [('momentum', 0), ('velocity', 0), ('momentum', 1)]
    >>> order(("momentum", "velocity", "velocity_hat"), 2)[3:]
    [('velocity', 1), ('velocity_hat', 0), ('velocity_hat', 1)]
    """
    groups: list[tuple[str, ...]] = []
    for slot in slots:
        if groups and not by_slot and (*groups[-1], slot) in _PAIRS:
            groups[-1] = (*groups[-1], slot)
        else:
            groups.append((slot,))
    return [(slot, p) for group in groups for p in range(parameters) for slot in group]


def numbered_arrays(optimizer: Optimizer, state: OptimizerState) -> list[Any]:
    """Return the arrays of ``.keras`` and ``.weights.h5`` files, in the order of Keras 3.

    ::

        iteration, learning_rate (unless a schedule sets it), slots, the product of momenta (Nadam's alone)
    """
    arrays: list[Any] = [np.int64(state.iterations)]
    if optimizer.schedule is None:
        arrays.append(np.float32(optimizer.learning_rate))
    arrays += _slots(state)
    if isinstance(optimizer, Nadam) and state.slots:
        # All may be frozen: then there is no slot to say the precision.
        precise = next((array.dtype.type for array in state.slots["velocity"]), np.float32)
        arrays.append(precise(optimizer.momentum_product))
    return arrays


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
    name = type(optimizer).__name__
    _, legacy = write_h5_optimizer(optimizer)
    if legacy:
        places = order(list(state.slots), len(parameters), by_slot=True)
        arrays = [state.slots[slot][p] for slot, p in places]
        leaves = [f"{name}/{parameters[p]}/{_LEGACY_NAMES.get((name, s), s)}:0" for s, p in places]
        return {f"{name}/iter:0": np.int64(state.iterations), **dict(zip(leaves, arrays, strict=True))}
    if isinstance(optimizer, SGD) and "average" in state.slots and "momentum" not in state.slots:
        # Keras 2 keeps a momentum for every SGD; without momentum it stays 0.
        zeros = [np.zeros_like(array) for array in state.slots["average"]]
        state = OptimizerState(state.iterations, {**state.slots, "momentum": zeros})
    places = order(list(state.slots), len(parameters))
    leaves = [f"{name}/{_KERAS2_NAMES.get((name, s), s)}/{parameters[p]}:0" for s, p in places]
    return {"iteration:0": np.int64(state.iterations), **dict(zip(leaves, _slots(state), strict=True))}


def _slots(state: OptimizerState) -> list[Any]:
    parameters = max(map(len, state.slots.values()), default=0)
    return [state.slots[slot][p] for slot, p in order(list(state.slots), parameters)]
