import numpy as np
import pytest

from numpy_ann.inspection import weight_images
from numpy_ann.layers import BatchNormalization, Dense, Dropout, Flatten, Input, Rescaling
from numpy_ann.models import Sequential


def test_each_tile_is_a_units_column():
    model = Sequential([Input((2, 3)), Flatten(), Dense(2), Dense(4)])
    W = np.arange(12.0).reshape(6, 2)
    model.layers[1].kernel.assign(W)
    # Unit 0 has the even numbers, unit 1 the odd ones, row by row.
    np.testing.assert_array_equal(
        weight_images(model, shape=(2, 3)), [[[0, 2, 4], [6, 8, 10]], [[1, 3, 5], [7, 9, 11]]]
    )


@pytest.mark.parametrize(
    "before",
    [
        lambda: [Flatten()],
        lambda: [Rescaling(1 / 255), Flatten(), BatchNormalization(), Dropout(0.2)],
        lambda: [Flatten(), Rescaling(1 / 255)],
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layers_before_the_first_dense_one(before, dtype):
    first = Dense(5, activation="relu")
    model = Sequential([Input((28, 28)), *before(), first, Dense(3)], dtype=dtype, seed=0)
    images = weight_images(model)
    assert (images.shape, images.dtype) == ((5, 28, 28), dtype)
    np.testing.assert_array_equal(images.reshape(5, 784).T, first.kernel.value)


@pytest.mark.parametrize("units", [1, 3])
def test_they_are_a_copy(units):
    model = Sequential([Input((4,)), Dense(units)], seed=0)
    kept = model.get_weights()
    weight_images(model, (2, 2))[...] = 7
    np.testing.assert_array_equal(model.get_weights()[0], kept[0])


@pytest.mark.parametrize(
    ("layers", "shape", "message"),
    [
        ([Input((784,)), Dense(2)], (28, 29), r"reads 784 numbers.*\(28, 29\). Pass shape=\(28, 28\)"),
        ([Input((64,)), Dense(2)], (28, 28), r"Pass shape=\(8, 8\)"),
        ([Input((50,)), Dense(2)], (28, 28), r"Pass shape=\(rows, columns\)"),
        ([Input((28, 28)), Dense(2)], (28, 28), r"works on \(28, 28\) row by row: put a Flatten\(\)"),
        ([Input((784,)), Dense(2)], (784,), "pictures of shape"),
        ([Input((784,)), Dense(2)], (28, 28, 1), "pictures of shape"),
        ([Input((784,)), Dense(2)], (28, -28), "positive integers"),
        ([Input((784,)), Dense(2)], 28, "is a tuple"),
        ([Input((784,)), Flatten()], (28, 28), "no Dense layer"),
        ([Dense(2)], (28, 28), "isn't built"),
    ],
)
def test_what_does_not_fit_is_refused(layers, shape, message):
    with pytest.raises(ValueError, match=message):
        weight_images(Sequential(layers), shape)
