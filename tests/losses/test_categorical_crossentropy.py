import math

import numpy as np
import pytest

from numpy_ann.losses import CategoricalCrossentropy
from numpy_ann.losses.loss import EPSILON

# Keras 3.15.1 on JAX in float32: the loss object called on Y and Q (LOGITS = 10 Q), the gradient by jax.grad.
Q = np.array([[0.2, 0.3, 0.5], [0.1, 0.7, 0.4]])
Y = np.array([[0, 1, 0], [0.2, 0, 0.8]])
WEIGHTS = np.array([0.5, 2.0])
KERAS = [
    ({}, None, Q, 1.289922, [[0.5, -1.1666666, 0.5], [-0.5833333, 0.4166666, -0.5833333]]),
    ({}, WEIGHTS, Q, 1.6768644, [[0.25, -0.5833333, 0.25], [-1.1666666, 0.8333333, -1.1666666]]),
    ({"reduction": "sum"}, None, Q, 2.579844, [[1.0, -2.3333333, 1.0], [-1.1666666, 0.8333333, -1.1666666]]),
    (
        {"label_smoothing": 0.1},
        None,
        Q,
        1.2880811,
        [[0.4166667, -1.0555555, 0.4666667], [-0.65, 0.3928571, -0.525]],
    ),
    (
        {"from_logits": True, "label_smoothing": 0.1},
        None,
        10 * Q,
        2.8637292,
        [[0.0043384, -0.4095691, 0.4052307], [-0.1054888, 0.4584984, -0.3530096]],
    ),
]


def test_by_hand() -> None:
    # l = -log of what the true class was given: -log 3/4 and -log 1/2; L = their mean.
    y_true, y_pred = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.25, 0.75], [0.5, 0.5]])
    loss = CategoricalCrossentropy()
    assert math.isclose(loss.forward(y_pred, y_true), (math.log(4 / 3) + math.log(2)) / 2)
    # dl/dq = (1 - y / p) / 1, halved by the mean: (1, 1 - 4/3) / 2 and (1 - 2, 1) / 2.
    assert np.allclose(loss.backward(), [[1 / 2, -1 / 6], [-1 / 2, 1 / 2]])


def test_from_logits_by_hand() -> None:
    # softmax(0, log 3) = (1/4, 3/4); l = -log 1/4 for the first class, dl/dz = p - y.
    loss = CategoricalCrossentropy(from_logits=True)
    assert math.isclose(loss.forward(np.array([[0.0, math.log(3)]]), np.array([[1.0, 0.0]])), math.log(4))
    assert np.allclose(loss.backward(), [[-0.75, 0.75]])


def test_label_smoothing_by_hand() -> None:
    # 0.2 of the certainty is spread over two classes: (0, 1) becomes (0.1, 0.9).
    loss = CategoricalCrossentropy(label_smoothing=0.2)
    assert np.allclose(loss.smoothed(np.array([[0.0, 1.0]])), [[0.1, 0.9]])
    expected = -(0.1 * math.log(0.25) + 0.9 * math.log(0.75))
    assert math.isclose(loss.forward(np.array([[0.25, 0.75]]), np.array([[0.0, 1.0]])), expected)


@pytest.mark.parametrize(("options", "weights", "y_pred", "expected", "gradient"), KERAS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_keras(options, weights, y_pred, expected, gradient, dtype) -> None:  # type: ignore[no-untyped-def]
    loss = CategoricalCrossentropy(**options)
    y_pred = y_pred.astype(dtype)
    assert math.isclose(loss.forward(y_pred, Y, weights), expected, rel_tol=1e-6)
    assert math.isclose(loss(Y, y_pred, weights), expected, rel_tol=1e-6)
    dy = loss.backward()
    assert dy.dtype == dtype
    assert np.allclose(dy, gradient, atol=1e-6)


def test_probabilities_are_scaled_to_sum_to_1() -> None:
    loss = CategoricalCrossentropy()
    y_true = np.array([[0.0, 1.0]])
    assert math.isclose(loss(y_true, np.array([[1.0, 3.0]])), loss(y_true, np.array([[0.25, 0.75]])))


def test_probability_0_is_bounded_as_in_keras() -> None:
    # Without the logits nothing better is known: -log 1e-7 = 16.118, and no gradient through the bound.
    loss = CategoricalCrossentropy()
    value = loss.forward(np.array([[0.0, 1.0, 0.0]]), np.array([[1.0, 0.0, 0.0]]))
    assert math.isclose(value, -math.log(EPSILON))
    assert loss.backward().tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("gap", [40.0, 1000.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_far_off_have_the_finite_right_loss(gap: float, dtype: str) -> None:
    loss = CategoricalCrossentropy(from_logits=True)
    value = loss.forward(np.array([[gap, 0.0]], dtype), np.array([[0.0, 1.0]]))
    assert value == pytest.approx(gap, rel=1e-7)
    assert np.allclose(loss.backward(), [[1.0, -1.0]])  # p - y


def test_targets_of_another_shape_are_refused_with_the_cure() -> None:
    loss = CategoricalCrossentropy()
    with pytest.raises(
        ValueError, match=r"target.shape=\(2,\), output.shape=\(2, 3\)\. These look like integer"
    ):
        loss(np.array([1, 2]), Q)
    with pytest.raises(ValueError, match=r'to_categorical\(y, 3\), or .*"sparse_categorical_crossentropy"'):
        loss(np.array([[1], [2]]), Q)
    with pytest.raises(ValueError, match="The model has 3 outputs and the labels 4 classes"):
        loss(np.eye(4)[:2], Q)


@pytest.mark.parametrize("label_smoothing", [-0.1, 1.1, float("nan")])
def test_smoothing_that_is_refused(label_smoothing: float) -> None:
    with pytest.raises(ValueError, match="`label_smoothing` must be a number from 0 to 1"):
        CategoricalCrossentropy(label_smoothing=label_smoothing)


def test_configuration() -> None:
    config = CategoricalCrossentropy(True, 0.1, reduction="sum", name="own").get_config()
    assert config == {"name": "own", "reduction": "sum", "from_logits": True, "label_smoothing": 0.1}
    assert CategoricalCrossentropy.from_config(config).get_config() == config
