import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.inspection import worst_mistakes
from numpy_ann.layers import Activation, Dense, Dropout, Input
from numpy_ann.losses import SparseCategoricalCrossentropy
from numpy_ann.models import Sequential

SOFTMAX = Sequential([Input((3,)), Activation("softmax")], dtype="float64")  # reads log p, answers p
P = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.5, 0.1, 0.4], [0.3, 0.6, 0.1]])


@pytest.mark.parametrize("y", [[0, 1, 1, 0], [[0], [1], [1], [0]], np.eye(3)[[0, 1, 1, 0]]])
def test_worked_by_hand(y):
    # Sample 0 is right. 1: answers 2 for 1, whose p is 0.1. 2: answers 0 for 1, p 0.1. 3: 1 for 0, p 0.3.
    # Of the equal ones, the earlier comes first.
    found = worst_mistakes(SOFTMAX, np.log(P), y)
    assert found.indices.tolist() == [1, 2, 3]
    assert found.true.tolist() == [1, 1, 0]
    assert found.predicted.tolist() == [2, 0, 1]
    np.testing.assert_allclose(found.probability, [0.8, 0.5, 0.6])
    np.testing.assert_allclose(found.loss, -np.log([0.1, 0.1, 0.3]))
    assert (found.wrong, found.samples, len(found)) == (3, 4, 3)
    assert str(found) == (
        "wrong answers: 3 of 4\n"
        "index  true  predicted  probability  loss\n"
        "    1     1          2        80.0%  2.30\n"
        "    2     1          0        50.0%  2.30\n"
        "    3     0          1        60.0%  1.20"
    )
    assert repr(found) == "<Mistakes: the worst 3 of 3>"


def test_as_many_as_asked_for():
    found = worst_mistakes(SOFTMAX, np.log(P), [0, 1, 1, 0], count=1)
    assert (found.indices.tolist(), found.wrong) == ([1], 3)


def test_nothing_wrong():
    found = worst_mistakes(SOFTMAX, np.log(P), P.argmax(axis=1))
    assert (len(found), found.wrong, found.samples) == (0, 0, 4)
    assert str(found) == "wrong answers: 0 of 4\nindex  true  predicted  probability  loss"


def test_a_single_sigmoid():
    # z = 0, 2, -3 for the labels 1, 0, 1: p > 0.5 fails at 0, so all are wrong. l = log(1 + exp(|z|))
    model = Sequential([Input((1,)), Activation("sigmoid")], dtype="float64")
    found = worst_mistakes(model, np.array([[0.0], [2.0], [-3.0]]), [1, 0, 1])
    assert found.indices.tolist() == [2, 1, 0]
    assert found.predicted.tolist() == [0, 1, 0]
    np.testing.assert_allclose(found.loss, np.log1p(np.exp([3.0, 2.0, 0.0])))
    np.testing.assert_allclose(found.probability, 1 / (1 + np.exp([-3.0, -2.0, 0.0])))


def test_a_certain_mistake_has_a_finite_loss():
    found = worst_mistakes(SOFTMAX, np.array([[5000.0, 0, 0]]), [1])
    assert found.loss.tolist() == [5000]
    assert found.probability.tolist() == [1]


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_losses_are_those_of_training(seed, logits):
    rng = np.random.default_rng(seed)
    layers = [Dense(6, activation="tanh"), Dropout(0.5), Dense(4, activation=None if logits else "softmax")]
    model = Sequential([Input((5,)), *layers], seed=seed, dtype="float64")
    model.compile(loss=SparseCategoricalCrossentropy(from_logits=logits))
    x, y = rng.normal(size=(30, 5)), rng.integers(0, 4, 30)
    found = worst_mistakes(model, x, y, count=30)
    predicted = model.predict(x, verbose=0).argmax(axis=1)
    assert sorted(found.indices) == np.flatnonzero(predicted != y).tolist()
    each = [model.evaluate(x[i : i + 1], y[i : i + 1], verbose=0) for i in found.indices]
    np.testing.assert_allclose(found.loss, each, rtol=1e-9)
    assert np.all(np.diff(found.loss) <= 0)


def test_what_does_not_fit_is_refused():
    x = np.log(P)
    for count in (0, -1, 2.5, True):
        with pytest.raises(ValueError, match="`count` must be an integer of at least 1"):
            worst_mistakes(SOFTMAX, x, [0, 1, 1, 0], count)
    with pytest.raises(ValueError, match="x 4, y 3"):
        worst_mistakes(SOFTMAX, x, [0, 1, 1])
    with pytest.raises(ValueError, match="class numbers 0 to 2"):
        worst_mistakes(SOFTMAX, x, [0, 1, 1, 3])
    with pytest.raises(ValueError, match="gives no probabilities"):
        worst_mistakes(Sequential([Input((3,)), Dense(3)]), x, [0, 1, 1, 0])
    several = Sequential([Input((3,)), Activation("sigmoid")])
    with pytest.raises(ValueError, match="one class a sample"):
        worst_mistakes(several, x, np.ones((4, 3)))
