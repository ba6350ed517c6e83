"""The three counts from which precision, recall and all their kin are made."""

from typing import NamedTuple

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.metrics.labels import encode, unique_labels

__all__ = ["LabelCounts", "count_labels"]


class LabelCounts(NamedTuple):
    """For each label, how many samples (or how much weight); arrays of shape (labels,)."""

    correct: Array
    """Of this class and predicted as it: the true positives."""
    predicted: Array
    """Predicted as this class: true and false positives."""
    true: Array
    """Of this class: true positives and false negatives, the support."""

    def pooled(self) -> "LabelCounts":
        """Return the sums over all labels, as if they were one: arrays of shape (1,)."""
        return LabelCounts(*(np.array([counts.sum()]) for counts in self))


def count_labels(y_true: Array, y_pred: Array, labels: Array, sample_weight: Array | None) -> LabelCounts:
    """Count per label; a label that does not occur has zeros.

    >>> count_labels(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1, 0, 7]), None).predicted
    array([1, 2, 0])
    """
    present = unique_labels(y_true, y_pred)
    true_code, predicted_code = encode(y_true, present), encode(y_pred, present)
    right = true_code == predicted_code
    place = encode(labels, present)

    def count(codes: Array, weight: Array | None) -> Array:
        # One slot more than there are classes, always zero: place -1, of labels that don't occur, is there.
        return np.bincount(codes, weights=weight, minlength=present.size + 1)[place]

    correct = count(true_code[right], None if sample_weight is None else sample_weight[right])
    predicted, true = count(predicted_code, sample_weight), count(true_code, sample_weight)
    if not right.any():
        correct = correct.astype(np.float64)  # scikit-learn's supports are floats then, and print as 3.0
    # The detour by false positives and false negatives leaves rounding errors that equal scikit-learn's.
    return LabelCounts(correct, correct + (predicted - correct), correct + (true - correct))
