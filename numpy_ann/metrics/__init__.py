"""Measures of a classifier, with scikit-learn's names, results and text."""

from numpy_ann.metrics.confusion import confusion_matrix
from numpy_ann.metrics.correctness import accuracy_score
from numpy_ann.metrics.parameters import InvalidParameterError
from numpy_ann.metrics.precision_recall import precision_recall_fscore_support
from numpy_ann.metrics.report import classification_report
from numpy_ann.metrics.zero_division import UndefinedMetricWarning

__all__ = [
    "InvalidParameterError",
    "UndefinedMetricWarning",
    "accuracy_score",
    "classification_report",
    "confusion_matrix",
    "precision_recall_fscore_support",
]
