"""Layers that scale and shift, folded into the dense layers of the explorer's page."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import activations
from numpy_ann.inspection.explorer.network import folded_weights, stages_of
from numpy_ann.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Input,
    Normalization,
    ReLU,
    Rescaling,
)
from numpy_ann.models import Sequential

AFFINE = (
    lambda: Rescaling(1 / 255),
    lambda: Rescaling(2.0, offset=-1.0),
    lambda: Normalization(mean=3.0, variance=4.0, axis=None),
    lambda: Normalization(mean=1.0, variance=9.0, axis=None, invert=True),
    Normalization,
    BatchNormalization,
    lambda: BatchNormalization(scale=False),
    lambda: BatchNormalization(center=False, epsilon=0.1),
)
SHAPE = (2, 3)


def network(rng, *layers):
    """Return a model with random weights, variances above 0, and pictures for it."""
    model = Sequential([Input(SHAPE), *layers], dtype="float64")
    model.set_weights(
        [rng.uniform(0.5, 2, w.shape) if w.shape else np.array(7) for w in model.get_weights()],
    )
    for layer in model.layers:
        if isinstance(layer, Dense):
            layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return model, rng.uniform(0, 5, (4, *SHAPE))


def computed(model, x):
    """Return what a page computes that has dense layers and activations alone."""
    _, stages = stages_of(model)
    y = x.reshape(len(x), -1)
    for stage, (W, b) in zip(stages, folded_weights(model), strict=True):
        y = y @ W + b
        for name in stage["activations"]:
            y = activations.get(name)(y)
    return y


affine = st.lists(st.sampled_from(AFFINE), max_size=2)


@given(affine, affine, affine, affine, st.booleans(), st.integers(0, 2**32 - 1))
def test_the_page_computes_what_the_model_predicts(first, second, third, fourth, plain, seed):
    middle = [Dropout(0.5)] if plain else [ReLU()]
    layers = [
        *(make() for make in first),
        *(Flatten(), *(make() for make in second), Dense(4, use_bias=not plain)),
        *(*(make() for make in third), *middle, *(make() for make in fourth)),
        Dense(3, activation="tanh"),
    ]
    model, x = network(np.random.default_rng(seed), *layers)
    np.testing.assert_allclose(computed(model, x), model.predict(x, verbose=0), atol=1e-9)


def test_by_hand():
    model, _ = network(np.random.default_rng(0), Flatten(), Dense(1), Rescaling(10.0, offset=1.0))
    model.layers[1].set_weights([np.ones((6, 1)), [0.5]])
    ((W, b),) = folded_weights(model)
    assert W.tolist() == [[10.0]] * 6
    assert b.tolist() == [6.0]  # 10 * 0.5 + 1


def test_the_model_stays_as_it_is():
    model, _ = network(np.random.default_rng(0), Flatten(), Dense(3), BatchNormalization())
    before = [w.copy() for w in model.get_weights()]
    folded_weights(model)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("layers", "name"),
    [
        ([Flatten(), Rescaling(2.0), ReLU(), Dense(2)], "(Rescaling)"),
        ([Flatten(), Dense(2, activation="relu"), BatchNormalization()], "(BatchNormalization)"),
        (
            [Flatten(), Dense(2), ReLU(), Rescaling(2.0, name="scaled"), ReLU(), Dense(2)],
            "'scaled' (Rescaling)",
        ),
    ],
)
def test_places_where_nothing_can_take_it_up(layers, name):
    with pytest.raises(ValueError, match=r"where it is: .* Dense") as caught:
        folded_weights(Sequential([Input(SHAPE), *layers]))
    assert name in str(caught.value)
