"""The losses of yes or no, of margins, distributions and angles, by hand."""

import math

import numpy as np
import pytest

from numpy_ann import losses


def test_binary_crossentropy() -> None:
    # -log 3/4 for the yes, -log 1/2 for the no; dc/dp is -1 / p and 1 / (1 - p).
    loss = losses.BinaryCrossentropy()
    assert loss.forward(np.array([[0.75], [0.5]]), np.array([1.0, 0.0])) == pytest.approx(
        (math.log(4 / 3) + math.log(2)) / 2
    )
    assert loss.backward().ravel() == pytest.approx([-4 / 3 / 2, 2 / 2])


def test_binary_label_smoothing() -> None:
    # 0.2 of the certainty is spread over yes and no: 1 becomes 0.9.
    loss = losses.BinaryCrossentropy(label_smoothing=0.2)
    expected = -0.9 * math.log(0.75) - 0.1 * math.log(0.25)
    assert loss(np.array([1.0]), np.array([[0.75]])) == pytest.approx(expected)


def test_binary_focal() -> None:
    # p_t = 3/4: (1/4)^2 of -log 3/4, a quarter of it with balancing; of a no, p_t = 1/4 and three quarters.
    plain, balanced = losses.BinaryFocalCrossentropy(), losses.BinaryFocalCrossentropy(True)
    p = np.array([[0.75]])
    assert plain(np.array([1.0]), p) == pytest.approx(math.log(4 / 3) / 16)
    assert balanced(np.array([1.0]), p) == pytest.approx(math.log(4 / 3) / 64)
    assert balanced(np.array([0.0]), p) == pytest.approx(0.75 * 9 / 16 * math.log(4))


def test_categorical_focal() -> None:
    # 0.25 (1 - 3/4)^2 (-log 3/4).
    loss = losses.CategoricalFocalCrossentropy()
    assert loss(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])) == pytest.approx(math.log(4 / 3) / 64)
    with pytest.raises(ValueError, match="`alpha` has 3 weights, and the model 2 outputs"):
        losses.CategoricalFocalCrossentropy([1.0, 2.0, 3.0])(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]]))


def test_hinges() -> None:
    # Yes at 0.25 misses 1 by 0.75; no (0 or -1) at -3 does not.
    y, p = np.array([1.0, 0.0]), np.array([[0.25], [-3.0]])
    for labels in (y, 2 * y - 1):
        loss, squared = losses.Hinge(), losses.SquaredHinge()
        assert loss.forward(p, labels) == 0.75 / 2
        assert loss.backward().ravel().tolist() == [-0.5, 0.0]
        assert squared.forward(p, labels) == 0.75**2 / 2
        assert squared.backward().ravel().tolist() == [-0.75, 0.0]


def test_categorical_hinge() -> None:
    # The true class has 0.75, the best other one 0.5: 0.5 - 0.75 + 1. One lowers the loss, one raises it.
    loss = losses.CategoricalHinge()
    assert loss.forward(np.array([[0.25, 0.75, 0.5]]), np.array([[0.0, 1.0, 0.0]])) == 0.75
    assert loss.backward().tolist() == [[0.0, -1.0, 1.0]]
    # The true class leads by 1 exactly: the loss is 0, and its slope that from the wrong side, as in Keras.
    assert loss.forward(np.array([[0.25, 1.5, 0.5]]), np.array([[0.0, 1.0, 0.0]])) == 0.0
    assert loss.backward().tolist() == [[0.0, -1.0, 1.0]]


def test_kl_divergence() -> None:
    # 1/2 log 2 + 1/2 log 2/3; -y / p.
    loss = losses.KLDivergence()
    value = loss.forward(np.array([[0.25, 0.75]]), np.array([[0.5, 0.5]]))
    assert value == pytest.approx((math.log(2) + math.log(2 / 3)) / 2)
    assert loss.backward().ravel() == pytest.approx([-2, -2 / 3])
    assert loss(np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]])) == 0.0


def test_cosine_similarity() -> None:
    # (1, 0) and (3, 4): cosine 3/5. Turning (3, 4) towards (1, 0): -(u - 3/5 v) / 5 with v = (3/5, 4/5).
    loss = losses.CosineSimilarity()
    assert loss.forward(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]])) == pytest.approx(-3 / 5)
    assert loss.backward().ravel() == pytest.approx([-(1 - 9 / 25) / 5, 12 / 25 / 5])
    assert loss.forward(np.zeros((1, 2)), np.array([[1.0, 0.0]])) == 0.0
    assert np.all(np.isfinite(loss.backward()))  # no direction to turn in, and no NaN


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.zeros(2), "by nothing that has a derivative"),
        ((np.zeros((2, 1)), np.zeros((2, 1))), r"losses of shape \(2,\).*\(2, 1\) and \(2, 1\)"),
        ((np.zeros(2), np.zeros(2)), r"a gradient of shape \(2, 1\)"),
    ],
)
def test_a_function_that_returns_something_else_is_refused(returned: object, message: str) -> None:
    loss = losses.FunctionLoss(lambda y_true, y_pred: returned)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match=message):
        (loss.forward(np.zeros((2, 1)), np.zeros(2)), loss.backward())


@pytest.mark.parametrize("options", [{"gamma": -1}, {"alpha": None}, {"label_smoothing": 2}, {"gamma": True}])
def test_options_that_are_refused(options: dict[str, object]) -> None:
    for cls in (losses.BinaryFocalCrossentropy, losses.CategoricalFocalCrossentropy):
        with pytest.raises(ValueError, match="must be a number"):
            cls(**options)  # type: ignore[arg-type]
