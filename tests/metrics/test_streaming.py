"""What every metric keeps: how samples are batched doesn't count, their weights do. By hand: each family."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import metrics
from tests.parts import by_part
from tests.parts.metrics import CASES, MetricCase
from tests.support import examples

every_metric = by_part(CASES)


def problem(case: MetricCase, seed: int, samples: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    y_pred = rng.dirichlet(np.ones(3), samples).round(2) + 0.01
    return case.targets(rng, (samples, 3)), y_pred


@every_metric
@examples(4)
@given(seed=st.integers(0, 999), samples=st.integers(1, 12), cut=st.integers(0, 12))
def test_two_batches_are_one(case: MetricCase, seed: int, samples: int, cut: int) -> None:
    y_true, y_pred = problem(case, seed, samples)
    w = np.random.default_rng(seed).uniform(0.1, 2, size=samples)
    # Hinge looks at a batch whether its labels are 0 and 1, so there must be some.
    whole, parts = case.make(), case.make()
    whole.update_state(y_true, y_pred, w)
    for batch in (slice(None, cut), slice(cut, None)):
        if len(y_true[batch]):
            parts.update_state(y_true[batch], y_pred[batch], w[batch])
    np.testing.assert_allclose(parts.result(), whole.result(), rtol=1e-9, atol=1e-9)


@every_metric
def test_a_weight_of_two_is_the_sample_twice(case: MetricCase) -> None:
    y_true, y_pred = problem(case, 1, 30)
    weights = np.random.default_rng(1).integers(4, size=30)
    weighted, repeated = case.make(), case.make()
    weighted.update_state(y_true, y_pred, weights)
    repeated.update_state(y_true.repeat(weights, axis=0), y_pred.repeat(weights, axis=0))
    np.testing.assert_allclose(weighted.result(), repeated.result(), rtol=1e-12)


@pytest.mark.parametrize("constant", [1.0, 0.1, 1e8])
def test_targets_that_do_not_vary_have_an_r2_score_of_0_whatever_the_weights(constant: float) -> None:
    rng = np.random.default_rng(0)
    metric = metrics.R2Score()
    for samples in (1, 4, 3):
        y_true = np.full((samples, 1), constant)
        metric.update_state(y_true, y_true + 1, rng.uniform(0.1, 2, samples))
    assert metric.result() == 0.0


def test_r2_score_of_targets_far_from_0() -> None:
    # Around their mean, 1e8 + 1: 1 + 0 + 1. Residuals: 0, 0, 1.
    y_true = 1e8 + np.array([0.0, 1.0, 2.0])
    assert metrics.R2Score()(y_true, 1e8 + np.array([[0.0], [1.0], [1.0]])) == 0.5


def test_auc_by_hand() -> None:
    # Thresholds just below 0, 0.5, just above 1. Yes: 0.3 0.9; no: 0.0 0.6.
    # Above them: TP 2 1 0, FP 2 1 0: the points (1, 1), (1/2, 1/2), (0, 0).
    y_true, y_pred = np.array([0, 0, 1, 1]), np.array([[0.0], [0.6], [0.3], [0.9]])
    for method, area in [("interpolation", 0.5), ("minoring", 0.25), ("majoring", 0.75)]:
        assert metrics.AUC(3, summation_method=method)(y_true, y_pred) == area


def test_precision_and_recall_by_hand() -> None:
    # Above 0.5 lie 0.9 (yes), 0.6 (no) and 0.7 (yes); 0.5 itself does not. 3 are yes.
    y_true, y_pred = np.array([1, 0, 1, 1]), np.array([[0.9], [0.6], [0.7], [0.5]])
    assert metrics.Precision()(y_true, y_pred) == 2 / 3
    assert metrics.Recall()(y_true, y_pred) == 2 / 3
    assert metrics.Precision()(y_true * 0, y_pred * 0) == 0.0  # 0 / 0
    assert metrics.Recall([0.95, 0.4])(y_true, y_pred).tolist() == [0.0, 1.0]


def test_f1_by_hand() -> None:
    # The largest: 0 1 1 of 0 1 0. Class 0: P = 1, R = 1/2, F = 2/3. Class 1: P = 1/2, R = 1, F = 2/3.
    y_true = np.array([[1, 0], [0, 1], [1, 0]])
    y_pred = np.array([[0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
    assert metrics.F1Score()(y_true, y_pred) == pytest.approx([2 / 3, 2 / 3], abs=1e-6)


def test_r2_by_hand() -> None:
    # Targets 1 2 3, mean 2: 2 around it. Guesses 1 2 2 miss by 1: 1 - 1 / 2. Guessing the mean: 1 - 2 / 2.
    y_true = np.array([1.0, 2.0, 3.0])
    assert metrics.R2Score()(y_true, np.array([[1.0], [2.0], [2.0]])) == 0.5
    assert metrics.R2Score()(y_true, np.full((3, 1), 2.0)) == 0.0
    # One regressor, three targets: 1 - (1 - 1/2) (3 - 1) / (3 - 1 - 1).
    assert metrics.R2Score(num_regressors=1)(y_true, np.array([[1.0], [2.0], [2.0]])) == 0.0
    with pytest.warns(UserWarning, match="Division by zero in adjusted R2"):
        assert metrics.R2Score(num_regressors=2)(y_true, np.full((3, 1), 2.0)) == 0.0


def test_top_k_by_hand() -> None:
    y_pred = np.array([[0.1, 0.6, 0.3], [0.4, 0.4, 0.2], [np.nan, 0.1, 0.2]])
    metric = metrics.SparseTopKCategoricalAccuracy(k=1)
    # 0.3 is second; of equal ones both are first; NaN is none of the best.
    assert metric.values(np.array([2, 1, 0]), y_pred).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Precision(1.5), r"from 0 to 1\. Received: \[1.5\]"),
        (lambda: metrics.Precision([]), "from 0 to 1"),
        (lambda: metrics.Recall(top_k=0), "`top_k` must be an integer of at least 1"),
        (lambda: metrics.AUC(1), "`num_thresholds` must be an integer of at least 2"),
        (lambda: metrics.AUC(curve="ROK"), "`curve` must be one of 'ROC', 'PR'"),
        (lambda: metrics.AUC(summation_method="mean"), "`summation_method` must be one of 'interpolation'"),
        (lambda: metrics.AUC(num_labels=3), "needed only when `multi_label` is True"),
        (lambda: metrics.F1Score("binary"), "`average` must be one of"),
        (lambda: metrics.F1Score(threshold=0.0), "`threshold` must be a number above 0 and up to 1"),
        (lambda: metrics.FBetaScore(beta=0), "`beta` must be a number above 0"),
        (lambda: metrics.R2Score("mean"), "`class_aggregation` must be one of"),
        (lambda: metrics.R2Score(num_regressors=-1), "`num_regressors` must be an integer of at least 0"),
        (lambda: metrics.TopKCategoricalAccuracy(0), "`k` must be an integer of at least 1"),
    ],
)
def test_options_that_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("metric", "y_true", "output_shape", "message"),
    [
        (metrics.AUC(), np.zeros(4), (3,), "same shape for the metric 'auc'"),
        (
            metrics.Precision(class_id=3),
            np.zeros((4, 3)),
            (3,),
            "`class_id` of the metric .* is 3, of 3 outputs",
        ),
        (
            metrics.Recall(top_k=4),
            np.zeros((4, 3)),
            (3,),
            "`top_k` of the metric 'recall' is 4, of 3 outputs",
        ),
        (metrics.AUC(multi_label=True, num_labels=2), np.zeros((4, 3)), (3,), "`num_labels` is 2, but .* 3"),
        (
            metrics.AUC(multi_label=True),
            np.zeros((4, 2, 3)),
            (2, 3),
            r"outputs of one axis, not of .*\(2, 3\)",
        ),
        (metrics.AUC(label_weights=[1, 2]), np.zeros((4, 3)), (3,), "2 numbers for 3 outputs"),
        (metrics.F1Score(), np.zeros(4), (3,), r"For integer labels use to_categorical\(y\)"),
        (metrics.F1Score(threshold=0.5), np.zeros(4), (1,), r"For one output use y\[:, None\]"),
        (metrics.F1Score(), np.zeros((4, 2, 3)), (2, 3), r"'f1_score' is for outputs of one axis.*\(2, 3\)"),
        (metrics.R2Score(), np.zeros((4, 2, 3)), (2, 3), r"'r2_score' is for outputs of one axis.*\(2, 3\)"),
        (metrics.Precision(class_id=0), np.zeros(4), (1,), "`class_id` of .* needs targets like the outputs"),
        (metrics.Precision(class_id=1), np.zeros(4), (), "`class_id` of the metric .* is 1, of 1 outputs"),
        (metrics.AUC(label_weights=[1, 2]), np.zeros(4), (), "2 numbers for 1 outputs"),
        (metrics.Recall(top_k=1), np.zeros(4), (1,), "`top_k` of the metric .* needs targets like"),
        (metrics.R2Score(), np.zeros((4, 2)), (3,), "same shape for the metric 'r2_score'"),
        (metrics.MeanSquaredError(), np.zeros((4, 2)), (3,), "same shape for mean_squared_error"),
    ],
)
def test_targets_that_are_refused(
    metric: Any, y_true: Any, output_shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        metric.check_targets(y_true, output_shape)


@pytest.mark.parametrize(
    ("metric", "shape"),
    [
        (metrics.Precision(class_id=2), (3,)),
        (metrics.Precision(class_id=0, top_k=1), (1,)),
        (metrics.Recall(top_k=3), (3,)),
        (metrics.Recall(top_k=3), (2, 3)),
        (metrics.AUC(multi_label=True, num_labels=3, label_weights=[1, 2, 3]), (3,)),
        (metrics.AUC(), (2, 3)),
        (metrics.F1Score(), (3,)),
        (metrics.R2Score(), (1,)),
    ],
)
def test_targets_that_just_fit_are_taken(metric: Any, shape: tuple[int, ...]) -> None:
    metric.check_targets(np.zeros((4, *shape)), shape)
