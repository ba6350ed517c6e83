"""Every layer beside the numbers of a real Keras, which are stored beside the table of cases."""

import inspect
import json
from typing import Any

import numpy as np

from numpy_ann import layers
from numpy_ann.layers import Layer
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.objects import make, write_part
from numpy_ann.saving.formats.parts import LAYERS
from tests.parts import by_part
from tests.parts.files import read_layer
from tests.parts.layers import CASES, NOT_DIFFERENTIABLE, LayerCase
from tests.parts.tables import stored

STORED = [case for case in CASES if case.stored]
every_case = by_part(STORED)
# What draws random numbers while training; of these, Keras' outputs when predicting are stored.
RANDOM = {"AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D"}
NOT_COMPUTING = {"InputLayer"}
ENCODING = NOT_DIFFERENTIABLE - {"Embedding"}  # without weights, and Keras trains none of them

# Keras keeps the vocabulary that it found beside the configuration, which so doesn't tell how long rows are.
WITHOUT_DEPTH = {case.name for case in STORED if case.adapts and "tf_idf" in case.name}


def x_of(case: LayerCase, numbers: dict[str, Any]) -> Any:
    """Return the inputs of a case: floats, or categories as they are."""
    kind = np.float32 if case.values is None else None
    return [np.array(x, kind) for x in numbers["x"]] if case.several else np.array(numbers["x"], kind)


def in_place(layer: Layer, case: LayerCase, numbers: dict[str, Any]) -> Layer:
    """Return the layer, built for the inputs and with the weights of a case."""
    if case.adapts:
        assert isinstance(layer, layers.StringLookup | layers.IntegerLookup | layers.Discretization)
        layer.adapt(x_of(case, numbers))
    layer.forward(x_of(case, numbers))
    layer.set_weights([np.array(w, np.float32) for w in numbers["weights"]])
    return layer


def assert_close(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, np.array(expected, np.float32), rtol=2e-5, atol=2e-6)


def test_every_layer_is_here() -> None:
    public = {name for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    computing = {name for name in public if not inspect.isabstract(getattr(layers, name))} - NOT_COMPUTING
    assert {case.cls for case in STORED} == computing
    assert {case.cls for case in STORED if "training" in stored(case)} >= computing - RANDOM - ENCODING


@every_case
def test_outputs(case: LayerCase) -> None:
    numbers = stored(case)
    assert_close(in_place(case.make(), case, numbers).forward(x_of(case, numbers)), numbers["y"])


@by_part([case for case in STORED if case.cls not in RANDOM | ENCODING])
def test_training(case: LayerCase) -> None:
    numbers, theirs = stored(case), stored(case)["training"]
    layer = in_place(case.make(), case, numbers)
    assert_close(layer.forward(x_of(case, numbers), training=True), theirs["y"])
    dx = layer.backward(np.array(theirs["dy"], np.float32))
    gradients = [(dx, theirs["dx"])] if not case.several else zip(dx, theirs["dx"], strict=True)
    for found, expected in gradients:
        assert (found is None) if case.values is not None else not assert_close(found, expected)
    for parameter, gradient in zip(layer.trainable_parameters, theirs["gradients"], strict=True):
        assert_close(parameter.grad, gradient)
    for found, expected in zip(layer.get_weights(), theirs["weights"], strict=True):
        assert_close(found, expected)


@every_case
def test_adapting(case: LayerCase) -> None:
    numbers = stored(case)
    layer = in_place(case.make(), case, numbers)
    if isinstance(layer, layers.StringLookup | layers.IntegerLookup):
        assert layer.get_vocabulary() == numbers["found"]
    if isinstance(layer, layers.Discretization):
        assert_close(layer.bin_boundaries, numbers["found"])
    if isinstance(layer, layers.Normalization) and layer.input_mean is None:
        layer.adapt(np.array(numbers["x"], np.float32))
        for found, expected in zip(layer.get_weights(), numbers["weights"], strict=True):
            assert_close(found, expected)


@every_case
def test_configuration(case: LayerCase) -> None:
    """Keras' is read as the layer that it is, and what is written of that has Keras' options and values."""
    numbers = stored(case)
    entry = {"class_name": case.cls, "config": numbers["config"]}
    if case.name not in WITHOUT_DEPTH:
        read_layer(ConfigValue(entry, "keras"), list(case.shape) if case.several else case.shape)  # builds it
    layer = make(ConfigValue(entry, "keras"), "layer", LAYERS)
    assert type(layer).__name__ == case.cls
    theirs = {key: without_axes(value) for key, value in numbers["config"].items()}
    written = json.loads(json.dumps(write_part(layer)["config"]))
    assert written == {**{key: theirs[key] for key in written}, "dtype": "float32"}
    assert write_part(case.make())["config"].keys() == written.keys()
    assert_close(
        in_place(case.make() if case.name in WITHOUT_DEPTH else layer, case, numbers).forward(
            x_of(case, numbers)
        ),
        numbers["y"],
    )


def without_axes(value: Any) -> Any:
    """Return an initializer's configuration without what only Keras 3.15 has in it, at its defaults."""
    if not isinstance(value, dict) or value.get("module") != "keras.initializers":
        return value
    config = {key: v for key, v in value["config"].items() if key not in ("input_axes", "output_axes")}
    assert all(value["config"][key] is None for key in value["config"].keys() - config.keys())
    return {**value, "config": config}
