import math

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given
from hypothesis import strategies as st

from numpy_ann.metrics import InvalidParameterError, UndefinedMetricWarning, precision_recall_fscore_support
from tests.metrics.against_sklearn import assert_same, class_orders, label_pairs, weights

# true:       a  a  b  b  b  c
# predicted:  a  b  b  b  c  a
Y_TRUE, Y_PRED = list("aabbbc"), list("abbbca")


def test_by_hand() -> None:
    #      right  predicted  true     P     R    F = 2 right / (true + predicted)
    # a      1        2        2     1/2   1/2   2/4
    # b      2        3        3     2/3   2/3   4/6
    # c      0        1        1      0     0     0
    precision, recall, fscore, support = precision_recall_fscore_support(Y_TRUE, Y_PRED)
    np.testing.assert_array_equal(precision, [1 / 2, 2 / 3, 0])
    np.testing.assert_array_equal(recall, [1 / 2, 2 / 3, 0])
    np.testing.assert_array_equal(fscore, [1 / 2, 2 / 3, 0])
    np.testing.assert_array_equal(support, [2, 3, 1])


def test_averages_by_hand() -> None:
    # macro (1/2 + 2/3 + 0) / 3 = 7/18; micro 3 right of 6; weighted (2 * 1/2 + 3 * 2/3 + 0) / 6 = 3/6.
    for average, expected in [("macro", 7 / 18), ("micro", 1 / 2), ("weighted", 1 / 2)]:
        scores = precision_recall_fscore_support(Y_TRUE, Y_PRED, average=average)  # type: ignore[arg-type]
        np.testing.assert_allclose(scores[:3], expected, rtol=1e-15)
        assert scores[3] is None


def test_beta_by_hand() -> None:
    # One of two positives found, nothing wrongly: P = 1, R = 1/2.
    # beta = 2: F = (1 + 4) * 1 * 1/2 / (4 * 1 + 1/2) = 5/9.  beta = 0 is P, beta = infinity is R.
    for beta, expected in [(2, 5 / 9), (1, 2 / 3), (0, 1), (math.inf, 1 / 2)]:
        scores = precision_recall_fscore_support([1, 1, 0], [1, 0, 0], beta=beta, average="binary")
        np.testing.assert_allclose(scores[:3], [1, 1 / 2, expected], rtol=1e-15)


@pytest.mark.parametrize(("beta", "name"), [(0, "Precision"), (math.inf, "Recall")])
def test_an_fscore_that_is_precision_or_recall_warns_as_that_alone(beta: float, name: str) -> None:
    y_true, y_pred = ([0, 1], [0, 0]) if beta == 0 else ([0, 0], [0, 1])
    with pytest.warns(UndefinedMetricWarning) as warned:
        scores = precision_recall_fscore_support(y_true, y_pred, beta=beta, average="binary")
    assert scores == (0.0, 0.0, 0.0, None)
    assert [str(w.message).split()[0] for w in warned] == [name]


def test_undefined_scores_by_hand() -> None:
    # 1 occurs and is never predicted: its precision is 0 / 0. Its F is 2 * 0 / (1 + 0) = 0 all the same.
    def scores_of_1(**options: object) -> list[float]:
        scores = precision_recall_fscore_support([0, 1], [0, 0], **options)  # type: ignore[arg-type]
        return [float(s[1]) for s in scores[:3]]  # type: ignore[index]

    assert scores_of_1(zero_division=1) == [1, 0, 0]
    np.testing.assert_equal(scores_of_1(zero_division=np.nan), [np.nan, 0, 0])
    with pytest.warns(
        UndefinedMetricWarning, match=r"Precision is ill-defined .* in labels with no predicted"
    ):
        assert scores_of_1() == [0, 0, 0]


def test_nan_is_left_out_of_averages() -> None:
    # Precisions 1/2 and nan: the mean is 1/2.
    scores = precision_recall_fscore_support([0, 1], [0, 0], average="macro", zero_division=np.nan)
    assert scores[:3] == (1 / 2, 1 / 2, (2 / 3 + 0) / 2)


