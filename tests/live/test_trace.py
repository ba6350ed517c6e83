"""A trace beside an installed Keras: its activations, and JAX's derivatives of its loss."""

import numpy as np
import pytest

from numpy_ann.inspection import trace
from numpy_ann.models import load_model
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")
if keras.backend.backend() != "jax":
    missing("Keras' backend is not JAX (KERAS_BACKEND=jax)")

import jax

RNG = np.random.default_rng(0)
X = RNG.normal(size=(16, 6)).astype("float32")
Y = RNG.integers(0, 3, 16)
K = keras.layers


@pytest.mark.parametrize("training", [True, False])
def test_every_array_is_that_of_keras(training, tmp_path):
    model = keras.Sequential(
        [
            *(K.Input((6,)), K.Dense(8, "tanh", kernel_regularizer="l2"), K.BatchNormalization()),
            *(K.Dense(5), K.LeakyReLU(), K.LayerNormalization(), K.Dense(3, "softmax")),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, Y, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    t = trace(load_model(tmp_path / "model.keras"), X, Y, training=training)

    trained = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]

    def loss_of(variables, x):
        y, _, losses = model.stateless_call(variables, others, x, training=training, return_losses=True)
        return keras.ops.mean(keras.losses.sparse_categorical_crossentropy(Y, y)) + sum(losses)

    loss, (gradients, dx) = jax.value_and_grad(loss_of, argnums=(0, 1))(trained, X)
    assert t.loss == pytest.approx(float(loss), rel=1e-5)
    assert np.allclose(t["input/gradient"], dx, rtol=1e-4, atol=1e-7)
    traced = [gradient for layer in t.layers for gradient in layer.gradients.values()]
    assert len(traced) == len(gradients)
    for a, b in zip(traced, gradients, strict=True):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-7)

    h = X
    for layer, traced_layer in zip(model.layers, t.layers, strict=True):
        h = layer(h, training=training) if isinstance(layer, K.BatchNormalization) else layer(h)
        assert layer.name == traced_layer.name
        assert np.allclose(traced_layer.output, h, rtol=1e-4, atol=1e-5)
