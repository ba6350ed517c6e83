import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.inspection import most_confused
from numpy_ann.layers import Activation, Input
from numpy_ann.metrics import confusion_matrix
from numpy_ann.models import Sequential


def answering(p):
    return Sequential([Input((p.shape[1],)), Activation("softmax")], dtype="float64"), np.log(p)


P = np.array(
    [[0.6, 0.4, 0], [0.9, 0.1, 0], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.7, 0.2, 0.1]]
).clip(1e-9)
Y = [1, 1, 1, 0, 1, 0]


def test_worked_by_hand():
    # Of the four ones two are answered 0 (the second more surely), one 2; of the two zeros one is answered 1.
    model, x = answering(P)
    pairs = most_confused(model, x, Y)
    assert [(p.true, p.predicted, p.count, p.share) for p in pairs] == [
        (1, 0, 2, 0.5),
        (0, 1, 1, 0.5),  # the larger share of its class comes first
        (1, 2, 1, 0.25),
    ]
    assert [p.indices.tolist() for p in pairs] == [[1, 0], [3], [2]]
    assert (pairs.wrong, pairs.samples, len(pairs)) == (4, 6, 3)
    assert pairs[0] is pairs.pairs[0]
    assert str(pairs) == (
        "wrong answers: 4 of 6\n"
        "true  predicted  count  share\n"
        "   1          0      2  50.0%\n"
        "   0          1      1  50.0%\n"
        "   1          2      1  25.0%"
    )
    assert repr(pairs) == "<ConfusedPairs: 1 as 0: 2, 0 as 1: 1, 1 as 2: 1>"
    assert repr(pairs[0]) == "ConfusedPair(true=1, predicted=0, count=2, share=0.5)"


def test_as_many_as_asked_for():
    model, x = answering(P)
    pairs = most_confused(model, x, np.eye(3)[Y], count=1)
    assert [(p.true, p.predicted) for p in pairs] == [(1, 0)]
    assert pairs.wrong == 4


def test_nothing_wrong():
    model, x = answering(P)
    pairs = most_confused(model, x, P.argmax(axis=1))
    assert (list(pairs), pairs.wrong, pairs.samples) == ([], 0, 6)
    assert str(pairs) == "wrong answers: 0 of 6\ntrue  predicted  count  share"


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_they_are_the_confusion_matrix(seed, samples):
    rng = np.random.default_rng(seed)
    model, x = answering(rng.uniform(0.01, 1, (samples, 4)))
    y = rng.integers(0, 4, samples)
    predicted = x.argmax(axis=1)
    expected = confusion_matrix(y, predicted, labels=range(4))
    found = np.diag(np.diag(expected))
    pairs = most_confused(model, x, y, count=100)
    for pair in pairs:
        found[pair.true, pair.predicted] = pair.count
        assert pair.share == pair.count / (y == pair.true).sum()
        assert (y[pair.indices] == pair.true).all()
        assert (predicted[pair.indices] == pair.predicted).all()
        assert len(set(pair.indices)) == len(pair.indices) == pair.count
        assert np.all(np.diff(x[pair.indices].max(axis=1) - np.log(np.exp(x[pair.indices]).sum(axis=1))) <= 0)
    np.testing.assert_array_equal(found, expected)
    assert [p.count for p in pairs] == sorted((p.count for p in pairs), reverse=True)


def test_a_single_sigmoid():
    model = Sequential([Input((1,)), Activation("sigmoid")])
    pairs = most_confused(model, np.array([[1.0], [2.0], [-1.0]]), [0, 0, 1])
    assert [(p.true, p.predicted, p.count, p.share) for p in pairs] == [(0, 1, 2, 1.0), (1, 0, 1, 1.0)]
    assert pairs[0].indices.tolist() == [1, 0]


def test_what_does_not_fit_is_refused():
    model, x = answering(P)
    with pytest.raises(ValueError, match="`count` must be an integer"):
        most_confused(model, x, Y, 0)
    with pytest.raises(ValueError, match="x 6, y 5"):
        most_confused(model, x, Y[:5])
