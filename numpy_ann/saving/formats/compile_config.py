"""How a model was compiled, as both kinds of files say it; and, beside Keras' words, where training stood."""

import re
from collections.abc import Sequence
from typing import Any

from numpy_ann import losses, metrics, optimizers
from numpy_ann.keras_tensor import leaves, mapped
from numpy_ann.lookup import snake_case
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics import LossMetric, MeanMetricWrapper, Metric, SparseCategoricalAccuracy
from numpy_ann.metrics.identifiers import BY_SHAPE
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.model_contents import CompileArguments, OutputArguments, ResumeState
from numpy_ann.saving.formats.objects import handed_over, make, serialize_keras_object
from numpy_ann.saving.formats.optimizers import read_optimizer, write_h5_optimizer, write_optimizer
from numpy_ann.saving.formats.parts import LOSSES, METRICS

# isort: off
from numpy_ann.saving.formats.options import (
    ANYTHING, Reader, each, function_name, optional, read_dtype, read_options, within,
)  # fmt: skip

_KEYS = dict.fromkeys((*OutputArguments._fields, "optimizer", "optimizer_config"), ANYTHING)
# How Keras runs a step, not what it computes:
_KEYS |= each("run_eagerly steps_per_execution jit_compile auto_scale_loss", ANYTHING)
_KEYS["sample_weight_mode"] = (None,)
_ACCURACY = ("acc", "accuracy")  # names of one metric or another, by the shape of the labels
_MOST_METRICS = 100

RESUME_KEY = "numpy_ann"
"""The name of an attribute of ``.h5`` files, and of an entry of ``.keras`` files' ``metadata.json``."""

_LOST_OPTIMIZER = (
    "The file does not say with which optimizer the model was compiled (Keras 3 drops it when a model is "
    "saved as .h5 and then as .keras). It is loaded with a new RMSprop, as Keras does it: compile it "
    "again before training."
)
_VERSION = 1
_MOST_STREAMS, _EPOCHS = 10_000, within(int, 0, 2**31)
_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,64}")
_WIDE = ("state", "inc")  # of the generator PCG64: 128 bits each, more than JSON readers promise to keep


def read_compiled(
    config: ConfigValue | None, outputs: Sequence[str] | None = None
) -> tuple[CompileArguments | None, list[str]]:
    """Return the arguments of ``compile``, for one output or those named, and what to tell a user of them."""
    if config is None or not config.fields():
        return None, []
    given, outputs = config.get("optimizer") or config.get("optimizer_config"), outputs or ()
    optimizer = optimizers.get("rmsprop") if given is None else read_optimizer(given)
    values = {key: item.value for key, item in config.fields().items()}
    for key in ("loss", "metrics", "weighted_metrics"):  # under the one output's name; of a chain, any
        if len(outputs) < 2 and isinstance(values.get(key), dict) and "class_name" not in values[key]:
            if len(values[key]) != 1 or (outputs and [*values[key]] != [*outputs]):
                raise config[key].error(f"{sorted(values[key])} aren't the one output {list(outputs)}")
            (entry,) = values[key].values()
            listed = key != "loss" and not isinstance(entry, list | None)
            values[key] = [entry] if listed else entry
    config = ConfigValue(values, config.place)
    of_one = read_options(config, {} if len(outputs) > 1 else _OUTPUT, _KEYS)
    read = _by_output(config, outputs) if len(outputs) > 1 else OutputArguments(**of_one)
    arguments = CompileArguments(optimizer, read, has_optimizer=given is not None)
    return arguments, [] if given is not None else [_LOST_OPTIMIZER]


def _by_output(
    config: ConfigValue, outputs: Sequence[str]
) -> list[OutputArguments] | dict[str, OutputArguments]:
    given = [(key, item) for key in OutputArguments._fields if (item := config.get(key)) is not None]
    named = [item for _, item in given if isinstance(item.value, dict) and "class_name" not in item]
    each: dict[str, dict[str, Any]] = {name: {} for name in outputs}
    for key, item in given:
        if isinstance(item.value, list):
            entries = item.array(len(outputs))
            if len(entries) != len(outputs):
                raise item.error(f"{len(entries)} entries for {len(outputs)} outputs")
            found = dict(zip(outputs, entries, strict=True))
        elif item in named:
            found = item.fields()
        elif key == "loss":
            found = dict.fromkeys(each, item)
        else:
            raise item.unexpected("an entry for each output")
        if unknown := sorted(found.keys() - each.keys()):
            raise item.error(f"{unknown} are none of the outputs {list(outputs)}")
        for name, entry in found.items():
            listed = "metrics" in key and not isinstance(entry.value, list | None)
            each[name][key] = [entry.value] if listed else entry.value
    parts = {
        name: OutputArguments(**read_options(ConfigValue(own, config.place), _OUTPUT, {}))
        for name, own in each.items()
    }
    return parts if named else list(parts.values())


