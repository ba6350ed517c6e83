import numpy as np
import pytest

from numpy_ann.metrics import CategoricalAccuracy
from numpy_ann.training.configuration import RunningMetrics

RIGHT, WRONG = np.array([[0.9, 0.1]]), np.array([[0.1, 0.9]])
Y = np.array([[1.0, 0.0]])


def test_the_loss_is_the_mean_over_batches_weighted_by_their_lengths():
    metrics = RunningMetrics([], [])
    metrics.update(1.0, np.zeros((3, 2)), np.zeros((3, 2)), None)
    metrics.update(5.0, np.zeros((1, 2)), np.zeros((1, 2)), None)
    assert metrics.results() == {"loss": 2.0}  # (3 * 1 + 1 * 5) / 4
    metrics.reset()
    assert metrics.results() == {"loss": 0.0}


def test_metrics_are_blind_to_weights_and_weighted_metrics_are_not():
    metrics = RunningMetrics([CategoricalAccuracy(name="plain")], [CategoricalAccuracy(name="weighted")])
    y, p = np.concatenate([Y, Y]), np.concatenate([RIGHT, WRONG])
    metrics.update(1.0, y, p, np.array([3.0, 1.0]))
    assert metrics.results() == pytest.approx({"loss": 1.0, "plain": 0.5, "weighted": 0.75})


def test_results_begin_with_the_loss_and_logs_are_sorted():
    metrics = RunningMetrics([CategoricalAccuracy(name="zeta"), CategoricalAccuracy(name="alpha")], [])
    metrics.update(1.0, Y, RIGHT, None)
    assert list(metrics.results()) == ["loss", "zeta", "alpha"]
    assert list(metrics.logs()) == ["alpha", "loss", "zeta"]
    assert all(type(value) is float for value in metrics.logs().values())


# What Keras 3.15 calls them.
@pytest.mark.parametrize(
    ("metrics", "weighted", "names"),
    [
        (["accuracy", "accuracy"], [], ["loss", "accuracy", "accuracy_1"]),
        (["accuracy"], ["accuracy"], ["loss", "accuracy", "weighted_accuracy"]),
        ([], ["accuracy"], ["loss", "accuracy"]),
    ],
)
def test_no_metric_hides_another(metrics, weighted, names):
    metrics = RunningMetrics(
        [CategoricalAccuracy(name=name) for name in metrics],
        [CategoricalAccuracy(name=name) for name in weighted],
    )
    assert list(metrics.results()) == names
