"""Every layer beside the numbers of a real Keras: ``tests/fixtures/keras_layers``."""

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import layers
from numpy_ann.layers import Layer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.layers import read_layer, write_layer

CASES = json.loads((Path(__file__).parents[1] / "fixtures/keras_layers/layers.json").read_text())["cases"]
RANDOM = {"AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"}
NOT_COMPUTING = {"InputLayer"}


def name(case: dict[str, Any]) -> str:
    return f"{case['layer']}-{len(str(case['options']))}"


every_case = pytest.mark.parametrize("case", CASES, ids=name)


def layer_of(case: dict[str, Any]) -> Layer:
    return in_place(getattr(layers, case["layer"])(**case["options"]), case)


def in_place(layer: Layer, case: dict[str, Any]) -> Layer:
    """Return the layer, built for the inputs and with the weights of a case."""
    layer.build(np.shape(case["x"])[1:], np.random.default_rng(0), np.dtype("float32"))
    layer.set_weights([np.array(w, np.float32) for w in case["weights"]])
    return layer


def assert_close(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, np.array(expected, np.float32), rtol=2e-5, atol=2e-6)


def test_every_layer_is_here() -> None:
    """A new layer is compared with Keras: add cases to make_layers.py and run it."""
    public = {name for name in layers.__all__ if inspect.isclass(getattr(layers, name))}
    computing = {name for name in public if not inspect.isabstract(getattr(layers, name))} - NOT_COMPUTING
    assert {case["layer"] for case in CASES} == computing
    assert {case["layer"] for case in CASES if "training" in case} == computing - RANDOM


@every_case
def test_outputs(case: dict[str, Any]) -> None:
    assert_close(layer_of(case).forward(np.array(case["x"], np.float32)), case["y"])


@pytest.mark.parametrize("case", [c for c in CASES if "training" in c], ids=name)
def test_training(case: dict[str, Any]) -> None:
    layer, theirs = layer_of(case), case["training"]
    assert_close(layer.forward(np.array(case["x"], np.float32), training=True), theirs["y"])
    assert_close(layer.backward(np.array(theirs["dy"], np.float32)), theirs["dx"])
    for parameter, gradient in zip(layer.trainable_parameters, theirs["gradients"], strict=True):
        assert_close(parameter.grad, gradient)
    for found, expected in zip(layer.get_weights(), theirs["weights"], strict=True):
        assert_close(found, expected)


@every_case
def test_adapting(case: dict[str, Any]) -> None:
    layer = layer_of(case)
    if isinstance(layer, layers.Normalization) and layer.input_mean is None:
        layer.adapt(np.array(case["x"], np.float32))
        for found, expected in zip(layer.get_weights(), case["weights"], strict=True):
            assert_close(found, expected)


@every_case
def test_configuration(case: dict[str, Any]) -> None:
    """Keras' is read as the layer that it is, and what is written of that has Keras' options and values."""
    entry = {"class_name": case["layer"], "config": case["config"]}
    layer, _ = read_layer(ConfigValue(entry, "keras"), np.shape(case["x"])[1:])
    assert type(layer).__name__ == case["layer"]
    theirs = {key: without_axes(value) for key, value in case["config"].items()}
    written = json.loads(json.dumps(write_layer(layer)))
    assert written == {**{key: theirs[key] for key in written}, "dtype": "float32"}
    assert_close(in_place(layer, case).forward(np.array(case["x"], np.float32)), case["y"])


def without_axes(value: Any) -> Any:
    """Return an initializer's configuration without what only Keras 3.15 has in it, at its defaults."""
    if not isinstance(value, dict) or value.get("module") != "keras.initializers":
        return value
    config = {key: v for key, v in value["config"].items() if key not in ("input_axes", "output_axes")}
    assert all(value["config"][key] is None for key in value["config"].keys() - config.keys())
    return {**value, "config": config}
