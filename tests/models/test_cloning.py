"""Clones, configurations and JSON: the same layers, other weights."""

import json

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Dropout, Flatten, Input, Layer
from numpy_ann.models import Sequential, clone_model, model_from_json


def new_model(**options):
    layers = [
        Input((2, 3), name="begin"),
        Flatten(),
        Dense(4, activation="tanh", trainable=False, name="mine"),
        Dropout(0.2, seed=3),
        Dense(2, use_bias=False),
    ]
    return Sequential(layers, name="whole", **options)


def described(model):
    return [(type(layer), layer.get_config()) for layer in model.layers]


@pytest.mark.parametrize(
    "copied",
    [
        clone_model,
        lambda model: Sequential.from_config(model.get_config()),
        lambda model: model_from_json(model.to_json(indent=2)),
    ],
    ids=["clone_model", "from_config", "model_from_json"],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_copy_has_the_same_layers_and_weights_of_its_own(copied, dtype):
    model = new_model(dtype=dtype)
    model.compile("adam", "mean_squared_error")
    copy = copied(model)
    assert [kind for kind, _ in described(copy)] == [kind for kind, _ in described(model)]
    assert copy.get_config() == model.get_config()
    assert copy.name == "whole"
    assert copy.input_layer.name == "begin"
    assert copy.dtype == model.dtype
    assert copy.compiled == (copied is clone_model)  # as in Keras 3
    assert not any(a is b for a, b in zip(copy.layers, model.layers, strict=True))
    assert not np.array_equal(copy.theta, model.theta)  # drawn anew
    copy.set_weights(model.get_weights())
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    np.testing.assert_array_equal(copy.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_clone_of_a_model_that_is_not_built_is_not_built():
    assert not clone_model(Sequential([Dense(3)])).built


def test_a_clone_of_a_model_built_by_its_data_is_built_for_the_same():
    model = Sequential([Dense(3)])
    model.predict(np.ones((1, 7)), verbose=0)
    assert clone_model(model).input_shape == (None, 7)


def test_layers_of_ones_own_are_cloned_and_can_be_replaced():
    class Twice(Layer):
        def forward(self, x, *, training=False, out=None):
            return np.multiply(self._checked(x), 2, out=out)

        def backward_input(self, dz, *, out=None):
            return np.multiply(dz, 2, out=out)

    model = Sequential([Input((2,)), Twice(), Dropout(0.5)])
    assert type(clone_model(model).layers[0]) is Twice
    without_noise = clone_model(
        model, clone_function=lambda layer: Dropout(0.0) if isinstance(layer, Dropout) else Twice()
    )
    assert without_noise.layers[1].rate == 0
    assert model.get_config()["layers"][1]["registered_name"] == "Twice"


def test_the_json_is_keras_own_form():
    root = json.loads(new_model().to_json())
    assert root["module"] == "keras"
    assert root["class_name"] == "Sequential"
    assert [layer["class_name"] for layer in root["config"]["layers"]] == [
        "InputLayer",
        "Flatten",
        "Dense",
        "Dropout",
        "Dense",
    ]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"class_name": "Sequential"}', '{"class_name": "Evil", "config": {}}']
)
def test_other_texts_are_refused(text):
    with pytest.raises(ModelFormatError):
        model_from_json(text)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="`model` must be a Model"):
        clone_model(3)
    with pytest.raises(ValueError, match="`input_tensors` are those of graphs"):
        clone_model(new_model(), input_tensors=[])
    with pytest.raises(ValueError, match="custom_objects is a dictionary"):
        model_from_json("{}", custom_objects=[1])
    with pytest.raises(ValueError, match="isn't built"):
        Sequential([Dense(3)]).get_config()
