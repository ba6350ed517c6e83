import numpy as np
import pytest

from numpy_ann.metrics import CategoricalAccuracy
from numpy_ann.training.scores import Scores

RIGHT, WRONG = np.array([[0.9, 0.1]]), np.array([[0.1, 0.9]])
Y = np.array([[1.0, 0.0]])


def test_the_loss_is_the_mean_over_batches_weighted_by_their_lengths():
    scores = Scores([], [])
    scores.update(1.0, np.zeros((3, 2)), np.zeros((3, 2)), None)
    scores.update(5.0, np.zeros((1, 2)), np.zeros((1, 2)), None)
    assert scores.results() == {"loss": 2.0}  # (3 * 1 + 1 * 5) / 4
    scores.reset()
    assert scores.results() == {"loss": 0.0}


def test_metrics_are_blind_to_weights_and_weighted_metrics_are_not():
    scores = Scores([CategoricalAccuracy(name="plain")], [CategoricalAccuracy(name="weighted")])
    y, p = np.concatenate([Y, Y]), np.concatenate([RIGHT, WRONG])
    scores.update(1.0, y, p, np.array([3.0, 1.0]))
    assert scores.results() == pytest.approx({"loss": 1.0, "plain": 0.5, "weighted": 0.75})


def test_results_begin_with_the_loss_and_logs_are_sorted():
    scores = Scores([CategoricalAccuracy(name="zeta"), CategoricalAccuracy(name="alpha")], [])
    scores.update(1.0, Y, RIGHT, None)
    assert list(scores.results()) == ["loss", "zeta", "alpha"]
    assert list(scores.logs()) == ["alpha", "loss", "zeta"]
    assert all(type(value) is float for value in scores.logs().values())


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
    scores = Scores(
        [CategoricalAccuracy(name=name) for name in metrics],
        [CategoricalAccuracy(name=name) for name in weighted],
    )
    assert list(scores.results()) == names
