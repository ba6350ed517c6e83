"""What is asked of a model's layers: which learn, and which are taken off."""

import numpy as np
import pytest

from numpy_ann.layers import BatchNormalization, Dense, Dropout, Input, Normalization
from numpy_ann.models import Sequential

X = np.random.default_rng(0).normal(size=(12, 4))
Y = np.eye(3)[np.arange(12) % 3]


def new_model():
    layers = [
        Input((4,)),
        Dense(5, "relu", name="a"),
        Dense(6, "relu", name="b"),
        Dense(3, "softmax", name="c"),
    ]
    model = Sequential(layers, seed=0)
    model.compile("adam", "categorical_crossentropy")
    return model


def changed(model):
    """Return the names of the layers that a step of training changes."""
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.train_on_batch(X, Y)
    return [
        layer.name
        for layer in model.layers
        if not all(map(np.array_equal, layer.get_weights(), before[layer.name]))
    ]


@pytest.mark.parametrize(
    ("frozen", "learning"),
    [(("a",), ["b", "c"]), ((1,), ["a", "c"]), ((0, "c"), ["b"]), ((-1,), ["a", "b"]), ((), [])],
)
def test_frozen_layers_stay_as_they_are(frozen, learning):
    model = new_model()
    model.freeze(*frozen)
    assert changed(model) == learning
    assert len(model.trainable_weights) == 2 * len(learning)
    assert len(model.non_trainable_weights) == 6 - 2 * len(learning)
    assert len(model.weights) == 6
    model.unfreeze()
    model.compile("adam", "categorical_crossentropy")
    assert changed(model) == ["a", "b", "c"]


def test_a_layer_can_be_named_by_itself_but_not_anothers():
    model = new_model()
    model.freeze(model.layers[1])
    assert [layer.trainable for layer in model.layers] == [True, False, True]
    with pytest.raises(ValueError, match="Layer 'b' is not in model 'sequential'"):
        model.freeze("a", new_model().layers[1])
    assert model.layers[0].trainable  # nothing has changed
    with pytest.raises(ValueError, match="No such layer: d"):
        model.freeze("d")


def test_trainable_of_the_whole_model():
    model = new_model()
    assert model.trainable
    model.trainable = False
    assert [layer.trainable for layer in model.layers] == [False] * 3
    assert not model.trainable
    assert changed(model) == []
    model.layers[2].trainable = True
    assert model.trainable
    model.compile("adam", "categorical_crossentropy")
    assert changed(model) == ["c"]


def test_freezing_after_training_asks_for_a_new_compile():
    model = new_model()
    model.train_on_batch(X, Y)
    model.freeze("a")
    with pytest.raises(ValueError, match="compile anew when you change what is trained"):
        model.train_on_batch(X, Y)


def test_pop_takes_the_last_layer_off_and_leaves_the_others_weights():
    model = new_model()
    weights = model.get_weights()
    popped = model.pop()
    assert popped.name == "c"
    assert model.output_shape == (None, 6)
    assert model.theta.size == 4 * 5 + 5 + 5 * 6 + 6
    for kept, original in zip(model.get_weights(), weights[:4], strict=True):
        np.testing.assert_array_equal(kept, original)
    model.add(Dense(3, "softmax", name="d"))
    model.compile("adam", "categorical_crossentropy")
    assert changed(model) == ["a", "b", "d"]
    np.testing.assert_array_equal(popped.get_weights()[0], weights[4])  # not a view that training changes


def test_pop_of_a_model_that_is_not_built_and_of_none():
    model = Sequential([Dense(3), Dense(4)])
    model.pop()
    assert model.predict(np.ones((2, 5)), verbose=0).shape == (2, 3)
    model.pop()
    with pytest.raises(IndexError, match="There is no layer to take off"):
        model.pop()


def test_weights_under_keras_names() -> None:
    """Names and order are those of Keras 3.15 for the same layers."""
    parts = [Input((2,)), Dense(3), Normalization(), BatchNormalization(trainable=False)]
    model = Sequential([*parts, Dense(1, trainable=False), Dropout(0.5)])
    names = ["kernel", "bias", "mean", "variance", "count"]
    names += ["gamma", "beta", "moving_mean", "moving_variance", "kernel", "bias"]
    assert [w.name for w in model.weights] == names
    assert [w.name for w in model.trainable_weights] == names[:2]
    assert [w.name for w in model.non_trainable_weights] == names[2:]
    dense, norm, last = model.layers[0], model.layers[1], model.layers[3]
    assert dense.weights == dense.trainable_weights == dense.parameters
    assert norm.weights == norm.non_trainable_weights == norm.parameters
    assert last.weights == last.non_trainable_weights == last.parameters
    assert dense.non_trainable_weights == norm.trainable_weights == last.trainable_weights == []
    assert Dense(3).weights == []


def test_weights_go_from_one_model_to_another() -> None:
    a, b = (Sequential([Input((2,)), Dense(3)], seed=seed) for seed in (1, 2))
    b.set_weights(a.weights)
    assert all(np.array_equal(p, q) for p, q in zip(a.weights, b.weights, strict=True))
