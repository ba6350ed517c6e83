"""Measures of a classifier or a regression: scikit-learn's functions, and the metrics of training."""

# fmt: off
# isort: off
from typing import TYPE_CHECKING

from numpy_ann.lookup import left_out
from numpy_ann.losses import (
    binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy, categorical_focal_crossentropy,
    categorical_hinge, hinge, huber, kl_divergence, log_cosh, mean_absolute_error,
    mean_absolute_percentage_error, mean_squared_error, mean_squared_logarithmic_error, poisson,
    sparse_categorical_crossentropy, squared_hinge,
)
from numpy_ann.metrics import identifiers
from numpy_ann.metrics.accuracy import (
    Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy, binary_accuracy, categorical_accuracy, sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy, top_k_categorical_accuracy,
)
from numpy_ann.metrics.auc import (
    AUC, PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity,
)
from numpy_ann.metrics.binary_counts import (
    FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives,
)
from numpy_ann.metrics.class_overlap import (
    BinaryIoU, F1Score, FBetaScore, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU,
)
from numpy_ann.metrics.classification import (
    classification_report, cohen_kappa_score, confusion_matrix, matthews_corrcoef,
)
from numpy_ann.metrics.correctness import accuracy_score, log_loss, top_k_accuracy_score
from numpy_ann.metrics.correlation import (
    ConcordanceCorrelation, PearsonCorrelation, R2Score, concordance_correlation, pearson_correlation,
)
from numpy_ann.metrics.curves import precision_recall_curve, roc_auc_score, roc_curve
from numpy_ann.metrics.identifiers import check, get
from numpy_ann.metrics.mean_metric import (
    BinaryCrossentropy, CategoricalCrossentropy, CategoricalHinge, CosineSimilarity, Hinge, KLDivergence,
    LogCoshError, LossMetric, Mean, MeanAbsoluteError, MeanAbsolutePercentageError, MeanMetric,
    MeanMetricWrapper, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, RootMeanSquaredError,
    SparseCategoricalCrossentropy, SquaredHinge, Sum,
)
from numpy_ann.metrics.metric import Metric
from numpy_ann.metrics.inputs import InvalidParameterError, UndefinedMetricWarning
from numpy_ann.metrics.precision_recall import f1_score, precision_recall_fscore_support

__all__ = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "CategoricalAccuracy",
    "CategoricalCrossentropy", "CategoricalHinge", "ConcordanceCorrelation", "CosineSimilarity", "F1Score",
    "FBetaScore", "FalseNegatives", "FalsePositives", "Hinge", "InvalidParameterError", "IoU", "KLDivergence",
    "LogCoshError", "LossMetric", "Mean", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanIoU",
    "MeanMetric", "MeanMetricWrapper", "MeanSquaredError", "MeanSquaredLogarithmicError", "Metric",
    "OneHotIoU", "OneHotMeanIoU", "PearsonCorrelation", "Poisson", "Precision", "PrecisionAtRecall",
    "R2Score", "Recall", "RecallAtPrecision", "RootMeanSquaredError", "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity", "SquaredHinge", "Sum", "TopKCategoricalAccuracy", "TrueNegatives",
    "TruePositives", "UndefinedMetricWarning", "accuracy_score", "binary_accuracy", "binary_crossentropy",
    "binary_focal_crossentropy", "categorical_accuracy", "categorical_crossentropy",
    "categorical_focal_crossentropy", "categorical_hinge", "check", "classification_report",
    "cohen_kappa_score", "concordance_correlation", "confusion_matrix", "f1_score", "get", "hinge", "huber",
    "kl_divergence", "log_cosh", "log_loss", "matthews_corrcoef", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error",
    "pearson_correlation", "poisson", "precision_recall_curve", "precision_recall_fscore_support",
    "roc_auc_score", "roc_curve", "sparse_categorical_accuracy", "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy", "squared_hinge", "top_k_accuracy_score",
    "top_k_categorical_accuracy",
]  # fmt: skip
# fmt: on

identifiers.know(__all__, globals())

if not TYPE_CHECKING:
    __getattr__ = left_out(
        __name__,
        "MeanRelativeError MeanTensor deserialize serialize",
        "the first two are Keras 2's alone, and models write and read their metrics themselves. Use Mean; "
        "get(name or configuration) and get_config() make and describe a metric.",
    )
