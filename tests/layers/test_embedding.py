"""Embedding and pooling by hand, and what they refuse."""

from typing import Any

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Embedding, Flatten, GlobalAveragePooling1D, GlobalMaxPooling1D, Input
from numpy_ann.models import Sequential
from numpy_ann.saving.containers.strict_json import ConfigValue
from tests.parts.files import read_layer

E = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


@pytest.mark.parametrize("weights", [E, np.array(E), [np.array(E)]], ids=["list", "array", "list of one"])
def test_by_hand(weights: Any) -> None:
    layer = Embedding(3, 2, weights=weights)
    y = layer(np.array([[2, 0], [2, 2]]), training=True)
    assert y.tolist() == [[[4, 5], [0, 1]], [[4, 5], [4, 5]]]
    assert layer.backward(np.array([[[1, 2], [3, 4]], [[10, 20], [100, 200]]])) is None
    # Row 2 was looked up three times: 1 + 10 + 100 and 2 + 20 + 200; row 1 never.
    assert layer.embeddings.grad.tolist() == [[3, 4], [0, 0], [111, 222]]
    layer(np.array([[1]]), training=True)
    layer.backward(np.ones((1, 1, 2)))
    assert layer.embeddings.grad.tolist() == [[0, 0], [1, 1], [0, 0]]  # nothing is left of the step before


def test_fractions_are_cut_off_as_in_keras() -> None:
    assert np.array_equal(Embedding(3, 2, weights=E)(np.array([1.9, 0.0])), [[2, 3], [0, 1]])


@pytest.mark.parametrize("wrong", [3, -1, float("nan"), 1e30])
def test_numbers_without_a_row_are_refused(wrong: float) -> None:
    with pytest.raises(
        ValueError, match=r"has vectors for the numbers 0 to 2, but received -?\d+\. input_dim"
    ):
        Embedding(3, 2)(np.array([[0, wrong]]))


def test_options_that_are_refused() -> None:
    with pytest.raises(ValueError, match="`mask_zero=True` isn't supported"):
        Embedding(3, 2, mask_zero=True)
    with pytest.raises(ValueError, match="`input_dim` must be an integer of at least 1"):
        Embedding(0, 2)
    with pytest.warns(UserWarning, match="Argument `input_length` is deprecated"):
        Embedding(3, 2, input_length=4)
    with pytest.raises(ValueError, match=r"asked for the shape \(3, 2\), but gave \(2, 2\)"):
        Embedding(3, 2, weights=np.ones((2, 2))).build((None, 1))
    entry = {"class_name": "Embedding", "config": {"input_dim": 3, "output_dim": 2, "mask_zero": True}}
    with pytest.raises(ModelFormatError, match="mask_zero: true is not supported; only false is"):
        read_layer(ConfigValue(entry, "file"), (4,))


def test_a_model_of_words_learns() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 20, (200, 6))
    y = (x < 10).mean(axis=1) > 0.5
    model = Sequential([Input((6,)), Embedding(20, 4), GlobalAveragePooling1D(), Dense(1, "sigmoid")], seed=1)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.05
    history = model.fit(x, y.astype(float), epochs=10, batch_size=20, verbose=0).history
    assert history["accuracy"][-1] > 0.9 > history["accuracy"][0]


def test_behind_a_layer_that_learns_it_complains() -> None:
    model = Sequential([Input((3,)), Dense(2, "relu"), Embedding(50, 4), Flatten(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="'embedding' looks up whole numbers, which take no gradient"):
        model.fit(np.ones((4, 3)), np.ones(4), verbose=0)


def test_pooling_by_hand() -> None:
    x = np.array([[[1.0, 6.0], [3.0, 2.0], [3.0, 1.0], [1.0, 3.0]]])
    mean, largest = GlobalAveragePooling1D(), GlobalMaxPooling1D()
    assert mean(x, training=True).tolist() == [[2, 3]]
    assert largest(x, training=True).tolist() == [[3, 6]]
    assert mean.backward([[4, 8]]).tolist() == [[[1, 2]] * 4]
    # The 3 is there twice, and each has half.
    assert largest.backward([[4, 8]]).tolist() == [[[0, 8], [2, 0], [2, 0], [0, 0]]]
    assert GlobalMaxPooling1D(data_format="channels_first", keepdims=True)(x).tolist() == [
        [[6], [3], [3], [3]]
    ]
    with pytest.raises(ValueError, match=r"pools sequences, of the shape \(batch, steps, features\)"):
        GlobalAveragePooling1D()(np.ones((2, 3)))
    with pytest.raises(ValueError, match="`data_format` must be one of"):
        GlobalAveragePooling1D("last")
