"""An optimizer in files: its options, its steps, and its slots in the orders that Keras has had."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from numpy_ann import optimizers
from numpy_ann._typing import Array
from numpy_ann.optimizers import SGD, Adadelta, Adagrad, Adam, Ftrl, Nadam, Optimizer, RMSprop
from numpy_ann.optimizers.legacy import decayed
from numpy_ann.optimizers.optimizer import DEFAULTS
from numpy_ann.optimizers.schedules import InverseTimeDecay
from numpy_ann.part import ours
from numpy_ann.saving.containers.hdf5 import Group
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.model_contents import Architecture, OptimizerState
from numpy_ann.saving.formats.objects import class_of, handed_over, make, row_of, serialize_keras_object
from numpy_ann.saving.formats.options import Row, optional, read_options, within
from numpy_ann.saving.formats.parts import LEGACY_OPTIMIZERS, OPTIMIZERS, SCHEDULES

_LARGEST_ITERATION, _LARGEST_RATE = 2**62, 1e30
_OF_LEGACY = ("decay", "lr", "schedule_decay")  # options that only optimizers of Keras before 2.11 have
_WITHOUT = " With include_optimizer=False, an .h5 file holds the rest."


def read_optimizer(item: ConfigValue) -> Optimizer:
    """Read an optimizer: an object, or a name with Keras' own options."""
    if isinstance(item.value, str):
        return item.checked(optimizers.get, item.value)  # type: ignore[no-any-return]
    found: Any = handed_over(item, "optimizer", OPTIMIZERS) if isinstance(item.value, dict) else None
    if found is None and any(option in item["config"] for option in _OF_LEGACY):
        return _read_legacy(item)
    return make(item, "optimizer", OPTIMIZERS) if found is None else found  # type: ignore[no-any-return]


def _read_legacy(item: ConfigValue) -> Optimizer:
    """Read an optimizer of Keras before 2.11; that of TensorFlow from 1.14 on, and Keras 2.4, has a name."""
    name = class_of(item, "optimizer", LEGACY_OPTIMIZERS)
    row, config = LEGACY_OPTIMIZERS[name], item["config"]
    known = {key: reader for key, reader in row.arguments.items() if key not in DEFAULTS or "clip" in key}
    known |= dict.fromkeys(("lr", "decay"), within(float, 0, _LARGEST_RATE))
    if "epsilon" in known:
        known["epsilon"] = optional(known["epsilon"], 1e-7)
    options = read_options(config, known, row.inert)
    if "lr" in options:
        if "learning_rate" in options:
            raise config.error("both lr and learning_rate, which are two names of one option")
        options["learning_rate"] = options.pop("lr")
    # One without a name is older: its clipnorm is of the whole gradient, its Adagrad begins at 0.
    if "name" not in options and "clipnorm" in options:
        options["global_clipnorm"] = options.pop("clipnorm")
    if "name" not in options and name == "Adagrad":
        options.setdefault("initial_accumulator_value", 0.0)
    decay = options.pop("decay", 0.0)
    try:
        if name == "Nadam":
            options.setdefault("schedule_decay", decay)
        elif decay:
            options["learning_rate"] = decayed(options.get("learning_rate", row.make().learning_rate), decay)
        optimizer: Optimizer = row.make(**options)
    except (TypeError, ValueError) as error:
        raise item.error(str(error)) from None
    return optimizer


def _row(optimizer: Optimizer) -> Row:
    row = LEGACY_OPTIMIZERS.get(type(optimizer).__name__)
    if row is not None and type(optimizer) is row.make:
        return row
    return row_of(optimizer, "optimizer", OPTIMIZERS, _WITHOUT)


def _unlike_todays(optimizer: Optimizer) -> bool:
    """Return whether it is a legacy one that computes something else than Keras 3's of the name."""
    return ours(type(optimizer)) and _row(optimizer).make is not OPTIMIZERS[type(optimizer).__name__].make


def _as_legacy(optimizer: Optimizer) -> bool:
    """Return whether Keras 2's legacy optimizers have one that computes the same."""
    row = _row(optimizer)
    plain = optimizer.weight_decay is None and set(optimizer.slots) == set(optimizer.own_slots)
    return plain and row.legacy is not None and row.legacy_if(optimizer)


def write_optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer's object as Keras 3 writes it; for a legacy one, its own of that name, and warn."""
    _row(optimizer)
    name = type(optimizer).__name__
    if callable(optimizer.get_config()["learning_rate"]):
        cure = f"Set a number or a schedule before saving: compile(optimizer=...).{_WITHOUT}"
        raise ValueError(f"A Keras file can't hold a function as the learning rate. {cure}")
    if optimizer.schedule is not None:
        row_of(optimizer.schedule, "schedule", SCHEDULES, _WITHOUT)
    if not _unlike_todays(optimizer):
        return serialize_keras_object(optimizer)  # type: ignore[no-any-return]
    now = OPTIMIZERS[name]
    if not now.legacy_if(optimizer) or name == "Nadam":
        rule = "a training from it goes on slightly otherwise. An .h5 file holds the legacy one."
        text = f"Keras 3 has no legacy {name}: the file holds its {name}, by whose rule {rule}"
        warnings.warn(text, UserWarning, stacklevel=2)
    config = optimizer.get_config()
    config.pop("schedule_decay", None)
    return {"module": "keras.optimizers", "class_name": name, "config": config, "registered_name": None}


