"""Measures of a classifier or a regression: scikit-learn's functions, and the metrics of training."""

from numpy_ann.metrics.accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from numpy_ann.metrics.agreement import cohen_kappa_score, matthews_corrcoef
from numpy_ann.metrics.auc import AUC
from numpy_ann.metrics.binary_counts import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from numpy_ann.metrics.confusion import confusion_matrix
from numpy_ann.metrics.correctness import accuracy_score
from numpy_ann.metrics.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from numpy_ann.metrics.curves import precision_recall_curve, roc_curve
from numpy_ann.metrics.f1 import f1_score
from numpy_ann.metrics.fbeta import F1Score, FBetaScore
from numpy_ann.metrics.function_metric import MeanMetricWrapper
from numpy_ann.metrics.hinge import CategoricalHinge, Hinge, SquaredHinge
from numpy_ann.metrics.log_loss import log_loss
from numpy_ann.metrics.lookup import check, get
from numpy_ann.metrics.loss_metric import LossMetric
from numpy_ann.metrics.metric import Mean, MeanMetric, Metric
from numpy_ann.metrics.parameters import InvalidParameterError
from numpy_ann.metrics.precision_recall import precision_recall_fscore_support
from numpy_ann.metrics.r2_score import R2Score
from numpy_ann.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    RootMeanSquaredError,
)
from numpy_ann.metrics.report import classification_report
from numpy_ann.metrics.roc_auc import roc_auc_score
from numpy_ann.metrics.top_k import SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy
from numpy_ann.metrics.top_k_accuracy import top_k_accuracy_score
from numpy_ann.metrics.zero_division import UndefinedMetricWarning

__all__ = [
    "AUC",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "InvalidParameterError",
    "KLDivergence",
    "LogCoshError",
    "LossMetric",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetric",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Poisson",
    "Precision",
    "R2Score",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SquaredHinge",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "UndefinedMetricWarning",
    "accuracy_score",
    "check",
    "classification_report",
    "cohen_kappa_score",
    "confusion_matrix",
    "f1_score",
    "get",
    "log_loss",
    "matthews_corrcoef",
    "precision_recall_curve",
    "precision_recall_fscore_support",
    "roc_auc_score",
    "roc_curve",
    "top_k_accuracy_score",
]
