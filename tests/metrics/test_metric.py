"""The contract that every training metric keeps. A new metric joins by an entry in ``CASES``."""

import inspect
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import metrics
from numpy_ann._typing import Array
from numpy_ann.metrics import Mean, MeanMetric, Metric

Make = Callable[..., Metric]


def one_hot(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.eye(shape[-1])[labels(rng, shape)]


def labels(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(shape[-1], size=shape[:-1])


def zeros_and_ones(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(2, size=shape)


# What makes each metric, and what draws targets for it.
CASES: dict[str, list[tuple[Make, Callable[[np.random.Generator, tuple[int, ...]], Array]]]] = {
    "BinaryAccuracy": [
        (metrics.BinaryAccuracy, zeros_and_ones),
        (lambda **k: metrics.BinaryAccuracy(threshold=0.25, **k), zeros_and_ones),
    ],
    "CategoricalAccuracy": [(metrics.CategoricalAccuracy, one_hot)],
    "CategoricalCrossentropy": [
        (metrics.CategoricalCrossentropy, one_hot),
        (lambda **k: metrics.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1, **k), one_hot),
    ],
    "SparseCategoricalAccuracy": [(metrics.SparseCategoricalAccuracy, labels)],
    "SparseCategoricalCrossentropy": [
        (metrics.SparseCategoricalCrossentropy, labels),
        (lambda **k: metrics.SparseCategoricalCrossentropy(from_logits=True, **k), labels),
    ],
}
ALL = [pytest.param(*case, id=f"{name}-{i}") for name, cases in CASES.items() for i, case in enumerate(cases)]
every_metric = pytest.mark.parametrize(("make", "targets"), ALL)


def test_every_public_metric_has_a_case() -> None:
    public = (getattr(metrics, name) for name in metrics.__all__)
    classes = {
        c for c in public if inspect.isclass(c) and issubclass(c, Metric) and not inspect.isabstract(c)
    }
    assert set(CASES) == {c.__name__ for c in classes}


@every_metric
@given(
    cuts=st.lists(st.integers(0, 12), max_size=3).map(sorted),
    weighted=st.booleans(),
    axes=st.sampled_from([(3,), (2, 3)]),
    seed=st.integers(0, 99),
)
def test_batches_add_up_to_the_whole(make, targets, cuts, weighted, axes, seed) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    y_pred, y_true = rng.uniform(0.05, 1, size=(12, *axes)), targets(rng, (12, *axes))
    w = rng.uniform(0.1, 2, size=12) if weighted else None
    whole = make()(y_true, y_pred, w)
    batched = make()
    for rows in np.split(np.arange(12), cuts):
        batched.update_state(y_true[rows], y_pred[rows], None if w is None else w[rows])
    assert math.isclose(batched.result(), whole, rel_tol=1e-9)
    # A metric divides by the sum of the weights, not by their number: twice the weight changes nothing.
    each = make().values(y_true, y_pred).reshape(12, -1).mean(axis=1)
    assert math.isclose(whole, np.average(each, weights=w), rel_tol=1e-9)


@every_metric
def test_reset_result_and_round_trip(make: Make, targets: Callable[..., Array]) -> None:
    rng = np.random.default_rng(0)
    y_pred, y_true = rng.uniform(0.05, 1, size=(5, 3)).astype("float32"), targets(rng, (5, 3))
    for array in (y_pred, y_true):
        array.flags.writeable = False  # writing to it raises
    metric = make(name="own")
    assert metric.result() == 0.0  # before the first batch, as in Keras
    value = metric(y_true, y_pred)
    assert type(value) is float
    assert metric.result() == value
    metric.reset_state()
    assert metric.result() == 0.0
    again = type(metric).from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert again.name == "own"
    assert again(y_true.tolist(), y_pred.tolist()) == pytest.approx(value, rel=1e-6)
    assert repr(again) == f"<{type(metric).__name__} name=own>"


@every_metric
def test_weights_of_0_count_nothing(make: Make, targets: Callable[..., Array]) -> None:
    rng = np.random.default_rng(0)
    y_pred, y_true = rng.uniform(0.05, 1, size=(4, 3)), targets(rng, (4, 3))
    assert make()(y_true, y_pred, np.zeros(4)) == 0.0
    kept = make()(y_true[:2], y_pred[:2])
    assert make()(y_true, y_pred, np.array([3.0, 3.0, 0.0, 0.0])) == pytest.approx(kept)


@every_metric
def test_targets_that_do_not_fit_are_refused(make: Make, targets: Callable[..., Array]) -> None:
    y_pred, y_true = np.full((4, 3), 0.5), targets(np.random.default_rng(0), (4, 3))
    with pytest.raises(ValueError, match="There must be a target for each prediction"):
        make()(y_true[:1], y_pred)
    with pytest.raises(ValueError, match=r"Received: target\.shape=\(4, 2\)"):
        make()(np.zeros((4, 2)), y_pred)


def test_mean_by_hand() -> None:
    mean = Mean()
    assert mean.result() == 0.0
    mean.add(3.0, weight=1)
    mean.add(6.0, weight=2)
    assert mean.result() == (3 + 2 * 6) / (1 + 2)


def test_mean_metric_by_hand() -> None:
    class Sum(MeanMetric):
        def values(self, y_true: Array, y_pred: Array) -> Array:
            return y_pred.sum(axis=-1)

    # Values 3 and 7: their mean 5; weighted 1 to 3, (3 + 21) / 4 = 6.
    y = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert Sum()(y, y) == 5.0
    assert Sum()(y, y, np.array([1.0, 3.0])) == 6.0
    assert Sum().name == "sum"
