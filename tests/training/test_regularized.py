import numpy as np
import pytest

from numpy_ann import check_gradients
from numpy_ann.layers import Activation, BatchNormalization, Dense, Dropout, Input
from numpy_ann.models import Sequential

X, Y = np.array([[1.0], [2.0]]), np.array([[0.0], [0.0]])


def model_of(**options: object) -> Sequential:
    layer = Dense(1, use_bias=False, kernel_initializer="ones", **options)  # type: ignore[arg-type]
    model = Sequential([Input((1,)), layer], dtype="float64")
    model.compile("sgd", "mean_squared_error")
    return model


def test_penalties_by_hand() -> None:
    # W = 1: y = (1, 2), loss (1 + 4) / 2 = 2.5. L2 of W: 0.01. L2 of y, a batch of two: 0.01 (1 + 4) / 2.
    assert model_of(kernel_regularizer="l2").evaluate(X, Y, verbose=0) == pytest.approx(2.51)
    assert model_of(activity_regularizer="l2").evaluate(X, Y, verbose=0) == pytest.approx(2.525)
    model = model_of(kernel_regularizer="l2", activity_regularizer="l2")
    assert model.test_on_batch(X, Y) == pytest.approx(2.535)
    # dW = 2 (1 + 4) / 2 + 2 0.01 + 2 0.01 (1 + 4) / 2 = 5.07, and the rate is 0.01.
    assert model.train_on_batch(X, Y) == pytest.approx(2.535)
    assert model.get_weights()[0].item() == pytest.approx(1 - 0.0507, abs=1e-8)


def test_frozen_layers_pay_for_outputs_alone() -> None:
    model = model_of(kernel_regularizer="l2", activity_regularizer="l2", trainable=False)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(2.525)


def test_the_penalty_of_a_batch_of_one() -> None:
    # W = 1: y = 1, loss 1, L2 of y: 0.01 over a batch of one; dW = 2 + 2 0.01, and the rate is 0.01.
    model = model_of(activity_regularizer="l2")
    assert model.train_on_batch(X[:1], Y[:1]) == pytest.approx(1.01)
    assert model.get_weights()[0].item() == pytest.approx(1 - 0.0202, abs=1e-8)


def test_constraints_come_after_the_step() -> None:
    model = model_of(kernel_constraint="unit_norm")
    model.train_on_batch(X, Y)
    assert model.get_weights()[0].item() == pytest.approx(1, abs=1e-6)


def test_gradients_of_penalties_noise_and_moving_averages() -> None:
    layers = [
        Input((4,)),
        Dense(5, "gelu", kernel_regularizer="l2", activity_regularizer="l1_l2"),
        BatchNormalization(gamma_regularizer="l2", activity_regularizer="l2"),
        Dropout(0.3, seed=0),
        Activation("selu", activity_regularizer="l2"),
        Dense(3, "softmax", bias_regularizer="l1", activity_regularizer="l2"),
    ]
    model = Sequential(layers, seed=1)
    model.compile("sgd", "categorical_crossentropy")
    rng = np.random.default_rng(0)
    result = check_gradients(model, rng.normal(size=(6, 4)), np.eye(3)[rng.integers(0, 3, 6)])
    assert result.passed, f"\n{result}"
    assert not {"moving_mean", "moving_variance"} & {e.parameter for e in result.errors}
