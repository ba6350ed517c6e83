"""Warnings of Keras' that a model can't learn, or is spelt as in Keras 2: each in words of our own.

``tests/live/test_warnings.py`` holds a table of all that Keras warns of beside these.
"""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from numpy_ann.layers import Dense, Dropout, Flatten, Input, InputLayer, LeakyReLU
from numpy_ann.losses import BinaryCrossentropy, CategoricalCrossentropy
from numpy_ann.models import Sequential

X = np.ones((8, 3))


def fitted(*layers, frozen=False, loss="mse") -> Sequential:
    model = Sequential([Input((3,)), *layers])
    model.compile("sgd", loss)
    for layer in model.layers:
        layer.trainable = not frozen
    model.fit(X, X, verbose=0)
    return model


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Dense(3, input_shape=(4,)), r"`input_shape` and `input_dim`.*Input\(shape=\(4,\)\)"),
        (lambda: Dense(3, input_dim=4), r"`input_shape` and `input_dim`.*Input\(shape=\(4,\)\)"),
        (lambda: Dropout(0.5, input_shape=(4,)), r"`input_shape` and `input_dim`.*Input\(shape=\(4,\)\)"),
        (lambda: InputLayer(input_shape=(4,)), "say shape= instead"),
        (lambda: LeakyReLU(alpha=0.1), "say negative_slope= instead"),
        (lambda: fitted(Flatten()), "nothing to train"),
        (lambda: fitted(Dense(3), frozen=True), "nothing to train"),
        (lambda: fitted(Dense(3, "softmax"), loss=CategoricalCrossentropy(True)), "ends in softmax.*probab"),
        (lambda: fitted(Dense(3), loss="categorical_crossentropy"), "has no activation: give it softmax"),
        (lambda: fitted(Dense(3, "relu"), loss="binary_crossentropy"), "has relu: give it softmax .sigmoid"),
        (
            lambda: fitted(Dense(3, "sigmoid"), loss=BinaryCrossentropy(True)),
            "ends in sigmoid.*probab",
        ),
    ],
)
def test_it_is_warned_of_where_it_stands(wrong: Callable[[], object], message: str) -> None:
    with pytest.warns(UserWarning, match=message) as found:
        wrong()
    assert len(found) == 1
    assert found[0].filename == __file__


def test_what_is_well_spelt_is_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(Dense(4), LeakyReLU(0.1), Dropout(0.1), Dense(3))


@pytest.mark.parametrize(
    ("before", "after", "moved"), [(True, False, [False, True]), (False, True, [True, True])]
)
def test_layers_frozen_between_compiling_and_the_first_fit_stay(
    before: bool, after: bool, moved: list[bool]
) -> None:
    """As in Keras 3.15, where the warning of it is never reached."""
    model = Sequential([Input((3,)), Dense(2), Dense(3)], seed=0)
    model.layers[0].trainable = before
    model.compile("sgd", "mse")
    model.layers[0].trainable = after
    weights = [layer.kernel.value.copy() for layer in model.layers]
    model.fit(X, X, verbose=0)
    now = [layer.kernel.value for layer in model.layers]
    assert [not np.array_equal(a, b) for a, b in zip(weights, now, strict=True)] == moved
    model.layers[0].trainable = not after
    with pytest.raises(ValueError, match="compile anew when you change what is trained"):
        model.fit(X, X, verbose=0)


@pytest.mark.parametrize("shape", [(1,), (5, 1), (2,), (1, 2)])
def test_classes_of_one_are_warned_of_on_the_last_axis(shape):
    loss, y = CategoricalCrossentropy(), np.ones((4, *shape))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        loss.check_targets(y, shape)
    assert [w.category for w in said] == [SyntaxWarning] * (shape[-1] == 1)