def write_h5_optimizer(optimizer: Optimizer) -> dict[str, Any]:
    """Return an optimizer as Keras 2 writes it: as a legacy one, if that computes the same."""
    legacy, name = _as_legacy(optimizer), type(optimizer).__name__
    own = _unlike_todays(optimizer)
    if own and not legacy:
        raise ValueError(f"In files, a legacy {name} has no weight decay, average or accumulation.{_WITHOUT}")
    entry = {} if own else write_optimizer(optimizer)
    config = entry.get("config") or optimizer.get_config()
    config = {key: None if "clip" in key and value == 0 else value for key, value in config.items()}
    if legacy:
        config = {key: v for key, v in config.items() if key not in DEFAULTS or ("clip" in key and v)}
        if own:
            config["decay"] = config.pop("schedule_decay", 0.0)
        schedule: Any = optimizer.schedule  # which Keras 2's Adagrad can't read, but one that `decay` makes
        made_so = isinstance(schedule, InverseTimeDecay) and schedule.decay_steps == 1
        if own and isinstance(optimizer, Adagrad) and made_so and not schedule.staircase:
            config |= {"learning_rate": schedule.initial_learning_rate, "decay": schedule.decay_rate}
        return {"class_name": name, "config": config}
    if registered := entry.get("registered_name"):
        return {"class_name": registered, "config": config}
    # The newer kind of Keras 2, of which Keras 3 takes the name alone: so only where no legacy one will do.
    for option in ("loss_scale_factor", "gradient_accumulation_steps"):  # of Keras 3; in Keras 2, an error
        if config[option] is None:
            del config[option]
    # Keras 3 looks the optimizer up by this name.
    names = {"name": name, "jit_compile": False, "is_legacy_optimizer": False}
    return {"class_name": f"Custom>{name}", "config": {**config, **names}}


def numbered_arrays(optimizer: Optimizer, state: OptimizerState) -> list[Any]:
    """Return Keras 3's arrays: iteration, learning rate if no schedule sets it, slots, Nadam's product."""
    arrays: list[Any] = [np.int64(state.iterations)]
    if optimizer.schedule is None:
        arrays.append(np.float32(optimizer.learning_rate))
    arrays += [array for _, _, array in _in_order(optimizer, state.slots)]
    if isinstance(optimizer, Nadam) and state.slots:
        # All may be frozen: then there is no slot to say the precision.
        precise = next((array.dtype.type for array in state.slots["velocity"]), np.float32)
        arrays.append(precise(Nadam._product_of(optimizer, optimizer.iterations)))  # Keras 3's own
    return arrays


def _in_order(optimizer: Optimizer, slots: Mapping[str, Sequence[Array]]) -> Iterator[tuple[str, int, Any]]:
    for slot, p in optimizer.slot_order(max(map(len, slots.values()))) if slots else ():
        array = slots[slot][p]
        # The rows that Adafactor has no use for in a vector are integers.
        unused = array.shape == () and optimizer.slot_shape(slot, (1,)) == ()
        yield slot, p, np.int32(array) if unused else array


def named_arrays(optimizer: Optimizer, state: OptimizerState, parameters: Sequence[str]) -> dict[str, Any]:
    """Return the arrays of ``.h5`` files by name, in the order of Keras 2."""
    name, row = type(optimizer).__name__, _row(optimizer)
    if _as_legacy(optimizer) and row.legacy is not None:
        arrays: dict[str, Any] = {f"{name}/iter:0": np.int64(state.iterations)}
        if isinstance(optimizer, Nadam) and state.slots:
            arrays[f"{name}/momentum_cache:0"] = np.float32(optimizer.momentum_product)
        for slot, values in state.slots.items():
            leaf = row.legacy.get(slot, slot)
            arrays |= {f"{name}/{p}/{leaf}:0": array for p, array in zip(parameters, values, strict=True)}
        return arrays
    found = [*_in_order(optimizer, state.slots)]
    if isinstance(optimizer, SGD) and "average" in state.slots and "momentum" not in state.slots:
        # Keras 2 keeps a momentum for every SGD; without momentum it stays 0.
        found += [("momentum", p, np.zeros_like(a)) for p, a in enumerate(state.slots["average"])]
    places = {f"{name}/{row.keras2.get(slot, slot)}/{parameters[p]}:0": array for slot, p, array in found}
    return {"iteration:0": np.int64(state.iterations), **places}


