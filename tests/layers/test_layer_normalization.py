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
