import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from numpy_ann._typing import Array
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential
from numpy_ann.utils import pad_sequences, set_random_seed, to_categorical


def test_to_categorical_by_hand() -> None:
    assert to_categorical([0, 2]).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert to_categorical([1], 4).tolist() == [[0, 1, 0, 0]]


@given(arrays.arrays("uint8", arrays.array_shapes(max_dims=3), elements=st.integers(0, 6)), st.integers(0, 3))
def test_to_categorical_is_undone_by_argmax(labels: Array, spare: int) -> None:
    one_hot = to_categorical(labels, int(labels.max()) + 1 + spare)
    squeezed = labels[..., 0] if labels.ndim > 1 and labels.shape[-1] == 1 else labels
    assert one_hot.shape == (*squeezed.shape, labels.max() + 1 + spare)
    assert one_hot.dtype == "float64"
    assert np.array_equal(one_hot.argmax(axis=-1), squeezed)
    assert np.all(one_hot.sum(axis=-1) == 1)
    assert set(np.unique(one_hot)) <= {0, 1}


def test_to_categorical_as_keras_does() -> None:
    # Keras 3.15.1: fractions are cut off, a last axis of 1 is dropped, a number gives one row.
    assert to_categorical([2.7, 0.0]).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert to_categorical([[1], [0]]).tolist() == [[0, 1], [1, 0]]
    assert to_categorical(1, 3).tolist() == [0, 1, 0]
    assert to_categorical([True, False]).tolist() == [[0, 1], [1, 0]]
    assert to_categorical([], 3).shape == (0, 3)


def test_labels_that_to_categorical_refuses() -> None:
    with pytest.raises(IndexError, match="index 3 is out of bounds for axis 1 with size 3"):
        to_categorical([0, 3], 3)
    with pytest.raises(ValueError, match="Class numbers must be 0 or more, but the smallest is -1"):
        to_categorical([0, -1])
    with pytest.raises(ValueError, match="no labels to count the classes of: pass num_classes"):
        to_categorical([])
    for labels in (["a", "b"], np.array([None, 1]), [1j]):
        with pytest.raises(TypeError, match="Class numbers must be integers, but the dtype is"):
            to_categorical(labels)


def test_set_random_seed_repeats_everything() -> None:
    def everything() -> list[float]:
        model = Sequential([Input((20,)), Dropout(0.5), Dense(2)])
        x = np.ones((1, 20))
        numbers = [model(x, training=True).sum(), model.get_weights()[0].sum(), Sequential().streams.seed]
        return [*map(float, numbers), random.random(), np.random.rand()]  # noqa: NPY002, S311

    set_random_seed(3)
    first, second = everything(), everything()
    set_random_seed(3)
    assert everything() == first
    assert everything() == second
    set_random_seed(4)
    third = everything()
    for a, b, c in zip(first, second, third, strict=True):
        assert len({a, b, c}) == 3


@pytest.mark.parametrize("seed", [1.0, "1", None, True, np.int64(1)])
def test_seeds_that_are_refused(seed: object) -> None:
    with pytest.raises(ValueError, match=r"Expected `seed` argument to be an integer\. Received: seed="):
        set_random_seed(seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("num_classes", [-1, 0, "3", 2.5, True])
def test_numbers_of_classes_that_to_categorical_refuses(num_classes: object) -> None:
    with pytest.raises(ValueError, match="`num_classes` must be an integer of at least 1"):
        to_categorical([0, 1], num_classes)  # type: ignore[arg-type]


def test_to_categorical_refuses_nan() -> None:
    with pytest.raises(ValueError, match="NaN or infinity in x"):
        to_categorical([0.0, np.nan])


def test_pad_sequences_by_hand() -> None:
    rows = [[1, 2, 3], [4], []]
    assert pad_sequences(rows).tolist() == [[1, 2, 3], [0, 0, 4], [0, 0, 0]]
    assert pad_sequences(rows, 2, padding="post", value=9).tolist() == [[2, 3], [4, 9], [9, 9]]
    assert pad_sequences(rows, 2, truncating="post").tolist() == [[1, 2], [0, 4], [0, 0]]
    assert pad_sequences(rows, 4, "float32", "post").tolist() == [[1, 2, 3, 0], [4, 0, 0, 0], [0] * 4]
    pairs = pad_sequences([[], [[1, 2]], [[3, 4], [5, 6]]])
    assert pairs.tolist() == [[[0, 0], [0, 0]], [[0, 0], [1, 2]], [[3, 4], [5, 6]]]
    assert (pad_sequences([]).shape, pad_sequences([], 2).shape) == ((0, 0), (0, 2))
    assert pad_sequences(rows, 1).tolist() == [[3], [4], [0]]


@pytest.mark.parametrize("wrong", [3, [1, 2], [[1], 2], iter([[1]])])
def test_what_is_no_list_of_lists_is_not_padded(wrong: object) -> None:
    with pytest.raises(ValueError, match="must be a list of lists or arrays, each with a length"):
        pad_sequences(wrong)


def test_pad_sequences_refuses_other_options_and_mixed_elements() -> None:
    with pytest.raises(ValueError, match="elements of all sequences must have one shape"):
        pad_sequences([[], [[1, 2]], [[1, 2, 3]]])
    with pytest.raises(ValueError, match="elements of all sequences must have one shape"):
        pad_sequences([[1], [[1, 2]]])
    for options in {"padding": "left"}, {"truncating": "left"}, {"maxlen": 0}:
        with pytest.raises(ValueError, match=f"`{next(iter(options))}` must be"):
            pad_sequences([[1]], **options)
