"""save_model and load_model: the same bits back, whole files or none, and what is said when it can't be."""

import io
import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.callbacks import Callback
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, ReLU, Softmax
from numpy_ann.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.metrics import CategoricalAccuracy
from numpy_ann.models import Sequential, load_model, save_model
from numpy_ann.models.loading import load_weights, save_weights
from numpy_ann.optimizers import SGD, Adam
from numpy_ann.saving import Limits
from numpy_ann.saving.containers.limits import METADATA_READ
from tests.saving.files import X, Y, edit_weights, good, kernel_path, trained_model

BOTH = pytest.mark.parametrize("suffix", [".keras", ".h5"])
ROOT = Path(__file__).parents[2]


def fit(model, **options):
    return model.fit(X, Y, batch_size=8, verbose=0, **options)


# ------------------------------------------------------------------------------------ the same, bit for bit


@BOTH
def test_predictions_and_evaluation_are_the_same_bits(suffix, tmp_path):
    model = trained_model()
    model.save(tmp_path / f"m{suffix}")
    loaded = load_model(tmp_path / f"m{suffix}")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
    assert loaded.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    assert [layer.get_config().keys() for layer in loaded.layers] == [
        layer.get_config().keys() for layer in model.layers
    ]
    assert loaded.name == model.name


@BOTH
@pytest.mark.parametrize("seed_of_dropout", [None, 7])
@pytest.mark.parametrize("optimizer", [Adam(0.01), SGD(0.1, momentum=0.9, nesterov=True), SGD(0.1)], ids=repr)
def test_an_interrupted_training_equals_an_uninterrupted_one(suffix, seed_of_dropout, optimizer, tmp_path):
    def new():
        layers = [
            Input((4, 4)),
            Flatten(),
            Dense(8, activation="relu"),
            Dropout(0.3, seed=seed_of_dropout),
            Dense(3),
            Softmax(),
        ]
        model = Sequential(layers, seed=5)
        model.compile(type(optimizer)(**optimizer.get_config()), "categorical_crossentropy", metrics=["acc"])
        return model

    whole = new()
    history = fit(whole, epochs=10)

    first = new()
    fit(first, epochs=5)
    first.save(tmp_path / f"m{suffix}")
    resumed = load_model(tmp_path / f"m{suffix}")
    assert resumed.epochs_trained == 5
    rest = fit(resumed, epochs=10, initial_epoch=5)

    np.testing.assert_array_equal(resumed.theta, whole.theta)
    assert rest.history["loss"] == history.history["loss"][5:]
    assert resumed.epochs_trained == whole.epochs_trained == 10
    for name, slot in whole.optimizer.state.items():
        np.testing.assert_array_equal(resumed.optimizer.state[name], slot)


