"""Losses, metrics, layers and the rest in Keras' form: the tape gives them what is derived by hand."""

import copy

import numpy as np
import pytest

from numpy_ann import activations, check_gradients, losses, metrics, ops, optimizers, regularizers
from numpy_ann.layers import (
    Add,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    Input,
    Lambda,
    Layer,
    LeakyReLU,
)
from numpy_ann.models import Model, Sequential, load_model

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(48, 5)).astype("float32"), RNG.normal(size=(48, 2)).astype("float32")


def fitted(*layers, loss="mse", weights=None, epochs=2, **options):
    model = Sequential([Input((5,)), *layers], seed=1)
    model.compile(optimizers.Adam(0.01), loss)
    if weights is not None:
        model.set_weights(weights)
    history = model.fit(X, Y, batch_size=20, epochs=epochs, verbose=0, shuffle=False, **options)
    return [*history.history["loss"], model.evaluate(X, Y, verbose=0)], model


class Linear(Layer):
    def __init__(self, units, activation=None, **options):
        super().__init__(**options)
        self.units, self.activation = units, activations.get(activation)

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, self.w) + self.b)


class LinearInNumPy(Linear):
    def call(self, inputs):
        return self.activation(np.add(inputs @ self.w, self.b))


class Through(Dense):
    def call(self, inputs, training=None):
        return super().call(inputs, training=training)


class Block(Layer):
    def __init__(self, units, activation):
        super().__init__()
        self.dense = Dense(units, activation=activation)

    def call(self, x):
        return self.dense(x)


@pytest.mark.parametrize("make", [Linear, LinearInNumPy, Through, Block])
@pytest.mark.parametrize("activation", ["tanh", "softmax"])
def test_an_own_dense_is_dense(make, activation):
    expected, model = fitted(Dense(6, activation="tanh"), Dense(2, activation=activation))
    weights = Sequential([Input((5,)), Dense(6, activation="tanh"), Dense(2, activation=activation)], seed=1)
    found, own = fitted(make(6, "tanh"), make(2, activation), weights=weights.get_weights())
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert [p.shape for p in own.trainable_weights] == [p.shape for p in model.trainable_weights]
    np.testing.assert_allclose(own.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)


class Whole(Layer):
    def __init__(self):
        super().__init__()
        self.hidden = [Dense(6, activation="relu"), GaussianNoise(0.1)]
        self.norm, self.drop, self.out = BatchNormalization(), Dropout(0.3), Dense(2)

    def call(self, x, training=None):
        for layer in self.hidden:
            x = layer(x, training=training)
        return self.out(self.drop(self.norm(x, training=training), training=training))


def test_sublayers_are_trained_as_they_are_alone():
    first, model = fitted(Whole())
    assert fitted(Whole())[0] == first  # same seed, same numbers
    assert len(model.trainable_weights) == 6
    assert len(model.weights) == 8
    clone = copy.deepcopy(model)
    np.testing.assert_array_equal(clone.predict(X, verbose=0), model.predict(X, verbose=0))
    model.layers[0].norm.trainable = False
    assert len(model.trainable_weights) == 4


def test_gradients_of_own_layers_agree_with_differences():
    class Smooth(Whole):
        def __init__(self):
            super().__init__()
            self.hidden = [Dense(4, activation="tanh")]

    model = Sequential([Input((5,)), Smooth(), Linear(2, "softplus")], seed=1, dtype="float64")
    model.compile("sgd", losses.FunctionLoss(lambda t, p: ops.mean(ops.log(ops.cosh(t - p)), axis=-1)))
    result = check_gradients(model, X.astype("float64"), Y.astype("float64"), model.loss)
    assert result.passed, str(result)


