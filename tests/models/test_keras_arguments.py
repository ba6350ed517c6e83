"""Arguments and attributes in the spellings that Keras takes; the numbers are those of Keras 3.15."""

import numpy as np
import pytest

from numpy_ann import activations, initializers, metrics, optimizers
from numpy_ann.callbacks import CSVLogger, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, InputLayer, LeakyReLU, PReLU, ReLU
from numpy_ann.models import Sequential, clone_model, load_model, model_from_json
from numpy_ann.optimizers.schedules import ExponentialDecay
from tests.support import OF_KERAS_2

r = np.random.RandomState(0)
X = r.normal(size=(20, 3)).astype("float32")
Y = r.normal(size=(20, 1)).astype("float32")


def model_of(outputs=1, activation=None, **options):
    first, last = Dense(4, activation="tanh"), Dense(outputs, activation=activation, name="out")
    model = Sequential([Input((3,)), first, last])
    q = np.random.RandomState(0)
    model.set_weights([(q.normal(size=w.shape) * 0.5).astype("float32") for w in model.get_weights()])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (["mae"], ["mae"]),
        (("mae",), ["mae"]),
        ([["mae"]], ["mae"]),
        ([["mae"], "mse"], ["mae", "mse"]),
        ({"out": "mae"}, ["mae"]),
        ({"out": ["mae", "mse"]}, ["mae", "mse"]),
        ([[]], []),
        ({}, []),
    ],
)
def test_metrics_in_lists_and_dictionaries(given, names):
    model = model_of(metrics=given)
    assert model.metrics_names == ["loss", *names]
    assert list(model.fit(X, Y, verbose=0).history) == sorted(["loss", *names])


@pytest.mark.parametrize("given", ["mae", metrics.MeanAbsoluteError(), [None]])
def test_metrics_that_keras_refuses(given):
    with pytest.raises(ValueError, match="metric"):
        model_of(metrics=given)


@pytest.mark.parametrize("loss", [["mse"], ("mse",), {"out": "mse"}, [["mse"]]])
def test_a_loss_in_a_list_or_dictionary(loss):
    assert model_of(loss=loss).evaluate(X, Y, verbose=0) == pytest.approx(0.893012523651123)


@pytest.mark.parametrize("weight", [2.0, 2, [2.0], (2.0,), {"out": 2.0}, [[2.0]]])
def test_the_weight_of_the_loss(weight, tmp_path):
    model = model_of(loss_weights=weight, metrics=["mse"])
    assert model.evaluate(X, Y, verbose=0) == pytest.approx([2 * 0.893012523651123, 0.893012523651123])
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5")
    for path in ("m.keras", "m.h5"):
        assert load_model(tmp_path / path).configuration.loss_weight == 2
    assert clone_model(model).configuration.loss_weight == 2
    model.fit(X, Y, batch_size=20, verbose=0)
    assert model.get_weights()[-1] == pytest.approx(-1.2504723)  # Keras'; without the weight, -1.2634836


def test_penalties_have_no_weight():
    for weight, expected in ((None, 3.8631622791290283), (2.0, 7.696324825286865)):
        model = Sequential([Input((3,)), Dense(1, kernel_regularizer="l2")])
        model.set_weights([np.ones((3, 1)), np.zeros(1)])
        model.compile("sgd", "mse", loss_weights=weight)
        assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected)


@pytest.mark.parametrize("options", [{"loss": ["mse", "mae"]}, {"loss_weights": [2.0, 3.0]}, {"loss": []}])
def test_there_is_one_output(options):
    with pytest.raises(ValueError, match="one entry, for the model's one output"):
        model_of(**options)


@pytest.mark.parametrize(
    ("begin", "batch"),
    [
        (lambda: Input((3,), batch_size=4), 4),
        (lambda: Input((3,), 4), 4),
        (lambda: Input(batch_shape=(None, 3)), None),
        (lambda: Input(batch_shape=(4, 3)), 4),
        (lambda: InputLayer(input_shape=(3,)), None),
        (lambda: InputLayer(batch_input_shape=(4, 3)), 4),
        (lambda: InputLayer((3,), sparse=True), None),
    ],
)
@OF_KERAS_2
def test_the_spellings_of_an_input(begin, batch, tmp_path):
    model = Sequential([begin(), Dense(2)])
    assert (model.input_shape, model.output_shape) == ((batch, 3), (batch, 2))
    assert model.predict(X, verbose=0).shape == (20, 2)
    assert clone_model(model).input_shape == (batch, 3)
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"model{suffix}")
        assert load_model(tmp_path / f"model{suffix}").input_shape == (batch, 3)
    assert model_from_json(model.to_json()).input_shape == (batch, 3)


