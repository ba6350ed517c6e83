"""Curves, areas and the other measures of scores, by hand and beside scikit-learn."""

import math

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given
from hypothesis import strategies as st

import numpy_ann.metrics
from numpy_ann.metrics import (
    UndefinedMetricWarning,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
    top_k_accuracy_score,
)
from tests.metrics.against_sklearn import assert_near, weights

PAIRS = [[0, 1], [-1, 1], [False, True], [0.0, 1.0]]
OTHER_PAIRS = [[1, 2], ["no", "yes"], [3, 7]]
CURVES = [
    (roc_curve, sklearn.metrics.roc_curve),
    (precision_recall_curve, sklearn.metrics.precision_recall_curve),
]


def test_curves_by_hand() -> None:
    # Sorted: 0.8 (yes), 0.4 (no), 0.35 (yes), 0.1 (no); of two yes and two no.
    y, scores = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    fpr, tpr, thresholds = roc_curve(y, scores)
    assert fpr.tolist() == [0, 0, 1 / 2, 1 / 2, 1]
    assert tpr.tolist() == [0, 1 / 2, 1 / 2, 1, 1]
    assert thresholds.tolist() == [math.inf, 0.8, 0.4, 0.35, 0.1]
    precision, recall, thresholds = precision_recall_curve(y, scores)
    assert precision.tolist() == [2 / 4, 2 / 3, 1 / 2, 1, 1]
    assert recall.tolist() == [1, 1, 1 / 2, 1 / 2, 0]
    assert thresholds.tolist() == [0.1, 0.35, 0.4, 0.8]


def test_areas_by_hand() -> None:
    # Of the four pairs of a yes and a no, (0.35, 0.4) alone is the wrong way round.
    assert roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 3 / 4
    assert roc_auc_score(["a", "b"], [0.5, 0.5]) == 1 / 2  # a tie
    # Class 0 against the rest: 0.8 against 0.4 and 0.1, 1. Class 1: 0.3 against 0.1 and 0.5, 1/2.
    # Class 2: 0.4 against 0.1 and 0.3, 1.
    p = [[0.8, 0.1, 0.1], [0.4, 0.3, 0.3], [0.1, 0.5, 0.4]]
    assert roc_auc_score([0, 1, 2], p, multi_class="ovr") == pytest.approx(5 / 6)
    # Pairs: 0-1: 0.8 > 0.4 and 0.3 > 0.1, 1; 0-2: 1 and 1, 1; 1-2: 0.3 < 0.5, 0; 0.4 > 0.3, 1.
    assert roc_auc_score([0, 1, 2], p, multi_class="ovo") == pytest.approx((1 + 1 + 1 / 2) / 3)


def test_log_loss_and_top_k_by_hand() -> None:
    p = [[0.75, 0.25], [0.5, 0.5]]
    assert log_loss([0, 1], p) == pytest.approx((math.log(4 / 3) + math.log(2)) / 2)
    assert log_loss([0, 1], p, normalize=False, sample_weight=[1, 3]) == pytest.approx(
        math.log(4 / 3) + 3 * math.log(2)
    )
    assert log_loss([1], [[1.0, 0.0]], labels=[0, 1]) == pytest.approx(-math.log(np.finfo(float).eps))
    # 0 is first, 1 is last, 2 is second.
    scores = [[0.5, 0.2, 0.3], [0.4, 0.1, 0.5], [0.1, 0.6, 0.3]]
    assert top_k_accuracy_score([0, 1, 2], scores, k=1) == 1 / 3
    assert top_k_accuracy_score([0, 1, 2], scores, k=2) == 2 / 3
    assert top_k_accuracy_score([0, 1, 2], scores, normalize=False) == 2.0


@st.composite
def binary(draw: st.DrawFn, pairs: list[list[object]]) -> tuple[object, object, object]:
    """Labels of two classes (or one), scores with ties, and weights."""
    pair = draw(st.sampled_from(pairs))
    size = draw(st.integers(1, 20))
    y = draw(st.lists(st.sampled_from(pair), min_size=size, max_size=size))
    scores = draw(
        st.lists(st.integers(-3, 3).map(lambda i: i / 2) | st.floats(-5, 5), min_size=size, max_size=size)
    )
    weight = draw(weights(size))
    assume(weight is None or np.any(weight))
    return y, scores, weight


@pytest.mark.parametrize(("ours", "theirs"), CURVES)
@given(problem=binary(PAIRS), drop=st.booleans())
def test_curves_equal_sklearn(ours, theirs, problem, drop) -> None:  # type: ignore[no-untyped-def]
    y, scores, weight = problem
    # Sums of weights differ in their last bits, and so whether three points lie on a line.
    drop = drop and (weight is None or np.asarray(weight).dtype.kind in "bi")
    assert_near(ours, theirs, y, scores, sample_weight=weight, drop_intermediate=drop)


