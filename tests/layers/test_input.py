import numpy as np
import pytest

from numpy_ann.layers import Dense, Input, InputLayer
from tests.support import OF_KERAS_2


def test_by_hand() -> None:
    layer = InputLayer(shape=(2,), name="pixels")
    assert (layer.input_shape, layer.name) == ((2,), "pixels")
    x = np.array([[1.0, 2.0]], np.float32)
    assert layer.forward(x, training=True) is x
    assert layer.backward(np.array([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    assert layer.parameters == []


def test_other_shapes_are_refused_before_it_is_built() -> None:
    with pytest.raises(ValueError, match=r"shape \(batch, 28, 28\), but received \(2, 784\)"):
        InputLayer(shape=(28, 28)).forward(np.zeros((2, 784)))


def test_configuration() -> None:
    assert InputLayer((28, 28)).get_config() == {"shape": (28, 28), "name": "input_layer", "dtype": "float32"}


def test_a_number_is_no_shape() -> None:
    with pytest.raises(ValueError, match=r"Received: shape=784; did you mean \(784,\)\?"):
        Input(784)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0,), (-1, 3), (None, -28), (2.0,), (True,), ("a",)])
def test_shapes_that_are_refused(shape: object) -> None:
    with pytest.raises(ValueError, match=r"positive integers, the batch axis left out"):
        Input(shape)  # type: ignore[arg-type]


@OF_KERAS_2
def test_numpy_integers_make_a_shape() -> None:
    n = np.int64(28)
    for layer in (InputLayer((n, n)), InputLayer(np.array([28, 28])), Dense(3, input_shape=(n, n))):  # type: ignore[arg-type]
        assert layer.input_shape == (28, 28)
        assert all(type(axis) is int for axis in layer.input_shape or ())
    assert Dense(3, input_dim=n).input_shape == (28,)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0,), (-1, 3), (None, -28), (2.0,), (True,), ("a",), "28"])
def test_a_layers_own_input_shape_is_checked_alike(shape: object) -> None:
    with pytest.raises(ValueError, match=r"Dense's input_shape holds positive integers"):
        Dense(3, input_shape=shape)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Dense's input_dim holds positive integers"):
        Dense(3, input_dim=shape)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"Received: input_shape=784; did you mean \(784,\)\?"):
        Dense(3, input_shape=784)  # type: ignore[arg-type]
