"""How a model was compiled: a ``.keras`` file's ``compile_config``, an ``.h5`` file's ``training_config``.

And where its training stood, of which Keras' files have no place for all: that is written where Keras doesn't
look, and read as strictly as the rest.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from numpy_ann import losses, metrics, optimizers
from numpy_ann.lookup import snake_case
from numpy_ann.losses import Loss
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics import MeanMetricWrapper, Metric, SparseCategoricalAccuracy
from numpy_ann.optimizers import Optimizer
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.model_contents import CompileArguments, ResumeState
from numpy_ann.saving.formats.objects import handed_over, make, serialize_keras_object
from numpy_ann.saving.formats.optimizers import read_optimizer, write_h5_optimizer, write_optimizer
from numpy_ann.saving.formats.options import ANYTHING, function_name, read_options
from numpy_ann.saving.formats.parts import LOSSES, METRICS, read_dtype

__all__ = [
    "RESUME_KEY", "h5_training_config", "keras_compile_config", "read_compiled", "read_loss",
    "read_metrics", "read_resume_state", "write_loss", "write_metrics", "write_resume_state",
]  # fmt: skip

_KEYS = {
    **dict.fromkeys(("loss", "metrics", "weighted_metrics", "optimizer", "optimizer_config"), ANYTHING),
    # How Keras runs a step, not what it computes:
    **dict.fromkeys(("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss"), ANYTHING),
    "loss_weights": ANYTHING,
    "sample_weight_mode": (None,),
}
_ACCURACY = ("acc", "accuracy")  # names of one metric or another, by the shape of the labels
_MOST_METRICS = 100

RESUME_KEY = "numpy_ann"
"""The name of an attribute of ``.h5`` files, and of an entry of ``.keras`` files' ``metadata.json``."""

_VERSION = 1
_MOST_STREAMS = 10_000
_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,64}")
_WIDE = ("state", "inc")  # of the generator PCG64: 128 bits each, more than JSON readers promise to keep


def read_compiled(
    config: ConfigValue | None, outputs: int | None = None
) -> tuple[CompileArguments | None, list[str]]:
    """Return the arguments of ``compile``, and what a user should be told about them.

    Of a model of several ``outputs``, they are one for all, or lists, or objects by the outputs' names.

    Keras 3 leaves the optimizer out of a ``.keras`` file that is saved after an ``.h5`` of the same model;
    its own loader then takes a new RMSprop, and so does this one, but says so.
    """
    if config is None or not config.fields():
        return None, []
    read_options(config, {}, _KEYS)
    given = config.get("optimizer") or config.get("optimizer_config")
    optimizer = optimizers.get("rmsprop") if given is None else read_optimizer(given)
    if outputs in (None, 1):
        loss, weight = config.get("loss"), config.get("loss_weights")
        arguments = CompileArguments(
            optimizer,
            None if loss is None else read_loss(loss),
            read_metrics(config.get("metrics")),
            read_metrics(config.get("weighted_metrics")),
            loss_weight=1.0 if weight is None or weight.value is None else _read_loss_weight(weight),
        )
    else:
        arguments = CompileArguments(
            optimizer, None, (), (), parts=_by_output(config, optimizer, outputs or 1)
        )
    arguments = replace(arguments, has_optimizer=given is not None)
    if given is not None:
        return arguments, []
    note = (
        "The file does not say with which optimizer the model was compiled (Keras 3 drops it when a model is "
        "saved as .h5 and then as .keras). It is loaded with a new RMSprop, as Keras does it: compile it "
        "again before training."
    )
    return arguments, [note]


def _by_output(
    config: ConfigValue, optimizer: Optimizer, outputs: int
) -> list[CompileArguments] | dict[str, CompileArguments]:
    given = [(key, config.get(key)) for key in ("loss", "loss_weights", "metrics", "weighted_metrics")]
    named = [item for _, item in given if item is not None and isinstance(item.value, dict)]
    names = dict.fromkeys(name for item in named if "class_name" not in item for name in item.fields())
    each: dict[Any, dict[str, Any]] = {name: {} for name in names or range(outputs)}
    for key, item in given:
        if item is None or item.value is None:
            continue
        if isinstance(item.value, list) and not names:
            entries = item.array(outputs)
            if len(entries) != outputs:
                raise item.error(f"{len(entries)} entries for {outputs} outputs")
            found: dict[Any, ConfigValue] = dict(enumerate(entries))
        elif isinstance(item.value, dict) and "class_name" not in item:
            found = item.fields()
        elif key == "loss":
            found = dict.fromkeys(each, item)
        else:
            raise item.unexpected("an entry for each output")
        for name, entry in found.items():
            listed = key in ("metrics", "weighted_metrics") and not isinstance(entry.value, list | None)
            each[name][key] = [entry.value] if listed else entry.value
    parts: dict[Any, CompileArguments] = {}
    for name, own in each.items():
        part, _ = read_compiled(ConfigValue({"loss": None, **own}, config.place))
        if part is not None:  # as it is of no empty configuration
            parts[name] = replace(part, optimizer=optimizer)
    return parts if names else list(parts.values())


