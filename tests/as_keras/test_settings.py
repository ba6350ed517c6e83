"""``keras.config`` and ``keras.backend``: what Keras has by default, and its numbers."""

import numpy as np
import pytest

from numpy_ann.as_keras import installed
from numpy_ann.layers import Dense
from numpy_ann.optimizers import Adam


@pytest.fixture
def keras():
    with installed():
        import keras

        yield keras


def test_settings_are_keras_defaults(keras):
    assert keras.version() == keras.__version__ == "3.15.1"
    assert keras.config.backend() == keras.backend.backend() == "numpy"
    for place in keras.config, keras.backend:
        assert (place.floatx(), place.epsilon(), place.image_data_format()) == (
            "float32",
            1e-7,
            "channels_last",
        )
    assert not keras.config.is_traceback_filtering_enabled()


def test_what_is_so_already_can_be_set_and_nothing_else(keras):
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.disable_traceback_filtering()
    with pytest.raises(ValueError, match=r"not set_floatx\(.float64.\), but make each model with dtype="):
        keras.config.set_floatx("float64")
    with pytest.raises(ValueError, match="`value` must be one of"):
        keras.config.set_floatx("int32")
    with pytest.raises(ValueError, match=r"an epsilon of 1e-7 throughout. Received: value=1e-08"):
        keras.config.set_epsilon(1e-8)
    with pytest.raises(ValueError, match="`data_format` must be"):
        keras.config.set_image_data_format("channels_first")


def test_blocks_that_name_a_scope_or_a_device_do_nothing(keras):
    with keras.name_scope("block"), keras.device("cpu:0"):
        x = keras.Input((3,))
    assert keras.utils.is_keras_tensor(x)
    assert not keras.utils.is_keras_tensor(np.ones(3))


def test_variables_and_constants_of_keras_2(keras):
    K = keras.backend
    w = K.variable([1, 2], name="w")
    assert (w.dtype, w.name, K.eval(w).tolist()) == (np.float32, "w", [1, 2])
    assert K.variable([1, 2], "float64").dtype == np.float64
    K.set_value(w, [3.0, 4.0])
    assert K.get_value(w).tolist() == [3, 4]
    assert K.constant(3, shape=(2, 2)).numpy().tolist() == [[3, 3], [3, 3]]
    assert [K.constant(1).dtype, K.constant([1, 2], "int32").dtype] == [np.float32, np.int32]
    assert K.get_value(Adam(0.25).learning_rate) == 0.25
    assert K.get_value(3.5) == 3.5


def test_shapes_of_keras_2(keras):
    K, x = keras.backend, keras.Input((3,))
    assert (K.int_shape(x), K.ndim(x)) == ((None, 3), 2)
    assert (K.int_shape(np.ones((2, 3, 4))), K.ndim(np.ones((2, 3, 4)))) == ((2, 3, 4), 3)
    layer = Dense(2)
    layer.build((None, 3))
    assert (K.int_shape(layer.kernel), K.ndim(layer.bias)) == ((3, 2), 1)


def test_functions_of_keras_2_are_ops(keras):
    K = keras.backend
    assert K.sum([[1.0, 2.0], [3.0, 4.0]], axis=1).numpy().tolist() == [3, 7]
    assert K.permute_dimensions([[1.0, 2.0]], (1, 0)).shape == (2, 1)
    assert K.random_normal((2, 3)).shape == (2, 3)
    with pytest.raises(AttributeError, match="conv2d"):
        K.conv2d  # noqa: B018
    from numpy_ann.as_keras import backend

    with pytest.raises(AttributeError, match=r"'numpy_ann.as_keras.backend' has no attribute 'conv2d'"):
        backend.conv2d  # noqa: B018


def test_functions_of_keras_2_have_its_axes_and_order(keras):
    """What Keras' legacy backend on TensorFlow 2.21 gives, where ``ops`` has other defaults or arguments."""
    K, t = keras.backend, np.array([[3.0, 1, 2], [4, 6, 5]], np.float32)
    assert (K.argmax(t).numpy().tolist(), K.argmin(t).numpy().tolist()) == ([0, 1], [1, 0])
    assert K.argmax(t, axis=0).numpy().tolist() == [1, 1, 1]
    assert K.concatenate([t, t]).shape == (2, 6)
    assert K.concatenate(tensors=[t, t], axis=0).shape == (4, 3)
    assert K.cumsum(t).numpy().tolist() == [[3, 1, 2], [7, 7, 7]]
    assert (K.expand_dims(t).shape, K.expand_dims(t, 0).shape) == ((2, 3, 1), (1, 2, 3))
    assert K.gather(t, [1, 0]).numpy().tolist() == t[::-1].tolist()
    assert K.in_top_k(t, [0, 2], 1).numpy().tolist() == [True, False]
    assert K.l2_normalize([3.0, 4.0]).numpy() == pytest.approx([0.6, 0.8])
    whole = K.l2_normalize(t).numpy()
    assert np.square(whole).sum() == pytest.approx(1)
    assert K.l2_normalize(t, axis=1).numpy()[0] == pytest.approx(t[0] / np.sqrt(14))
    assert K.repeat(t, 2).numpy().tolist() == [[[3, 1, 2], [3, 1, 2]], [[4, 6, 5], [4, 6, 5]]]
    assert K.batch_flatten(np.ones((2, 3, 4))).shape == (2, 12)
    assert K.hard_sigmoid(np.float32([-3, -1, 0, 1, 2.6])).numpy() == pytest.approx([0, 0.3, 0.5, 0.7, 1])
    assert K.sqrt(np.float32([-4, 4])).numpy().tolist() == [0, 2]
    assert K.constant([1, 2, 3, 4], shape=(2, 2)).numpy().tolist() == [[1, 2], [3, 4]]
    with pytest.raises(ValueError, match="longer"):
        K.cumsum(t, 0, True)