def test_add_loss_is_trained_and_evaluated():
    class Penalized(Block):
        def call(self, x):
            y = super().call(x)
            self.add_loss(0.01 * ops.sum(ops.square(self.dense.kernel)))
            return y

    plain = Sequential([Input((5,)), Dense(6, activation="tanh"), Dense(2)], seed=1)
    expected, _ = fitted(
        Dense(6, activation="tanh", kernel_regularizer="l2"), Dense(2), weights=plain.get_weights()
    )
    found, _ = fitted(Penalized(6, "tanh"), Dense(2), weights=plain.get_weights())
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_call_is_what_runs():
    class MonteCarlo(Dropout):
        def call(self, inputs, training=False):
            return super().call(inputs, training=True)

    class Twice(Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

    y = Sequential([Input((400,)), MonteCarlo(0.5)]).predict(np.ones((50, 400)), verbose=0)
    assert set(np.unique(y)) == {0.0, 2.0}
    assert abs((y == 0).mean() - 0.5) < 0.02  # 20,000 draws: five deviations are 0.018
    model = Sequential([Input((2,)), Twice(1, kernel_initializer="ones")])
    assert model.predict(np.ones((1, 2)), verbose=0) == 4


def test_lambda_layers():
    found, model = fitted(Dense(4), Lambda(lambda x, scale: x[:, :2] * scale, arguments={"scale": 2.0}))
    assert model.output_shape == (None, 2)
    assert found[0] > found[1]
    with pytest.raises(TypeError, match="takes a function"):
        Lambda(3)


class OwnMSE(losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.square(y_true - y_pred), axis=-1)


class Same(losses.MeanSquaredError):
    def call(self, y_true, y_pred):
        return 1.0 * super().call(y_true, y_pred)


@pytest.mark.parametrize(
    "loss",
    [
        OwnMSE(),
        Same(),
        lambda t, p: np.mean(np.square(t - p), -1),
        lambda t, p: losses.mean_squared_error(t, p),
        lambda t, p: ops.mean((t - p) ** 2, axis=-1),
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_own_losses(loss, weighted):
    options = {"sample_weight": RNG.uniform(size=48)} if weighted else {}
    expected, _ = fitted(Dense(4, activation="tanh"), Dense(2), **options)
    found, _ = fitted(Dense(4, activation="tanh"), Dense(2), loss=loss, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight", "sum_over_batch_size", None])
def test_own_losses_are_reduced_as_keras_does(reduction):
    w = RNG.uniform(size=48)
    own, ours = OwnMSE(reduction=reduction), losses.MeanSquaredError(reduction=reduction)
    np.testing.assert_allclose(own(Y, Y + X[:, :2], w), ours(Y, Y + X[:, :2], w), rtol=1e-6)
    assert own.get_config() == {"name": "own_mse", "reduction": reduction}


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight", "sum_over_batch_size", None])
@pytest.mark.parametrize("shape", [(48,), (48, 1), (1,), ()], ids=str)
def test_losses_on_a_tape_are_weighted_as_off_it(reduction, shape):
    w, loss = RNG.uniform(1, 3, shape), losses.MeanSquaredError(reduction=reduction)
    with ops.GradientTape():
        traced = loss(Y, ops.multiply(Y + X[:, :2], 1.0), w)
    np.testing.assert_allclose(traced, loss(Y, Y + X[:, :2], w), rtol=1e-6)
    assert np.shape(traced) == (() if reduction else (48,))


def test_integer_targets_reach_own_losses():
    y = RNG.integers(0, 3, 48)
    histories = []
    for loss in (
        "sparse_categorical_crossentropy",
        lambda t, p: ops.sparse_categorical_crossentropy(t, p),
        lambda t, p: losses.sparse_categorical_crossentropy(t, p),
    ):
        model = Sequential([Input((5,)), Dense(3, activation="softmax")], seed=2)
        model.compile("sgd", loss)
        histories.append(model.fit(X, y, epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(histories[1:], [histories[0]] * 2, rtol=1e-5)


@pytest.mark.parametrize(
    "function", [lambda z: z / (1 + np.exp(-z)), lambda z: z * ops.sigmoid(z), ops.silu, activations.silu]
)
def test_own_activations(function):
    expected, _ = fitted(Dense(4, activation="silu"), Dense(2, activation="silu"))
    found, _ = fitted(Dense(4, activation=function), Dense(2, activation=function))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_own_regularizers_constraints_and_schedules():
    class Squares(regularizers.Regularizer):
        def __call__(self, w):
            return 0.01 * ops.sum(ops.square(w))

    class Same(regularizers.L2):
        def __call__(self, w):
            return super().__call__(w)

    class Flat(optimizers.schedules.LearningRateSchedule):
        def __init__(self, rate):
            self.first = rate

        def __call__(self, step):
            return self.first / (1 + 0 * step)

    expected, _ = fitted(Dense(2, kernel_regularizer="l2"))
    for own in (Squares(), Same(0.01), lambda w: 0.01 * np.sum(w**2)):
        np.testing.assert_allclose(fitted(Dense(2, kernel_regularizer=own))[0], expected, rtol=1e-6)
    expected, _ = fitted(Dense(2, kernel_constraint="non_neg"))
    assert fitted(Dense(2, kernel_constraint=lambda w: np.maximum(w, 0)))[0] == expected
    assert Flat(0.5)(3) == 0.5
    model = Sequential([Input((5,)), Dense(2)])
    model.compile(optimizers.SGD(Flat(0.1)), "mse")
    model.fit(X, Y, verbose=0)


def test_own_metrics():
    class Worst(metrics.Metric):
        def __init__(self, name="worst", **options):
            super().__init__(name=name, **options)
            self.so_far = self.add_weight(name="so_far", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.so_far.assign(ops.maximum(self.so_far, ops.max(ops.abs(y_true - y_pred))))

        def result(self):
            return self.so_far

        def reset_state(self):
            self.so_far.assign(0.0)

    model = Sequential([Input((5,)), Dense(2)], seed=1)
    mean = metrics.MeanMetricWrapper(lambda t, p: ops.mean(ops.square(t - p), axis=-1), name="mean")
    model.compile("sgd", "mse", metrics=[Worst(), mean, lambda t, p: np.abs(t - p).max(axis=-1)])
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    error = np.abs(Y - model.predict(X, verbose=0))
    assert np.isclose(float(logs["worst"]), error.max())
    assert np.isclose(logs["mean"], logs["loss"])


@pytest.mark.parametrize("first", [lambda: Dense(6, activation="tanh"), lambda: Linear(6, "tanh")])
def test_a_loop_of_ones_own(first):
    model = Sequential([Input((5,)), first(), BatchNormalization(), Dense(2)], seed=1)
    model.compile(optimizers.SGD(0.1), "mse")
    start = model.get_weights()
    expected = model.fit(X, Y, batch_size=48, epochs=3, verbose=0, shuffle=False).history["loss"]
    trained = model.get_weights()
    model.set_weights(start)
    optimizer, loss, found = optimizers.SGD(0.1), losses.MeanSquaredError(), []
    for _ in range(3):
        with ops.GradientTape() as tape:
            value = loss(Y, model(X, training=True))
        gradients = tape.gradient(value, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        found.append(float(value))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    for a, b in zip(model.get_weights(), trained, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


def test_the_gradient_by_the_input_of_a_model_that_predicts():
    model = Sequential(
        [Input((5,)), Dense(6, activation="tanh"), BatchNormalization(), Dropout(0.5), Dense(2)]
    )
    x = X.astype("float32")
    with ops.GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(model(x)[:, 0])
    gradient = tape.gradient(y, x)
    step = RNG.normal(size=x.shape).astype("float32") * 1e-2
    difference = (model(x + step)[:, 0].sum(dtype=float) - model(x - step)[:, 0].sum(dtype=float)) / 2
    assert np.isclose((gradient * step).sum(), difference, rtol=1e-2)
    with ops.GradientTape() as outer:
        v = outer.watch(x)
        with ops.GradientTape() as inner:
            y = ops.sum(model(v))
        with pytest.raises(TypeError, match="no second derivative"):
            inner.gradient(y, v)


def test_parameters_compute():
    w = Dense(3)
    w.build((None, 2))
    kernel = w.kernel.numpy()
    np.testing.assert_array_equal(w.kernel * 2 + 1, kernel * 2 + 1)
    np.testing.assert_array_equal(np.dot(np.ones((1, 2)), w.kernel), np.dot(np.ones((1, 2)), kernel))
    np.testing.assert_array_equal(w.kernel.T[0], kernel.T[0])
    w.bias.assign_add(np.ones(3))
    w.bias.assign_sub([0.5, 0.5, 0.5])
    assert w.bias.numpy().tolist() == [0.5] * 3
    assert w.kernel == w.kernel
    assert len({w.kernel, w.bias}) == 2


def test_a_model_of_hand_derived_layers_never_touches_the_tape():
    import subprocess
    import sys

    code = (
        "import sys, numpy as np\nfrom numpy_ann.layers import *\nfrom numpy_ann.models import Sequential\n"
        "m = Sequential([Input((5,)), Dense(4, activation='relu'), Dropout(0.5), Dense(2, 'softmax')])\n"
        "m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])\n"
        "m.fit(np.ones((9, 5)), np.eye(2)[[0] * 9], verbose=0)\nm.predict(np.ones((9, 5)), verbose=0)\n"
        "assert not [name for name in sys.modules if name.startswith('numpy_ann.ops')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


class Small(Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.hidden, self.drop, self._out = Dense(6, activation="tanh"), Dropout(0.3), Dense(2)

    def call(self, x, training=None):
        return self._out(self.drop(self.hidden(x), training=training))


class Coder(Model):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Sequential([Dense(3, activation="relu")]), Sequential([Dense(5)])

    def call(self, x):
        return self.decoder(self.encoder(x))


def test_a_model_of_ones_own_is_trained_like_its_layers_in_a_chain(tmp_path):
    chain = Sequential([Input((5,)), Dense(6, activation="tanh"), Dropout(0.0), Dense(2)], seed=1)
    model = Small(seed=1)
    model.drop.rate = 0.0
    model.build()
    assert not model.built
    model.build((None, 5))
    model.set_weights(chain.get_weights())
    model.build((None, 5))
    np.testing.assert_array_equal(model.get_weights()[0], chain.get_weights()[0])
    for one in (chain, model):
        one.compile(optimizers.Adam(0.01), "mse", metrics=["mae"])
    options = {"epochs": 3, "batch_size": 20, "verbose": 0, "shuffle": False, "validation_split": 0.25}
    expected, found = chain.fit(X, Y, **options).history, model.fit(X, Y, **options).history
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)
    np.testing.assert_allclose(model.predict(X, verbose=0), chain.predict(X, verbose=0), atol=1e-6)
    assert (model.output_shape, model.name, len(model.layers)) == ((None, 2), "small", 3)
    other = copy.deepcopy(model)
    np.testing.assert_array_equal(other(X), model(X))
    other.fit(X, Y, verbose=0)
    assert np.abs(other(X) - model(X)).max() > 0
    model.save_weights(tmp_path / "small.weights.h5")
    other.load_weights(tmp_path / "small.weights.h5")
    np.testing.assert_array_equal(other(X), model(X))
    assert model.get_config() == {"name": "small", "trainable": True, "dtype": "float32"}
    for refused in (lambda: model.save(tmp_path / "a.h5"), lambda: model.export("a.onnx")):
        with pytest.raises(ValueError, match="can't hold the `call` of Small"):
            refused()


def test_models_are_parts_of_models_of_ones_own():
    model = Coder()
    model.compile(optimizers.Adam(0.05), "mse")
    losses_ = model.fit(X, X, epochs=20, verbose=0).history["loss"]
    assert losses_[-1] < losses_[0]
    assert len(model.trainable_weights) == 4
    assert model.encoder.predict(X, verbose=0).shape == (48, 3)
    with ops.GradientTape() as tape:
        value = ops.mean(ops.square(model(X, training=True) - X))
    assert [g.shape for g in tape.gradient(value, model.trainable_weights)] == [(5, 3), (3,), (3, 5), (5,)]


def test_arithmetic_on_symbolic_tensors():
    def graph(join):
        x = Input((5,))
        first, second = Dense(4, activation="tanh", name="a"), Dense(4, name="b")
        return Model(x, join(first(x), second(x)))

    by_layers, by_ops = graph(lambda a, b: Add()([a, b])), graph(lambda a, b: a + b)
    by_ops.set_weights(by_layers.get_weights())
    for model in (by_layers, by_ops):
        model.compile("sgd", "mse")
    histories = [m.fit(X, X[:, :4], epochs=2, verbose=0, shuffle=False).history for m in (by_layers, by_ops)]
    np.testing.assert_allclose(histories[1]["loss"], histories[0]["loss"], rtol=1e-6)
    mixed = graph(lambda a, b: ops.concatenate([2 * a[:, :1] - b[:, 1:2] ** 2, ops.relu(b) / 3], axis=-1))
    assert mixed.output_shape == (None, 5)
    a, b = (layer(X) for layer in (mixed.get_layer("a"), mixed.get_layer("b")))
    expected = np.concatenate([2 * a[:, :1] - b[:, 1:2] ** 2, np.maximum(b, 0) / 3], axis=-1)
    np.testing.assert_allclose(mixed.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    mixed.compile("sgd", "mse")
    mixed.fit(X, X, verbose=0)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("layer", "loss"),
    [
        (lambda: Lambda(lambda x: x), "mse"),
        (lambda: Dense(2, activation=lambda z: z), "mse"),
        (lambda: Dense(2, activation=ops.relu), "mse"),
        (lambda: Dense(2, kernel_regularizer=lambda w: w.sum()), "mse"),
        (lambda: Dense(2, kernel_constraint=lambda w: w), "mse"),
        (lambda: Dense(2), lambda t, p: ops.mean((t - p) ** 2)),
    ],
)
def test_files_hold_no_code(layer, loss, suffix, tmp_path):
    model = Sequential([Input((2,)), layer()])
    model.compile("sgd", loss)
    with pytest.raises(ValueError, match="can't"):
        model.save(tmp_path / f"model{suffix}")
    assert not list(tmp_path.iterdir())


def test_layers_in_containers_in_containers_are_trained_and_saved(tmp_path):
    """As Keras holds them: in lists, tuples, dictionaries, to any depth; one that holds itself is no trap."""

    class Blocks(Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.blocks = [[Dense(2), Dense(2)], {"a": Dense(2)}, ((Dense(2),),)]
            self.blocks.append(self.blocks)

        def call(self, x):
            for dense in [*self.blocks[0], self.blocks[1]["a"], self.blocks[2][0][0]]:
                x = dense(x)
            return x

    model = Sequential([Input((2,)), Blocks()])
    x = np.ones((3, 2), np.float32)
    assert len(model.trainable_weights) == 8
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"Blocks": Blocks})
    assert np.array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


class Apart(Layer):
    """Says a mean and a size, as the encoder of a variational autoencoder does."""

    def __init__(self, **options):
        super().__init__(**options)
        self.mean, self.size = Dense(3), Dense(3)

    def call(self, inputs):
        return self.mean(inputs), self.size(inputs)


class Together(Layer):
    """Takes both, as one list."""

    def call(self, inputs):
        mean, size = inputs
        return mean + ops.exp(0.5 * size)


class Product(Layer):
    """Takes two arguments, and one by name."""

    def call(self, a, b, factor=1.0):
        return a * b * factor


def test_layers_of_several_inputs_in_a_graph():
    x = Input((4,))
    mean, size = Dense(3)(x), Dense(3)(x)
    y = Product()(Together()([mean, size]), Lambda(lambda pair: pair[0] - pair[1])((mean, size)))
    model = Model(x, y)
    xs = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    a, b = (layer(xs) for layer in model.layers[1:3])
    np.testing.assert_allclose(model.predict(xs, verbose=0), (a + np.exp(b / 2)) * (a - b), rtol=1e-5)
    assert check_gradients(Model(x, y, seed=1), xs, np.ones((5, 3)), loss="mse").passed


def test_layers_of_several_outputs_within_others(tmp_path):
    class Whole(Model):
        def __init__(self):
            super().__init__()
            self.apart, self.together = Apart(), Together()

        def call(self, inputs):
            mean, size = self.apart(inputs)
            self.add_loss(ops.mean(mean**2))
            return self.together((mean, size))

    model, x = Whole(), np.ones((6, 4), np.float32)
    model.compile("sgd", "mse")
    before = model.evaluate(x, np.zeros((6, 3)), verbose=0)
    model.fit(x, np.zeros((6, 3)), epochs=5, verbose=0)
    assert model.evaluate(x, np.zeros((6, 3)), verbose=0) < before
    assert len(model.trainable_weights) == 4
    apart = Apart()
    mean, size = apart(x)
    assert (mean.shape, size.shape) == ((6, 3), (6, 3))
    with pytest.raises(ValueError, match="returns several arrays"):
        Apart()(Input((4,)))


def test_arguments_by_place_and_by_name():
    a, b, layer = np.full((2, 3), 2.0), np.full((2, 3), 3.0), Product()
    assert np.all(layer(a, b) == 6)
    assert np.all(layer(a, b, factor=0.5) == 3)
    assert np.all(layer(a, b) == 6)
    with pytest.raises(TypeError, match="takes one argument, and `training`"):
        Dense(2)(a, b)
    with pytest.raises(TypeError, match="no arguments by name"):
        Product()(Input((3,)), Input((3,)), factor=2.0)


class Dropping(Layer):
    def __init__(self, training=None):
        super().__init__()
        self.drop, self.said = Dropout(0.9), training

    def call(self, inputs):
        return self.drop(inputs) if self.said is None else self.drop(inputs, training=self.said)


class Around(Layer):
    def __init__(self, training=None):
        super().__init__()
        self.inner = Dropping(training)

    def call(self, inputs):
        return self.inner(inputs)


class ModelAround(Model):
    def __init__(self):
        super().__init__()
        self.inner = Sequential([Dropping()])

    def call(self, inputs):
        return self.inner(inputs)


def test_layers_inside_are_called_for_training_as_those_around_them():
    ones = np.ones((4, 40), "float32")
    for thing in (Dropping(), Around(), ModelAround()):
        assert (thing(ones).min(), thing(ones, training=True).min(), thing(ones).min()) == (1, 0, 1)
    assert Around(training=False)(ones, training=True).min() == 1  # what is said holds
    assert Around(training=True)(ones).min() == 0


def test_an_activation_given_by_name_is_in_the_configuration():
    class Named(Linear):
        def get_config(self):
            return {**super().get_config(), "activation": activations.serialize(self.activation)}

    config = Named(3, "relu").get_config()
    assert config["activation"] == "relu"
    assert Named.from_config(config).activation == activations.relu
    assert Linear(3, "relu").get_config()["activation"] == "relu"


@pytest.mark.parametrize("bases", [(Model, Layer), (Model, Dense), (Layer, Model)], ids=str)
def test_no_class_is_a_model_and_a_layer(bases):
    both = type("Both", bases, {"call": lambda self, x: x})
    with pytest.raises(TypeError, match="a model or a layer, not both: inherit from Model"):
        both()
    assert not isinstance(Dropout(0.5), Model)


def test_symbolic_tensors_are_taken_by_name():
    x = Input((5,))
    y = Model(x, ops.add(x1=x, x2=ops.sum(x, axis=-1, keepdims=True))).predict(X, verbose=0)
    np.testing.assert_allclose(y, X + X.sum(axis=-1, keepdims=True), rtol=1e-6)


def test_a_penalty_on_gradients_is_derived_through_layers():
    """As of a Wasserstein GAN: the gradient with respect to weights of a gradient's length."""
    layers = [Flatten(), Dense(6), LeakyReLU(0.2), Dense(5, activation="gelu"), Dropout(0.4), Dense(1)]
    model = Sequential([Input((4, 2)), *layers], seed=2, dtype="float64")
    x = RNG.normal(size=(8, 4, 2))

    def penalty():
        with ops.GradientTape() as inner:
            z = ops.copy(x)
            inner.watch(z)
            y = model(z, training=False)
        return ops.mean((ops.norm(inner.gradient(y, z), axis=(1, 2)) - 1) ** 2)

    with ops.GradientTape() as tape:
        value = penalty()
    for p, gradient in zip(model.parameters, tape.gradient(value, model.parameters), strict=True):
        if gradient is None:  # the last bias: slopes don't hang on it
            continue
        place = tuple(0 for _ in p.value.shape)
        found = []
        for step in (1e-6, -2e-6):
            p.value[place] += step
            with ops.GradientTape():
                found.append(float(ops.convert_to_numpy(penalty())))
        p.value[place] += 1e-6
        assert np.asarray(gradient)[place] == pytest.approx((found[0] - found[1]) / 2e-6, rel=1e-5, abs=1e-9)


def test_a_call_that_forgets_to_return() -> None:
    class Forgetful(Layer):
        def call(self, inputs):
            inputs * 2

    with pytest.raises(TypeError, match=r"Forgetful\.call returned None: it must return"):
        Sequential([Input((4,)), Forgetful(), Dense(2)])


def test_gradients_come_with_their_variables() -> None:
    _, model = fitted(Dense(2))
    gradients = [np.zeros_like(v.value) for v in model.trainable_variables]
    with pytest.raises(TypeError, match=r"apply_gradients\(zip\(gradients, variables\)\)"):
        model.optimizer.apply_gradients(gradients)


def test_layers_and_models_are_built_by_what_a_tape_watches() -> None:
    dense, add = Dense(2, kernel_initializer="ones"), Add()
    with ops.GradientTape() as tape:
        x = tape.watch(np.ones((2, 3)))
        y = ops.sum(dense(x)) + ops.sum(add([x, x * 2]))
    assert tape.gradient(y, x).tolist() == [[5] * 3] * 2
    assert (dense.kernel.shape, add.input_shape) == ((3, 2), ((3,), (3,)))
    model = Sequential([Dense(2, kernel_initializer="ones")])
    with ops.GradientTape() as tape:
        x = tape.watch(np.ones((2, 3), np.float32))
        y = model(x)
    assert tape.gradient(y, x).tolist() == [[2] * 3] * 2
    assert model.input_shape == (None, 3)


def test_dropout_is_derived_twice_by_one_mask() -> None:
    # Kept are 4 w^2 = 36 of a quarter of w = 3, of slope 8 w = 24 and second derivative 8.
    model = Sequential([Input((200,)), Dropout(0.75)], seed=1)
    with ops.GradientTape() as outer:
        w = outer.watch(np.full((1, 200), 3.0))
        with ops.GradientTape() as inner:
            inner.watch(w)
            y = model(w * w, training=True)
        slope = inner.gradient(y, w)
    curvature = outer.gradient(slope, w)
    kept = y.value > 0
    assert 20 < kept.sum() < 80
    for found, number in ((y.value, 36), (slope.value, 24), (curvature, 8)):
        assert found.tolist() == (kept * number).tolist()
