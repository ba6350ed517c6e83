import numpy as np

from numpy_ann.metrics.precision_recall import LabelCounts, count_labels

# true:       0  0  1  1  1  2     predicted:  0  1  1  1  2  0
Y_TRUE, Y_PRED = np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 1, 1, 2, 0])


def as_lists(counts: LabelCounts) -> list[list[float]]:
    return [c.tolist() for c in counts]


def test_by_hand() -> None:
    counts = count_labels(Y_TRUE, Y_PRED, np.array([1, 0, 2]), None)
    assert as_lists(counts) == [[2, 1, 0], [3, 2, 1], [3, 2, 1]]
    assert {c.dtype for c in counts} == {np.dtype(np.int64)}


def test_labels_that_do_not_occur_or_come_twice() -> None:
    counts = count_labels(Y_TRUE, Y_PRED, np.array([9, 1, -4, 1]), None)
    assert as_lists(counts) == [[0, 2, 0, 2], [0, 3, 0, 3], [0, 3, 0, 3]]


def test_weights_by_hand() -> None:
    # Weights 1 2 4 8 16 32: class 1 is right in the third and fourth sample, predicted in the second too,
    # and true in the fifth too.
    counts = count_labels(Y_TRUE, Y_PRED, np.array([1]), 2.0 ** np.arange(6))
    assert as_lists(counts) == [[4 + 8], [2 + 4 + 8], [4 + 8 + 16]]


def test_pooled_by_hand() -> None:
    counts = count_labels(Y_TRUE, Y_PRED, np.array([0, 1]), None)
    assert as_lists(counts.pooled()) == [[1 + 2], [2 + 3], [2 + 3]]