@pytest.mark.parametrize("options", [{}, {"shape": (3,), "batch_shape": (None, 3)}])
def test_an_input_has_one_shape(options):
    with pytest.raises(ValueError, match="shape"):
        Input(**options)


def test_activations_that_are_layers_or_functions():
    x = X.astype("float64")
    for given, same in (
        (LeakyReLU(0.1), activations.leaky_relu.with_options(negative_slope=0.1)),
        (ReLU(max_value=1.0), activations.relu.with_options(max_value=1.0)),
        (Activation("tanh"), activations.tanh),
        (activations.relu, activations.relu),
    ):
        np.testing.assert_allclose(Dense(3, activation=given).activation(x), same(x))
    assert Dense(2, activation="swish").activation.__name__ == "silu"
    for refused, cure in ((PReLU(), "a layer of its own"), (Dropout(0.5), "a layer of its own")):
        with pytest.raises(ValueError, match=cure):
            Dense(2, activation=refused)
    np.testing.assert_allclose(Dense(3, activation=lambda z: 2 * z).activation(x), 2 * x)


def test_initializers_that_are_none_or_arrays():
    layer = Dense(2, bias_initializer=None)
    layer.build((None, 3))
    assert np.any(layer.bias.numpy() != 0)
    constant = initializers.Constant([1.0, 2.0])
    np.testing.assert_array_equal(constant((3, 2)), [[1, 2]] * 3)
    with pytest.raises(ValueError, match=r"shape \(2,\), the weight \(3,\)"):
        constant((3,))


@pytest.mark.parametrize("value", [None, initializers.Constant([1.0, 2.0]), initializers.Constant(0.5)])
def test_initializers_that_are_none_or_arrays_in_files(value, tmp_path):
    model = Sequential([Input((3,)), Dense(2, bias_initializer=value)])
    for name in ("m.keras", "m.h5"):
        model.save(tmp_path / name)
        again = load_model(tmp_path / name).layers[0].bias_initializer
        assert getattr(again, "value", None) == getattr(value, "value", None)


def test_learning_rates():
    schedule = ExponentialDecay(0.1, 10, 0.5)
    np.testing.assert_allclose(schedule(np.arange(3)), [0.1, 0.0933033, 0.08705506], rtol=1e-6)
    constant, function = model_of(optimizer=optimizers.SGD(0.25)), model_of()
    function.compile(optimizers.SGD(lambda: 0.25), "mse")
    for model in (constant, function):
        model.fit(X, Y, batch_size=20, verbose=0)
        assert model.get_weights()[-1] == pytest.approx(-0.951213, rel=1e-6)
    with pytest.warns(UserWarning, match="`decay` is no longer supported.*InverseTimeDecay"):
        assert optimizers.SGD(0.1, decay=0.5).schedule is None


def test_a_function_as_the_learning_rate_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="can't hold a function as the learning rate"):
        model_of(optimizer=optimizers.SGD(lambda: 0.25)).save(tmp_path / "m.keras")


def test_the_format_is_the_suffix(tmp_path):
    with pytest.warns(UserWarning, match="`save_format` argument is deprecated"):
        model_of().save(tmp_path / "m.keras", save_format="h5")
    assert load_model(tmp_path / "m.keras", custom_objects={"mine": len}, safe_mode=False).compiled
    assert not load_model(tmp_path / "m.keras", compile=False).compiled


def test_a_clone_is_compiled_as_its_model():
    model = model_of(optimizer=optimizers.SGD(0.123, momentum=0.5), metrics=["mae"])
    model.fit(X, Y, verbose=0)
    clone = clone_model(model)
    assert clone.optimizer is not model.optimizer
    assert clone.optimizer.get_config() == model.optimizer.get_config()
    assert (clone.optimizer.iterations, clone.metrics_names) == (0, ["loss", "mae"])
    assert clone.fit(X, Y, verbose=0).epoch == [0]
    assert not clone_model(Sequential([Dense(3)])).compiled


