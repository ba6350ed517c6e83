"""Keras 3 and numpy_ann read each other's files, predict the same, and continue each other's training."""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from numpy_ann import layers, losses, metrics, models, optimizers

X = np.random.default_rng(3).random((20, 4, 4), dtype=np.float32)
LABELS = np.arange(20) * 7 % 3
ONE_HOT = np.eye(3, dtype=np.float32)[LABELS]
TRAINING = {"batch_size": 8, "shuffle": False, "verbose": 0}


def close(found, expected, tolerance=1e-6):
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=tolerance, rtol=tolerance)


def dense_net(numpy_layers=layers):
    """Return layers of either library: dropout of rate 0, so that training can be compared."""
    return [
        numpy_layers.Input((4, 4)),
        numpy_layers.Flatten(),
        numpy_layers.Dense(5, activation="relu"),
        numpy_layers.Dropout(0.0),
        numpy_layers.Dense(4, activation="tanh", trainable=False),
        numpy_layers.Dense(4),
        numpy_layers.ReLU(),
        numpy_layers.Activation("sigmoid"),
        numpy_layers.Dense(3, use_bias=False),
        numpy_layers.Softmax(),
    ]


COMPILED = {
    "adam": ("adam", "categorical_crossentropy", ["accuracy"], ONE_HOT),
    "adam with options": (
        optimizers.Adam(0.01, beta_1=0.8, beta_2=0.99, epsilon=1e-5),
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        ["acc", metrics.CategoricalAccuracy(name="hits")],
        ONE_HOT,
    ),
    "sgd": ("sgd", "sparse_categorical_crossentropy", ["accuracy"], LABELS),
    "momentum": (
        optimizers.SGD(0.1, momentum=0.9),
        losses.SparseCategoricalCrossentropy(),
        [metrics.SparseCategoricalCrossentropy()],
        LABELS,
    ),
    "rmsprop": (optimizers.RMSprop(0.01, rho=0.8), "categorical_crossentropy", ["accuracy"], ONE_HOT),
    "nesterov": (optimizers.SGD(0.1, momentum=0.9, nesterov=True), "categorical_crossentropy", None, ONE_HOT),
}


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_keras_reads_layers_in_the_place_of_activations(keras, suffix, tmp_path):
    functions = [layers.LeakyReLU(0.25), layers.ReLU(2.0, 0.1), layers.ELU(0.5), layers.Softmax()]
    model = models.Sequential(
        [layers.Input((4,)), *(layers.Dense(4, activation=f) for f in functions)], seed=1
    )
    model.save(path := tmp_path / f"model{suffix}")
    loaded = keras.models.load_model(path)
    close(loaded.predict(X[:, 0], verbose=0), model.predict(X[:, 0], verbose=0))
    if suffix == ".keras":
        loaded.save(path)
        close(models.load_model(path).predict(X[:, 0], verbose=0), model.predict(X[:, 0], verbose=0))


# Of RMSprop without momentum, Keras 3 takes the name alone from an .h5 file, as save_model's docs say.
READ_WHOLE_FROM_H5 = pytest.mark.parametrize(
    "trained", [n for n in COMPILED if n != "rmsprop"], indirect=True
)


@pytest.fixture(params=COMPILED)
def trained(request):
    """Return a model of numpy_ann that has trained for two epochs, and its labels."""
    optimizer, loss, watched, y = COMPILED[request.param]
    if isinstance(optimizer, optimizers.Optimizer):
        optimizer = type(optimizer)(**optimizer.get_config())
    model = models.Sequential(dense_net(), seed=1)
    model.compile(optimizer, loss, metrics=watched)
    model.fit(X, y, epochs=2, **TRAINING)
    return model, y


def test_keras_goes_on_from_our_keras_file(keras, trained, tmp_path):
    model, y = trained
    model.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))
    close(theirs.evaluate(X, y, verbose=0), model.evaluate(X, y, verbose=0))
    a, b = theirs.fit(X, y, epochs=3, **TRAINING), model.fit(X, y, epochs=3, **TRAINING)
    close(a.history["loss"], b.history["loss"])
    close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))
    for theirs_weight, ours in zip(theirs.get_weights(), model.get_weights(), strict=True):
        close(theirs_weight, ours)


