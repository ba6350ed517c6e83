import numpy as np
import pytest

from numpy_ann.layers import LayerNormalization


def test_by_hand() -> None:
    # Rows of means 2 and 4 and deviations 1 and 4.
    layer = LayerNormalization(epsilon=0.0)
    x = np.array([[1.0, 3.0], [0.0, 8.0]])
    assert layer.forward(x, training=True).tolist() == [[-1, 1], [-1, 1]]
    layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert layer.gamma.grad.tolist() == [-4.0, 6.0]
    assert layer.beta.grad.tolist() == [4.0, 6.0]


def test_several_axes_are_one() -> None:
    x = np.random.default_rng(0).normal(size=(4, 2, 3))
    both = LayerNormalization([1, 2]).forward(x)
    assert np.allclose(both.reshape(4, 6), LayerNormalization().forward(x.reshape(4, 6)))
    with pytest.raises(ValueError, match=r"Received: axis=\[1, 1\]"):
        LayerNormalization([1, 1]).forward(x)


def test_axes_are_sorted_as_numbers_as_in_keras() -> None:
    # -1 comes before 1, so the weights have the shape (4, 3). Numbers: Keras 3.15 on JAX.
    x = np.arange(24).reshape(2, 3, 4) ** 1.5
    layer = LayerNormalization([1, -1])
    layer.build((None, 3, 4))
    for number, weight in enumerate(layer.weights):
        weight.assign(np.arange(12.0).reshape(4, 3) / 10 + number)
    y = layer.forward(x, training=True)
    expected = [
        [1.0, 0.982, 0.996, 1.053],
        [1.166, 1.342, 1.588, 1.912],
        [2.32, 2.818, 3.41, 4.103],
    ]
    assert np.allclose(y[0], expected, atol=1e-3)
    layer.backward(x)
    sums = x.sum(axis=0)
    assert np.allclose(layer.beta.grad, sums.reshape(4, 3), rtol=1e-6)