@pytest.mark.parametrize(("ours", "theirs"), CURVES)
@given(problem=binary(OTHER_PAIRS), data=st.data())
def test_curves_with_a_positive_label_equal_sklearn(ours, theirs, problem, data) -> None:  # type: ignore[no-untyped-def]
    y, scores, _ = problem
    assert_near(ours, theirs, y, scores, pos_label=data.draw(st.sampled_from([None, y[0]])))


@given(problem=binary(PAIRS + OTHER_PAIRS), max_fpr=st.sampled_from([None, 1.0, 0.5, 0.1]))
def test_binary_area_equals_sklearn(problem, max_fpr) -> None:  # type: ignore[no-untyped-def]
    y, scores, weight = problem
    if weight is not None:  # a class of weight 0 is 0 / 0 there, with warnings of NumPy's
        w = np.asarray(weight, float)
        assume(all(w[np.asarray(y) == c].any() for c in set(y)))
    assert_near(
        roc_auc_score, sklearn.metrics.roc_auc_score, y, scores, sample_weight=weight, max_fpr=max_fpr
    )


@st.composite
def multiclass(draw: st.DrawFn) -> tuple[object, object, object]:
    """Labels of 3 or 4 classes, all of which occur, probabilities, and weights."""
    classes = draw(st.sampled_from([[0, 1, 2], [2, 5, 7, 9], ["a", "b", "c"]]))
    y = classes + draw(st.lists(st.sampled_from(classes), max_size=15))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    p = rng.dirichlet(np.ones(len(classes)), len(y)).round(draw(st.sampled_from([1, 8])))
    p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    weight = draw(st.sampled_from([None, rng.uniform(0.1, 2, size=len(y)), rng.integers(1, 4, size=len(y))]))
    return y, np.clip(p, 0, 1), weight


@given(
    problem=multiclass(),
    average=st.sampled_from(["macro", "weighted", "micro", "samples", None]),
    multi_class=st.sampled_from(["ovr", "ovo", "raise"]),
)
def test_multiclass_area_equals_sklearn(problem, average, multi_class) -> None:  # type: ignore[no-untyped-def]
    y, p, weight = problem
    if average is None and multi_class == "ovo":
        assume(np.allclose(np.sum(p, axis=1), 1))  # otherwise that is what is refused
        with pytest.raises(NotImplementedError, match="average=None is not implemented"):
            roc_auc_score(y, p, average=None, multi_class="ovo")
        return
    options = {"average": average, "multi_class": multi_class, "sample_weight": weight}
    assert_near(roc_auc_score, sklearn.metrics.roc_auc_score, y, p, **options)


@given(
    seed=st.integers(0, 999),
    average=st.sampled_from(["macro", "weighted", "micro", None]),
    weighted=st.booleans(),
)
def test_multilabel_area_equals_sklearn(seed, average, weighted) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.eye(3, dtype=int), 1 - np.eye(3, dtype=int), rng.integers(2, size=(5, 3))])
    scores = rng.normal(size=y.shape).round(1)
    w = rng.uniform(0.5, 2, size=len(y)) if weighted else None
    assert_near(roc_auc_score, sklearn.metrics.roc_auc_score, y, scores, average=average, sample_weight=w)


@given(problem=multiclass(), normalize=st.booleans(), labels=st.booleans())
def test_log_loss_equals_sklearn(problem, normalize, labels) -> None:  # type: ignore[no-untyped-def]
    y, p, weight = problem
    options = {"normalize": normalize, "sample_weight": weight, "labels": sorted(set(y)) if labels else None}
    assert_near(log_loss, sklearn.metrics.log_loss, y, p, **options)
    assert_near(log_loss, sklearn.metrics.log_loss, y, p.astype(np.float32), **options)
    assert_near(log_loss, sklearn.metrics.log_loss, y, p / 2)  # don't sum to 1


@given(problem=binary(PAIRS + OTHER_PAIRS), column=st.booleans())
def test_binary_log_loss_equals_sklearn(problem, column) -> None:  # type: ignore[no-untyped-def]
    y, scores, weight = problem
    p = 1 / (1 + np.exp(-np.array(scores)))
    p = p[:, np.newaxis] if column else p
    assert_near(log_loss, sklearn.metrics.log_loss, y, p, sample_weight=weight)


