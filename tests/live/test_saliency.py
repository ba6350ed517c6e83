"""Saliency beside the derivative that JAX takes of a Keras model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann.models
from numpy_ann.inspection import saliency
from tests.support import missing

try:
    import jax
    import keras
except ImportError:
    missing("Keras on JAX is not installed")

RNG = np.random.default_rng(0)


def trained(end: Any) -> Any:
    layers = [keras.layers.Rescaling(0.5), keras.layers.Flatten(), keras.layers.Dense(12, "relu")]
    layers += [keras.layers.BatchNormalization(), keras.layers.Dropout(0.4), keras.layers.Dense(8, "gelu")]
    model = keras.Sequential([keras.layers.Input((5, 4)), *layers, end])
    outputs = model.output_shape[-1]
    model.compile("adam", "mse")
    model.fit(RNG.normal(size=(64, 5, 4)), RNG.uniform(size=(64, outputs)), epochs=3, verbose=0)
    return model


@pytest.mark.parametrize("end", ["softmax", "sigmoid", "linear", "softplus"])
def test_saliency_is_jaxs_gradient_of_the_score(end: str, tmp_path: Path) -> None:
    if keras.backend.backend() != "jax":
        missing("Keras runs on another backend than JAX")
    model = trained(keras.layers.Dense(3, end))
    model.save(tmp_path / "model.keras")
    ours = numpy_ann.models.load_model(tmp_path / "model.keras")
    if end in ("softmax", "sigmoid"):
        model.layers[-1].activation = keras.activations.linear  # the score is what comes before it
    weights = [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables]

    def score(x: Any, class_index: Any) -> Any:
        return model.stateless_call(*weights, x[np.newaxis], training=False)[0][0, class_index]

    x = RNG.normal(size=(20, 5, 4)).astype("float32")
    classes = RNG.integers(0, 3, 20)
    expected = jax.vmap(jax.grad(score))(x, classes)
    np.testing.assert_allclose(saliency(ours, x, classes), expected, rtol=1e-4, atol=1e-6)
