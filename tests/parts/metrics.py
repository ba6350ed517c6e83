"""The metrics of training: what makes each, what draws targets for it, and what kind of result it has."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from numpy_ann import losses
from numpy_ann._typing import Array
from tests.parts import Case
from tests.parts.arrays import Draw, labels, numbers, one_hot, yes_or_no

__all__ = ["AT_EDGES", "BATCHES", "CASES", "MetricCase"]

# What the stored numbers are of: 20 samples, after each of three batches.
BATCHES = (slice(0, 8), slice(8, 16), slice(16, 20))


def any_share(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.uniform(0.05, 1, size=shape)


@dataclass(frozen=True)
class MetricCase(Case):
    """A metric, and what draws targets for it."""

    targets: Draw
    one_axis: bool = False
    """Whether a sample's outputs have one axis, and no more."""
    several: bool = False
    """Whether the result is an array."""
    counts: bool = False
    """Whether it grows with the weights."""
    empty: float = 0.0
    """The result before the first batch, as in Keras."""
    predictions: Draw = any_share
    """What draws the predictions of the stored numbers."""

    @property
    def name(self) -> str:
        return f"{super().name} of {self.predictions.__name__}, {self.targets.__name__}"

    def draw(self) -> tuple[Array, Array, Array]:
        """Return targets, predictions and weights for the stored numbers."""
        rng = self.rng()
        y_pred, y_true = self.predictions(rng, (20, 3)).round(2), self.targets(rng, (20, 3)).round(2)
        return y_true, y_pred, rng.choice([0.0, 0.5, 1.0, 3.0], size=20)


def case(targets: Draw, name: str, /, *args: Any, **options: Any) -> MetricCase:
    return MetricCase.of(f"metrics.{name}", args, options, targets)


def of_rows(
    targets: Draw, name: str, /, several: bool = False, empty: float = 0.0, **options: Any
) -> MetricCase:
    """The case of a metric that takes rows of outputs, and no more axes."""
    more = {"one_axis": True, "several": several, "empty": empty}
    return MetricCase.of(f"metrics.{name}", (), options, targets, **more)


def counting(name: str) -> list[MetricCase]:
    at = {"thresholds": [0.2, 0.6]}
    return [
        MetricCase.of(f"metrics.{name}", (), {}, yes_or_no, counts=True),
        MetricCase.of(f"metrics.{name}", (), at, yes_or_no, counts=True, several=True),
    ]


def ratio(name: str) -> list[MetricCase]:
    return [
        case(yes_or_no, name),
        MetricCase.of(f"metrics.{name}", (), {"thresholds": [0.2, 0.6]}, yes_or_no, several=True),
        case(yes_or_no, name, top_k=2, class_id=1),
    ]


def f_score(name: str, /, **options: float) -> list[MetricCase]:
    return [
        of_rows(one_hot, name, several=True, **options),
        of_rows(yes_or_no, name, average="macro", threshold=0.4, **options),
        of_rows(one_hot, name, average="micro", **options),
        of_rows(one_hot, name, average="weighted", **options),
    ]


def absolute_error(y_true: Array, y_pred: Array) -> Array:
    """A metric of a user's own."""
    return np.abs(y_true - y_pred)


CASES = [
    case(yes_or_no, "Accuracy"),
    case(yes_or_no, "AUC"),
    case(yes_or_no, "AUC", curve="PR"),
    case(yes_or_no, "AUC", 20, "PR", "majoring", label_weights=[1.0, 2.0, 3.0], from_logits=True),
    of_rows(yes_or_no, "AUC", thresholds=[0.7, 0.2], multi_label=True, num_labels=3),
    case(yes_or_no, "BinaryAccuracy"),
    case(yes_or_no, "BinaryAccuracy", threshold=0.25),
    case(yes_or_no, "BinaryCrossentropy"),
    case(yes_or_no, "BinaryCrossentropy", from_logits=True, label_smoothing=0.1),
    # Keras takes one weight for each output, and no other.
    MetricCase.of("metrics.BinaryIoU", ([1], 0.25), {"dtype": "float32"}, yes_or_no, stored=False),
    case(one_hot, "CategoricalAccuracy"),
    case(one_hot, "CategoricalCrossentropy"),
    case(one_hot, "CategoricalCrossentropy", from_logits=True, label_smoothing=0.1),
    case(one_hot, "CategoricalHinge"),
    case(numbers, "ConcordanceCorrelation"),
    case(numbers, "CosineSimilarity"),
    *f_score("F1Score"),
    *f_score("FBetaScore", beta=2.0),
    *counting("FalseNegatives"),
    *counting("FalsePositives"),
    case(yes_or_no, "Hinge"),
    case(labels, "IoU", 3, [0, 2], dtype="float32", sparse_y_pred=False),
    case(one_hot, "IoU", 3, [1], dtype="float32", sparse_y_true=False, sparse_y_pred=False),
    case(numbers, "KLDivergence"),
    case(numbers, "LogCoshError"),
    MetricCase.of("metrics.LossMetric", (losses.Huber(0.2),), {}, numbers, stored=False),
    case(numbers, "MeanAbsoluteError"),
    case(numbers, "MeanAbsolutePercentageError"),
    case(labels, "MeanIoU", 3, dtype="float32", ignore_class=1, sparse_y_pred=False),
    MetricCase.of("metrics.MeanMetricWrapper", (absolute_error,), {}, numbers, stored=False),
    case(numbers, "MeanSquaredError"),
    case(numbers, "MeanSquaredLogarithmicError"),
    case(one_hot, "OneHotIoU", 3, [0, 2], dtype="float32"),
    case(one_hot, "OneHotMeanIoU", 3, dtype="float32"),
    case(numbers, "PearsonCorrelation"),
    case(numbers, "Poisson"),
    *ratio("Precision"),
    case(yes_or_no, "PrecisionAtRecall", 0.5),
    case(yes_or_no, "PrecisionAtRecall", 0.5, num_thresholds=1),
    of_rows(numbers, "R2Score", empty=np.nan),
    of_rows(numbers, "R2Score", class_aggregation="variance_weighted_average", empty=np.nan),
    of_rows(numbers, "R2Score", class_aggregation=None, several=True, empty=np.nan),
    *ratio("Recall"),
    case(yes_or_no, "RecallAtPrecision", 0.6),
    case(yes_or_no, "RecallAtPrecision", 0.4, num_thresholds=11, class_id=1),
    case(numbers, "RootMeanSquaredError"),
    case(labels, "SparseCategoricalAccuracy"),
    case(labels, "SparseCategoricalCrossentropy"),
    case(labels, "SparseCategoricalCrossentropy", from_logits=True),
    case(labels, "SparseTopKCategoricalAccuracy", 2),
    case(yes_or_no, "SensitivityAtSpecificity", 0.5),
    case(yes_or_no, "SensitivityAtSpecificity", 0.5, num_thresholds=5, class_id=0),
    case(yes_or_no, "SpecificityAtSensitivity", 0.5),
    case(yes_or_no, "SpecificityAtSensitivity", 0.7, num_thresholds=20),
    case(yes_or_no, "SquaredHinge"),
    case(one_hot, "TopKCategoricalAccuracy", 2),
    *counting("TrueNegatives"),
    *counting("TruePositives"),
]