@given(problem=multiclass(), k=st.integers(1, 4), normalize=st.booleans(), labels=st.booleans())
def test_top_k_equals_sklearn(problem, k, normalize, labels) -> None:  # type: ignore[no-untyped-def]
    y, p, weight = problem
    classes = sorted(set(y))
    options = {"k": k, "normalize": normalize, "sample_weight": weight, "labels": classes if labels else None}
    assert_near(top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score, y, p, **options)
    if labels:
        assert_near(
            top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score, y[:2], p[:2], k=k, labels=classes
        )


@given(problem=binary(PAIRS + OTHER_PAIRS), k=st.integers(1, 2))
def test_binary_top_k_equals_sklearn(problem, k) -> None:  # type: ignore[no-untyped-def]
    y, scores, weight = problem
    assume(len(set(y)) == 2)
    options = {"k": k, "sample_weight": weight}
    assert_near(top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score, y, scores, **options)


P3 = np.full((3, 3), 1 / 3)
REFUSED = [
    ("roc_curve", ([0, 1, 2], [1, 2, 3]), {}),
    ("roc_curve", ([0, 1], [1, 2, 3]), {}),
    ("roc_curve", ([0, 1], [1, np.nan]), {}),
    ("roc_curve", ([0, 1], [1, 2]), {"drop_intermediate": 1}),
    ("roc_curve", ([0, 1], [1, 2]), {"sample_weight": [0, 0]}),
    ("precision_recall_curve", ([0.5, 1], [1, 2]), {}),
    ("roc_auc_score", ([0, 1, 2], P3), {}),
    ("roc_auc_score", ([0, 1, 2], [1, 2, 3]), {"multi_class": "ovr"}),
    ("roc_auc_score", ([0, 1, 2], 2 * P3), {"multi_class": "ovr"}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "max_fpr": 0.5}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "labels": [0, 1]}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "labels": [0, 2, 1]}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "labels": [0, 1, 1]}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "labels": [0, 1, 3]}),
    ("roc_auc_score", ([0, 1, 2], P3[:, :2] * 1.5), {"multi_class": "ovo"}),
    ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovo", "sample_weight": [1, 2, 3]}),
    ("roc_auc_score", ([0, 1], [1, 2]), {"max_fpr": 0}),
    ("log_loss", ([0, 1], [0.5, 1.5]), {}),
    ("log_loss", ([0, 1], [0.5, -0.5]), {}),
    ("log_loss", ([1, 1], [0.5, 0.5]), {}),
    ("log_loss", ([0, 1, 2], [0.5, 0.5, 0.5]), {}),
    ("log_loss", ([0, 1, 2], P3), {"labels": [0, 1, 2, 3]}),
    ("log_loss", ([0, 0], [0.5, 0.5]), {"labels": [0]}),
    ("top_k_accuracy_score", ([0, 1, 2], [1, 2, 3]), {}),
    ("top_k_accuracy_score", ([0, 1, 1], P3), {}),
    ("top_k_accuracy_score", ([0, 1, 2], P3[:, :2]), {}),
    ("top_k_accuracy_score", ([0, 1, 2], P3), {"labels": [0, 1, 3]}),
    ("top_k_accuracy_score", ([0, 1, 2], P3), {"labels": [1, 0, 2]}),
    ("top_k_accuracy_score", ([0, 1, 2], P3), {"k": 0}),
    ("roc_auc_score", ([0, 1, 1], P3[None]), {}),
    ("roc_auc_score", ([0, 1, 1], ["a", "b", "c"]), {}),
    ("log_loss", ([0.5, 1], [0.5, 0.5]), {}),
]


@pytest.mark.parametrize(("name", "args", "options"), REFUSED)
def test_wrong_use_is_refused_by_both(name, args, options) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((ValueError, TypeError)):
        getattr(sklearn.metrics, name)(*args, **options)
    with pytest.raises((ValueError, TypeError)) as refusal:
        getattr(numpy_ann.metrics, name)(*args, **options)
    assert len(str(refusal.value)) > 20


@pytest.mark.parametrize(
    ("name", "args", "options"),
    [
        ("roc_auc_score", ([[0, 1], [2, 1]], P3[:2, :2]), {}),
        ("roc_auc_score", ([0.5, 1], [1, 2]), {}),
        ("roc_auc_score", ([[0, 1], [1, 0]], P3), {}),
        ("roc_auc_score", ([0, 1, 1], P3[:, :2]), {}),
        ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovo", "average": "micro"}),
        ("roc_auc_score", ([0, 1, 2], P3), {"multi_class": "ovr", "average": "samples"}),
        ("log_loss", ([0, 2], [0.5, 0.5]), {"labels": [0, 1]}),
        ("top_k_accuracy_score", ([0, 1, 2], P3), {"labels": [0, 1]}),
        ("top_k_accuracy_score", ([0.5, 1, 2], P3), {}),
    ],
)
def test_wrong_use_is_refused_in_sklearns_words(name, args, options) -> None:  # type: ignore[no-untyped-def]
    ours, theirs = getattr(numpy_ann.metrics, name), getattr(sklearn.metrics, name)
    assert_near(ours, theirs, *args, **options)
    with pytest.raises(ValueError, match=r"[a-z]"):
        ours(*args, **options)


