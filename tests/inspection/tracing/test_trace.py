"""A trace shows the numbers of a training step, and leaves the model alone."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from numpy_ann.callbacks import LambdaCallback
from numpy_ann.inspection import trace
from numpy_ann.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    LayerNormalization,
    ReLU,
    Softmax,
)
from numpy_ann.lookup import clear_session
from numpy_ann.models import Sequential
from tests.parts import by_part
from tests.parts.layers import CASES

every_layer = by_part([case for case in CASES if case.chained])


def batch(shape, samples=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, *shape)), rng.integers(0, 3, samples)


def around(layer, shape, **options):
    """Return a model with the layer in its middle."""
    top = [Dense(5, activation="tanh"), Flatten(), Dense(3, activation="softmax")]
    model = Sequential([Input(shape), Dense(shape[-1]), layer, *top], seed=3, **options)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def small(*layers, loss="sparse_categorical_crossentropy", **options):
    model = Sequential([Input((4,)), *layers], seed=5, **options)
    model.compile("adam", loss)
    clear_session()  # so that the next one's layers have the same names
    return model


@every_layer
def test_the_numbers_are_those_of_the_next_training_step(case):
    model = around(case.make(), case.shape)
    x, y = batch(case.shape)
    model.train_on_batch(x, y)  # the moving averages and the random streams have moved
    values = [p.value.copy() for p in model.parameters]
    t = trace(model, x, y)
    loss, _ = model.train_on_batch(x, y)

    assert t.loss == loss
    assert [layer.name for layer in t.layers] == [layer.name for layer in model.layers]
    for layer in model.layers:
        for p in layer.trainable_parameters:
            assert np.array_equal(t[f"{layer.name}/{p.name}/gradient"], p.grad)
    traced = [value for layer in t.layers for value in layer.parameters.values()]
    assert all(np.array_equal(a, b) for a, b in zip(traced, values, strict=True))


@every_layer
def test_predicting_too_its_gradients_are_slopes_of_the_loss(case):
    model = around(case.make(), case.shape, dtype="float64")
    x, y = batch(case.shape)
    t = trace(model, x, y, training=False)
    assert t.loss == pytest.approx(model.test_on_batch(x, y)[0], rel=1e-12)
    assert np.allclose(t.output, model.predict(x, verbose=0), rtol=1e-12)

    rng, h = np.random.default_rng(1), 1e-6
    arrays = {f"{layer.name}/{p.name}": p.value for layer in model.layers for p in layer.trainable_parameters}
    for name, value in {"input": x, **arrays}.items():
        direction, start = rng.normal(size=value.shape), value.copy()
        value[...] = start + h * direction
        above = model.test_on_batch(x, y)[0]
        value[...] = start - h * direction
        below = model.test_on_batch(x, y)[0]
        value[...] = start
        slope = (above - below) / (2 * h)
        assert np.sum(t[f"{name}/gradient"] * direction) == pytest.approx(slope, rel=1e-5, abs=1e-8), name


def test_every_gradient_of_a_small_network_by_hand():
    """x = (1, 2), W = 3 I, b = 0: z = (3, 6), y = z. Loss (3^2 + 6^2) / 2 = 22.5, dy = 2 y / 2 = (3, 6)."""
    model = Sequential([Input((2,)), Dense(2, "relu", kernel_initializer="identity"), Dense(2)])
    model.compile("sgd", "mse")
    model.set_weights([np.eye(2) * 3, np.zeros(2), np.eye(2), np.zeros(2)])
    t = trace(model, np.array([[1.0, 2.0]]), np.zeros((1, 2)))
    assert t.loss == 22.5
    assert t["dense/pre_activation"].tolist() == t["dense/output"].tolist() == [[3, 6]]
    assert t["dense_1/output/gradient"].tolist() == [[3, 6]]
    assert t["dense/output/gradient"].tolist() == t["dense/pre_activation/gradient"].tolist() == [[3, 6]]
    assert t["dense/kernel/gradient"].tolist() == [[3, 6], [6, 12]]
    assert t["dense/bias/gradient"].tolist() == [3, 6]
    assert t["input/gradient"].tolist() == [[9, 18]]
    assert "dense_1/pre_activation" not in t


def test_a_fused_head_gives_p_minus_y():
    model = small(Dense(3, activation="softmax"))
    x, y = batch((4,))
    t = trace(model, x, y)
    assert np.allclose(t["dense/pre_activation/gradient"], (t.output - np.eye(3)[y]) / len(x), atol=1e-7)
    assert t.layers[0].output_gradient is None
    assert "dense/output/gradient" not in t
    assert "p - y" in str(t)


def test_a_plain_head_has_a_gradient_of_the_output():
    model = small(Dense(3, activation="tanh"), loss="mse", dtype="float64")
    x, _ = batch((4,))
    y = np.ones((6, 3))
    layer = trace(model, x, y).layers[0]
    assert np.allclose(layer.output_gradient, 2 * (layer.output - 1) / 18)
    assert np.allclose(layer.pre_activation_gradient, layer.output_gradient * (1 - layer.output**2))


@pytest.mark.parametrize("training", [True, False])
def test_pre_activations_and_outputs_belong_together(training):
    model = small(
        *(Dense(5, "silu"), BatchNormalization(), Dropout(0.5), Dense(4, "relu"), Activation("tanh")),
        *(Dense(3), Softmax()),
    )
    t = trace(model, *batch((4,)), training=training)
    for before, layer in zip(t.layers, t.layers[1:], strict=False):
        assert np.array_equal(layer.input, before.output)
    for layer, real in zip(t.layers, model.layers, strict=True):
        if layer.pre_activation is not None:
            assert np.allclose(real.activation(layer.pre_activation), layer.output, atol=1e-6)
    assert [layer.name for layer in t.layers if layer.pre_activation is not None] == [
        *("dense", "dense_1", "activation", "softmax")
    ]
    dropped = (t["dropout/output"] == 0).any()
    assert dropped == training


def test_a_frozen_layer_has_values_but_no_gradients_of_its_own():
    model = small(Dense(5, "relu"), Dense(3, activation="softmax"))
    model.freeze("dense")
    t = trace(model, *batch((4,)))
    assert "dense/kernel" in t
    assert not t.layers[0].gradients
    assert t["dense/output/gradient"].any()
    assert t["dense_1/kernel/gradient"].any()


def test_moving_averages_have_no_gradient():
    t = trace(small(BatchNormalization(), Dense(3, "softmax")), *batch((4,)))
    assert list(t.layers[0].parameters) == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert list(t.layers[0].gradients) == ["gamma", "beta"]
    assert not t["batch_normalization/moving_mean"].any()  # before the step


def test_penalties_are_part_of_the_loss_and_of_the_gradients():
    plain = small(Dense(3, activation="softmax"))
    penalized = small(Dense(3, activation="softmax", kernel_regularizer="l2"))
    penalized.set_weights(plain.get_weights())
    x, y = batch((4,))
    a, b = trace(plain, x, y), trace(penalized, x, y)
    W = a["dense/kernel"]
    assert b.penalty == b.layers[0].penalty == pytest.approx(0.01 * np.sum(W**2), rel=1e-6)
    assert a.penalty == 0
    assert b.loss == pytest.approx(a.loss + b.penalty)
    assert np.allclose(b["dense/kernel/gradient"], a["dense/kernel/gradient"] + 0.02 * W, atol=1e-7)
    assert "regularizers" in str(b)
    assert "regularizers" not in str(a)


@pytest.mark.parametrize("place", ["hidden", "last"])
def test_a_penalty_on_the_outputs_is_in_their_gradient(place):
    """R(y) = 0.01 sum y^2 / batch, so dy grows by 0.02 y / batch."""
    hidden = Dense(5, "tanh", activity_regularizer="l2" if place == "hidden" else None, name="dense")
    last = Dense(2, "sigmoid", activity_regularizer="l2" if place == "last" else None, name="dense_1")
    penalized, plain = (small(*pair, loss="mse", dtype="float64") for pair in ((hidden, last), _plain()))
    plain.set_weights(penalized.get_weights())
    x, y = batch((4,))[0], np.zeros((6, 2))
    name = "dense" if place == "hidden" else "dense_1"
    a, b = trace(plain, x, y), trace(penalized, x, y)
    expected = a[f"{name}/output/gradient"] + 0.02 * a[f"{name}/output"] / 6
    assert np.allclose(b[f"{name}/output/gradient"], expected, atol=1e-12)


def _plain():
    return Dense(5, "tanh", name="dense"), Dense(2, "sigmoid", name="dense_1")


def test_integer_and_one_hot_labels_give_the_same_trace():
    x, y = batch((4,))
    sparse = small(Dense(5, "relu"), Dense(3, "softmax"))
    one_hot = small(Dense(5, "relu"), Dense(3, "softmax"), loss="categorical_crossentropy")
    a, b = trace(sparse, x, y), trace(one_hot, x, np.eye(3)[y])
    assert a.loss == pytest.approx(b.loss)
    assert all(np.allclose(a[name], b[name], atol=1e-7) for name in a if name != "targets")
    assert a["targets"].tolist() == y.tolist()


def test_sample_weights_count():
    model = small(Dense(3, "softmax"))
    x, y = batch((4,))
    w = np.array([0, 1, 2, 0, 1, 5.0])
    t = trace(model, x, y, sample_weight=w)
    assert t["sample_weight"].tolist() == w.tolist()
    assert not t["input/gradient"][w == 0].any()
    assert t.loss == pytest.approx(model.test_on_batch(x, y, sample_weight=w))


def test_a_batch_of_one_is_a_batch():
    model = small(Dense(3, "softmax"))
    x, y = batch((4,), samples=1)
    t = trace(model, x, y)
    assert t.layers[0].output_shape == (1, 3)
    assert "1 sample," in str(t)


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("training", [False, True])
def test_the_model_stays_as_it_is(trained, training):
    model = small(
        *(Dense(5, "silu", kernel_regularizer="l2"), BatchNormalization(), Dropout(0.5), GaussianNoise(0.1)),
        *(LayerNormalization(), ReLU(), Dense(3, "softmax")),
    )
    x, y = batch((4,))
    if trained:
        model.fit(x, y, verbose=0)
        model.train_on_batch(x, y)
    contents, step = pickle.dumps(model), model._step
    references = [{**vars(layer)} for layer in [*model.layers, model.loss, model.optimizer]]
    first = trace(model, x + 1, y, training=training)
    second = trace(model, x + 1, y, training=training)
    assert pickle.dumps(model) == contents
    assert model._step is step
    for thing, held in zip([*model.layers, model.loss, model.optimizer], references, strict=True):
        assert vars(thing).keys() == held.keys()
        assert all(value is held[name] for name, value in vars(thing).items())
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_looking_while_training_changes_nothing():
    hidden = [Dense(5, "relu"), BatchNormalization(), Dropout(0.5), Dense(3, "softmax")]
    looked_at, alone = small(*hidden), small(*deepcopy(hidden))
    alone.set_weights(looked_at.get_weights())
    x, y = batch((4,), samples=20)
    losses = []
    look = LambdaCallback(on_train_batch_end=lambda *_: losses.append(trace(looked_at, x, y).loss))
    history = looked_at.fit(x, y, 4, epochs=3, verbose=0, callbacks=[look])
    assert history.history == alone.fit(x, y, 4, epochs=3, verbose=0).history
    assert len(set(losses)) == 15


def test_an_unbuilt_model_stays_unbuilt_and_shows_its_first_step():
    model = Sequential([Dense(5, "relu"), Dropout(0.5), Dense(3, "softmax")], seed=1)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = batch((4,))
    t = trace(model, x, y)
    assert not model.built
    assert t.loss == model.train_on_batch(x, y)
    assert np.array_equal(t["dense/kernel/gradient"], model.layers[0].kernel.grad)


def test_what_is_wrong_is_said():
    x, y = batch((4,))
    model = small(Dense(3, "softmax"))
    with pytest.raises(TypeError, match=r"trace looks into a Sequential model or a Model\. Received: <Dense"):
        trace(Dense(3), x, y)
    with pytest.raises(ValueError, match=r"has none. Compile it first: model.compile\("):
        trace(Sequential([Input((4,)), Dense(3)]), x, y)
    with pytest.raises(ValueError, match=r"A single sample needs a batch axis: x\[np.newaxis\]"):
        trace(model, x[0], y[:4])
    with pytest.raises(ValueError, match="as many samples"):
        trace(model, x, y[:3])
    with pytest.raises(ValueError, match="categorical_crossentropy"):
        trace(model, x, np.eye(3)[y])
    with pytest.raises(ValueError, match="missing"):
        trace(model, x, None)


def test_a_loss_that_is_not_finite_is_shown():
    x, y = batch((4,))
    x[2, 1] = np.nan
    t = trace(small(Dense(3, "softmax")), x, y)
    assert np.isnan(t.loss)
    assert "nan" in str(t)
    assert np.isfinite(t.output[:2]).all()
