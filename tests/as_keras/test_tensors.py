"""What scripts get of layers, models, losses and metrics answers ``.numpy()``; nobody else sees that."""

import numpy as np
import pytest

from numpy_ann import Sequential
from numpy_ann.as_keras import installed
from numpy_ann.as_keras.tensorflow import print_tensors
from numpy_ann.as_keras.tensors import Tensor, Variable, as_tensor
from numpy_ann.layers import Dense, Input
from numpy_ann.losses import MeanSquaredError
from numpy_ann.metrics import Mean, MeanAbsoluteError
from numpy_ann.utils import plot_model


def test_scripts_get_tensors():
    x, y = np.ones((4, 2), np.float32), np.zeros((4, 1), np.float32)
    with installed():
        model = Sequential([Input((2,)), Dense(1)])
        p = model(x)
        loss, mean, error = MeanSquaredError()(y, p), Mean(), MeanAbsoluteError()
        mean.update_state(loss)
        for answer in (p, model.layers[0](x), loss, error(y, p), mean.result()):
            assert isinstance(answer, Tensor)
            assert not isinstance(answer.numpy(), Tensor)
        assert loss.numpy() == pytest.approx(np.mean(p**2))
        model.compile("sgd", "mse", metrics=["mae"])
        history = model.fit(x, y, epochs=2, verbose=0).history
        assert {type(value) for values in history.values() for value in values} == {float}
    assert type(model(x)) is np.ndarray
    assert {type(MeanSquaredError()(y, p)), type(mean.result())} == {float}


def test_the_tape_follows_what_scripts_compute():
    with installed():
        import tensorflow as tf

        model = Sequential([Input((2,)), Dense(1, kernel_regularizer="l2", kernel_initializer="ones")])
        x = tf.constant([[1.0, 2.0]])
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(x) - 1.0), axis=None, name="loss") + tf.add_n(model.losses)
        kernel, bias = tape.gradient(loss, model.trainable_weights)
    assert kernel.numpy().ravel() == pytest.approx([4 + 0.02, 8 + 0.02])  # 2 (3 - 1) x + 2 (0.01) w
    assert bias.numpy() == pytest.approx(4)
    assert float(loss) == pytest.approx(4 + 0.01 * 2)


def test_variables_are_trained_by_hand():
    with installed():
        import keras
        import tensorflow as tf

        w, n = tf.Variable([[1.0], [2.0]], name="w"), keras.Variable(3)
        optimizer = keras.optimizers.SGD(0.5)
        with tf.GradientTape() as tape:  # whole numbers are followed by no tape
            loss = tf.reduce_sum(tf.constant([[1.0, 1.0]]) @ w * tf.cast(n, tf.float32))
        optimizer.apply_gradients(zip(tape.gradient(loss, [w]), [w], strict=True))
        assert w.numpy().ravel().tolist() == [-0.5, 0.5]  # 1 - 0.5 * 3, 2 - 0.5 * 3
        assert isinstance(w * 2, Tensor)
        assert (w.assign_add([[1.0], [1.0]]) is w, n.assign_sub(1) is n) == (True, True)
        assert (int(n), float(w[0, 0]), f"{n:03d}", [5, 6, 7][n]) == (2, 0.5, "002", 7)
        assert (w == w).numpy().all()
        assert (w.name, n.dtype, isinstance(w, keras.backend.Variable)) == ("w:0", np.int32, True)
        assert repr(n) == "<Variable path=variable, shape=(), dtype=int32, value=2>"
        drawn = keras.Variable("ones", shape=(2,), dtype="float64", trainable=False)
        assert drawn.numpy().tolist() == [1, 1]
        assert drawn.read_value().dtype == np.float64


def test_tensors_meet_arrays_in_numpys_functions():
    with installed():
        import keras

        found = keras.ops.ones((2, 2)) * 2
    np.testing.assert_allclose(found, np.full((2, 2), 2.0))
    assert isinstance(np.where(np.eye(2) > 0, found, np.zeros((2, 2))), Tensor)


def test_models_are_drawn(tmp_path):
    with installed():
        import keras

        a, b = keras.Input((2,)), keras.Input((3,))
        both = keras.layers.Concatenate()([keras.layers.Dense(4)(a), b])
        graph = keras.Model([a, b], keras.layers.Dense(1, activation="relu")(both))
    chain = Sequential([Input((2,)), Dense(1)])
    for model, rankdir in (graph, "TB"), (graph, "LR"), (chain, "TB"):
        path = tmp_path / f"{model.name}_{rankdir}.png"
        plot_model(
            model, path, show_shapes=True, show_layer_names=True, show_layer_activations=True, rankdir=rankdir
        )
        assert path.read_bytes().startswith(b"\x89PNG")


def test_print_shows_the_numbers_of_parameters_and_arrays(capsys):
    layer = Dense(1, kernel_initializer="ones")
    layer.build((None, 2))
    print_tensors("w", layer.kernel, np.ones(2), sep=", ")
    assert capsys.readouterr().err == "w, [[1.]\n [1.]], [1. 1.]\n"


def test_functions_of_losses_and_metrics(tmp_path):
    with installed():
        import tensorflow as tf
        from keras import losses, metrics

        assert tf.losses.mse([[1.0, 2.0]], [[2.0, 4.0]]).numpy().tolist() == [2.5]
        assert metrics.mean_absolute_error([1.0, 2.0], [2.0, 4.0]).numpy() == 1.5
        model = Sequential([Input((2,)), Dense(1)])
        model.compile("sgd", losses.mean_squared_error, metrics=[metrics.binary_accuracy])
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
        assert isinstance(model.loss, MeanSquaredError)
        assert {*model.history.history} == {"loss", "binary_accuracy"}
        model.save(tmp_path / "a.keras")
        assert tf.keras.models.load_model(tmp_path / "a.keras").evaluate(
            np.ones((4, 2)), np.ones((4, 1)), verbose=0
        ) == pytest.approx(model.evaluate(np.ones((4, 2)), np.ones((4, 1)), verbose=0))


def test_tensors_in_place_and_in_texts():
    t, whole, rest = (as_tensor(np.array(numbers)) for numbers in ([1.5, 2.25], [0.0, 0.0], [0.0, 0.0]))
    assert np.add(t, 1.0, out=t) is t
    t += 1
    assert (type(t), t.numpy().tolist()) == (Tensor, [3.5, 4.25])
    parts = np.divmod(t, 2.0, out=(whole, rest))
    assert [part.tolist() for part in parts] == [whole.tolist(), rest.tolist()] == [[1, 2], [1.5, 0.25]]
    assert {type(part) for part in parts} == {Tensor}
    assert (t.get_shape(), type(t.eval()), t.eval().tolist()) == ((2,), np.ndarray, [3.5, 4.25])
    one = as_tensor(np.float32(1.5))
    # As TensorFlow 2.21 shows them.
    assert [f"{one}", f"{one:.2f}", f"{t}"] == ["1.5", "1.50", "[3.5  4.25]"]
    assert str(one) == "tf.Tensor(1.5, shape=(), dtype=float32)"
    assert repr(one) == "<tf.Tensor: shape=(), dtype=float32, numpy=1.5>"


def test_variables_are_numbers_and_truth_values():
    assert [bool(Variable(number)) for number in (0.0, 0.5, True, 0)] == [False, True, True, False]
    assert (float(Variable(0.5)), int(Variable(2.75)), [5, 6][Variable(1)]) == (0.5, 2, 6)
    w = Variable([1.0, 2.0])
    kept = w.numpy()
    w.assign([3.0, 4.0])
    assert (type(kept), kept.tolist()) == (np.ndarray, [1, 2])
