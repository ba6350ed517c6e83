"""From ``metrics=["accuracy"]`` to the metric that is meant."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from numpy_ann import lookup, losses
from numpy_ann._typing import Shape
from numpy_ann.losses import Loss
from numpy_ann.losses.functions import as_name as loss_name
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics.mean_metric import LossMetric, MeanMetricWrapper, MetricOfLoss
from numpy_ann.metrics.metric import Metric

BY_CLASS: dict[str, type[Metric]] = {}
"""The metrics that a configuration can describe: all that the package lists, but wrappers of something."""

_WRAPPERS = (LossMetric, MeanMetricWrapper)
_BY_NAME: dict[str, type[Metric]] = {}
_FUNCTIONS: set[Callable[..., Any]] = set()

BY_SHAPE = {"accuracy": "accuracy", "acc": "accuracy", **dict.fromkeys(CROSSENTROPY, "crossentropy")}
"""Names that mean one class or another, by the shapes of targets and outputs."""


def know(names: Iterable[str], package: Mapping[str, Any]) -> None:
    """Take in the metrics and functions that the package lists: its last lines call this once."""
    for name in names:
        thing = package[name]
        if inspect.isfunction(thing):
            if not thing.__kwdefaults__:  # scikit-learn's functions have options without a place
                _FUNCTIONS.add(thing)
        elif issubclass(thing, Metric) and not (inspect.isabstract(thing) or thing in _WRAPPERS):
            BY_CLASS[name] = thing
    _BY_NAME.update({lookup.snake_case(name): cls for name, cls in BY_CLASS.items()} | BY_CLASS)


def as_name(metric: Any) -> Any:
    """Return the name of one of Keras' functions, by which files know it; anything else as it is."""
    known = inspect.isfunction(metric) and getattr(metric, "__wrapped__", metric) in _FUNCTIONS
    return metric.__name__ if known else loss_name(metric)


def check(identifier: Any) -> None:
    """Raise ``ValueError`` if ``get`` won't know ``identifier``, before any shapes are known.

    >>> check("acuracy")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: Could not interpret metric identifier: 'acuracy'. Did you mean 'accuracy'... Known: ...
    """
    if not isinstance(identifier, str) or identifier.lower() not in BY_SHAPE:
        get(identifier)


def get(
    identifier: str | Metric | type[Metric] | Loss | Callable[..., Any] | Mapping[str, Any],
    target_shape: Shape | None = None, output_shape: Shape | None = None,
) -> Metric:  # fmt: skip
    """Return the metric of that name, the metric itself, or the mean of what a loss or a function returns.

    With the shapes of one sample, as training has them, ``"accuracy"`` is ``BinaryAccuracy`` for one output,
    ``SparseCategoricalAccuracy`` for targets with one axis fewer than the outputs (or a last axis of 1), and
    ``CategoricalAccuracy`` otherwise, as in Keras; likewise ``"crossentropy"``, a metric of Keras 2 alone.
    Other names are those of Keras' classes and functions, and of losses. The metric's own name is the given
    one; without shapes it is Keras'. A configuration, ``{"class_name": ..., "config": ...}``, makes its own.
    Raises ``ValueError`` if there is none of that name; the message offers near ones.

    >>> get("accuracy", (), (10,))
    <SparseCategoricalAccuracy name=accuracy>
    >>> get("mse")
    <MeanSquaredError name=mean_squared_error>
    """
    if isinstance(identifier, Mapping):
        cls = lookup.find("metric", str(identifier.get("class_name")), BY_CLASS)
        return cls.from_config(dict(identifier.get("config") or {}))
    identifier = identifier if isinstance(identifier, str) else as_name(identifier)
    if isinstance(identifier, str):
        if target_shape is None or output_shape is None:
            return _named(identifier)
        if identifier.lower() in BY_SHAPE:
            kind = kind_of_targets(target_shape, output_shape)
            return _BY_NAME[f"{kind}_{BY_SHAPE[identifier.lower()]}"](name=identifier)
        return _named(identifier, name=identifier)
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, Loss):
        return LossMetric(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return _made(identifier)
    if callable(identifier):
        return MeanMetricWrapper(identifier)
    raise ValueError(
        f"A metric is a name or a Metric. Received: {identifier!r}. A function of y_true, y_pred will do."
    )


def kind_of_targets(
    target_shape: Shape, output_shape: Shape
) -> Literal["binary", "sparse_categorical", "categorical"]:
    """Return which of its accuracies and cross-entropies Keras takes for samples of such shapes."""
    if output_shape[-1:] == (1,):
        return "binary"
    if len(target_shape) < len(output_shape) or target_shape[-1:] == (1,):
        return "sparse_categorical"
    return "categorical"


def _named(identifier: str, **name: str) -> Metric:
    """Return the metric of that name: of metrics, or of losses, whose short forms it may be."""
    if identifier in _BY_NAME:
        return _made(_BY_NAME[identifier], **name)
    try:
        loss = losses.get(identifier)
    except ValueError:
        known = {other: LossMetric for other in (*_BY_NAME, *BY_SHAPE) if other != identifier}
        return _made(lookup.find("metric", identifier, known))
    for cls in BY_CLASS.values():
        if not name and issubclass(cls, MetricOfLoss) and cls.__name__ == type(loss).__name__:
            return cls()
    return LossMetric(loss, identifier)


def _made(cls: type[Metric], **name: str) -> Metric:
    """Return the metric with all else as it is if not given, where the class leaves that open."""
    try:
        inspect.signature(cls).bind(**name)
    except TypeError as error:
        raise ValueError(f"The metric {cls.__name__} can't be made by its name alone: {error}.") from None
    return cls(**name)
