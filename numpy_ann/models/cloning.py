"""Models without their weights: clones, configurations, JSON."""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from numpy_ann.errors import ModelFormatError
from numpy_ann.keras_tensor import leaves, refill
from numpy_ann.layers import Layer
from numpy_ann.models.graph import replay
from numpy_ann.models.loading import architecture_of, class_in_files, model_of
from numpy_ann.models.model import Model
from numpy_ann.models.sequential import Sequential
from numpy_ann.registration import CustomObjectScope
from numpy_ann.saving import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue, parse_json
from numpy_ann.saving.formats.architecture import keras_config, read_architecture
from numpy_ann.saving.reader import stating

_YAML = re.compile(r"(backend|class_name|config|keras_version):")  # how it begins


def clone_model(
    model: Any, input_tensors: Any = None, clone_function: Callable[[Layer], Layer] | None = None
) -> Any:
    """Return a new model of the same layers with initial weights of its own, compiled as the model was.

    As in Keras 3, its optimizer is a new one with the same options, the current learning rate among them.

    Raises ``ValueError`` if ``model`` is no model, or ``input_tensors`` are given for a ``Sequential``.

    Parameters
    ----------
    model : Model
        A ``Sequential``, built or not, or a graph; layers of one's own are fine, and models in it are cloned.
    input_tensors : KerasTensor or list, optional
        What a graph's clone begins with; left out, new inputs.
    clone_function : callable, optional
        Makes the new layer from the old one; left out, it is made from its configuration.

    >>> from numpy_ann.layers import Dense, Input
    >>> model = Sequential([Input(shape=(2,)), Dense(3)])
    >>> clone = clone_model(model)
    >>> clone.set_weights(model.get_weights())
    >>> clone.layers[0] is model.layers[0]
    False
    """
    if not isinstance(model, Model):
        raise ValueError(f"`model` must be a Model. Received: {model!r}")
    make = clone_function or _again
    if model.by_call:
        clone = type(model).from_config(model.get_config())
        clone.build(model.input_shape if model.built else None)
    elif model.graph is not None:
        clone = _cloned_graph(model, input_tensors, make)
    else:
        if input_tensors is not None:
            raise ValueError("`input_tensors` are those of graphs; a Sequential begins with an Input.")
        layers = [_cloned(layer, make) for layer in model.layers]
        if model.input_layer is not None:
            layers.insert(0, _again(model.input_layer))
        clone = Sequential(layers, name=model.name, dtype=str(model.dtype))
        if model.built:
            clone.build(model.input_shape)
    if (compiled := model.configuration) is not None:
        optimizer = type(compiled.optimizer).from_config(compiled.optimizer.get_config())
        loss, metrics, weighted = deepcopy(
            (compiled.loss_argument, compiled.metrics, compiled.weighted_metrics)
        )
        clone.compile(optimizer, loss, compiled.loss_weight, metrics, weighted)
    return clone


def _cloned(part: Any, make: Callable[[Layer], Layer]) -> Any:
    return clone_model(part, clone_function=make) if isinstance(part, Model) else make(part)


def _cloned_graph(model: Model, input_tensors: Any, make: Callable[[Layer], Layer]) -> Model:
    """Return a graph of clones: each layer's is called where the layer was."""
    clones: dict[int, Any] = {}

    def clone_of(part: Any) -> Any:
        if id(part) not in clones:
            clones[id(part)] = _cloned(part, make)
        return clones[id(part)]

    begin = [_again(tensor.node.layer).output for tensor in model.inputs if input_tensors is None]  # type: ignore[union-attr]
    begin, end = replay(model.inputs, model.outputs, begin or leaves(input_tensors), clone_of)
    ends = refill(model.input, iter(begin)), refill(model.output, iter(end))
    if (cls := class_in_files(model)) is not None:
        return cls(*ends, name=model.name)  # type: ignore[no-any-return]
    return Model(*ends, name=model.name, dtype=str(model.dtype))


def _again(layer: Layer) -> Layer:
    found = type(layer).from_config(layer.get_config())
    if hasattr(layer, "activation") and not layer.by_call:
        found.activation = layer.activation  # of Keras 2's files, it may be another of the same name
    return found


def keras_root(model: Model) -> dict[str, Any]:
    """Return Keras' description of a built model's layers, as it stands in a ``.keras`` file.

    Raises ``ValueError`` if the model isn't built, or has a part that Keras files can't hold.
    """
    return keras_config(architecture_of(model))


def model_from_config(
    config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None, cls: Any = None
) -> Any:
    """Return a new model, of a class of somebody's own or not, of the layers that a configuration describes.

    Raises ``ModelFormatError`` if it holds something that isn't supported.
    """
    root = {"class_name": "Functional" if "output_layers" in config else "Sequential", "config": config}
    with CustomObjectScope(custom_objects):
        return _model_from(
            parse_json(json.dumps(root), "config"), None if cls in (Model, Sequential) else cls
        )


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a new model of the layers in ``to_json``'s text, of numpy_ann or Keras, with initial weights.

    Like a model file, the text is data here and never code; what it says of ``compile`` is left aside.

    Raises ``ModelFormatError`` if it is no such text, or holds something that isn't supported. Raises
    ``ValueError`` if ``custom_objects`` isn't a dictionary.

    >>> from numpy_ann.layers import Dense, Input
    >>> text = Sequential([Input(shape=(2,)), Dense(3)]).to_json()
    >>> model_from_json(text).count_params()
    9
    """
    if isinstance(json_string, str) and _YAML.match(json_string):
        raise ModelFormatError(
            "the text is YAML, as to_yaml of Keras 1 and 2 wrote it; YAML is not read. Where that Keras "
            "runs, turn it into JSON: model_from_yaml(text).to_json()"
        )
    with CustomObjectScope(custom_objects):
        return _model_from(parse_json(json_string, "the JSON text"))


def _model_from(root: Any, cls: Any = None) -> Any:
    version = root.get("keras_version") if isinstance(root, dict) else None
    version = version if isinstance(version, str) else None
    with stating(version):
        found = read_architecture(ConfigValue(root, "config"), Limits(), version)
        return model_of(found if cls is None else replace(found, cls=cls), _again)
