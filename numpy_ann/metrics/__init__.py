"""Measures of a classifier: scikit-learn's functions, and the metrics reported while training."""

from numpy_ann.metrics.accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from numpy_ann.metrics.confusion import confusion_matrix
from numpy_ann.metrics.correctness import accuracy_score
from numpy_ann.metrics.crossentropy import CategoricalCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.metrics.lookup import check, get
from numpy_ann.metrics.metric import Mean, MeanMetric, Metric
from numpy_ann.metrics.parameters import InvalidParameterError
from numpy_ann.metrics.precision_recall import precision_recall_fscore_support
from numpy_ann.metrics.report import classification_report
from numpy_ann.metrics.zero_division import UndefinedMetricWarning

__all__ = [
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "InvalidParameterError",
    "Mean",
    "MeanMetric",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "UndefinedMetricWarning",
    "accuracy_score",
    "check",
    "classification_report",
    "confusion_matrix",
    "get",
    "precision_recall_fscore_support",
]
