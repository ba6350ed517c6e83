import numpy as np
import pytest

from numpy_ann.inspection.class_scores import class_index_of, class_numbers


@pytest.mark.parametrize(
    "y",
    [
        [2, 0, 1],
        [2.0, 0.0, 1.0],
        np.array([[2], [0], [1]], dtype=np.uint8),
        np.eye(3)[[2, 0, 1]],
        np.eye(3)[[2, 0, 1]] * 0.9 + 0.1 / 3,  # smoothed
        np.eye(3, dtype=bool)[[2, 0, 1]],
    ],
)
def test_labels_in_every_form(y):
    labels = class_numbers(y, 3)
    assert labels.tolist() == [2, 0, 1]
    assert labels.dtype == np.int64


@pytest.mark.parametrize("y", [[0, 1, 1], [[0], [1], [1]], [[1, 0], [0, 1], [0, 1]], [False, True, True]])
def test_two_classes(y):
    assert class_numbers(y, 2).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 3], "0 to 2"),
        ([-1, 0], "0 to 2"),
        ([0.5], "0 to 2"),
        ([np.nan], "0 to 2"),
        (np.eye(4), r"one-hot rows of the model's 3 classes\. Received: shape \(4, 4\)"),
        ([[1, 0, 1]], "each sum to 1"),
        ([[0, 0, 0]], "each sum to 1"),
        (["a"], "one class number a sample"),
        ([["a", "b", "c"]], "one class number a sample"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (3, r"shape \(\)"),
    ],
)
def test_labels_that_are_none(y, message):
    with pytest.raises(ValueError, match=message):
        class_numbers(y, 3)


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match=r"^y_test must"):
        class_numbers([7], 3, "y_test")


@pytest.mark.parametrize(
    ("given", "expected"), [(1, [1, 1]), (np.uint8(1), [1, 1]), ([0, 2], [0, 2]), (np.array([2, 0]), [2, 0])]
)
def test_class_indices(given, expected):
    assert class_index_of(given, 2, 3).tolist() == expected
