"""Each loss beside an installed Keras: training from the same weights, and files in both directions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import layers, models, optimizers
from tests.parts import arrays, parametrized
from tests.parts.losses import CASES, LossCase
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

# Keras 3.15 with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RNG = np.random.default_rng(3)
X = RNG.normal(size=(24, 5)).astype("float32")
LABELS = RNG.integers(3, size=24)
BITS = RNG.integers(2, size=(24, 3)).astype("float32")
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
NUMBERS = RNG.normal(size=(24, 3)).astype("float32")
WEIGHTS = RNG.uniform(0.2, 2, size=24).astype("float32")

# What a model ends in to predict what the cases of the table do.
ACTIVATION = {
    arrays.any_number: "linear",
    arrays.distribution: "softmax",
    arrays.positive: "softmax",
    arrays.probability: "sigmoid",
}
every_case = parametrized([case for case in CASES if case.stored])
STEPS: dict[str, Any] = {
    "epochs": 2,
    "batch_size": 10,
    "shuffle": False,
    "verbose": 0,
    "sample_weight": WEIGHTS,
}


def model_of(library: Any, activation: str, loss: Any) -> Any:
    """Return the same model in either library; ``library`` has ``layers``, ``models`` and ``optimizers``."""
    model = library.models.Sequential(
        [
            library.layers.Input(shape=(5,)),
            library.layers.Dense(4, activation="tanh"),
            library.layers.Dense(3, activation=activation),
        ]
    )
    weights = np.random.default_rng(0)
    model.set_weights(
        [weights.normal(scale=0.5, size=w.shape).astype("float32") for w in model.get_weights()]
    )
    # Compiling would take Keras longer than the steps do.
    eagerly = {"run_eagerly": True} if library is keras else {}
    model.compile(library.optimizers.Adam(0.01), loss, **eagerly)
    return model


class Ours:
    layers, models, optimizers = layers, models, optimizers


def assert_equal(ours: Any, theirs: Any) -> None:
    for w, expected in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-4, atol=2e-6)


@every_case
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_training_and_files_in_both_directions(case: LossCase, tmp_path: Path) -> None:
    activation, y = ACTIVATION[case.predictions], case.targets(case.rng(), (24, 3))
    y = y if y.ndim == 1 else y.astype("float32")
    ours = model_of(Ours, activation, case.make())
    theirs = model_of(keras, activation, case.make("keras"))
    history, expected = ours.fit(X, y, **STEPS), theirs.fit(X, y, **STEPS)
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=2e-5)
    assert_equal(ours, theirs)

    for suffix in ("keras", "h5"):
        ours.save(tmp_path / f"ours.{suffix}")
        theirs.save(tmp_path / f"theirs.{suffix}")
    from_ours = keras.models.load_model(tmp_path / "ours.keras")
    if (
        case.cls != "CategoricalGeneralizedCrossEntropy"
    ):  # with which Keras 3.15 can't read its own .h5 either
        from_h5 = keras.models.load_model(tmp_path / "ours.h5")  # which Keras 3 can't continue from
        assert from_h5.evaluate(X, y, verbose=0) == pytest.approx(ours.evaluate(X, y, verbose=0), rel=2e-5)
    ours.fit(X, y, **STEPS)
    from_ours.fit(X, y, **STEPS)
    assert_equal(from_ours, ours)
    for suffix in ("keras", "h5"):
        from_theirs = models.load_model(tmp_path / f"theirs.{suffix}")
        if case.cls == "Huber":  # Keras leaves the delta out of its files
            from_theirs.loss.delta = ours.loss.delta
        from_theirs.fit(X, y, **STEPS)
        assert_equal(from_theirs, ours)


@pytest.mark.parametrize("word", ["crossentropy", "ce"])
@pytest.mark.parametrize(
    ("y", "units", "activation"),
    [
        (LABELS, 3, "softmax"),
        (LABELS[:, np.newaxis], 3, "softmax"),
        (ONE_HOT, 3, "softmax"),
        (BITS[:, 0], 1, "sigmoid"),
        (BITS[:, :1], 1, "sigmoid"),
    ],
)
def test_crossentropy_by_shape(word: str, y: Any, units: int, activation: str, tmp_path: Path) -> None:
    def model_of(library: Any) -> Any:
        model = library.models.Sequential(
            [library.layers.Input((5,)), library.layers.Dense(units, activation)]
        )
        model.compile("sgd", word, metrics=["accuracy"])
        return model

    ours, theirs = model_of(numpy_ann), model_of(keras)
    theirs.set_weights(ours.get_weights())
    ours.save(tmp_path / "undecided.keras")
    theirs.save(tmp_path / "theirs.keras")
    models_ = [ours, theirs, keras.models.load_model(tmp_path / "undecided.keras")]
    models_.append(models.load_model(tmp_path / "theirs.keras"))
    histories = [m.fit(X, y, **STEPS).history["loss"] for m in models_]
    for history in histories[1:]:
        np.testing.assert_allclose(history, histories[0], rtol=2e-6)
    ours.compile("sgd", word, metrics=["accuracy", word])  # as a metric, Keras 3 doesn't know it
    expected = ours.evaluate(X, y, verbose=0)
    for suffix in (".keras", ".h5"):  # decided: Keras reads our .h5, and not its own
        ours.save(tmp_path / f"ours{suffix}")
        again = keras.models.load_model(tmp_path / f"ours{suffix}")
        rows = y.reshape(len(y), -1)  # Keras' metric takes (n, 1) for one output, and no (n,)
        np.testing.assert_allclose(again.evaluate(X, rows, verbose=0), expected, rtol=2e-6)


@pytest.mark.parametrize("name", ["mse", "MAE", "mape", "msle", "kld", "logcosh", "huber_loss", "Poisson"])
def test_keras_reads_short_names_from_h5_files(name: str, tmp_path: Path) -> None:
    ours = model_of(Ours, "softmax", name)
    ours.save(tmp_path / "ours.h5")
    theirs = keras.models.load_model(tmp_path / "ours.h5")
    assert theirs.test_on_batch(X, ONE_HOT) == pytest.approx(ours.test_on_batch(X, ONE_HOT), rel=2e-5)
