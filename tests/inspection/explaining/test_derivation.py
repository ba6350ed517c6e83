"""``explain(..., derive=True)``: what the tape has of an own layer or loss, op by op."""

import numpy as np
import pytest

from numpy_ann import losses, ops
from numpy_ann.inspection import explain, trace
from numpy_ann.inspection.explaining.derivation import derived_loss
from numpy_ann.layers import Dense, Input, Layer
from numpy_ann.models import Sequential


class Gate(Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], 3), name="w")
        self.inner = Dense(3, use_bias=False, name="inner")

    def call(self, x):
        return ops.sigmoid(ops.exp(self.w[0])) * self.inner(x)


def squares(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred) * ops.exp(y_pred), axis=-1)


class Squares(losses.Loss):
    def call(self, y_true, y_pred):
        return squares(y_true, y_pred)


def test_a_layer_by_call_is_told_op_by_op_and_left_alone():
    model = Sequential([Input((4,)), Gate()])
    before = model.get_weights()
    told = explain(model.layers[0], derive=True)
    assert told.formula[1:] == (
        "a2 = exp(a1)",
        "a3 = sigmoid(a2)",
        "a4 = inner([x, kernel])",
        "y = multiply(a3, a4)",
    )
    assert told.derivative[:2] == ("da3 += dy * a4", "da4 += dy * a3")
    assert "da2 += da3 * a3 * (1 - a3)" in told.derivative
    assert "da1 += da2 * a2" in told.derivative
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert "Derivative" in str(told)


def test_a_trace_has_the_formula_and_the_numbers_of_a_layer_by_call():
    model = Sequential([Input((4,)), Gate()], dtype="float64", seed=1)
    model.compile("sgd", "mse")
    x, y = np.ones((2, 4)), np.zeros((2, 3))
    told = trace(model, x, y)
    assert "a2 = exp(a1); a3 = sigmoid(a2); a4 = inner([x, kernel]); y = multiply(a3," in str(told)
    gate = 1 / (1 + np.exp(-np.exp(model.layers[0].w.value[0])))
    np.testing.assert_allclose(told["gate/output"], gate * (x @ model.layers[0].inner.kernel.value))
    # dL/dy = 2 y / 6, and the gate stands between it and the inner layer's x^T dz.
    inner = x.T @ (told["gate/output"] / 3 * gate)
    np.testing.assert_allclose(told["gate/kernel/gradient"], inner)


@pytest.mark.parametrize(
    "loss", [squares, Squares(), losses.get(squares)], ids=["function", "class", "wrapped"]
)
def test_a_loss_is_told_op_by_op(loss):
    told = explain(loss, derive=True)
    assert told.formula[:4] == (
        "a1 = subtract(y_true, y_pred)", "a2 = square(a1)", "a3 = exp(y_pred)", "a4 = multiply(a2, a3)",
    )  # fmt: skip
    assert told.derivative[1:] == (
        "da2 += da4 * a3", "da3 += da4 * a2", "dy_pred += da3 * a3", "da1 += da2 * 2 * a1", "dy_pred += -da1",
    )  # fmt: skip


def test_what_is_told_is_the_gradient():
    # The lines for `squares`, taken as code: they give what central differences give.
    told = explain(squares, derive=True)
    y_true, y_pred = np.array([[0.2, 0.5, 0.1]]), np.array([[0.3, 0.2, 0.9]])
    names = {"y_true": y_true, "y_pred": y_pred, **vars(ops)}
    for line in told.formula[:-1]:
        exec(line, names)  # noqa: S102  (lines of this test's own)
    names |= {"da4": np.full((1, 3), 1 / 3), "da1": 0, "da2": 0, "da3": 0, "dy_pred": 0}
    for line in told.derivative[1:]:
        exec(line, names)  # noqa: S102
    e = 1e-6
    for k in range(3):
        step = e * np.eye(3)[k]
        slope = (squares(y_true, y_pred + step) - squares(y_true, y_pred - step)) / (2 * e)
        assert names["dy_pred"][0, k] == pytest.approx(slope.item(), rel=1e-8)


def test_names_reach_no_terminal_raw():
    class Named(Gate):
        def build(self, input_shape):
            super().build(input_shape)
            self.inner.name = "a\x1b[2J"

    layer = Sequential([Input((4,)), Named()]).layers[0]
    assert "\x1b" not in str(explain(layer, derive=True))
    assert "a\\x1b[2J([x, kernel])" in str(explain(layer, derive=True))


def test_what_has_no_tape_says_so():
    with pytest.raises(TypeError, match="has its derivative in its documentation"):
        explain(Dense(3), derive=True)
    with pytest.raises(TypeError, match="has its derivative in its documentation"):
        explain("mse", derive=True)
    with pytest.raises(ValueError, match="isn't built"):
        explain(Gate(), derive=True)
    with pytest.raises(ValueError, match="nothing to derive"):
        explain(lambda y_true, y_pred: y_true, derive=True)


def test_as_many_ops_as_anybody_reads_are_told():
    def longer(count):
        def call(y_true, y_pred):
            for _ in range(count):
                y_pred = ops.tanh(y_pred)
            return y_pred

        return call

    formula, derivatives = derived_loss(longer(200))
    assert (len(formula), formula[0], formula[-1]) == (200, "a1 = tanh(y_pred)", "y = tanh(a199)")
    assert len(derivatives) == 200
    with pytest.raises(ValueError, match=r"`call` is made of 201 ops; at most 200 are shown."):
        derived_loss(longer(201))


def test_options_that_nobody_said_are_not_told_at_the_end():
    formula, _ = derived_loss(lambda y_true, y_pred: ops.cumsum(ops.square(y_pred), axis=None))
    assert formula == ["a1 = square(y_pred)", "y = cumsum(a1)"]
    formula, _ = derived_loss(lambda y_true, y_pred: ops.sum(y_pred - y_true, axis=None, keepdims=True))
    assert formula == ["a1 = subtract(y_pred, y_true)", "y = sum(a1, None, True)"]
