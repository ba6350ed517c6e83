"""Keras' protocol of a metric: ``update_state`` with lists and weights of every shape, variables, options."""

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

from numpy_ann import metrics
from numpy_ann.metrics import Mean, Metric


def test_mean_by_hand() -> None:
    mean = Mean()
    assert mean.result() == 0.0
    mean.add(3.0, weight=1)
    mean.add(6.0, weight=2)
    assert mean.result() == (3 + 2 * 6) / (1 + 2)
    mean.reset_state()
    mean.update_state([1, 3, 5, 7])
    assert mean.result() == 4.0
    mean.update_state((9,), sample_weight=[4])
    assert mean.result() == (16 + 4 * 9) / (4 + 4)
    assert [(v.name, float(v)) for v in mean.variables] == [("total", 52.0), ("count", 8.0)]
    # Of rows the means count: 2 and 6, weighted 1 to 3.
    assert Mean()([[1, 3], [5, 7]], [1, 3]) == 5.0
    assert Mean()([[1, 3], [5, 7]], [[1], [3]]) == 5.0
    assert Mean()([[1, 3], [5, 7]], [[1, 0], [0, 1]]) == 4.0
    with pytest.raises(ValueError, match=r"it doesn't compare targets with predictions\. In `compile`, pass"):
        Mean().check_targets(np.zeros(2), (1,))


def test_sum_by_hand() -> None:
    total = metrics.Sum()
    total.update_state([1, 3, 5, 7])
    total.update_state([[1, 2], [3, 4]], [2, 1])  # 2 * (1 + 2) + (3 + 4)
    assert total.result() == 16 + 13
    assert [v.name for v in total.variables] == ["total"]
    total.reset_state()
    assert total.result() == 0.0


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a number for each sample.*sample_weight\.shape=\(3,\)"):
        Mean()([1.0, 2.0], [1.0, 2.0, 3.0])


def test_update_state_takes_what_keras_takes() -> None:
    # Right: the first and the last of three, weighted 1, 2, 3.
    for weights in ([1, 2, 3], [[1], [2], [3]], np.float32([1, 2, 3]), (1, 2, 3)):
        metric = metrics.SparseCategoricalAccuracy()
        metric.update_state([1, 1, 0], ((0.2, 0.8), (0.6, 0.4), (0.7, 0.3)), weights)
        assert metric.result() == 4 / 6
    with pytest.raises(ValueError, match="There must be a target for each prediction"):
        metrics.MeanSquaredError().update_state([1, 2], [[1.0], [2.0], [3.0]])


def test_weights_for_each_output() -> None:
    # Above 0.5 lie all but the second, all of them yes: 1 + 3 + 4 of 10.
    y_true, y_pred, w = np.ones((2, 2)), [[0.9, 0.2], [0.8, 0.6]], [[1, 2], [3, 4]]
    assert metrics.BinaryAccuracy()(y_true, y_pred, w) == 0.8
    assert metrics.Recall()(y_true, y_pred, w) == 0.8
    assert metrics.TruePositives()(y_true, y_pred, w) == 8.0
    # Squared errors 1 4 9 16: (1 + 8 + 27 + 64) / 10.
    assert metrics.RootMeanSquaredError()(y_true * 0, [[1.0, 2.0], [3.0, 4.0]], w) == 10**0.5
    # Of one output with the targets 0 and 4, weighted 1 to 3, the mean is 3: 1 - (1 * 1 + 3 * 1) / (9 + 3).
    two = metrics.R2Score(class_aggregation=None)([[0, 0], [4, 4]], [[1, 1], [5, 5]], [[1, 1], [3, 1]])
    assert two == pytest.approx([1 - 4 / 12, 1 - 2 / 8])


def test_one_weight_for_a_batch_is_its_means() -> None:
    # Keras: batches of means 2 and 5, weighted 3 to 1, whatever their lengths.
    mean = Mean()
    mean.update_state([1, 2, 3], 3)
    mean.update_state([5], 1)
    assert mean.result() == (2 * 3 + 5) / 4