def read_state(
    group: Group, optimizer: Optimizer, architecture: Architecture, *, named: bool = False,
    places: Sequence[int] | None = None,
) -> OptimizerState:  # fmt: skip
    """Read the arrays of a state: numbered ones, or those whose order names in an attribute give.

    ::

        0, 1 if there is no schedule,       slots by ``slot_order``          numbered: Keras 3
        adam/iteration, adam/learning_rate, slots by ``slot_order``          Keras 3
        iteration:0,                        slots by ``slot_order``          Keras 2, from 2.11 on
        Adam/iter:0,                        all of m, then all of v          Keras 2's legacy optimizers
        Adam/iterations, training/Adam/variable_1, ...       the same        Keras 2.0 to 2.3
        param_0, param_1, ...                                the same        Keras 1

    Before Keras 2.3, RMSprop, Adagrad and Adadelta don't count; Adam may have a number for each unused ``v``.
    ``places`` say for which trainable parameters a slot's arrays are, where not in the model's order.
    """
    slots, weights = optimizer.slots, [*chain(*architecture.weight_formats)]
    kept = [weight for weight in weights if weight.trained]
    counted, by_slot = True, False
    if named:
        names = group.texts("weight_names", 8 * len(weights) + 8)
        # What a variable is called in its scope: "iter" of "Adam/iter:0".
        leaves = [name.rpartition("/")[2].removesuffix(":0") for name in names]
        first, second = [*leaves, "", ""][:2]
        by_slot, has_rate = bool(names) and first != "iteration", second == "learning_rate"
        uncounted = by_slot and isinstance(optimizer, (RMSprop, Adagrad, Adadelta))
        counted = not uncounted or len(names) != len(slots) * len(kept) or first.startswith("iter")
    else:
        names = [str(i) for i in range(len(group))]
        has_rate = optimizer.schedule is None and len(names) > 1 and group.shape("1") == ()
    if not names:
        return OptimizerState(0, {})
    # In Keras 1, it is a float.
    count = group.array(names[0], (), "if" if by_slot else "i").item() if counted else 0
    if not 0 <= count <= _LARGEST_ITERATION or count % 1:
        raise group.error(f"{count} is not a number of iterations")
    if has_rate and optimizer.schedule is not None:
        raise group.error("a learning rate, but the configuration has a schedule of it")
    rate = float(group.array(names[1], (), "f", "float32")) if has_rate else None
    if rate is not None and rate < 0:
        raise group.error(f"{rate} is not a learning rate")
    names = names[counted + has_rate :]
    if isinstance(optimizer, SGD) and not optimizer.momentum and len(names) == (len(slots) + 1) * len(kept):
        names = names[: len(slots) * len(kept)]  # Keras 2 keeps a momentum for every SGD; here it stays 0
    if isinstance(optimizer, Nadam) and len(names) % len(slots) == 1:
        # Keras keeps the product of momenta, which follows from the iterations: last, or first.
        names = names[1:] if by_slot else names[:-1]
    if isinstance(optimizer, Adam) and by_slot and not optimizer.amsgrad and len(names) == 3 * len(kept):
        names = names[: 2 * len(kept)]
    if not names:
        return OptimizerState(int(count), {}, rate)
    if len(names) == len(slots) * len(weights) and places is None:
        kept = list(weights)  # Keras 3.0 keeps state for weights that aren't trained, too
    elif len(names) != len(slots) * len(kept):
        own = f"{type(optimizer).__name__} has {len(slots)} for each of the {len(kept)} trainable weights"
        cure = "With compile=False, the model loads without them."
        raise group.error(f"{len(names)} arrays of state, but {own}. {cure}")
    places = places or range(len(kept))
    state: dict[str, dict[int, Array]] = {slot: {} for slot in slots}
    # In Keras 2's legacy optimizers, slot follows slot; but not in Ftrl.
    order = optimizer.slot_order(len(kept))
    if by_slot and not isinstance(optimizer, Ftrl):
        order = [(slot, p) for slot in slots for p in range(len(kept))]
    for name, (slot, p) in zip(names, order, strict=True):
        weight = kept[places[p]]
        if not weight.trained:
            continue
        shape = optimizer.slot_shape(slot, weight.shape)
        kind = "i" if shape == () and optimizer.slot_shape(slot, (1,)) == () else "f"
        values = group.array(name, shape, kind, architecture.dtype)
        if slot in optimizer.non_negative_slots and (values < 0).any():
            raise group.error(f"{name!r} has numbers below 0, but is a mean of squares")
        state[slot][places[p]] = values
    sorted_state = {slot: [arrays[p] for p in sorted(arrays)] for slot, arrays in state.items()}
    return OptimizerState(int(count), sorted_state, rate)
