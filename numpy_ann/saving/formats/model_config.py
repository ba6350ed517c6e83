"""Writing configurations: the forms that Keras 2.15 and every Keras 3 read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numpy_ann import losses
from numpy_ann.lookup import snake_case
from numpy_ann.losses import Loss
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics import Metric, SparseCategoricalAccuracy
from numpy_ann.saving.formats.layers import write_layer
from numpy_ann.saving.formats.losses import write_loss
from numpy_ann.saving.formats.metrics import ACCURACY, write_metrics
from numpy_ann.saving.formats.model_contents import Architecture, CompileArguments
from numpy_ann.saving.formats.optimizers import write_h5_optimizer, write_optimizer

__all__ = ["h5_model_config", "h5_training_config", "keras_config"]


def h5_model_config(architecture: Architecture) -> dict[str, Any]:
    """Return the ``model_config`` of an ``.h5`` file, in Keras 2's form, which Keras 3 reads too."""
    batch_shape = [None, *architecture.input_shape]
    options = {"dtype": architecture.dtype, "sparse": False, "ragged": False, "name": architecture.input_name}
    layers = [_entry("InputLayer", {"batch_input_shape": batch_shape, **options})]
    layers += [_entry(type(layer).__name__, write_layer(layer, keras2=True)) for layer in architecture.layers]
    return _entry("Sequential", {"name": architecture.name, "layers": layers})


def h5_training_config(compiled: CompileArguments) -> dict[str, Any]:
    """Return the ``training_config`` of an ``.h5`` file.

    The optimizer is in the form of Keras 2's legacy optimizers, whose options all Keras versions know, if
    one of them computes the same. A loss has its long name: Keras 3 doesn't find ``"mse"`` and its kin in an
    ``.h5`` file, not even in its own.
    """
    if isinstance(compiled.loss, str) and compiled.loss.lower() not in CROSSENTROPY:
        compiled = replace(compiled, loss=snake_case(type(losses.get(compiled.loss)).__name__))
    sparse = _integer_targets(compiled.loss)
    if sparse:
        compiled = replace(
            compiled,
            metrics=_resolved(compiled.metrics),
            weighted_metrics=_resolved(compiled.weighted_metrics),
        )
    return {**_arguments(compiled), "optimizer_config": write_h5_optimizer(compiled.optimizer)[0]}


def _integer_targets(loss: str | Loss | None) -> bool:
    undecided = isinstance(loss, str) and loss.lower() in CROSSENTROPY
    return loss is not None and not undecided and losses.get(loss).integer_targets


def _resolved(metrics: Sequence[str | Metric]) -> list[str | Metric]:
    """Return the metrics with ``"accuracy"`` put as what it means for integer labels.

    Keras 2 decides what the name means while it loads an ``.h5`` file. It has no labels then, and takes the
    model's outputs for them, which look like one-hot labels.
    """
    return [SparseCategoricalAccuracy(name=m) if isinstance(m, str) and m in ACCURACY else m for m in metrics]


def keras_config(architecture: Architecture, compiled: CompileArguments | None) -> dict[str, Any]:
    """Return the ``config.json`` of a ``.keras`` file, in the form of Keras 3.3, read by later ones."""
    batch_shape = [None, *architecture.input_shape]
    options = {"dtype": architecture.dtype, "sparse": False, "name": architecture.input_name}
    layers = [_object("keras.layers", _entry("InputLayer", {"batch_shape": batch_shape, **options}))]
    shape = architecture.input_shape
    for layer in architecture.layers:
        entry = _object("keras.layers", _entry(type(layer).__name__, write_layer(layer)))
        layers.append({**entry, "build_config": {"input_shape": [None, *shape]}})
        shape = layer.compute_output_shape(shape)
    config = {
        "name": architecture.name,
        "trainable": True,
        "dtype": architecture.dtype,
        "layers": layers,
        "build_input_shape": batch_shape,
    }
    return {
        **_object("keras", _entry("Sequential", config)),
        "build_config": {"input_shape": batch_shape},
        "compile_config": {} if compiled is None else _keras_compile_config(compiled),
    }


def _keras_compile_config(compiled: CompileArguments) -> dict[str, Any]:
    arguments = _arguments(compiled)
    if isinstance(arguments["loss"], dict):
        arguments["loss"] = _object("keras.losses", arguments["loss"])
    for key in ("metrics", "weighted_metrics"):
        if arguments[key] is not None:
            arguments[key] = [
                _object("keras.metrics", metric) if isinstance(metric, dict) else metric
                for metric in arguments[key]
            ]
    optimizer = _object("keras.optimizers", write_optimizer(compiled.optimizer))
    execution = {"run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}
    return {"optimizer": optimizer, **arguments, **execution}


def _arguments(compiled: CompileArguments) -> dict[str, Any]:
    return {
        "loss": write_loss(compiled.loss),
        "loss_weights": None,
        "metrics": write_metrics(compiled.metrics),
        "weighted_metrics": write_metrics(compiled.weighted_metrics),
    }


def _entry(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _object(module: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a serialized object as Keras 3 writes it."""
    return {"module": module, **entry, "registered_name": None}