def _read_loss_weight(item: ConfigValue) -> float:
    """Read the weight of the one output's loss: a number, or the one entry of a list or an object."""
    entries = [item]
    if isinstance(item.value, list | dict):
        entries = item.array(64) if isinstance(item.value, list) else list(item.fields().values())
    if len(entries) != 1:
        raise item.error(f"weights of {len(entries)} losses; a chain of layers has one")
    return entries[0].number(-3e38, 3e38)


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
        loss: Loss = make(item, "loss", LOSSES)
        function = item["config"].get("fn")  # of Keras 2: its class says which, too
        if function is not None and function.value != snake_case(type(loss).__name__):
            raise function.unexpected(repr(snake_case(type(loss).__name__)))
        return loss
    name = function_name(item)
    if name.lower() in CROSSENTROPY:  # what it means, the first targets will say
        return name
    try:
        losses.get(name)
    except ValueError as error:
        raise item.error(str(error)) from None
    return name


def read_metrics(item: ConfigValue | None) -> list[str | Metric]:
    """Read a list of metrics as ``compile`` was given it: names and metrics.

    Keras 2's ``.h5`` files have the list in a list, one for each output of the model.
    """
    if item is None:
        return []
    if isinstance(item.value, dict):
        raise item.error("metrics by output name are not supported; a list is")
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
            try:
                metrics.check(name := function_name(entry))
            except ValueError as error:
                raise entry.error(str(error)) from None
            found.append(name)
    if len(found) > _MOST_METRICS:
        raise item.error(f"{len(found)} metrics; at most {_MOST_METRICS} are read")
    return found


def _unwrapped(item: ConfigValue) -> str | Metric:
    """Read what Keras 2 makes of a name in ``.h5`` files: a wrapper of the function that it found for it."""
    function = item["config"].get("fn")
    if function is not None and (own := handed_over(function, "metric")) is not None:
        rest = {key: one.value for key, one in item["config"].fields().items() if key not in ("fn", "dtype")}
        return MeanMetricWrapper(own, **rest)
    readers = {"name": ConfigValue.string, "fn": function_name}
    options = read_options(item["config"], readers, {"dtype": read_dtype})
    named = options.get("fn", "")
    name = options.get("name") or named
    kind = _kind(named)
    if kind is None:
        raise item.error(f"the metric function {named!r} is not supported")
    if name in _ACCURACY or _kind(name) == kind:
        return str(name)
    if kind in METRICS:
        metric: Metric = METRICS[kind].make(name=name)
        return metric
    return metrics.LossMetric(losses.get(kind), name)


def _kind(name: str) -> str | None:
    """Return the class that a function's name, or a short form of it, stands for."""
    by_function = {snake_case(kind): kind for kind in METRICS}
    if name in by_function:
        return by_function[name]
    try:
        return type(losses.get(name)).__name__
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
    """Return the ``training_config`` of an ``.h5`` file.

    The optimizer is in the form of Keras 2's legacy optimizers, whose options all Keras versions know, if
    one of them computes the same. A loss has its long name: Keras 3 doesn't find ``"mse"`` and its kin in an
    ``.h5`` file, not even in its own. ``"accuracy"`` of integer labels is put as what it means: Keras 2
    decides what the name means while it loads the file, has no labels then, and takes the model's outputs for
    them, which look like one-hot labels.
    """
    if compiled.parts is not None:
        return {
            **_joined(compiled, h5_training_config),
            "optimizer_config": write_h5_optimizer(compiled.optimizer)[0],
        }
    undecided = isinstance(compiled.loss, str) and compiled.loss.lower() in CROSSENTROPY
    if isinstance(compiled.loss, str) and not undecided:
        compiled = replace(compiled, loss=snake_case(type(losses.get(compiled.loss)).__name__))
    if compiled.loss is not None and not undecided and losses.get(compiled.loss).integer_targets:

        def meant(given: Sequence[str | Metric]) -> list[str | Metric]:
            accuracy = SparseCategoricalAccuracy
            return [accuracy(name=m) if isinstance(m, str) and m in _ACCURACY else m for m in given]

        weighted = meant(compiled.weighted_metrics)
        compiled = replace(compiled, metrics=meant(compiled.metrics), weighted_metrics=weighted)
    return {**_h5_arguments(compiled), "optimizer_config": write_h5_optimizer(compiled.optimizer)[0]}


