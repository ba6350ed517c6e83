import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.inspection import occlusion
from numpy_ann.layers import BatchNormalization, Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential
from tests.support import FEW


def summing(*shape):
    """A model whose output is the sum of the picture's pixels."""
    return Sequential([Input(shape), Flatten(), Dense(1, use_bias=False, kernel_initializer="ones")])


def classifier(shape, classes=3, seed=0):
    layers = [Flatten(), BatchNormalization(), Dense(6, activation="tanh"), Dropout(0.5)]
    return Sequential([Input(shape), *layers, Dense(classes, activation="softmax")], seed=seed)


def test_worked_by_hand():
    # Covering 2 x 2 of a 2 x 3 picture: the left four sum to 12, the right four to 16. The output is the sum
    # of all, so the drops are these; the middle column is covered by both patches.
    x = np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    np.testing.assert_array_equal(occlusion(summing(2, 3), x, patch=2), [[[12, 14, 16], [12, 14, 16]]])
    # Covered with 1 instead of 0, each patch leaves 4.
    np.testing.assert_array_equal(occlusion(summing(2, 3), x, patch=2, fill=1), [[[8, 10, 12], [8, 10, 12]]])
    # A patch of one pixel shows each pixel; one of all, the sum.
    np.testing.assert_array_equal(occlusion(summing(2, 3), x, patch=1), x)
    np.testing.assert_array_equal(occlusion(summing(2, 3), x, patch=(2, 3)), np.full((1, 2, 3), 21))


def test_the_last_patch_ends_at_the_edge():
    # Places 0 and 2, and then 3 in the place of 4: every pixel is covered.
    x = np.arange(5.0).reshape(1, 1, 5)
    found = occlusion(summing(1, 5), x, patch=(1, 2), stride=2)
    np.testing.assert_array_equal(found, [[[1, 1, 5, 6, 7]]])


@FEW
@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.data(),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.5, -1]),
)
def test_it_is_the_mean_drop_over_the_patches(rows, columns, data, seed, fill):
    height, width = data.draw(st.integers(1, rows)), data.draw(st.integers(1, columns))
    stride = data.draw(st.integers(1, min(height, width)))
    model = classifier((rows, columns), seed=seed)
    rng = np.random.default_rng(seed)
    x, classes = rng.normal(size=(3, rows, columns)), rng.integers(0, 3, 3)
    p = model.predict(x, verbose=0)
    drops, covers = np.zeros(x.shape), np.zeros((rows, columns))
    for i in {*range(0, rows - height + 1, stride), rows - height}:
        for j in {*range(0, columns - width + 1, stride), columns - width}:
            covered = x.copy()
            covered[:, i : i + height, j : j + width] = fill
            drop = (p - model.predict(covered, verbose=0))[np.arange(3), classes]
            drops[:, i : i + height, j : j + width] += drop[:, np.newaxis, np.newaxis]
            covers[i : i + height, j : j + width] += 1
    found = occlusion(model, x, classes, patch=(height, width), stride=stride, fill=fill)
    np.testing.assert_allclose(found, drops / covers, atol=1e-5)


@pytest.mark.parametrize("shape", [(9, 9), (9, 9, 1), (81,)])
def test_pictures_in_every_form(shape):
    model, flat = classifier(shape), classifier((81,))
    x = np.random.default_rng(0).normal(size=(4, *shape))
    found = occlusion(model, x, patch=3)
    assert (found.shape, found.dtype) == ((4, 9, 9), np.float32)
    np.testing.assert_array_equal(found, occlusion(flat, x.reshape(4, 81), patch=3))


def test_left_out_it_is_the_predicted_class():
    model, x = classifier((4, 4)), np.random.default_rng(0).normal(size=(5, 4, 4))
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    assert len(set(predicted)) > 1
    np.testing.assert_array_equal(occlusion(model, x, patch=2), occlusion(model, x, predicted, patch=2))


def test_the_classes_of_a_single_sigmoid():
    model = Sequential([Input((2, 2)), Flatten(), Dense(1, activation="sigmoid")], seed=0)
    x = np.random.default_rng(0).normal(size=(5, 2, 2))
    for_one, for_zero = (occlusion(model, x, c, patch=1) for c in (1, 0))
    np.testing.assert_allclose(for_one, -for_zero, atol=1e-6)
    p = model.predict(x, verbose=0)[:, 0]
    covered = x.copy()
    covered[:, 0, 1] = 0
    np.testing.assert_allclose(for_one[:, 0, 1], p - model.predict(covered, verbose=0)[:, 0], atol=1e-6)


def test_integers_and_what_is_left_as_it_was():
    model = classifier((4, 4))
    x = np.random.default_rng(0).integers(0, 256, (2, 4, 4), dtype=np.uint8)
    kept, weights = x.copy(), model.theta.copy()
    found = occlusion(model, x, patch=2, fill=-0.5)  # which a uint8 could not hold
    np.testing.assert_array_equal(found, occlusion(model, x.astype(np.float32), patch=2, fill=-0.5))
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(model.theta, weights)


def test_many_places_are_not_held_at_once():
    model = Sequential([Input((60, 60)), Flatten(), Dense(2, activation="softmax")])
    x = np.ones((1, 60, 60), dtype=np.float32)
    tracemalloc.start()
    occlusion(model, x, patch=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # All 58 x 58 covered pictures would be 48 MB, 256 of them are 3.7.
    assert peak < 10e6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patch": 5}, "5 x 5 pixels doesn't fit pictures of 4 x 6"),
        ({"patch": (2, 7)}, "2 x 7 pixels doesn't fit"),
        ({"patch": 0}, "`patch` must be an integer of at least 1"),
        ({"patch": 1.5}, "side, or height and width"),
        ({"patch": (1, 2, 3)}, "side, or height and width"),
        ({"patch": 2, "stride": 0}, "`stride` must be an integer"),
        ({"patch": 2, "stride": 3}, "moves by 3 leaves some uncovered"),
        ({"patch": 2, "fill": np.nan}, "`fill` must be a finite number. Received: fill=nan"),
        ({"patch": 2, "fill": "grey"}, "`fill` must be a finite number. Received: fill='grey'"),
        ({"patch": 2, "class_index": 3}, "from 0 to 2"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        occlusion(classifier((4, 6)), np.ones((1, 4, 6)), **options)


def test_models_that_read_no_pictures():
    with pytest.raises(ValueError, match="grey pictures"):
        occlusion(classifier((7,)), np.ones((1, 7)))
