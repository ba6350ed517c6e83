import numpy as np
import pytest

from numpy_ann.layers import Input, InputLayer


def test_by_hand() -> None:
    layer = Input(shape=(2,), name="pixels")
    assert isinstance(layer, InputLayer)
    assert (layer.input_shape, layer.name) == ((2,), "pixels")
    x = np.array([[1.0, 2.0]], np.float32)
    assert layer.forward(x, training=True) is x
    assert layer.backward(np.array([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]
    assert layer.parameters == []


def test_other_shapes_are_refused_before_it_is_built() -> None:
    with pytest.raises(ValueError, match=r"shape \(batch, 28, 28\), but received \(2, 784\)"):
        Input(shape=(28, 28)).forward(np.zeros((2, 784)))


def test_configuration() -> None:
    assert Input((28, 28)).get_config() == {"shape": (28, 28), "name": "input_layer", "dtype": "float32"}


def test_a_number_is_no_shape() -> None:
    with pytest.raises(ValueError, match=r"Received: shape=784; did you mean \(784,\)\?"):
        Input(784)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(0,), (-1, 3), (None, 28), (2.0,), (True,), ("a",)])
def test_shapes_that_are_refused(shape: object) -> None:
    with pytest.raises(ValueError, match=r"positive integers, the batch axis left out"):
        Input(shape)  # type: ignore[arg-type]