def read_loss(item: ConfigValue) -> Any:
    """Read a loss as ``compile`` was given it: a name, a loss, or null."""
    if item.value is None:
        return None
    if isinstance(item.value, list):  # one entry for each output
        outputs = item.array(64)
        if len(outputs) != 1:
            raise item.error(f"losses for {len(outputs)} outputs; a chain of layers has one")
        return read_loss(outputs[0])
    if (own := handed_over(item, "loss", LOSSES)) is not None:
        return own
    if isinstance(item.value, dict) and item["class_name"].value != "function":
        loss, function = make(item, "loss", LOSSES), item["config"].get("fn")
        name = snake_case(type(loss).__name__)
        if function is not None and function.value != name:  # of Keras 2: its class says which, too
            raise function.unexpected(repr(name))
        return loss
    name = function_name(item)
    if name.lower() not in CROSSENTROPY:  # what these mean, the first targets will say
        item.checked(losses.get, name)
    return name


def _read_weight(item: ConfigValue) -> float:
    """Read the weight of the one output's loss, which may stand in a list or under the output's name."""
    if isinstance(item.value, list | dict):
        entries = item.array(64) if isinstance(item.value, list) else list(item.fields().values())
        if len(entries) != 1:
            raise item.error(f"weights of {len(entries)} losses; a chain of layers has one")
        (item,) = entries
    return item.of(float, -3e38, 3e38)


def read_metrics(item: ConfigValue) -> list[str | Metric]:
    """Read a list of metrics, names and objects; Keras 2's ``.h5`` files have it in a list of outputs."""
    if item.value is None:
        return []
    found: list[str | Metric] = []
    for entry in item.array(_MOST_METRICS):
        kind = entry["class_name"].value if isinstance(entry.value, dict) else "function"
        if isinstance(entry.value, list):
            found += read_metrics(entry)
        elif (own := handed_over(entry, "metric", METRICS)) is not None:
            found.append(own)
        elif kind == "MeanMetricWrapper":
            found.append(_unwrapped(entry))
        elif kind != "function":
            metric: Metric = make(entry, "metric", METRICS)
            # .h5 files written here put the name as its meaning.
            resolved = type(metric) is SparseCategoricalAccuracy and metric.name in _ACCURACY
            found.append(metric.name if resolved else metric)
        else:
            name = function_name(entry)
            if name.lower() not in BY_SHAPE:  # what these mean, the first targets will say
                entry.checked(metrics.get, name)
            found.append(name)
    if len(found) > _MOST_METRICS:
        raise item.error(f"{len(found)} metrics; at most {_MOST_METRICS} are read")
    return found


_OUTPUT: dict[str, Reader] = {
    "loss": read_loss, "loss_weights": optional(_read_weight, 1.0), "metrics": read_metrics,
    "weighted_metrics": read_metrics,
}  # fmt: skip


def _unwrapped(item: ConfigValue) -> str | Metric:
    """Read what Keras 2 makes of a name in ``.h5`` files: a wrapper of the function that it found for it."""
    function = item["config"].get("fn")
    if function is not None and (own := handed_over(function, "metric")) is not None:
        rest = {key: one.value for key, one in item["config"].fields().items() if key not in ("fn", "dtype")}
        return MeanMetricWrapper(own, **rest)
    readers = {"name": lambda one: one.of(str), "fn": function_name}
    options = read_options(item["config"], readers, {"dtype": read_dtype})
    named = options.get("fn", "")
    name, kind = options.get("name") or named, _kind(named)
    if kind is None:
        raise item.error(f"the metric function {named!r} is not supported")
    if name in _ACCURACY or _kind(name) == kind:
        return str(name)
    metric: Metric = METRICS[kind].make(name=name) if kind in METRICS else LossMetric(losses.get(kind), name)
    return metric


def _kind(name: str) -> str | None:
    by_function = {snake_case(kind): kind for kind in METRICS}
    try:
        return by_function.get(name) or type(losses.get(name)).__name__
    except ValueError:
        return None


def write_loss(loss: Any) -> Any:
    """Return what Keras reads: a name as it is, a loss or a function as Keras' object."""
    if loss is None or isinstance(loss, str):
        return loss
    entry = serialize_keras_object(loss() if isinstance(loss, type) else loss)
    if entry["class_name"] != "function" and entry["config"]["reduction"] == "mean":
        entry["config"]["reduction"] = "sum_over_batch_size"  # the same, and known to Keras before 3.9 too
    return entry


def write_metrics(given: Sequence[Any]) -> list[Any] | None:
    """Return what Keras reads: names as they are, metrics and functions as Keras' objects."""
    return [serialize_keras_object(metric) for metric in given] or None