def test_what_sklearn_breaks_off_at_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"the shape of y_true, \(2, 2\), not \(2, 3\)"):
        roc_auc_score([[0, 1], [1, 0]], P3[:2])
    with pytest.raises(NotImplementedError, match="average=None is not implemented for multi_class='ovo'"):
        roc_auc_score([0, 1, 2], P3, multi_class="ovo", average=None)
    for y, scores in ([[0.5, 1], P3[:2, :1]], [[[0, 1], [1, 0]], [0.5, 0.5]]):
        with pytest.raises(ValueError, match=r"targets are not supported\. One label a sample is expected"):
            log_loss(y, scores)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"y_score must have one or two axes.*\(1, 3, 3\)"):
        roc_auc_score([0, 1, 1], P3[None])
    with pytest.raises(ValueError, match="y_score must hold numbers"):
        roc_auc_score([0, 1, 1], ["a", "b", "c"])  # type: ignore[list-item]


def test_areas_of_samples_and_of_no_positives_by_hand() -> None:
    # Of the first sample both positives stand above the other, of the second and third half of the pairs.
    y = [[0, 1, 1], [1, 0, 0], [0, 1, 0]]
    scores = [[0.1, 0.6, 0.2], [0.4, 0.2, 0.5], [0.3, 0.2, 0.1]]
    for weight, expected in ((None, 2 / 3), ([2, 1, 5], 5 / 8)):
        options = {"average": "samples", "sample_weight": weight}
        assert roc_auc_score(y, scores, **options) == pytest.approx(expected)  # type: ignore[arg-type]
        assert sklearn.metrics.roc_auc_score(y, scores, **options) == pytest.approx(expected)
    assert roc_auc_score([[0, 0], [0, 0]], P3[:2, :2], average="weighted") == 0
    for average, expected in (("micro", 93.5 / 140), ("macro", (1 + 4.5 / 7 + 5 / 6) / 3)):
        options = {"average": average, "sample_weight": [2, 1, 5]}
        assert roc_auc_score(y, scores, **options) == pytest.approx(expected)  # type: ignore[arg-type]
        assert sklearn.metrics.roc_auc_score(y, scores, **options) == pytest.approx(expected)
    # Two pairs of four are right, and the column without positives has no weight.
    y, scores = [[1, 0], [0, 0], [0, 0], [1, 0]], [[0.2, 1], [0.1, 2], [0.6, 3], [0.5, 4]]
    assert_near(
        roc_auc_score, sklearn.metrics.roc_auc_score, np.array(y), np.array(scores), average="weighted"
    )
    with pytest.warns(UndefinedMetricWarning):
        assert roc_auc_score(y, scores, average="weighted") == 1 / 2


def test_two_labels_leave_a_row_of_scores_and_three_ask_for_columns() -> None:
    for function in (top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score):
        assert function([0, 1, 1], [0.3, 0.7, 0.2], k=1, labels=[0, 1]) == 2 / 3
        assert function([0, 1, 1], [[0.3], [0.7], [0.2]], k=1, labels=[0, 1]) == 2 / 3
        with pytest.raises(ValueError, match="is binary while y_score is 2d with 2 classes"):
            function([0, 1, 1], np.eye(2)[[0, 1, 1]], k=1)
        assert function([0, 1, 1], np.eye(3)[[0, 1, 2]], k=1, labels=[0, 1, 2]) == 2 / 3
        with pytest.raises(ValueError, match=r"shape `\(n_samples, n_classes\)`"):
            function([0, 1, 1], [0.3, 0.7, 0.2], k=1, labels=[0, 1, 2])


def test_labels_out_of_order_are_told_to_who_calls() -> None:
    # The columns are those of 0 and 1: -(log(0.75) + log(0.5)) / 2.
    with pytest.warns(UserWarning, match=r"Labels passed were \[1, 0\].*ordered labels=\[0, 1\]") as told:
        found = log_loss([1, 0], [0.75, 0.5], labels=[1, 0])
    assert found == pytest.approx(-math.log(0.375) / 2)
    assert [warning.filename for warning in told] == [__file__]


def test_a_class_that_does_not_occur_is_told() -> None:
    with pytest.warns(UndefinedMetricWarning, match="Only one class is present in y_true"):
        assert math.isnan(roc_auc_score([1, 1], [0.1, 0.2]))  # type: ignore[arg-type]
