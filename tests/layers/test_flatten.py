import numpy as np
import pytest

from numpy_ann.layers import Flatten


def test_by_hand() -> None:
    layer = Flatten()
    x = np.arange(12.0).reshape(2, 2, 3)
    # Row by row, as the numbers lie in memory: ((0, 1, 2), (3, 4, 5)) becomes (0, 1, 2, 3, 4, 5).
    assert layer.forward(x, training=True).tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    dy = np.arange(12.0).reshape(2, 6) * 10
    assert layer.backward(dy).tolist() == [[[0, 10, 20], [30, 40, 50]], [[60, 70, 80], [90, 100, 110]]]


def test_nothing_is_copied() -> None:
    x = np.zeros((2, 28, 28), np.float32)
    assert np.shares_memory(Flatten().forward(x), x)


def test_a_transposed_image_is_flattened_by_its_indices() -> None:
    x = np.arange(6.0).reshape(1, 2, 3).transpose(0, 2, 1)
    assert Flatten().forward(x).tolist() == [[0, 3, 1, 4, 2, 5]]


def test_shapes() -> None:
    layer = Flatten()
    assert layer.compute_output_shape((None, 28, 28)) == (None, 784)
    assert layer.compute_output_shape((5, 7)) == (5, 7)
    assert layer.compute_output_shape((None,)) == (None, 1)  # one number a sample, as in Keras
    assert layer.compute_output_shape((None, None, 2)) == (None, None)
    assert layer.forward(np.zeros((0, 2, 3))).shape == (0, 6)


def test_backward_needs_a_shape() -> None:
    with pytest.raises(ValueError, match=r"call forward\(x, training=True\) before backward\(dy\)"):
        Flatten().backward(np.ones((2, 6)))