class Largest(Metric):
    """A metric in Keras' way: variables that the constructor adds, and a reset that names them."""

    def __init__(self, name: str = "largest", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.so_far = self.add_variable(shape=(), initializer="zeros", name="so_far")
        self.seen = self.add_weight(shape=(2,), name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.so_far.assign(np.maximum(self.so_far, np.max(y_pred)))
        self.seen.assign_add([1, 2])
        self.seen.assign_sub([0, 1])

    def result(self) -> float:
        return float(self.so_far + 0)

    def reset_state(self) -> None:
        self.so_far.assign(0)
        self.seen.assign(np.zeros(2))


def test_a_metric_of_ones_own_in_keras_way() -> None:
    metric = Largest(dtype="float64")
    assert metric([0, 1], [0.25, 0.75]) == 0.75
    assert [v.name for v in metric.variables] == ["so_far", "seen"]
    metric.update_batch(np.zeros(1), np.ones(1))
    np.testing.assert_array_equal(metric.variables[1], [2, 2])
    assert metric.variables[1].numpy().dtype == np.float64
    assert metric.get_config() == {"name": "largest", "dtype": "float64"}
    copied = deepcopy(metric)
    metric.reset_state()
    assert metric.result() == 0
    assert copied.result() == 1
    super(Largest, copied).reset_state()
    assert [v.numpy().tolist() for v in copied.variables] == [0, [0, 0]]


def test_what_a_metric_of_ones_own_lacks_is_named() -> None:
    class Nothing(Metric):
        def result(self) -> float:
            return 0.0

    with pytest.raises(NotImplementedError, match="Nothing must define `update_state` or `update_batch`"):
        Nothing().update_state([1], [1])
    with pytest.raises(ValueError, match="`dtype` must be one of 'float32', 'float64'"):
        metrics.MeanSquaredError(dtype="float16")
    with pytest.raises(ValueError, match="`initializer` must be one of None, 'zeros', 'ones'"):
        Nothing().add_variable(initializer="normal")
    assert Nothing().add_variable((2,), "ones").numpy().tolist() == [1, 1]
    assert Nothing().add_variable((2,), lambda shape, dtype: np.full(shape, 3, dtype)).numpy().tolist() == [
        3,
        3,
    ]


def test_variables_are_assigned_or_refused() -> None:
    mean = Mean()
    total, count = mean.variables
    total.assign(6.0)
    count.assign(4.0)
    assert mean.result() == 1.5
    with pytest.raises(ValueError, match=r"total has shape \(\), but the new value has \(2,\)"):
        total.assign([1, 2])
    precision = metrics.Precision(thresholds=[0.2, 0.6])
    precision([1, 0], [[0.5], [0.7]])
    assert [v.numpy().tolist() for v in precision.variables] == [[1, 0], [1, 1]]
    with pytest.raises(ValueError, match=r"true_positives is computed .* `reset_state\(\)` sets it to 0"):
        precision.variables[0].assign([1, 1])
    assert repr(mean.variables) == (
        "[MetricVariable('total', shape=(), value=6.0), MetricVariable('count', shape=(), value=4.0)]"
    )


@pytest.mark.parametrize(
    ("make", "option", "value"),
    [
        (lambda: metrics.AUC(np.int64(20)), "num_thresholds", 20),
        (lambda: metrics.TopKCategoricalAccuracy(k=np.int64(3)), "k", 3),
        (lambda: metrics.Precision(thresholds=np.float64(0.25)), "thresholds", 0.25),
        (lambda: metrics.Precision(thresholds=np.array([0.25, 0.5])), "thresholds", [0.25, 0.5]),
        (lambda: metrics.Recall(top_k=np.int32(2), class_id=np.int64(1)), "class_id", 1),
        (lambda: metrics.BinaryAccuracy(threshold=np.float64(0.25)), "threshold", 0.25),
        (lambda: metrics.FBetaScore(beta=np.float64(2)), "beta", 2.0),
        (lambda: metrics.R2Score(num_regressors=np.int64(2)), "num_regressors", 2),
    ],
)
def test_numpy_scalars_are_taken_and_kept_as_pythons(make: Any, option: str, value: Any) -> None:
    kept = make().get_config()[option]
    assert kept == value
    assert type(kept) is type(value)
    json.dumps(make().get_config())


def test_top_k_of_one_sample_of_one_axis() -> None:
    # Of the outputs 0.9, 0.8, 0.1 the two largest are yes: one of them rightly.
    metric = metrics.Precision(top_k=2)
    metric.update_state([1, 0, 1], [0.9, 0.8, 0.1])
    assert metric.result() == 0.5
    metric.update_state([[1, 1, 0]], [[0.9, 0.8, 0.1]])
    assert metric.result() == 0.75
    weighted = metrics.Precision(top_k=2)
    weighted.update_state([1, 0, 1], [0.9, 0.8, 0.1], sample_weight=[1, 2, 3])
    assert weighted.result() == pytest.approx(1 / 3)  # 1 / (1 + 2)
    weighted.update_state([1, 0, 1], [0.9, 0.8, 0.1], sample_weight=[2.0])
    assert weighted.result() == pytest.approx((1 + 2) / (3 + 4))
