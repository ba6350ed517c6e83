import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import activations
from numpy_ann.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from numpy_ann.training.output_loss import (
    ActivationThenLoss,
    SigmoidWithCrossentropy,
    SoftmaxWithCrossentropy,
    output_loss_of,
)


def problem(seed, samples, classes, sparse):
    rng = np.random.default_rng(seed)
    z = 2 * rng.standard_normal((samples, classes))
    labels = rng.integers(0, classes, samples)
    loss = SparseCategoricalCrossentropy() if sparse else CategoricalCrossentropy(label_smoothing=0.1)
    return z, labels if sparse else np.eye(classes)[labels], loss, rng.uniform(0, 2, samples)


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(2, 6), st.booleans(), st.booleans())
def test_fused_equals_unfused(seed, samples, classes, sparse, weighted):
    z, y, loss, w = problem(seed, samples, classes, sparse)
    weight = w if weighted else None
    fused, plain = SoftmaxWithCrossentropy(loss), ActivationThenLoss(activations.softmax, loss)
    for mine, theirs in zip(fused.forward(z, y, weight), plain.forward(z, y, weight), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9)
    np.testing.assert_allclose(fused.backward(), plain.backward(), atol=1e-9)


@pytest.mark.parametrize("kind", ["fused", "softmax", "relu", "linear"])
@pytest.mark.parametrize("in_place", [False, True])
def test_out_gives_the_bits_of_the_bare_call(kind, in_place):
    z, y, loss, w = problem(3, 4, 3, sparse=False)
    z = np.abs(z) + 0.1  # where every activation gives a loss that is finite

    def output_loss():
        return (
            SoftmaxWithCrossentropy(loss)
            if kind == "fused"
            else ActivationThenLoss(activations.get(kind), loss)
        )

    bare, given_out = output_loss(), output_loss()
    expected, expected_loss = bare.forward(z, y, w)
    expected = expected.copy()
    dz = bare.backward()
    room = z.copy() if in_place else np.empty_like(z)
    y_pred, value = given_out.forward(room if in_place else z, y, w, out=room)
    np.testing.assert_array_equal(y_pred, expected)
    assert value == expected_loss
    np.testing.assert_array_equal(given_out.backward(out=np.empty_like(z)), dz)


def test_a_probability_of_0_for_the_true_class_has_a_finite_loss_and_the_right_gradient():
    # exp(-200) is 0 in float32; the loss is -log p = 200, the gradient (p - y) / 1.
    output_loss = output_loss_of(activations.softmax, CategoricalCrossentropy())
    z, y = np.array([[0.0, 200.0]], np.float32), np.array([[1.0, 0.0]], np.float32)
    p, loss = output_loss.forward(z, y)
    assert p.tolist() == [[0.0, 1.0]]
    assert loss == 200.0
    assert output_loss.backward().tolist() == [[-1.0, 1.0]]


@pytest.mark.parametrize("loss", [CategoricalCrossentropy(), SparseCategoricalCrossentropy()])
def test_only_softmax_before_a_loss_of_probabilities_is_fused(loss):
    assert isinstance(output_loss_of(activations.softmax, loss), SoftmaxWithCrossentropy)
    assert isinstance(output_loss_of(activations.sigmoid, loss), ActivationThenLoss)
    assert isinstance(output_loss_of(activations.softmax, type(loss)(from_logits=True)), ActivationThenLoss)


BINARY = [
    BinaryCrossentropy(),
    BinaryCrossentropy(label_smoothing=0.2, reduction="sum"),
    BinaryFocalCrossentropy(),
    BinaryFocalCrossentropy(True, 0.4, 0.5, label_smoothing=0.1),
]


@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(1, 4), st.sampled_from(BINARY), st.booleans())
def test_fused_sigmoid_equals_unfused(seed, samples, outputs, loss, weighted):
    rng = np.random.default_rng(seed)
    z, y = 2 * rng.standard_normal((samples, outputs)), rng.integers(2, size=(samples, outputs))
    weight = rng.uniform(0, 2, samples) if weighted else None
    fused, plain = SigmoidWithCrossentropy(loss), ActivationThenLoss(activations.sigmoid, loss)
    for mine, theirs in zip(fused.forward(z, y, weight), plain.forward(z, y, weight), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9)
    np.testing.assert_allclose(fused.backward(), plain.backward(), atol=1e-9)


@pytest.mark.parametrize("loss", BINARY)
@pytest.mark.parametrize("in_place", [False, True])
def test_fused_sigmoid_gives_with_out_the_bits_of_the_bare_call(loss, in_place):
    rng = np.random.default_rng(0)
    z, y = rng.standard_normal((4, 3)).astype("float32"), rng.integers(2, size=(4, 3)).astype("float32")
    bare, given_out = SigmoidWithCrossentropy(loss), SigmoidWithCrossentropy(loss)
    expected, expected_loss = bare.forward(z, y)
    room = z.copy() if in_place else np.empty_like(z)
    y_pred, value = given_out.forward(room if in_place else z, y, out=room)
    assert y_pred is room
    np.testing.assert_array_equal(y_pred, expected)
    assert value == expected_loss
    out = np.empty_like(z)
    assert given_out.backward(out=out) is out
    np.testing.assert_array_equal(out, bare.backward())


def test_a_probability_of_0_for_a_yes_has_a_finite_loss_and_the_right_gradient():
    # exp(-200) is 0 in float32; the loss is -log p = 200, the gradient p - y. Targets may be a row.
    output_loss = output_loss_of(activations.sigmoid, BinaryCrossentropy())
    p, loss = output_loss.forward(np.array([[-200.0], [200.0]], np.float32), np.array([1.0, 0.0], np.float32))
    assert p.ravel() == pytest.approx([0.0, 1.0], abs=1e-30)
    assert loss == 200.0
    assert output_loss.backward().ravel() == pytest.approx([-0.5, 0.5])


@pytest.mark.parametrize("loss", [BinaryCrossentropy, BinaryFocalCrossentropy])
def test_only_sigmoid_before_a_binary_loss_of_probabilities_is_fused(loss):
    assert isinstance(output_loss_of(activations.sigmoid, loss()), SigmoidWithCrossentropy)
    assert isinstance(output_loss_of(activations.softmax, loss()), ActivationThenLoss)
    assert isinstance(output_loss_of(activations.sigmoid, loss(from_logits=True)), ActivationThenLoss)
    assert isinstance(output_loss_of(activations.sigmoid, MeanSquaredError()), ActivationThenLoss)