def test_attributes():
    model, lazy = model_of(), Sequential([Dense(2)])
    assert model.inputs == [KerasTensor((None, 3), "float32", "input_layer")]
    assert model.outputs == [KerasTensor((None, 1), "float32", "out")]
    assert model.layers[0].output.shape == model.layers[1].input.shape == (None, 4)
    assert model.variables == model.trainable_variables == model.weights
    assert model.non_trainable_variables == model.losses == []
    for name in ("input_shape", "output_shape", "inputs", "outputs"):
        assert hasattr(model, name)
        assert not hasattr(lazy, name)
    assert not hasattr(lazy.layers[0], "input")
    assert not lazy.compiled
    without = Dense(2, use_bias=False)
    without.build((None, 3))
    assert without.bias is None
    layer = Dense(2, kernel_regularizer="l2", bias_regularizer="l1")
    layer.build((None, 3))
    layer.set_weights([np.ones((3, 2)), np.ones(2)])
    assert layer.losses == pytest.approx([0.06, 0.02])  # Keras'
    penalized = Dense(1, kernel_initializer="ones", kernel_regularizer="l2", activity_regularizer="l1")
    chain = Sequential([Input((2,)), penalized, Dense(1, kernel_regularizer="l2")])
    weights = chain.losses
    assert weights == pytest.approx([0.02, float(0.01 * chain.layers[1].kernel.value[0, 0] ** 2)])
    chain(np.ones((4, 2)))
    assert chain.losses[0] == pytest.approx(0.02)  # 0.01 * (4 * 2) / 4
    assert chain.losses[1:] == weights
    penalized(np.full((1, 2), 2.0))
    assert penalized.losses == pytest.approx([0.04, 0.02])
    loss = model.evaluate(X, Y, verbose=0)
    assert model.get_metrics_result() == {"loss": loss}
    model.reset_metrics()
    assert model.get_metrics_result() == {"loss": 0.0}


def test_a_layer_without_weights_on_a_second_shape():
    for layer, shape in ((ReLU(), (2, 5, 4)), (Flatten(), (2, 20)), (Dropout(0.5), (2, 5, 4))):
        layer(X)
        assert layer(np.ones((2, 5, 4))).shape == shape
        assert layer(X).shape == (20, 3)
    dense = Dense(2)
    dense(X)
    with pytest.raises(ValueError, match="expects inputs of shape"):
        dense(np.ones((2, 5)))


NAMES = [
    "mae",
    "mse",
    "MAE",
    "mape",
    "msle",
    "mean_absolute_error",
    "poisson",
    "hinge",
    "bce",
    "huber",
    "kld",
]


@pytest.mark.parametrize("name", NAMES)
def test_short_and_long_names_of_metrics_are_minimized(name, tmp_path):
    watching = [
        EarlyStopping(monitor=f"val_{name}", patience=5),
        ReduceLROnPlateau(monitor=name),
        ModelCheckpoint(tmp_path / "m.keras", monitor=f"val_{name}", save_best_only=True),
    ]
    y = np.abs(Y) > 0.5
    model_of(activation="sigmoid", metrics=[name]).fit(
        X, y, epochs=2, verbose=0, validation_data=(X, y), callbacks=watching
    )
    assert {callback.resolved_mode() for callback in watching} == {"min"}


def test_what_callbacks_do_with_several_figures(tmp_path):
    y = np.eye(3)[np.arange(20) % 3]

    def fit(*callbacks):
        model = model_of(3, "softmax", loss="categorical_crossentropy", metrics=[metrics.F1Score()])
        return model.fit(X, y, epochs=2, verbose=0, callbacks=callbacks)

    history = fit(CSVLogger(tmp_path / "log.csv")).history["f1_score"]
    np.testing.assert_allclose(history, [[0.39999995, 0.36363634, 0.22222218]] * 2, rtol=1e-6)  # Keras'
    assert '"""[0.3999' in (tmp_path / "log.csv").read_text()
    with pytest.warns(UserWarning, match="only when `monitor` is a scalar value"):
        fit(ModelCheckpoint(tmp_path / "m.keras", monitor="f1_score", save_best_only=True))
    for watching in (EarlyStopping("f1_score"), ReduceLROnPlateau("f1_score")):
        with pytest.raises(ValueError, match=r"f1_score is 3: one for each class.*average='macro'"):
            fit(watching)