def h5_training_config(compiled: CompileArguments) -> dict[str, Any]:
    """Return the ``training_config`` of an ``.h5`` file, in words that Keras 2 and 3 understand alike."""

    # Keras 3 finds no "mse" in an .h5 file; Keras 2 takes "accuracy" to be of one-hot labels there.
    def meant(part: OutputArguments) -> OutputArguments:
        if part.loss is None or (isinstance(part.loss, str) and part.loss.lower() in CROSSENTROPY):
            return part
        loss, accuracy = losses.get(part.loss), SparseCategoricalAccuracy
        if isinstance(part.loss, str):
            part = part._replace(loss=snake_case(type(loss).__name__))
        if not loss.integer_targets:
            return part
        plain, weighted = (
            [accuracy(name=m) if isinstance(m, str) and m in _ACCURACY else m for m in given]
            for given in part[2:]
        )
        return part._replace(metrics=plain, weighted_metrics=weighted)

    def older(entry: Any) -> Any:
        if isinstance(entry, dict) and "class_name" in entry:
            name = entry["registered_name"] or entry["class_name"]
            of_function = entry["class_name"] == "function"
            return entry["config"] if of_function else {"class_name": name, "config": entry["config"]}
        if isinstance(entry, dict):
            return {name: older(one) for name, one in entry.items()}
        return [older(one) for one in entry] if isinstance(entry, list) else entry

    arguments = older(_arguments(mapped(compiled.outputs, meant)))
    return {**arguments, "optimizer_config": write_h5_optimizer(compiled.optimizer)}


def keras_compile_config(compiled: CompileArguments) -> dict[str, Any]:
    """Return the ``compile_config`` of a ``.keras`` file, in the form of Keras 3.3."""
    execution = {"run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}
    return {"optimizer": write_optimizer(compiled.optimizer), **_arguments(compiled.outputs), **execution}


def _arguments(outputs: Any) -> dict[str, Any]:
    """Return the arguments of all outputs: those of one as they are, else in lists or by name."""

    def write(part: OutputArguments) -> OutputArguments:
        plain, weighted = write_metrics(part.metrics), write_metrics(part.weighted_metrics)
        return OutputArguments(write_loss(part.loss), part.loss_weights, plain or (), weighted or ())

    written, found = mapped(outputs, write), dict[str, Any]()
    for i, (key, unsaid) in enumerate(OutputArguments._field_defaults.items()):
        if all(part[i] == unsaid for part in leaves(written)):
            found[key] = None
        elif key == "loss_weights" and isinstance(written, OutputArguments):
            found[key] = [written.loss_weights]
        else:
            found[key] = mapped(written, lambda part: part[i] if part[i] != () else [])  # noqa: B023
    return found


def write_resume_state(state: ResumeState) -> dict[str, Any]:
    """Return the JSON object; large integers are hexadecimal strings."""
    streams = state.random_streams
    return {
        "version": _VERSION,
        "epochs_trained": state.epochs_trained,
        "seed": hex(streams["seed"]),
        "streams": {
            name: {**stream, "state": {key: hex(stream["state"][key]) for key in _WIDE}}
            for name, stream in streams["streams"].items()
        },
    }


def read_resume_state(item: ConfigValue) -> ResumeState | None:
    """Read the object; None if it is of a later version, for nothing in it is needed to use the model."""
    if item["version"].of(int, 1, 2**31) != _VERSION:
        return None
    readers = {"epochs_trained": _EPOCHS, "seed": _hexadecimal, "streams": ConfigValue.fields}
    fields = read_options(item, readers, {"version": ANYTHING})
    streams = fields.get("streams", {})
    if len(streams) > _MOST_STREAMS:
        raise item["streams"].error(f"{len(streams)} random streams; at most {_MOST_STREAMS} are read")
    states = {}
    for name, stream in streams.items():  # the state of each PCG64 generator
        wide = {key: _hexadecimal(stream["state"][key]) for key in _WIDE}
        if max(wide.values()) >= 2**128 or not wide["inc"] % 2:
            raise stream["state"].unexpected("the state of a PCG64 generator")
        if stream["bit_generator"].of(str) != "PCG64":
            raise stream["bit_generator"].unexpected("'PCG64'")
        states[name] = {
            "bit_generator": "PCG64", "state": wide, "has_uint32": stream["has_uint32"].of(int, 0, 1),
            "uinteger": stream["uinteger"].of(int, 0, 2**32 - 1),
        }  # fmt: skip
    return ResumeState({"seed": fields.get("seed", 0), "streams": states}, fields.get("epochs_trained", 0))


def _hexadecimal(item: ConfigValue) -> int:
    text = item.of(str)
    if not _HEXADECIMAL.fullmatch(text):
        raise item.unexpected("a hexadecimal number such as '0x1f'")
    return int(text, 16)
