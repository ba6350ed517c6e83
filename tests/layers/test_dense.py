import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import initializers
from numpy_ann.layers import Dense
from tests.support import OF_KERAS_2

X = np.array([[1.0, 2.0], [3.0, -1.0]])
W = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.5]])
B = np.array([0.5, -1.0, 1.0])


def layer_by_hand(activation: str | None = None) -> Dense:
    layer = Dense(3, activation=activation)
    layer.join(np.random.default_rng(0), np.dtype("float64"))
    layer.build((None, 2))
    layer.set_weights([W, B])
    return layer


def test_by_hand() -> None:
    # z = x W + b, first row: (1*1 + 2*2 + 0.5, 1*0 + 2*1 - 1, 1*-1 + 2*0.5 + 1) = (5.5, 1, 1)
    #             second row: (3*1 - 1*2 + 0.5, 3*0 - 1*1 - 1, 3*-1 - 1*0.5 + 1) = (1.5, -2, -2.5)
    layer = layer_by_hand("relu")
    y = layer.forward(X, training=True)
    assert y.tolist() == [[5.5, 1.0, 1.0], [1.5, 0.0, 0.0]]
    # dy passes where z > 0: dz = ((1, 2, 3), (4, 0, 0)).
    dx = layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    # dW = x^T dz: row 1 (1*1 + 3*4, 1*2 + 3*0, 1*3 + 3*0), row 2 (2*1 - 1*4, 2*2, 2*3)
    assert layer.kernel.grad.tolist() == [[13.0, 2.0, 3.0], [-2.0, 4.0, 6.0]]
    # db = the sum over the batch.
    assert layer.bias.grad.tolist() == [5.0, 2.0, 3.0]
    # dx = dz W^T: (1*1 + 2*0 - 3*1, 1*2 + 2*1 + 3*0.5), (4*1, 4*2)
    assert dx.tolist() == [[-2.0, 5.5], [4.0, 8.0]]


def test_without_activation_it_is_linear() -> None:
    layer = layer_by_hand()
    assert layer.forward(X).tolist() == [[5.5, 1.0, 1.0], [1.5, -2.0, -2.5]]
    assert layer.activation.name == "linear"


def test_without_bias() -> None:
    layer = Dense(3, use_bias=False)
    layer.join(np.random.default_rng(0), np.dtype("float64"))
    layer.build((None, 2))
    layer.set_weights([W])
    assert layer.forward(X, training=True).tolist() == [[5.0, 2.0, 0.0], [1.0, -1.0, -3.5]]
    layer.backward(np.ones((2, 3)))
    assert [p.name for p in layer.parameters] == ["kernel"]


def test_gradients_are_written_and_not_added_to() -> None:
    layer = layer_by_hand()
    for _ in range(2):
        layer.forward(X, training=True)
        layer.backward(np.ones((2, 3)))
    assert layer.bias.grad.tolist() == [2.0, 2.0, 2.0]


@given(steps=st.integers(1, 4), inputs=st.integers(1, 4), units=st.integers(1, 4))
def test_more_axes_are_as_many_rows(steps: int, inputs: int, units: int) -> None:
    rng = np.random.default_rng(steps)
    x, dy = rng.normal(size=(3, steps, inputs)), rng.normal(size=(3, steps, units))
    layer, rows = (Dense(units, activation="tanh", dtype="float64") for _ in range(2))
    y = layer.forward(x, training=True)
    rows.forward(x.reshape(-1, inputs))
    rows.set_weights(layer.get_weights())
    assert np.allclose(rows.forward(x.reshape(-1, inputs), training=True).reshape(y.shape), y)
    dx = layer.backward(dy)
    assert np.allclose(rows.backward(dy.reshape(-1, units)).reshape(x.shape), dx)
    assert np.allclose(rows.kernel.grad, layer.kernel.grad)
    assert np.allclose(rows.bias.grad, layer.bias.grad)


def test_starts_from_its_initializers() -> None:
    layer = Dense(64)
    layer.join(np.random.default_rng(0), np.dtype("float32"))
    layer.build((None, 128))
    expected = initializers.GlorotUniform(seed=0)((128, 64))
    assert np.array_equal(layer.kernel.value, expected)
    assert not layer.bias.value.any()
    ones = Dense(2, kernel_initializer="zeros", bias_initializer=initializers.Ones())
    assert ones.forward(np.ones((1, 3))).tolist() == [[1.0, 1.0]]


@OF_KERAS_2
def test_input_dim_is_a_shape_of_one_axis() -> None:
    assert Dense(3, input_dim=4).input_shape == (4,)
    assert Dense(3, input_shape=[4]).input_shape == (4,)


@pytest.mark.parametrize("units", [0, -1, 2.5, True, "3", None])
def test_units_that_are_refused(units: object) -> None:
    with pytest.raises(ValueError, match=r"`units` must be an integer of at least 1\. Received"):
        Dense(units)  # type: ignore[arg-type]


def test_numpy_integers_are_units() -> None:
    assert type(Dense(np.int64(3)).units) is int


def test_unknown_names_are_refused_with_near_ones() -> None:
    with pytest.raises(ValueError, match=r"'rellu'\. Did you mean 'relu'"):
        Dense(3, activation="rellu")
    with pytest.raises(ValueError, match=r"initializer identifier: 'glorot'\. Did you mean 'glorot_"):
        Dense(3, kernel_initializer="glorot")


def test_samples_need_an_axis() -> None:
    with pytest.raises(ValueError, match="needs inputs of at least two axes"):
        Dense(3).forward(np.ones(4))
