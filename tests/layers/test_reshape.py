import numpy as np
import pytest

from numpy_ann.layers import Rescaling, Reshape


def test_by_hand() -> None:
    layer = Reshape((3, -1))
    x = np.arange(6.0).reshape(1, 6)
    assert layer.forward(x).tolist() == [[[0, 1], [2, 3], [4, 5]]]
    assert layer.backward(np.arange(6.0).reshape(1, 3, 2)).tolist() == x.tolist()


@pytest.mark.parametrize("shape", [(4, -1), (5,), (2, 2)])
def test_sizes_must_agree(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="those have 6 numbers"):
        Reshape(shape).forward(np.zeros((1, 6)))


@pytest.mark.parametrize("shape", [(-1, -1), (0,), (2.0,), (-2, 3)])
def test_targets_that_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at most one -1"):
        Reshape(shape)


def test_rescaling_by_hand() -> None:
    layer = Rescaling([2.0, 4.0], 1)
    assert layer.forward(np.array([[1.0, 1.0]])).tolist() == [[3.0, 5.0]]
    assert layer.backward(np.array([[1.0, 1.0]])).tolist() == [[2.0, 4.0]]
    with pytest.raises(ValueError, match="`scale` is a finite number or a list"):
        Rescaling("a")
