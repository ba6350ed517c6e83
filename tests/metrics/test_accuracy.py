import numpy as np
import pytest

from numpy_ann.metrics import Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy

# The largest prediction is in class 2, 1, 0, 0; of equal ones the first counts, as in Keras.
Y_PRED = np.array([[0.1, 0.3, 0.6], [0.2, 0.7, 0.1], [0.5, 0.25, 0.25], [0.4, 0.4, 0.2]])
LABELS = np.array([2, 0, 0, 1])
WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0])


def test_categorical_by_hand() -> None:
    # Right: the first and the third: 2 / 4; weighted (1 + 3) / (1 + 2 + 3 + 4).
    one_hot = np.eye(3)[LABELS]
    assert CategoricalAccuracy()(one_hot, Y_PRED) == 0.5
    assert CategoricalAccuracy()(one_hot, Y_PRED, WEIGHTS) == 0.4
    assert CategoricalAccuracy().name == "categorical_accuracy"


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, np.newaxis], LABELS.astype(float)])
def test_sparse_categorical_by_hand(labels: np.ndarray) -> None:
    assert SparseCategoricalAccuracy()(labels, Y_PRED) == 0.5
    assert SparseCategoricalAccuracy()(labels, Y_PRED, WEIGHTS) == 0.4
    assert SparseCategoricalAccuracy().name == "sparse_categorical_accuracy"


def test_binary_by_hand() -> None:
    # 0.5 is not above 0.5, so the predictions are 0, 1, 0; right are the first and the second.
    y_pred = np.array([[0.5], [0.6], [0.1]])
    for y_true in (np.array([[0], [1], [1]]), np.array([0, 1, 1])):
        assert BinaryAccuracy()(y_true, y_pred) == pytest.approx(2 / 3)
        assert BinaryAccuracy(threshold=0.05)(y_true, y_pred) == pytest.approx(2 / 3)  # 1, 1, 1
        assert BinaryAccuracy()(y_true, y_pred, np.array([1.0, 1.0, 2.0])) == 0.5


def test_binary_averages_over_a_samples_outputs() -> None:
    # Keras 3.15.1: BinaryAccuracy(threshold=0.4) of these is 0.6667, weighted 0.5 and 2 too.
    # Predicted (0, 0, 1) and (0, 1, 0), so 2 of 3 and 2 of 3 are right.
    y_true, y_pred = np.array([[0, 1, 1], [0, 1, 1]]), np.array([[0.2, 0.3, 0.5], [0.1, 0.7, 0.4]])
    assert BinaryAccuracy(threshold=0.4)(y_true, y_pred) == pytest.approx(2 / 3)
    assert BinaryAccuracy(threshold=0.4)(y_true, y_pred, np.array([0.5, 2.0])) == pytest.approx(2 / 3)


def test_accuracy_of_labels_by_hand() -> None:
    # Keras 3.15: Accuracy of these is 0.75, and 0.5 with the weights 1 1 0 0.
    assert Accuracy()([1, 2, 3, 4], [0, 2, 3, 4]) == 0.75
    assert Accuracy()([1, 2, 3, 4], [0, 2, 3, 4], [1, 1, 0, 0]) == 0.5
    assert Accuracy()([1, 2], [[1], [3]]) == 0.5


def test_targets_of_the_other_kind_are_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match=r'target\.shape=\(4,\)\. .*use "sparse_categorical_accuracy"'):
        CategoricalAccuracy()(LABELS, Y_PRED)
    with pytest.raises(ValueError, match=r'target\.shape=\(4, 3\)\. .*use "categorical_accuracy"'):
        SparseCategoricalAccuracy()(np.eye(3)[LABELS], Y_PRED)
    with pytest.raises(ValueError, match=r"targets of shape \(4, 3\)\. Received: target\.shape=\(4,\)"):
        BinaryAccuracy()(LABELS, Y_PRED)