def at_edge(predictions: Draw, targets: Draw, name: str, /, **options: Any) -> MetricCase:
    return MetricCase.of(f"metrics.{name}", (), options, targets, predictions=predictions)


def ties(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Scores of which many are equal."""
    return rng.integers(3, size=shape) / 2


def at_thresholds(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.choice([0.0, 0.25, 0.5, 0.75, 1.0], size=shape)


def column(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """One output a sample."""
    return rng.uniform(size=(shape[0], 1))


def flat(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Targets without an axis of outputs."""
    return rng.uniform(size=shape[0])


def flat_bits(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return rng.integers(2, size=shape[0])


def label_column(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return labels(rng, shape)[:, np.newaxis]


COUNTS = ("TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives")
# Ties, scores that are a threshold, and single outputs: Keras' numbers alone are compared.
AT_EDGES = [
    *[
        at_edge(predictions, targets, "AUC", curve=curve, summation_method=method)
        for curve in ("ROC", "PR")
        for method in ("interpolation", "minoring", "majoring")
        for predictions, targets in ((column, flat_bits), (at_thresholds, yes_or_no))
    ],
    at_edge(at_thresholds, yes_or_no, "AUC", thresholds=[0.1, 0.25, 0.9]),
    at_edge(any_share, yes_or_no, "AUC", multi_label=True, label_weights=[1.0, 0.0, 2.0], curve="PR"),
    at_edge(column, flat_bits, "AUC", from_logits=True),
    at_edge(column, flat_bits, "BinaryAccuracy"),
    at_edge(column, flat_bits, "BinaryIoU", dtype="float32"),
    at_edge(column, flat_bits, "Hinge"),
    at_edge(column, flat_bits, "SquaredHinge"),
    *[at_edge(column, flat_bits, name) for name in (*COUNTS, "Precision", "Recall")],
    *[
        at_edge(at_thresholds, yes_or_no, name, thresholds=thresholds)
        for name in (*COUNTS, "Precision", "Recall")
        for thresholds in ([0.8, 0.2, 0.25], [0.0, 0.25, 0.5, 0.75, 1.0])
    ],
    *[at_edge(at_thresholds, yes_or_no, name, top_k=2) for name in ("Precision", "Recall")],
    at_edge(any_share, one_hot, "Precision", top_k=1, class_id=2),
    at_edge(any_share, yes_or_no, "F1Score", threshold=0.4),
    at_edge(any_share, yes_or_no, "FBetaScore", beta=0.5, average="weighted", threshold=0.5),
    *[
        at_edge(column, flat, name)
        for name in (
            *("CosineSimilarity", "LogCoshError", "MeanAbsoluteError", "MeanSquaredError", "R2Score"),
            "RootMeanSquaredError",
        )
    ],
    at_edge(any_share, numbers, "R2Score", class_aggregation="variance_weighted_average", num_regressors=3),
    at_edge(ties, yes_or_no, "Accuracy"),
    at_edge(ties, one_hot, "TopKCategoricalAccuracy", k=2),
    at_edge(ties, one_hot, "TopKCategoricalAccuracy"),
    at_edge(ties, labels, "SparseTopKCategoricalAccuracy", k=2),
    at_edge(ties, label_column, "SparseTopKCategoricalAccuracy", k=2),
]
