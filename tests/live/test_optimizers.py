"""Every optimizer beside Keras': the same training, continued from each other's files."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import missing

os.environ.setdefault("KERAS_BACKEND", "jax")
try:
    import keras
except ImportError:  # pragma: no cover
    keras = None

from numpy_ann import layers, models, optimizers
from numpy_ann.optimizers import schedules

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 6)).astype("float32")
Y = np.eye(3, dtype="float32")[RNG.integers(3, size=20)]

CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"learning_rate": 0.1}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.5, "centered": True, "epsilon": 1e-3}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adam", {"amsgrad": True, "learning_rate": 0.01}),
    ("AdamW", {"weight_decay": 0.1, "learning_rate": 0.01}),
    ("Adamax", {"learning_rate": 0.01}),
    ("Nadam", {"learning_rate": 0.01}),
    ("Lion", {}),
    ("Adam", {"clipnorm": 0.1}),
    ("RMSprop", {"clipvalue": 0.01, "weight_decay": 0.1}),
    ("SGD", {"global_clipnorm": 0.1, "momentum": 0.5}),
    ("Nadam", {"use_ema": True, "ema_momentum": 0.8}),
    ("SGD", {"learning_rate": 0.1, "use_ema": True, "ema_overwrite_frequency": 2}),
    ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.01, "beta": 0.5}),
    ("Lamb", {"learning_rate": 0.1, "clipnorm": 0.1}),
    ("Adafactor", {"learning_rate": 0.1}),
    ("Adam", {"learning_rate": 0.01, "gradient_accumulation_steps": 2, "weight_decay": 0.1}),
    ("SGD", {"learning_rate": 0.1, "gradient_accumulation_steps": 4, "use_ema": True, "clipnorm": 0.1}),
    ("Nadam", {"learning_rate": 0.1, "gradient_accumulation_steps": 2, "loss_scale_factor": 8.0}),
]
SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5, "staircase": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [3, 7], "values": [0.1, 0.05, 0.01]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "power": 2.0, "cycle": True}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.2, "warmup_steps": 4},
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 3, "m_mul": 0.9, "alpha": 0.1},
    ),
]


@pytest.fixture(autouse=True)
def _keras_is_here() -> None:
    if keras is None:
        missing("keras is not installed")


def pair(ours: Any, theirs: Any) -> tuple[Any, Any]:
    """Return one model of each library, with the same weights."""
    mine, other = (
        kind([ls.Input((6,)), ls.Dense(5, activation="tanh"), ls.Dense(3, activation="softmax")])
        for kind, ls in ((models.Sequential, layers), (keras.Sequential, keras.layers))
    )
    mine.set_weights(other.get_weights())
    mine.compile(ours, "categorical_crossentropy")
    other.compile(theirs, "categorical_crossentropy")
    return mine, other


def fit(model: Any) -> None:
    model.fit(X, Y, epochs=2, batch_size=8, shuffle=False, verbose=0)


def assert_same(mine: Any, other: Any) -> None:
    for a, b in zip(mine.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6, rtol=1e-5)


def check_training_and_files(ours: Any, theirs: Any, folder: Path) -> None:
    mine, other = pair(ours, theirs)
    fit(mine)
    fit(other)
    assert_same(mine, other)

    names = ["theirs.keras", "theirs.h5"]
    if isinstance(ours, optimizers.Adafactor):  # two variables of one name, which Keras can't write to .h5
        names.pop()
    for name in names:
        other.save(folder / name)
    if ours.use_ema:  # on JAX, Keras can't fit such a model twice: weights and averages share their memory
        other = keras.models.load_model(folder / "theirs.keras")
    fit(other)
    for name in names:
        loaded = models.load_model(folder / name)
        fit(loaded)
        assert_same(loaded, other)

    mine.save(folder / "ours.keras")
    mine.save(folder / "ours.h5")
    continued = keras.models.load_model(folder / "ours.keras")
    fit(continued)
    fit(mine)
    assert_same(mine, continued)
    again = models.load_model(folder / "ours.h5")
    known = not isinstance(ours, optimizers.Lamb)  # Keras finds no Lamb by the name in an .h5 file
    np.testing.assert_allclose(
        keras.models.load_model(folder / "ours.h5", compile=known).predict(X, verbose=0),
        again.predict(X, verbose=0),
        atol=1e-6,
    )
    fit(again)
    for a, b in zip(mine.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "options"), CASES)
def test_optimizers(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    ours, theirs = getattr(optimizers, name)(**options), getattr(keras.optimizers, name)(**options)
    config, expected = ours.get_config(), theirs.get_config()
    assert list(config) == list(expected)
    assert {**config, "name": None} == {**expected, "name": None}
    check_training_and_files(ours, theirs, tmp_path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_schedules(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    ours, theirs = getattr(schedules, name)(**options), getattr(keras.optimizers.schedules, name)(**options)
    for step in range(40):
        np.testing.assert_allclose(ours(step), float(theirs(step)), rtol=2e-6, atol=1e-9)
    check_training_and_files(optimizers.SGD(ours), keras.optimizers.SGD(theirs), tmp_path)
