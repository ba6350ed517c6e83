import numpy as np
import pytest

from numpy_ann import activations
from numpy_ann.layers import ELU, LeakyReLU, ReLU

X = np.array([[-10.0, -5.0, 0.0, 5.0, 10.0]])


def test_by_hand() -> None:
    assert ReLU(max_value=6, negative_slope=0.5).forward(X).tolist() == [[-5, -2.5, 0, 5, 6]]
    assert LeakyReLU().forward(X).tolist() == [[-3, -1.5, 0, 5, 10]]
    assert np.allclose(ELU(2.0).forward(X), [[2 * np.expm1(-10), 2 * np.expm1(-5), 0, 5, 10]])
    layer = ReLU(6, 0.5, 1.0)
    layer.forward(X, training=True)
    assert layer.backward(np.ones_like(X)).tolist() == [[0.5, 0.5, 0.5, 1, 0]]


def test_plain_options_are_the_plain_functions() -> None:
    assert ReLU().activation is activations.relu
    assert ELU().activation is activations.elu
    assert LeakyReLU(0.2).activation is activations.leaky_relu


@pytest.mark.parametrize("value", [-1.0, None, float("nan"), True])
def test_options_that_are_refused(value: object) -> None:
    for make in (ELU, LeakyReLU, lambda v: ReLU(0.0, v), lambda v: ReLU(threshold=v)):
        with pytest.raises(ValueError, match=r"must be a number of 0 or more\. Received"):
            make(value)  # type: ignore[operator]