@given(st.data())
def test_equals_sklearn(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(label_pairs())
    assert_same(
        precision_recall_fscore_support,
        sklearn.metrics.precision_recall_fscore_support,
        y_true,
        y_pred,
        beta=data.draw(st.sampled_from([1.0, 0, 0.5, 2, math.inf])),
        labels=data.draw(class_orders(y_true, y_pred, repeats=True)),
        average=data.draw(st.sampled_from([None, "micro", "macro", "weighted"])),
        warn_for=data.draw(st.sets(st.sampled_from(["precision", "recall", "f-score"]))),
        sample_weight=data.draw(weights(len(y_true))),
        zero_division=data.draw(st.sampled_from(["warn", 0, 1, np.nan])),
    )


@given(st.data())
def test_binary_equals_sklearn(data: st.DataObject) -> None:
    classes = data.draw(st.sampled_from([[0, 1], [1, 2], [-1.0, 1.0], [False, True], [0, 1, 2]]))
    size = data.draw(st.integers(1, 10))
    y_true, y_pred = (
        data.draw(st.lists(st.sampled_from(classes), min_size=size, max_size=size)) for _ in range(2)
    )
    weight = data.draw(weights(size))
    assume(weight is None or np.any(weight))  # of two mistakes at once, each library may name either
    assert_same(
        precision_recall_fscore_support,
        sklearn.metrics.precision_recall_fscore_support,
        y_true,
        y_pred,
        average="binary",
        pos_label=data.draw(st.sampled_from([0, 1, 2, True, 1.0])),
        sample_weight=weight,
        zero_division=data.draw(st.sampled_from(["warn", 0, 1, np.nan])),
    )


@pytest.mark.parametrize(
    "options",
    [
        {"average": "binary"},  # three classes
        {"average": "samples"},
        {"beta": -1},
        {"beta": "1"},
        {"beta": math.nan},
        {"warn_for": "precision"},
        {"zero_division": 0.5},
        {"zero_division": None},
        {"zero_division": "ignore"},
        {"labels": 3},
        {"labels": []},
        {"pos_label": "b"},  # is ignored, with a warning
        {"pos_label": "b", "average": "macro"},
    ],
)
def test_options_are_taken_or_refused_as_by_sklearn(options: dict[str, object]) -> None:
    ours, theirs = precision_recall_fscore_support, sklearn.metrics.precision_recall_fscore_support
    assert_same(ours, theirs, Y_TRUE, Y_PRED, **options)


@pytest.mark.parametrize("average", ["median", 1])
def test_refuses_an_unknown_average(average: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'average' parameter .*'macro'.* Got"):
        precision_recall_fscore_support(Y_TRUE, Y_PRED, average=average)  # type: ignore[arg-type]


def test_binary_on_strings_needs_a_positive_label() -> None:
    ours, theirs = precision_recall_fscore_support, sklearn.metrics.precision_recall_fscore_support
    assert_same(ours, theirs, ["n", "y"], ["n", "n"], average="binary")
    assert_same(ours, theirs, ["n", "y"], ["n", "n"], average="binary", pos_label="y")


@pytest.mark.parametrize("average", ["macro", "weighted", None])
@pytest.mark.parametrize(("y_true", "y_pred"), [([1, 1], [1, 1]), ([0, 0], [1, 1]), ([1, 1], [0, 1])])
def test_what_is_not_known_is_left_out_of_means(y_true: list[int], y_pred: list[int], average: str) -> None:
    ours, theirs = precision_recall_fscore_support, sklearn.metrics.precision_recall_fscore_support
    for labels in ([0], [0, 2], [0, 1]):
        options = {"labels": labels, "average": average, "zero_division": np.nan}
        assert_same(ours, theirs, y_true, y_pred, **options)


def test_supports_are_floats_where_nothing_is_right() -> None:
    assert_same(
        precision_recall_fscore_support, sklearn.metrics.precision_recall_fscore_support, [0, 1], [1, 0]
    )
