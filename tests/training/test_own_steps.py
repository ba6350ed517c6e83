"""``train_step`` and its kin, overridden: the numbers of the built-in step, and of Keras on TensorFlow."""

import numpy as np
import pytest

from numpy_ann import losses, metrics, ops, optimizers
from numpy_ann.callbacks import EarlyStopping, ModelCheckpoint
from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Add, Dense, Dropout, Input, Layer
from numpy_ann.models import Model, Sequential, load_model
from numpy_ann.ops import GradientTape

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(64, 5)).astype("float32"), np.linspace(0, 1, 64)
Y = (2 * X[:, :1] + X[:, 1:2] ** 2).astype("float32")
TRAINING = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}


class Guide(Model):
    """As the guide "Customizing what happens in fit" has it."""

    def train_step(self, data):
        x, y, *weight = data
        w = weight[0] if weight else None
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=w)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.figures(y, y_pred, loss, w)

    def test_step(self, data):
        x, y = data
        y_pred = self(x, training=False)
        return self.figures(y, y_pred, self.compute_loss(y=y, y_pred=y_pred), None)

    def figures(self, y, y_pred, loss, w):
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=w)
        return {metric.name: metric.result() for metric in self.metrics}


class Default(Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return super().compute_loss(x, y, y_pred, sample_weight, training)


class Chain(Sequential):
    train_step, test_step, figures = Guide.train_step, Guide.test_step, Guide.figures


def functional(cls, **options):
    x = Input((5,))
    hidden = Dense(6, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")(x)
    return cls(x, Dense(1)(hidden), **options)


def chain(cls):
    hidden = Dense(6, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")
    return cls([Input((5,)), hidden, Dense(1)])


@pytest.mark.parametrize(
    ("make", "cls"),
    [(functional, Guide), (functional, Default), (chain, Chain)],
    ids=["guide", "default", "chain"],
)
@pytest.mark.parametrize("loss", ["mse", lambda t, p: ops.mean(ops.abs(t - p) ** 1.5, axis=-1)])
def test_the_numbers_are_those_of_the_built_in_step(make, cls, loss):
    plain = functional(Model)
    own = make(cls)
    own.set_weights(plain.get_weights())
    for model in (plain, own):
        model.compile(optimizers.Adam(0.01), loss, metrics=["mae"])
    targets = Y if cls is Guide else Y[:, 0]
    given = {**TRAINING, "validation_split": 0.25}
    expected, found = plain.fit(X, targets, **given).history, own.fit(X, targets, **given).history
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=2e-5, err_msg=name)
    evaluated = [m.evaluate(X, targets, batch_size=16, verbose=0, return_dict=True) for m in (own, plain)]
    assert evaluated[0] == pytest.approx(evaluated[1], rel=2e-5)
    np.testing.assert_allclose(own.predict(X, verbose=0), plain.predict(X, verbose=0), atol=1e-5)
    assert own.train_on_batch(X[:8], targets[:8])[0] == pytest.approx(
        plain.train_on_batch(X[:8], targets[:8])[0], rel=2e-5
    )
    assert own.test_on_batch(X, targets)[0] == pytest.approx(plain.test_on_batch(X, targets)[0], rel=2e-5)


def test_sample_and_class_weights_reach_the_step():
    plain, own = functional(Model), functional(Guide)
    own.set_weights(plain.get_weights())
    for model in (plain, own):
        model.compile("sgd", "mse")
    for weight in ({"sample_weight": W}, {"class_weight": {0: 2.0}}):
        targets = (Y > 0).astype(int) if "class_weight" in weight else Y
        expected, found = (m.fit(X, targets, **weight, **TRAINING).history["loss"] for m in (plain, own))
        np.testing.assert_allclose(found, expected, rtol=2e-5)


class Trackers(Model):
    """With figures of its own, and no loss for ``compile``."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.loss_tracker, self.mae = metrics.Mean("loss"), metrics.MeanAbsoluteError("mae")

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae]

    def train_step(self, data):
        x, y = data
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = ops.mean(losses.mean_squared_error(y, y_pred))
            self.loss_tracker.update_state(loss)  # a metric takes what the tape follows for its numbers
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        self.mae.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def test_own_trackers_are_reset_with_each_epoch_and_callbacks_run(tmp_path):
    x = Input((5,))
    model, plain = Trackers(x, Dense(1)(x)), Model(x, Dense(1)(x))
    plain.set_weights(model.get_weights())
    model.compile(optimizers.SGD(0.05))
    plain.compile(optimizers.SGD(0.05), "mse", metrics=["mae"])
    keep = ModelCheckpoint(tmp_path / "m.weights.h5", save_weights_only=True)
    calls = [EarlyStopping("loss", patience=0, min_delta=10.0), keep]
    history = model.fit(X, Y, **{**TRAINING, "epochs": 5}, callbacks=calls)
    assert len(history.epoch) == 2  # the second epoch isn't better by 10
    expected = plain.fit(X, Y, **{**TRAINING, "epochs": 2}).history
    for name in ("loss", "mae"):
        np.testing.assert_allclose(history.history[name], expected[name], rtol=1e-5)
    plain.load_weights(tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(plain.predict(X, verbose=0), model.predict(X, verbose=0))


class Extra(Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.hidden, self.out, self.extra = Dense(6, "relu"), Dense(1), metrics.Mean("extra")

    def call(self, x, training=None):
        return self.out(self.hidden(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        loss = ops.mean((y_pred - y) ** 2) + 0.01 * ops.sum(ops.abs(self.out.kernel))
        self.extra.update_state(loss)
        return loss

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        found = super().compute_metrics(x, y, y_pred, sample_weight)
        return {**found, "twice": 2 * found["mae"]}

    def predict_step(self, data):
        return {"y": super().predict_step(data), "x": data}


def test_a_model_by_call_with_a_loss_of_its_own(tmp_path):
    model = Extra(seed=1)
    model.compile("adam", metrics=["mae"])
    history = model.fit(X, Y, validation_data=(X[:20], Y[:20]), **TRAINING).history
    names = ["extra", "loss", "mae", "twice"]
    assert sorted(history) == [*names, *(f"val_{name}" for name in names)]
    assert history["loss"][-1] < history["loss"][0]
    assert history["extra"] == history["loss"]
    np.testing.assert_allclose(history["twice"], 2 * np.array(history["mae"]))
    found = model.predict(X, batch_size=30, verbose=0)
    np.testing.assert_array_equal(found["y"], model(X))
    np.testing.assert_array_equal(found["x"], X)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", {"Extra": Extra})
    assert again.fit(X, Y, **TRAINING).history == model.fit(X, Y, **TRAINING).history


class Adversaries(Model):
    """Two optimizers, no ``call``, and data without targets."""

    def __init__(self, discriminator, generator):
        super().__init__()
        self.d, self.g = discriminator, generator
        self.d_loss, self.g_loss = metrics.Mean("d_loss"), metrics.Mean("g_loss")

    def compile(self, d_optimizer, g_optimizer, loss):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss

    def train_step(self, real):
        n = len(real)
        z = np.arange(2 * n, dtype="float32").reshape(n, 2) / 100
        both, labels = np.concatenate([self.g(z), real]), np.repeat([[1.0], [0.0]], n, axis=0)
        with GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.d(both))
        self.d_optimizer.apply(tape.gradient(d_loss, self.d.trainable_weights), self.d.trainable_weights)
        before = self.d.get_weights()
        with GradientTape() as tape:
            g_loss = self.loss_fn(np.zeros((n, 1)), self.d(self.g(z)))
        self.g_optimizer.apply(tape.gradient(g_loss, self.g.trainable_weights), self.g.trainable_weights)
        assert all(np.array_equal(a, b) for a, b in zip(before, self.d.get_weights(), strict=True))
        self.d_loss.update_state(d_loss)
        self.g_loss.update_state(g_loss)
        return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}


def test_two_optimizers():
    """What Keras 3.15 on TensorFlow gives for the same weights and data."""
    rng = np.random.RandomState(0)
    real = rng.normal(size=(64, 5)).astype("float32")
    d = Sequential([Input((5,)), Dense(4, activation="relu"), Dense(1)])
    g = Sequential([Input((2,)), Dense(4, activation="relu"), Dense(5)])
    for seed, one in ((1, d), (2, g)):
        draws = np.random.RandomState(seed)
        one.set_weights([draws.normal(size=w.shape) * 0.3 for w in one.get_weights()])
    model = Adversaries(d, g)
    model.compile(optimizers.Adam(0.01), optimizers.Adam(0.02), losses.BinaryCrossentropy(from_logits=True))
    history = model.fit(real, batch_size=16, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["d_loss"], [0.7205015420913696, 0.7226892709732056], rtol=1e-6)
    np.testing.assert_allclose(history["g_loss"], [0.5598315596580505, 0.5752049684524536], rtol=1e-6)
    np.testing.assert_allclose(g.predict(real[:1, :2], verbose=0)[0, :2], [-1.8696476, -1.2397048], rtol=1e-6)


def test_batches_of_an_iterable_reach_the_step():
    seen = []

    class Seeing(Guide):
        def train_step(self, data):
            seen.append([part.shape for part in data])
            return super().train_step(data)

    model = functional(Seeing)
    model.compile("sgd", "mse")
    model.fit(iter([(X[:10], Y[:10]), (X[10:14], Y[10:14], W[10:14])]), verbose=0)
    assert seen == [[(10, 5), (10, 1)], [(4, 5), (4, 1), (4,)]]


def test_losses_of_layers_count_in_compute_loss():
    class Penalized(Layer):
        def call(self, x):
            self.add_loss(0.1 * ops.mean(ops.square(x)))
            return x

    x = Input((5,))
    model = Default(x, Dense(1)(Penalized()(Dense(3)(x))))
    model.compile("sgd", "mse")
    history = model.fit(X, Y, batch_size=64, verbose=0).history
    assert history["loss"][0] > 0
    model.compile("sgd", "mse")
    h = model.layers[1](X)
    expected = np.mean((model(X) - Y) ** 2) + 0.1 * np.mean(h**2)
    assert model.fit(X, Y, batch_size=64, verbose=0).history["loss"][0] == pytest.approx(expected, rel=1e-5)


def test_what_is_wrong_with_a_step_is_said():
    class Nothing(Model):
        def train_step(self, data):
            return None

    class Infinite(Model):
        def train_step(self, data):
            return {"loss": np.inf}

    class Made(Model):
        def make_train_function(self):
            return None

    for cls, kind, match in (
        (Nothing, TypeError, "returns a dictionary"),
        (Infinite, NonFiniteError, "is inf"),
    ):
        model = functional(cls)
        model.compile("sgd")
        with pytest.raises(kind, match=match):
            model.fit(X, Y, verbose=0)
    plain = Chain([Input((5,)), Dense(1)])
    plain.compile("sgd")
    with pytest.raises(ValueError, match="No loss to compute"):
        plain.compute_loss(y=Y, y_pred=Y)
    with pytest.raises(TypeError, match="overrides `make_train_function`"):
        functional(Made)


def test_dropout_through_call_has_the_right_statistics():
    """Monte Carlo dropout: of 400 inputs of 1 and weights of 1, mean 400 and variance ``400 p / (1 - p)``."""
    model = Sequential([Input((400,)), Dropout(0.2), Dense(1, kernel_initializer="ones")], seed=3)
    draws = np.concatenate([model(np.ones((500, 400)), training=True) for _ in range(4)])
    # 2,000 draws: the mean deviates by sqrt(100 / 2000) = 0.22, the variance by 100 sqrt(2 / 2000) = 3.2.
    assert draws.mean() == pytest.approx(400, abs=1.2)
    assert draws.var() == pytest.approx(100, abs=16)
    assert np.unique(model(np.ones((3, 400)))).tolist() == [400]


def test_a_model_without_call_learns_by_the_layers_that_are_its_attributes():
    class AutoEncoder(Model):
        def __init__(self):
            super().__init__()
            self.encoder = Sequential([Input((3,)), Dense(2, activation="tanh"), Dropout(0.0)])
            self.decoders = [Sequential([Input((2,)), Dense(3)])]

        def train_step(self, data):
            with GradientTape() as tape:
                loss = ops.mean(ops.square(self.decoders[0](self.encoder(data)) - data))
            trained = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, trained), trained, strict=True))
            return {"loss": loss}

    model = AutoEncoder()
    assert model.layers == [model.encoder, *model.decoders]
    shapes = [(3, 2), (2,), (2, 3), (3,)]
    assert [p.shape for p in model.trainable_weights] == [w.shape for w in model.get_weights()] == shapes
    same = Sequential([Input((3,)), Dense(2, activation="tanh"), Dense(3)])
    same.set_weights(model.get_weights())
    x = np.random.default_rng(3).normal(size=(20, 3)).astype("float32")
    for one in (model, same):
        one.compile("adam", None if one is model else "mse")
    losses = model.fit(x, batch_size=5, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    same.fit(x, x, batch_size=5, epochs=3, shuffle=False, verbose=0)
    for weight, expected in zip(model.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_allclose(weight, expected, rtol=1e-5, atol=1e-6)


def test_figures_of_several_are_beside_each_other_in_the_order_of_keras():
    class Own(Model):
        def train_step(self, data):
            return {"loss": 1.0, "compile_metrics": {"mse": 2.0, "mae": 3.0}, "accuracy": 4.0}

    x = Input((2,))
    model = Own(x, Dense(1)(x))
    model.compile("sgd", "mse")
    history = model.fit(np.ones((2, 2)), np.ones((2, 1)), verbose=0).history
    assert list(history) == ["accuracy", "mse", "mae", "loss"]


def test_predictions_in_lists_and_dictionaries_are_joined_batch_by_batch():
    class Forms(Sequential):
        def predict_step(self, data):
            y = self(data)
            return {"pair": [y, (2 * y, data)], "y": y}

    model = Forms([Input((5,)), Dense(1)])
    y = model(X)
    found = model.predict(X, batch_size=24, verbose=0)
    np.testing.assert_allclose(found["y"], y, rtol=1e-6)
    first, (second, x) = found["pair"]
    np.testing.assert_allclose(first, y, rtol=1e-6)
    np.testing.assert_allclose(second, 2 * y, rtol=1e-6)
    np.testing.assert_array_equal(x, X)
    assert (type(found["pair"]), type(found["pair"][1])) == (list, tuple)


@pytest.mark.parametrize(
    "predict",
    [
        lambda model: model.predict(X, batch_size=24, verbose=0),
        lambda model: model.predict(iter([X[:20], X[20:]]), verbose=0),
        lambda model: model.predict_on_batch(X),
        lambda model: model.predict_on_batch([X]),
    ],
)
def test_one_batch_is_predicted_by_the_same_step_in_the_same_form_as_many(predict):
    class Both(Sequential):
        def predict_step(self, data):
            y = super().predict_step(data)
            return y, {"twice": [2 * y]}

    model = Both([Input((5,)), Dense(1)])
    found = predict(model)
    assert isinstance(found, tuple)
    y, more = found
    np.testing.assert_allclose(y, model(X), rtol=1e-6)
    np.testing.assert_array_equal(more["twice"], [2 * y])


def test_batches_have_the_size_of_keras_where_nobody_says_another():
    sizes = []

    class Sized(Guide):
        def test_step(self, data):
            sizes.append(len(data[0]))
            return super().test_step(data)

    model = functional(Sized)
    model.compile("sgd", "mse")
    model.evaluate(X[:40], Y[:40], verbose=0)
    assert sizes == [32, 8]


class Blind(Sequential):
    """Looks at no targets, and says how many samples it was given."""

    def train_step(self, data):
        return {"loss": float(len(data))}


def test_a_step_that_does_without_targets_is_given_none():
    model = Blind([Dense(1)])
    model.compile("sgd")
    assert model.fit(X, batch_size=64, verbose=0).history == {"loss": [64.0]}
    assert model.built
    batches = iter([X[:8], X[8:12]])
    assert model.fit(batches, verbose=0).history == {"loss": [4.0]}


def test_class_weights_need_targets():
    model = Blind([Input((5,)), Dense(1)])
    model.compile("sgd")
    with pytest.raises(ValueError, match="`class_weight` needs targets"):
        model.fit(X, class_weight={0: 2.0}, verbose=0)
    with pytest.raises(ValueError, match="x 64, y 3"):
        model.fit(X, Y[:3], verbose=0)


def penalized(loss, **options):
    """A model whose penalties are 0.01 times 10, and 0.01 times 2."""
    x = Input((5,))
    hidden = Dense(2, kernel_initializer="ones", kernel_regularizer="l2")(x)
    model = Default(x, Dense(1, kernel_initializer="ones", kernel_regularizer="l1")(hidden))
    model.compile("sgd", loss, **options)
    return model


def test_compute_loss_adds_penalties_to_the_weighted_loss():
    y, y_pred = np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])  # a mean squared error of 2.5
    assert penalized(None).compute_loss() == pytest.approx(0.12, rel=1e-6)
    assert penalized("mse").compute_loss(y=y, y_pred=y_pred) == pytest.approx(2.62, rel=1e-6)
    weighted = penalized("mse", loss_weights=2.0)
    assert weighted.compute_loss(y=y, y_pred=y_pred) == pytest.approx(5.12, rel=1e-6)


def test_compute_loss_of_a_graph_that_branches_is_that_of_its_one_output():
    x = Input((5,))
    model = Default(x, Add()([Dense(1)(x), Dense(1)(x)]))
    model.compile("sgd", "mse")
    expected = np.mean((model(X) - Y) ** 2)
    assert model.compute_loss(y=Y, y_pred=model(X)) == pytest.approx(expected, rel=1e-6)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-6)


def test_compute_loss_finds_what_crossentropy_means_by_the_targets():
    model = Chain([Input((5,)), Dense(3, activation="softmax")])
    model.compile("sgd", "crossentropy")
    y_pred = np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]])
    loss = model.compute_loss(y=np.array([0, 2]), y_pred=y_pred)
    assert loss == pytest.approx(-(np.log(0.5) + np.log(0.25)) / 2, rel=1e-6)


def test_compute_loss_is_for_one_output():
    x = Input((5,))
    model = Default(x, [Dense(1)(x), Dense(2)(x)])
    model.compile("sgd", ["mse", "mse"])
    for one, y_pred in ((model, Y), (model, model(X)), (penalized("mse"), [Y]), (penalized("mse"), {"a": Y})):
        with pytest.raises(ValueError, match=r"compute_loss\(\) is for one output"):
            one.compute_loss(y=Y, y_pred=y_pred)
