"""The contract that every metric keeps. A new one joins by an entry in ``tests/parts/metrics.py``."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import metrics
from numpy_ann._typing import Array
from numpy_ann.metrics import MeanMetric, Metric
from tests.parts import by_part, names
from tests.parts.metrics import CASES, MetricCase
from tests.support import examples

CONTRACT_PARTS = names(CASES)
every_metric = by_part(CASES)


def test_every_public_metric_has_a_case() -> None:
    public = (getattr(metrics, name) for name in metrics.__all__)
    classes = {
        c for c in public if inspect.isclass(c) and issubclass(c, Metric) and not inspect.isabstract(c)
    }
    assert set(CONTRACT_PARTS) == {c.__name__ for c in classes} - {"Mean", "Sum"}  # which compare nothing


@every_metric
@examples(4)
@given(
    cuts=st.lists(st.integers(0, 12), max_size=3).map(sorted),
    weighted=st.booleans(),
    axes=st.sampled_from([(3,), (2, 3)]),
    seed=st.integers(0, 99),
)
def test_batches_add_up_to_the_whole(case, cuts, weighted, axes, seed) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    shape = (12, 3) if case.one_axis else (12, *axes)
    y_pred, y_true = rng.uniform(0.05, 1, size=shape), case.targets(rng, shape)
    w = rng.uniform(0.1, 2, size=12) if weighted else np.ones(12)
    whole = case.make()(y_true, y_pred, w if weighted else None)
    batched = case.make()
    for rows in np.split(np.arange(12), cuts):
        batched.update_state(y_true[rows], y_pred[rows], w[rows] if weighted else None)
    np.testing.assert_allclose(batched.result(), whole, rtol=1e-9, atol=1e-12)
    # A metric divides by the sum of the weights, not by their number: twice the weight changes nothing,
    # but of a count. The F-scores' epsilons stand beside sums of weights.
    twice = case.make()(y_true, y_pred, 2 * w)
    np.testing.assert_allclose(twice, 2 * whole if case.counts else whole, rtol=1e-5, atol=1e-12)
    if isinstance(batched, MeanMetric):
        each = case.make().values(y_true, y_pred).reshape(12, -1).mean(axis=1)
        mean = np.average(each, weights=w)
        root = isinstance(batched, metrics.RootMeanSquaredError)
        assert math.isclose(whole, math.sqrt(mean) if root else mean, rel_tol=1e-9)


@every_metric
def test_reset_result_and_round_trip(case: MetricCase) -> None:
    rng = np.random.default_rng(0)
    y_pred, y_true = rng.uniform(0.05, 1, size=(5, 3)).astype("float32"), case.targets(rng, (5, 3))
    for array in (y_pred, y_true):
        array.flags.writeable = False  # writing to it raises
    metric = case.make(name="own")
    np.testing.assert_array_equal(metric.result(), case.empty)
    value = metric(y_true, y_pred)
    assert type(value) is (np.ndarray if case.several else float)
    np.testing.assert_array_equal(metric.result(), value)
    metric.reset_state()
    np.testing.assert_array_equal(metric.result(), case.empty)
    again = type(metric).from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert again.name == "own"
    assert again(y_true.tolist(), y_pred.tolist()) == pytest.approx(value, rel=1e-6)
    assert repr(again) == f"<{type(metric).__name__} name=own>"


@every_metric
def test_weights_of_0_count_nothing(case: MetricCase) -> None:
    rng = np.random.default_rng(0)
    y_pred, y_true = rng.uniform(0.05, 1, size=(4, 3)), case.targets(rng, (4, 3))
    np.testing.assert_array_equal(case.make()(y_true, y_pred, np.zeros(4)), case.empty)
    kept = case.make()(y_true[:2], y_pred[:2])
    weighted = case.make()(y_true, y_pred, np.array([3.0, 3.0, 0.0, 0.0]))
    assert weighted == pytest.approx(3 * kept if case.counts else kept)


@every_metric
def test_targets_that_do_not_fit_are_refused(case: MetricCase) -> None:
    y_pred, y_true = np.full((4, 3), 0.5), case.targets(np.random.default_rng(0), (4, 3))
    with pytest.raises(ValueError, match="There must be a target for each prediction"):
        case.make()(y_true[:1], y_pred)
    if type(case.make()) is metrics.MeanMetricWrapper:
        return  # which targets fit is its function's own affair
    with pytest.raises(ValueError, match=r"Received: target\.shape=\(4, 2\)"):
        case.make()(np.zeros((4, 2)), y_pred)


def test_mean_metric_by_hand() -> None:
    class Sum(MeanMetric):
        def values(self, y_true: Array, y_pred: Array) -> Array:
            return y_pred.sum(axis=-1)

    # Values 3 and 7: their mean 5; weighted 1 to 3, (3 + 21) / 4 = 6.
    y = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert Sum()(y, y) == 5.0
    assert Sum()(y, y, np.array([1.0, 3.0])) == 6.0
    assert Sum().name == "sum"