@READ_WHOLE_FROM_H5
def test_keras_predicts_and_evaluates_from_our_h5_file(keras, trained, tmp_path):
    model, y = trained
    model.save(tmp_path / "m.h5")
    theirs = keras.models.load_model(tmp_path / "m.h5")
    close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))
    close(theirs.evaluate(X, y, verbose=0), model.evaluate(X, y, verbose=0))
    close(theirs.optimizer.learning_rate, model.optimizer.learning_rate)


@READ_WHOLE_FROM_H5
def test_the_three_lines_by_which_keras_goes_on_from_our_h5_file(keras, trained, tmp_path):
    """They stand in the documentation of save_model."""
    ours, y = trained
    ours.save(tmp_path / "x.h5")
    model = keras.models.load_model(tmp_path / "x.h5")
    lines = [line.strip() for line in models.save_model.__doc__.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("o = model.optimizer"))
    cure = "\n".join(lines[start : start + 3]).replace("x.h5", str(tmp_path / "x.h5"))
    exec(cure, {"model": model, "h5py": h5py})  # noqa: S102  (our own documentation)
    model.fit(X, y, epochs=3, **TRAINING)
    ours.fit(X, y, epochs=3, **TRAINING)
    close(model.predict(X, verbose=0), ours.predict(X, verbose=0))


@pytest.mark.parametrize("trained", ["rmsprop"], indirect=True)
def test_what_keras_takes_from_our_h5_file_of_rmsprop(keras, trained, tmp_path):
    model, y = trained
    model.save(tmp_path / "m.h5")
    theirs = keras.models.load_model(tmp_path / "m.h5")
    close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))
    close(theirs.evaluate(X, y, verbose=0), model.evaluate(X, y, verbose=0))
    close(theirs.optimizer.learning_rate, 0.001)  # its default, not 0.01


def test_keras_takes_our_weights(keras, trained, tmp_path):
    model, _ = trained
    model.save_weights(tmp_path / "m.weights.h5")
    theirs = keras.Sequential(dense_net(keras.layers))
    theirs.load_weights(tmp_path / "m.weights.h5")
    close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))


@pytest.mark.parametrize("name", ["m.keras", "m.h5"])
def test_we_go_on_from_keras_files(keras, name, tmp_path):
    theirs = keras.Sequential(dense_net(keras.layers))
    theirs.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    theirs.fit(X, ONE_HOT, epochs=2, **TRAINING)
    theirs.save(tmp_path / name)
    ours = models.load_model(tmp_path / name)
    close(ours.predict(X, verbose=0), theirs.predict(X, verbose=0))
    close(ours.evaluate(X, ONE_HOT, verbose=0), theirs.evaluate(X, ONE_HOT, verbose=0))
    theirs.fit(X, ONE_HOT, epochs=3, **TRAINING)
    ours.fit(X, ONE_HOT, epochs=3, **TRAINING)
    close(ours.predict(X, verbose=0), theirs.predict(X, verbose=0))


def test_there_and_back_again(keras, tmp_path):
    """Five rounds of training, in turns, through files, equal ten epochs in one library."""
    model = models.Sequential(dense_net(), seed=2)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    alone = models.Sequential(dense_net(), seed=2)
    alone.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    path = tmp_path / "m.keras"
    for turn in range(5):
        model.fit(X, ONE_HOT, epochs=1, **TRAINING)
        model.save(path)
        theirs = keras.models.load_model(path)
        theirs.fit(X, ONE_HOT, epochs=1, **TRAINING)
        theirs.save(path)
        model = models.load_model(path)
        assert model.optimizer.iterations == 6 * (turn + 1)
    alone.fit(X, ONE_HOT, epochs=10, **TRAINING)
    close(model.predict(X, verbose=0), alone.predict(X, verbose=0))


PARTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("Dense"),
            st.fixed_dictionaries(
                {"units": st.integers(1, 7)},
                optional={
                    "activation": st.sampled_from(["relu", "tanh", "sigmoid", "softmax", "linear"]),
                    "use_bias": st.booleans(),
                    "trainable": st.booleans(),
                    "kernel_initializer": st.sampled_from(["glorot_uniform", "ones"]),
                },
            ),
        ),
        st.tuples(st.just("Dropout"), st.fixed_dictionaries({"rate": st.sampled_from([0.0, 0.5])})),
        st.tuples(st.just("Activation"), st.fixed_dictionaries({"activation": st.just("tanh")})),
        st.tuples(st.sampled_from(["ReLU", "Softmax", "Flatten"]), st.just({})),
    ),
    max_size=5,
)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def stack(library, parts):
    made = [getattr(library, name)(**options) for name, options in parts]
    return [library.Input((4, 4)), library.Flatten(), *made, library.Dense(3, activation="softmax")]


@FEW
@given(PARTS, st.sampled_from([".keras", ".h5"]))
def test_keras_loads_any_model_of_ours(keras, tmp_path_factory, parts, suffix):
    path = tmp_path_factory.mktemp("ours") / f"m{suffix}"
    model = models.Sequential(stack(layers, parts))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, ONE_HOT, epochs=1, **TRAINING)
    model.save(path)
    theirs = keras.models.load_model(path)
    p = model.predict(X, verbose=0)
    close(theirs.predict(X, verbose=0), p)
    assume(p[ONE_HOT == 1].min() > 1e-7)  # Keras on JAX clips there: see the next
    close(theirs.evaluate(X, ONE_HOT, verbose=0), model.evaluate(X, ONE_HOT, verbose=0))
    if suffix == ".keras" and not any(options.get("rate") for _, options in parts):
        theirs.fit(X, ONE_HOT, epochs=1, **TRAINING)
        model.fit(X, ONE_HOT, epochs=1, **TRAINING)
        close(theirs.predict(X, verbose=0), model.predict(X, verbose=0))


@FEW
@given(PARTS, st.sampled_from([".keras", ".h5"]))
def test_we_load_any_model_of_keras(keras, tmp_path_factory, parts, suffix):
    path = tmp_path_factory.mktemp("theirs") / f"m{suffix}"
    theirs = keras.Sequential(stack(keras.layers, parts))
    theirs.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    theirs.fit(X, ONE_HOT, epochs=1, **TRAINING)
    theirs.save(path)
    model = models.load_model(path)
    p = theirs.predict(X, verbose=0)
    close(model.predict(X, verbose=0), p)
    loss, accuracy = theirs.evaluate(X, ONE_HOT, verbose=0)
    # Keras on JAX clips probabilities at 1e-7, and learns nothing from those; on TensorFlow it takes the
    # logits, as numpy_ann does.
    right = p[ONE_HOT == 1].astype(np.float64)
    clipped = keras.backend.backend() == "jax" and right.min() < 1e-7
    if clipped:
        close(loss, -np.log(np.maximum(right, 1e-7)).mean())
        loss = -np.log(right).mean()
    close(model.evaluate(X, ONE_HOT, verbose=0), [loss, accuracy])
    if not clipped and not any(options.get("rate") for _, options in parts):
        theirs.fit(X, ONE_HOT, epochs=1, **TRAINING)
        model.fit(X, ONE_HOT, epochs=1, **TRAINING)
        close(model.predict(X, verbose=0), theirs.predict(X, verbose=0))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"loss": {"out": "mse"}, "metrics": {"out": ["mae"]}},
        {"loss": {"out": "mse"}, "metrics": {"out": "mae"}, "loss_weights": {"out": 2.0}},
        {"loss": "mse", "weighted_metrics": {"out": ["mae", "mse"]}},
        {"loss": ["mse"], "metrics": [["mae"]]},
    ],
)
def test_what_keras_was_given_under_the_name_of_its_one_output(keras, arguments, suffix, tmp_path):
    x, y = np.random.default_rng(0).normal(size=(2, 8, 2)).astype(np.float32)
    begin = keras.Input((2,))
    theirs = keras.Model(begin, keras.layers.Dense(2, name="out")(begin))
    theirs.compile("sgd", **arguments)
    theirs.fit(x, y, verbose=0)
    theirs.save(path := tmp_path / f"model{suffix}")
    expected = theirs.evaluate(x, y, verbose=0)
    np.testing.assert_allclose(models.load_model(path).evaluate(x, y, verbose=0), expected, rtol=1e-5)
