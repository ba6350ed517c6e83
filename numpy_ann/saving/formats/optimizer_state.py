"""An optimizer's state in HDF5: how many steps it took, and its slots, in the orders that Keras has had."""

from collections.abc import Sequence

from numpy_ann._typing import Array, Shape
from numpy_ann.optimizers import SGD, Nadam, Optimizer
from numpy_ann.saving.containers.hdf5 import Group
from numpy_ann.saving.formats.model_contents import OptimizerState
from numpy_ann.saving.formats.optimizer_layout import order
from numpy_ann.saving.formats.optimizers import NON_NEGATIVE_SLOTS
from numpy_ann.saving.formats.weights import checked_numbers

__all__ = ["read_named_state", "read_numbered_state"]

_LARGEST_ITERATION = 2**62


def read_numbered_state(
    group: Group, optimizer: Optimizer, parameters: Sequence[tuple[Shape, bool]], dtype: str
) -> OptimizerState:
    """Read the layout of ``.keras`` and ``.weights.h5`` files: the arrays are named 0, 1, 2, ...

    ::

        iteration, learning_rate, slots      Keras 3; with a schedule, there is no learning_rate
        iteration,                slots      Keras 2

    ``optimizer_layout.order`` is the order of the slots.

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
    return _read(group, names, optimizer, parameters, dtype, has_rate=has_rate, by_slot=False)


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
    first, second = ([*map(_leaf, names), "", ""])[:2]
    by_slot = first == "iter"
    if names and not by_slot and first != "iteration":
        raise group.error(f"the state begins with {first!r}, not with the number of iterations")
    return _read(
        group, names, optimizer, parameters, dtype, has_rate=second == "learning_rate", by_slot=by_slot
    )


def _leaf(name: str) -> str:
    """Return what a variable is called in its scope: ``"iter"`` of ``"Adam/iter:0"``."""
    return name.rpartition("/")[2].removesuffix(":0")


def _read(
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
    for name, (slot, p) in zip(names, order(slots, len(kept), by_slot=by_slot), strict=True):
        shape, trained = kept[p]
        if not trained:
            continue
        values = checked_numbers(group.array(name, shape), dtype, f"{group.place}/{name}")
        if slot in NON_NEGATIVE_SLOTS and (values < 0).any():
            raise group.error(f"{name!r} has numbers below 0, but is a mean of squares")
        state[slot].append(values)
    return OptimizerState(iterations, state, rate)
