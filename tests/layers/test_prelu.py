import numpy as np
import pytest

from numpy_ann.initializers import Constant
from numpy_ann.layers import PReLU


def test_by_hand() -> None:
    layer = PReLU(Constant(0.5))
    assert layer.forward(np.array([[-4.0, 0.0, 2.0]]), training=True).tolist() == [[-2.0, 0.0, 2.0]]
    # dalpha = dy min(x, 0); dx = dy alpha, 0 at 0, and dy.
    assert layer.backward(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0.5, 0.0, 3.0]]
    assert layer.alpha.grad.tolist() == [-4.0, 0.0, 0.0]


def test_shared_axes_have_one_slope() -> None:
    layer = PReLU(Constant(0.5), shared_axes=[1])
    layer.forward(np.full((2, 3, 4), -1.0), training=True)
    assert layer.alpha.shape == (1, 4)
    layer.backward(np.ones((2, 3, 4)))
    assert layer.alpha.grad.tolist() == [[-6.0] * 4]
    with pytest.raises(ValueError, match="`shared_axes` of samples of shape"):
        PReLU(shared_axes=[3]).forward(np.ones((2, 3)))
