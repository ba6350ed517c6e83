"""From ``metrics=["accuracy"]`` to the metric that is meant."""

from collections.abc import Callable
from typing import Any

from numpy_ann import lookup, losses
from numpy_ann.losses import Loss
from numpy_ann.losses.targets import CROSSENTROPY, kind_of_targets
from numpy_ann.metrics.accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from numpy_ann.metrics.auc import AUC
from numpy_ann.metrics.binary_counts import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from numpy_ann.metrics.crossentropy import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from numpy_ann.metrics.fbeta import F1Score, FBetaScore
from numpy_ann.metrics.function_metric import MeanMetricWrapper
from numpy_ann.metrics.hinge import CategoricalHinge, Hinge, SquaredHinge
from numpy_ann.metrics.loss_metric import LossMetric
from numpy_ann.metrics.metric import Metric
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
from numpy_ann.metrics.top_k import SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy

__all__ = ["BY_CLASS", "check", "get"]

BY_CLASS: dict[str, type[Metric]] = {
    cls.__name__: cls
    for cls in (
        AUC,
        BinaryAccuracy,
        BinaryCrossentropy,
        CategoricalAccuracy,
        CategoricalCrossentropy,
        CategoricalHinge,
        CosineSimilarity,
        F1Score,
        FBetaScore,
        FalseNegatives,
        FalsePositives,
        Hinge,
        KLDivergence,
        LogCoshError,
        MeanAbsoluteError,
        MeanAbsolutePercentageError,
        MeanSquaredError,
        MeanSquaredLogarithmicError,
        Poisson,
        Precision,
        R2Score,
        Recall,
        RootMeanSquaredError,
        SparseCategoricalAccuracy,
        SparseCategoricalCrossentropy,
        SparseTopKCategoricalAccuracy,
        SquaredHinge,
        TopKCategoricalAccuracy,
        TrueNegatives,
        TruePositives,
    )
}
# The short forms, "mse" and the like, are the losses' names.
_BY_NAME = {**{lookup.snake_case(name): cls for name, cls in BY_CLASS.items()}, **BY_CLASS}

# These names mean one class or another, by the shapes of targets and outputs.
_BY_SHAPE: dict[str, str] = {
    **dict.fromkeys(("accuracy", "acc"), "accuracy"),
    **dict.fromkeys(CROSSENTROPY, "crossentropy"),
}


def check(identifier: object) -> None:
    """Raise ``ValueError`` if ``get`` won't know ``identifier``, before any shapes are known.

    Examples
    --------
    >>> check("acuracy")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: Could not interpret metric identifier: 'acuracy'. Did you mean 'accuracy'... Known: ...
    """
    if isinstance(identifier, str):
        if identifier.lower() not in _BY_SHAPE and identifier not in _BY_NAME:
            try:
                losses.get(identifier)
            except ValueError:
                lookup.find("metric", identifier, {**_BY_NAME, **_BY_SHAPE})
    elif not isinstance(identifier, Metric | Loss) and not callable(identifier):
        raise ValueError(
            f"A metric is a name or a Metric. Received: {identifier!r}. A function of y_true, y_pred will do."
        )


def get(
    identifier: str | Metric | type[Metric] | Loss | Callable[..., Any],
    target_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
) -> Metric:
    """Return the metric of that name, the metric itself, or the mean of what a loss or a function returns.

    ``"accuracy"`` is ``BinaryAccuracy`` for one output, ``SparseCategoricalAccuracy`` for targets with one
    axis fewer than the outputs (or a last axis of 1), and ``CategoricalAccuracy`` otherwise, as in Keras;
    likewise ``"crossentropy"``, a metric of Keras 2 alone. Other names are those of Keras' classes and
    functions, and of losses. The metric's own name is the given one. The shapes are those of one sample.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> get("accuracy", (), (10,))
    <SparseCategoricalAccuracy name=accuracy>
    >>> get("mse", (1,), (1,))
    <LossMetric name=mse>
    """
    check(identifier)
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, Loss):
        return LossMetric(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return identifier()
    if not isinstance(identifier, str):
        return MeanMetricWrapper(identifier)
    if identifier.lower() in _BY_SHAPE:
        kind = kind_of_targets(target_shape, output_shape)
        return _BY_NAME[f"{kind}_{_BY_SHAPE[identifier.lower()]}"](name=identifier)
    if identifier in _BY_NAME:
        return _BY_NAME[identifier](name=identifier)
    return LossMetric(losses.get(identifier), identifier)