def keras_compile_config(compiled: CompileArguments) -> dict[str, Any]:
    """Return the ``compile_config`` of a ``.keras`` file, in the form of Keras 3.3."""
    arguments, optimizer = _joined(compiled, _arguments), write_optimizer(compiled.optimizer)
    execution = {"run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}
    return {"optimizer": optimizer, **arguments, **execution}


def _h5_arguments(compiled: CompileArguments) -> dict[str, Any]:
    def older(entry: Any) -> Any:
        if isinstance(entry, list):
            return [older(one) for one in entry]
        if not isinstance(entry, dict):
            return entry
        if entry["class_name"] == "function":
            return entry["config"]
        return {"class_name": entry["registered_name"] or entry["class_name"], "config": entry["config"]}

    return {key: older(value) for key, value in _arguments(compiled).items()}


def _joined(
    compiled: CompileArguments, write: Callable[[CompileArguments], dict[str, Any]]
) -> dict[str, Any]:
    """Return the arguments of all outputs: those of one as they are, else in lists or by name."""
    if compiled.parts is None:
        return write(compiled)
    named = isinstance(compiled.parts, dict)
    parts: Any = compiled.parts if isinstance(compiled.parts, dict) else dict(enumerate(compiled.parts))
    each = {name: write(part) for name, part in parts.items()}
    found: dict[str, Any] = {}
    for key in ("loss", "loss_weights", "metrics", "weighted_metrics"):
        values = {name: arguments[key] for name, arguments in each.items()}
        if key == "loss_weights":
            values = {name: part.loss_weight for name, part in parts.items()}
        empty = all(value == 1 if key == "loss_weights" else value is None for value in values.values())
        if key in ("metrics", "weighted_metrics"):
            values = {name: value or [] for name, value in values.items()}
        found[key] = None if empty else values if named else list(values.values())
    return found


def _arguments(compiled: CompileArguments) -> dict[str, Any]:
    return {
        "loss": write_loss(compiled.loss),
        "loss_weights": None if compiled.loss_weight == 1 else [compiled.loss_weight],
        "metrics": write_metrics(compiled.metrics),
        "weighted_metrics": write_metrics(compiled.weighted_metrics),
    }


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
    if item["version"].integer(1, 2**31) != _VERSION:
        return None
    fields = read_options(
        item,
        {
            "version": lambda value: value.integer(1, _VERSION),
            "epochs_trained": lambda value: value.integer(0, 2**31),
            "seed": _hexadecimal,
            "streams": ConfigValue.fields,
        },
        {},
    )
    streams = fields.get("streams", {})
    if len(streams) > _MOST_STREAMS:
        raise item["streams"].error(f"{len(streams)} random streams; at most {_MOST_STREAMS} are read")
    states = {}
    for name, stream in streams.items():  # the state of each PCG64 generator
        wide = {key: _hexadecimal(stream["state"][key]) for key in _WIDE}
        if max(wide.values()) >= 2**128 or not wide["inc"] % 2:
            raise stream["state"].unexpected("the state of a PCG64 generator")
        if stream["bit_generator"].string() != "PCG64":
            raise stream["bit_generator"].unexpected("'PCG64'")
        states[name] = {
            "bit_generator": "PCG64",
            "state": wide,
            "has_uint32": stream["has_uint32"].integer(0, 1),
            "uinteger": stream["uinteger"].integer(0, 2**32 - 1),
        }
    return ResumeState({"seed": fields.get("seed", 0), "streams": states}, fields.get("epochs_trained", 0))


def _hexadecimal(item: ConfigValue) -> int:
    text = item.string()
    if not _HEXADECIMAL.fullmatch(text):
        raise item.unexpected("a hexadecimal number such as '0x1f'")
    return int(text, 16)
