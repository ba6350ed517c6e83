"""Layers, regularizers, constraints beside an installed Keras: the same training, and files both ways."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann.constraints
import numpy_ann.initializers
import numpy_ann.layers
import numpy_ann.models
import numpy_ann.regularizers
from tests.parts import parametrized
from tests.parts.layers import CASES, LayerCase
from tests.parts.tables import stored
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation",
    "ignore:You are saving your model",
    "ignore:Argument `alpha` is deprecated",  # Keras 2's name, which .h5 files have for both to read
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 6)).astype("float32")
Y = np.eye(3, dtype="float32")[RNG.integers(0, 3, 24)]

# What stands between the input and the last layer, made by either library (its module is ``k``). A layer
# before a normalization has no bias: its gradient is 0, and Adam makes steps of the rounding.
MIDDLES: dict[str, Callable[[Any], list[Any]]] = {
    "batch normalization": lambda k: [
        k.layers.Dense(5, use_bias=False, kernel_initializer="he_normal"),
        k.layers.BatchNormalization(momentum=0.9, gamma_regularizer=k.regularizers.L2(0.01)),
        k.layers.Dense(4, "elu", kernel_constraint=k.constraints.MaxNorm(1.1)),
    ],
    "frozen": lambda k: [
        k.layers.Dense(5, "selu", kernel_initializer="lecun_normal"),
        k.layers.BatchNormalization(trainable=False, center=False),
        k.layers.Dense(4, "gelu", trainable=False, kernel_regularizer="l2", activity_regularizer="l2"),
    ],
    "layer normalization": lambda k: [
        k.layers.Dense(5, kernel_initializer=k.initializers.VarianceScaling(2.0, "fan_avg", "uniform")),
        k.layers.LayerNormalization(),
        k.layers.ELU(),
        k.layers.PReLU("random_uniform"),
        k.layers.Dense(4, "swish", kernel_regularizer=k.regularizers.L1L2(0.01, 0.02)),
        k.layers.Dense(4, "mish", bias_regularizer="l2", activity_regularizer=k.regularizers.L1(0.01)),
    ],
    "rectifiers": lambda k: [
        k.layers.Reshape((3, 2)),
        k.layers.Dense(4, kernel_initializer=k.initializers.Identity(0.8), bias_initializer="random_normal"),
        k.layers.ReLU(6.0, 0.1, 0.2),
        k.layers.PReLU(shared_axes=[1], alpha_initializer=k.initializers.Constant(0.3)),
        k.layers.Flatten(),
        k.layers.LeakyReLU(negative_slope=0.2),
        k.layers.Softmax(),
        k.layers.Rescaling(3.0, 0.1),
        k.layers.Dense(4, "softsign", kernel_constraint="unit_norm", bias_constraint="non_neg"),
    ],
    "noise": lambda k: [
        k.layers.Dropout(0.0, noise_shape=(None, 1)),
        k.layers.GaussianNoise(0.0),
        k.layers.GaussianDropout(0.0),
        k.layers.AlphaDropout(0.0),
        k.layers.Dense(4, "softplus", kernel_constraint=k.constraints.MinMaxNorm(0.3, 1.0, 0.5)),
    ],
}
every_middle = pytest.mark.parametrize("middle", MIDDLES.values(), ids=MIDDLES)


def model_of(library: Any, middle: Callable[[Any], list[Any]]) -> Any:
    ends = [library.layers.Dense(3, "softmax")]
    model = library.models.Sequential([library.layers.Input((6,)), *middle(library), *ends])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model: Any) -> list[float]:
    return model.fit(X, Y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]


def assert_same(ours: Any, theirs: Any) -> None:
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-6, rtol=0)
    np.testing.assert_allclose(ours.predict(X, verbose=0), theirs.predict(X, verbose=0), atol=1e-6, rtol=0)
    evaluations = [model.evaluate(X, Y, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*evaluations, atol=2e-6, rtol=0)


@every_middle
def test_training(middle: Callable[[Any], list[Any]]) -> None:
    ours, theirs = model_of(numpy_ann, middle), model_of(keras, middle)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(train(ours), train(theirs), atol=2e-6, rtol=0)
    assert_same(ours, theirs)


@every_middle
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_files(middle: Callable[[Any], list[Any]], suffix: str, tmp_path: Path) -> None:
    for library, reader in ((numpy_ann, keras), (keras, numpy_ann)):
        model = model_of(library, middle)
        train(model)
        model.save(tmp_path / f"model{suffix}")
        again = reader.models.load_model(tmp_path / f"model{suffix}")
        assert_same(again, model)
        if suffix == ".keras" or reader is numpy_ann:  # Keras 3 can't continue from any .h5 file
            np.testing.assert_allclose(train(again), train(model), atol=2e-6, rtol=0)
            assert_same(again, model)


@parametrized([case for case in CASES if case.stored and case.chained])
def test_every_case(case: LayerCase, tmp_path: Path) -> None:
    """Each layer of the table between two others: the same training, and files both ways."""
    rng = case.rng()
    x = rng.normal(size=(16, *case.shape)).astype("float32")
    y = rng.normal(size=(16, 2)).astype("float32")

    def model_with(name: str, library: Any) -> Any:
        if case.cls == "Normalization":
            between = [case.make(name)]  # whose moments are of what comes in
        else:
            between = [library.layers.Dense(case.shape[-1], "tanh"), case.make(name)]
        ends = [library.layers.Flatten(), library.layers.Dense(2)]
        model = library.models.Sequential([library.layers.Input(case.shape), *between, *ends])
        model.compile("sgd", "mse")
        return model

    ours, theirs = model_with("numpy_ann", numpy_ann), model_with("keras", keras)
    if case.cls != "Normalization":  # away from 0, at which |w| has one derivative here and another there
        ours.set_weights([w + rng.uniform(0.01, 0.1, w.shape) for w in ours.get_weights()])
    theirs.set_weights(ours.get_weights())
    if "training" in stored(case) and case.cls != "Normalization":  # it draws no random numbers
        histories = [
            model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]
            for model in (ours, theirs)
        ]
        np.testing.assert_allclose(*histories, rtol=2e-5, atol=2e-6)
    expected = theirs.predict(x, verbose=0)
    np.testing.assert_allclose(ours.predict(x, verbose=0), expected, rtol=1e-4, atol=3e-6)
    for suffix in (".keras", ".h5"):
        theirs.save(tmp_path / f"theirs{suffix}")
        ours.save(tmp_path / f"ours{suffix}")
        again = numpy_ann.models.load_model(tmp_path / f"theirs{suffix}")
        np.testing.assert_allclose(again.predict(x, verbose=0), expected, rtol=1e-4, atol=3e-6)
        several = isinstance(case.make().get_config().get("axis"), list)
        if suffix == ".h5" and (several or case.cls == "Normalization"):
            continue  # Keras 3 doesn't read several axes from .h5 files: tests/live/test_normalization.py
        again = keras.models.load_model(tmp_path / f"ours{suffix}")
        np.testing.assert_allclose(again.predict(x, verbose=0), expected, rtol=1e-4, atol=3e-6)
