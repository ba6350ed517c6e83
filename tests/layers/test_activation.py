import numpy as np
import pytest

from numpy_ann import activations
from numpy_ann.layers import Activation, ReLU, Softmax


def test_relu_by_hand() -> None:
    layer = ReLU()
    assert layer.forward(np.array([[-3.0, 0.0, 4.0]]), training=True).tolist() == [[0.0, 0.0, 4.0]]
    # The gradient passes where x > 0; at 0 the derivative is 0, as in Keras.
    assert layer.backward(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0.0, 0.0, 3.0]]


def test_softmax_by_hand() -> None:
    # exp(0) : exp(log 3) = 1 : 3, so y = (1/4, 3/4).
    layer = Softmax()
    y = layer.forward(np.array([[0.0, np.log(3.0)]]), training=True)
    assert np.allclose(y, [[0.25, 0.75]])
    # sum(dy y) = 4 * 1/4 + 8 * 3/4 = 7; dx = y (dy - 7) = (1/4 * -3, 3/4 * 1).
    assert np.allclose(layer.backward(np.array([[4.0, 8.0]])), [[-0.75, 0.75]])


def test_activation_by_hand() -> None:
    # sigmoid(log 3) = 1 / (1 + 1/3) = 3/4, and the derivative y (1 - y) = 3/16.
    layer = Activation("sigmoid")
    assert np.allclose(layer.forward(np.array([[np.log(3.0)]]), training=True), 0.75)
    assert np.allclose(layer.backward(np.array([[16.0]])), 3.0)


def test_the_layers_are_the_functions() -> None:
    assert Activation("tanh").activation is activations.tanh
    assert Activation(activations.sigmoid).activation is activations.sigmoid
    assert (ReLU().activation, Softmax().activation) == (activations.relu, activations.softmax)
    assert Activation("tanh").get_config()["activation"] == "tanh"


def test_unknown_names_are_refused_with_near_ones() -> None:
    with pytest.raises(ValueError, match=r"'softmaxx'\. Did you mean 'softmax'"):
        Activation("softmaxx")