@BOTH
def test_saving_in_the_middle_leaves_the_training_alone(suffix, tmp_path):
    class Saving(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.save(tmp_path / f"m{suffix}")

    undisturbed, saving = trained_model(), trained_model()
    fit(undisturbed, epochs=3)
    fit(saving, epochs=3, callbacks=[Saving()])
    np.testing.assert_array_equal(saving.theta, undisturbed.theta)


@BOTH
def test_float64_models(suffix, tmp_path):
    model = trained_model(dtype="float64")
    model.save(tmp_path / f"m{suffix}")
    loaded = load_model(tmp_path / f"m{suffix}")
    assert loaded.dtype == np.float64
    np.testing.assert_array_equal(loaded.theta, model.theta)
    np.testing.assert_array_equal(loaded.optimizer.state["velocity"], model.optimizer.state["velocity"])


@BOTH
def test_weights_larger_than_any_other_part_of_a_file_may_be(suffix, tmp_path):
    model = Sequential([Input((1200,)), Dense(1000, activation="relu"), Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(np.ones((3, 1200)), np.eye(3), verbose=0)
    assert model.layers[0].kernel.value.nbytes > METADATA_READ
    model.save(tmp_path / f"m{suffix}")
    loaded = load_model(tmp_path / f"m{suffix}")
    np.testing.assert_array_equal(loaded.theta, model.theta)
    np.testing.assert_array_equal(loaded.optimizer.state["momentum"], model.optimizer.state["momentum"])


@BOTH
def test_loading_and_saving_again_gives_the_same_file(suffix, tmp_path):
    model = trained_model()
    model.save(tmp_path / f"a{suffix}")
    load_model(tmp_path / f"a{suffix}").save(tmp_path / f"b{suffix}")
    again = load_model(tmp_path / f"b{suffix}")
    np.testing.assert_array_equal(again.theta, model.theta)
    assert again.streams.get_state() == model.streams.get_state()
    if suffix == ".h5":  # the other has the time of saving
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


LAYERS = st.lists(
    st.one_of(
        st.builds(
            Dense,
            st.integers(1, 6),
            activation=st.sampled_from([None, "relu", "tanh", "sigmoid", "softmax"]),
            use_bias=st.booleans(),
            trainable=st.booleans(),
            bias_initializer=st.sampled_from(["zeros", "ones"]),
        ),
        st.builds(Dropout, st.floats(0, 1), seed=st.none() | st.integers(0, 2**32)),
        st.builds(Activation, st.sampled_from(["relu", "linear"])),
        st.builds(ReLU),
        st.builds(Softmax),
        st.builds(Flatten),
    ),
    max_size=6,
)


@given(LAYERS, st.sampled_from(["float32", "float64"]), st.sampled_from(["adam", "sgd", None]))
def test_any_model_comes_back(tmp_path_factory, layers, dtype, optimizer):
    model = Sequential([Input((2, 3)), Flatten(name="first"), *layers, Dense(3, name="last")], dtype=dtype)
    x = np.random.default_rng(0).normal(size=(5, 2, 3))
    if optimizer:
        model.compile(optimizer, SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
        model.fit(x, np.arange(5) % 3, epochs=1, verbose=0)
    folder = tmp_path_factory.mktemp("any")
    for suffix in (".keras", ".h5"):
        model.save(folder / f"m{suffix}")
        loaded = load_model(folder / f"m{suffix}")
        np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
        assert [repr(a.get_config()) for a in loaded.layers if not a.parameters] == [
            repr(a.get_config()) for a in model.layers if not a.parameters
        ]
        assert [a.trainable for a in loaded.layers] == [a.trainable for a in model.layers]
        if optimizer:
            for name, slot in model.optimizer.state.items():
                np.testing.assert_array_equal(loaded.optimizer.state[name], slot)


# ------------------------------------------------------------------------------------- compile configuration


@BOTH
def test_the_compile_configuration_comes_back_whole(suffix, tmp_path):
    model = Sequential([Input((4, 4), name="image"), Flatten(), Dense(3)], name="mine")
    model.compile(
        Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4, name="my_adam"),
        CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, reduction="sum"),
        metrics=["accuracy", CategoricalAccuracy(name="hits")],
        weighted_metrics=["acc"],
    )
    model.save(tmp_path / f"m{suffix}")
    loaded = load_model(tmp_path / f"m{suffix}")
    configuration = loaded.configuration
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    assert loaded.loss.get_config() == model.loss.get_config()
    assert configuration.metrics[0] == "accuracy"
    assert configuration.metrics[1].name == "hits"
    assert configuration.weighted_metrics == ["acc"]
    assert loaded.input_layer.name == "image"
    assert loaded.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_accuracy_on_integer_labels_stays_a_name(tmp_path):
    model = Sequential([Input((4, 4)), Flatten(), Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["acc"])
    model.save(tmp_path / "m.h5")
    configuration = load_model(tmp_path / "m.h5").configuration
    assert (configuration.metrics, configuration.weighted_metrics) == (["accuracy"], ["acc"])


def test_without_compile_or_optimizer(tmp_path):
    model = trained_model()
    model.save(tmp_path / "m.h5", include_optimizer=False)
    assert load_model(tmp_path / "m.h5").optimizer is None
    model.save(tmp_path / "m.keras", include_optimizer=False)  # has no effect, as in Keras
    assert load_model(tmp_path / "m.keras").optimizer.iterations == 4
    assert load_model(tmp_path / "m.keras", compile=False).optimizer is None
    model.configuration = None
    for suffix in (".keras", ".h5"):
        model.save(tmp_path / f"n{suffix}")
        assert load_model(tmp_path / f"n{suffix}").optimizer is None


@BOTH
def test_a_learning_rate_changed_while_training(suffix, tmp_path):
    model = trained_model()
    model.optimizer.learning_rate = 1e-5
    model.save(tmp_path / f"m{suffix}")
    assert load_model(tmp_path / f"m{suffix}").optimizer.learning_rate == model.optimizer.learning_rate


@BOTH
def test_layers_frozen_after_training(suffix, tmp_path):
    """The optimizer's state doesn't fit any more, and isn't saved; the rest is."""
    model = trained_model()
    model.layers[1].trainable = False
    model.save(tmp_path / f"m{suffix}")
    loaded = load_model(tmp_path / f"m{suffix}")
    assert not loaded.layers[1].trainable
    fit(loaded, epochs=1)
    np.testing.assert_array_equal(loaded.layers[1].kernel.value, model.layers[1].kernel.value)


# --------------------------------------------------------------------------------------------------- weights


def test_weights_alone(tmp_path):
    model = trained_model()
    model.save_weights(tmp_path / "m.weights.h5")
    model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.h5")
    for name in ("m.weights.h5", "m.keras", "m.h5"):
        other = trained_model(seed=1)
        other.load_weights(tmp_path / name)
        np.testing.assert_array_equal(other.theta, model.theta)


def test_the_optimizer_goes_on_from_a_file_of_weights(tmp_path):
    model = trained_model()
    save_weights(model, tmp_path / "m.weights.h5")
    trained, new = trained_model(seed=1), Sequential(trained_model().layers)
    trained.optimizer.learning_rate = 0.5
    load_weights(trained, tmp_path / "m.weights.h5")
    np.testing.assert_array_equal(trained.optimizer.state["velocity"], model.optimizer.state["velocity"])
    assert trained.optimizer.learning_rate == model.optimizer.learning_rate
    new.compile("adam", "categorical_crossentropy")
    load_weights(new, tmp_path / "m.weights.h5")  # has no state that could be replaced
    assert new.optimizer.iterations == 0


def test_weights_that_do_not_fit_change_nothing(tmp_path):
    trained_model().save(tmp_path / "m.h5")
    other = Sequential([Input((4, 4)), Flatten(), Dense(6), Dense(3)])
    before = other.theta.copy()
    with pytest.raises(ModelFormatError, match=r"kernel:0: has the shape \(16, 5\), but .* \(16, 6\)"):
        other.load_weights(tmp_path / "m.h5")
    np.testing.assert_array_equal(other.theta, before)


# ---------------------------------------------------------------------------------------------------- errors


def test_what_cannot_be_saved(tmp_path):
    model = trained_model()
    with pytest.raises(ValueError, match=r"'.keras' .* or '.h5'"):
        model.save(tmp_path / "model.pkl")
    with pytest.raises(ValueError, match=r"must end in `.weights.h5`"):
        model.save_weights(tmp_path / "model.h5")
    with pytest.raises(ValueError, match="isn't built"):
        Sequential([Dense(3)]).save(tmp_path / "m.keras")
    with pytest.raises(FileNotFoundError):
        model.save(tmp_path / "missing" / "m.keras")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_loaded(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "none.keras")
    path = good(tmp_path / "m.keras")
    with pytest.raises(ValueError, match="custom_objects is a dictionary"):
        load_model(path, [object])
    assert load_model(path, {"Mine": object}).built  # nothing in it is custom
    with pytest.raises(ModelFormatError, match="at most 80 are read"):
        load_model(path, limits=Limits(parameters=80))
    save_weights(trained_model(), tmp_path / "m.weights.h5")
    with pytest.raises(ModelFormatError, match="use load_weights"):
        load_model(tmp_path / "m.weights.h5")


@BOTH
def test_weights_that_are_not_finite_on_demand(suffix, tmp_path):
    path = good(tmp_path / f"m{suffix}")

    def change(root):
        root[kernel_path(path)][0, 0] = np.nan

    edit_weights(path, change)
    with pytest.raises(ModelFormatError, match="allow_nonfinite=True"):
        load_model(path)
    assert np.isnan(load_model(path, allow_nonfinite=True).theta).sum() == 1


def test_an_existing_file_and_nobody_to_ask(tmp_path):
    path = good(tmp_path / "m.keras")
    before = path.read_bytes()
    command = f"from tests.saving.files import *; trained_model().save({str(path)!r}, overwrite=False)"
    result = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert "FileExistsError" in result.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("stdin", [None, io.StringIO("y")])
def test_where_nobody_sits_nobody_is_asked(stdin, tmp_path, monkeypatch):
    path = good(tmp_path / "m.keras")
    path.write_bytes(b"old")
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(FileExistsError, match=r"m\.keras already exists, and overwrite=False"):
        trained_model().save(path, overwrite=False)
    assert path.read_bytes() == b"old"
    trained_model().save(path, overwrite=True)
    trained_model().save(tmp_path / "other.keras", overwrite=False)
    assert (tmp_path / "other.keras").exists()


@pytest.mark.parametrize(
    ("answer", "written"), [("y\n", True), (" YES \n", True), ("n\n", False), ("\n", False)]
)
def test_who_sits_at_the_terminal_is_asked(answer, written, tmp_path, monkeypatch, capsys):
    path = good(tmp_path / "m.keras")
    path.write_bytes(b"old")
    keyboard, terminal = pty.openpty()
    os.write(keyboard, answer.encode())
    with open(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        trained_model().save(path, overwrite=False)
    os.close(keyboard)
    assert (path.read_bytes() != b"old") == written
    assert "m.keras already exists - overwrite? [y/n] " in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["y", "n"])
def test_an_existing_file_and_somebody_to_ask(answer, tmp_path):
    path = good(tmp_path / "m.keras")
    path.write_bytes(b"old")
    keyboard, terminal = pty.openpty()
    os.write(keyboard, f"{answer}\n".encode())
    command = f"from tests.saving.files import *; trained_model().save({str(path)!r}, overwrite=False)"
    result = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, stdin=terminal, capture_output=True, text=True, check=True
    )
    os.close(keyboard)
    os.close(terminal)
    assert "already exists - overwrite? [y/n]" in result.stdout
    assert (path.read_bytes() == b"old") == (answer == "n")


# --------------------------------------------------------------------------------------- whole or not at all


@BOTH
def test_a_full_disk_leaves_the_old_file(suffix, tmp_path):
    """A process that may write no more than 20 kB a file stands for a disk with that much room."""
    path = good(tmp_path / f"m{suffix}")
    before = path.read_bytes()
    assert len(before) > 20_000
    command = (
        "import resource, signal\n"
        "from tests.saving.files import *\n"
        "model = trained_model(seed=1)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        f"try: model.save({str(path)!r})\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    result = subprocess.run(
        [sys.executable, "-B", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "OSError\n"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# --------------------------------------------------------------------------------------------------- threads


def test_sixteen_threads_predict_at_once(tmp_path):
    model = load_model(good(tmp_path / "m.keras"))
    rng = np.random.default_rng(0)
    inputs = [rng.random((50 + i, 4, 4), dtype=np.float32) for i in range(16)]
    serial = [model.predict(x, verbose=0) for x in inputs]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(5):
            for expected, found in zip(
                serial, pool.map(lambda x: model.predict(x, verbose=0), inputs), strict=True
            ):
                np.testing.assert_array_equal(found, expected)


def test_sixteen_threads_load_at_once(tmp_path):
    paths = [good(tmp_path / "m.keras"), good(tmp_path / "m.h5")]
    theta = trained_model().theta
    with ThreadPoolExecutor(16) as pool:
        for model in pool.map(load_model, 16 * paths):
            np.testing.assert_array_equal(model.theta, theta)


def test_paths_may_be_text(tmp_path):
    save_model(trained_model(), str(tmp_path / "m.hdf5"))
    assert load_model(str(tmp_path / "m.hdf5")).count_params() == 103
