"""The whole pass against the lean one of training."""

import numpy as np

from numpy_ann.training.backpropagation import backpropagation
from numpy_ann.training.output_loss import output_loss_of
from tests.training.problems import blobs, classifier


def predictions_and_loss(layers, output_loss, x, y):
    """Return them as in training; the layers keep what the way back needs."""
    for layer in layers[:-1]:
        x = layer.forward(x, training=True)
    return output_loss.forward(layers[-1].pre_activation(x, training=True), y)


def test_a_pass_leaves_the_gradients_of_a_training_step():
    x, y, _ = blobs()
    stepped, passed = classifier(), classifier()
    loss = stepped.train_on_batch(x, y)[0]

    output_loss = output_loss_of(passed.layers[-1].activation, passed.loss)
    predictions, same_loss = predictions_and_loss(passed.layers, output_loss, x, y)
    dx = backpropagation(passed.layers, output_loss.backward())

    assert same_loss == loss
    assert np.array_equal(passed.gradient, stepped.gradient)
    assert predictions.shape == y.shape
    assert dx.shape == x.shape


def test_the_input_gradient_is_the_slope_of_the_loss():
    x, y, _ = blobs()
    x, y = x.astype(np.float64), y.astype(np.float64)
    model = classifier(dropout=None, dtype="float64")
    output_loss = output_loss_of(model.layers[-1].activation, model.loss)
    predictions_and_loss(model.layers, output_loss, x, y)
    dx = backpropagation(model.layers, output_loss.backward())
    direction, h = np.random.default_rng(0).normal(size=x.shape), 1e-6
    above, below = (
        predictions_and_loss(model.layers, output_loss, x + s * h * direction, y)[1] for s in (1, -1)
    )
    assert np.isclose(np.sum(dx * direction), (above - below) / (2 * h), rtol=1e-6)
