"""The metrics that a file may name."""

from typing import Any

from numpy_ann import losses, metrics
from numpy_ann.lookup import snake_case
from numpy_ann.metrics import Metric, SparseCategoricalAccuracy
from numpy_ann.metrics.lookup import BY_CLASS
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.layers import read_dtype
from numpy_ann.saving.formats.options import (
    Reader,
    Table,
    choice,
    function_name,
    integer,
    make,
    number,
    read_options,
)

__all__ = ["ACCURACY", "METRICS", "read_metrics", "write_metrics"]

_MOST = 100  # metrics of a model
_MOST_NUMBERS = 10_000  # thresholds or weights of a metric
_LARGEST = 3.4e38  # a float32


def _or_null(read: Reader) -> Reader:
    return lambda item: None if item.is_null else read(item)


def _numbers(low: float, high: float) -> Reader:
    """Return the reader of a list of floats from ``low`` to ``high``."""
    return lambda item: [entry.number(low, high) for entry in item.array(_MOST_NUMBERS)]


def _thresholds(item: ConfigValue) -> Any:
    return (_numbers if isinstance(item.value, list) else number)(0, 1)(item)


def _same(*words: str) -> Reader:
    """Return the reader of one of a few words, each of which means itself."""
    return choice({word: word for word in words})


_NAME: dict[str, Reader] = {"name": ConfigValue.string}
_DTYPE = {"dtype": read_dtype}
_LOGITS: dict[str, Reader] = {"from_logits": ConfigValue.boolean}
_SMOOTHED: dict[str, Reader] = {**_LOGITS, "label_smoothing": number(0, 1)}
_COUNTS: dict[str, Reader] = {"thresholds": _or_null(_thresholds)}
_RATIO: dict[str, Reader] = {
    **_COUNTS,
    "top_k": _or_null(integer(1, 2**31)),
    "class_id": _or_null(integer(0, 2**31)),
}
_F: dict[str, Reader] = {
    "average": _or_null(_same("micro", "macro", "weighted")),
    "threshold": _or_null(number(0, 1)),
}
_K: dict[str, Reader] = {"k": integer(1, 2**31)}

# The arguments beside the name.
_ARGUMENTS: dict[str, dict[str, Reader]] = {
    "AUC": {
        "num_thresholds": integer(2, 100_000),
        "curve": _same("ROC", "PR"),
        "summation_method": _same("interpolation", "minoring", "majoring"),
        "multi_label": ConfigValue.boolean,
        "num_labels": _or_null(integer(0, 2**31)),
        "label_weights": _or_null(_numbers(0, _LARGEST)),
        "thresholds": _numbers(0, 1),
        **_LOGITS,
    },
    "BinaryAccuracy": {"threshold": number(0, 1)},
    "BinaryCrossentropy": _SMOOTHED,
    "CategoricalCrossentropy": _SMOOTHED,
    "F1Score": _F,
    "FBetaScore": {**_F, "beta": number(0, _LARGEST)},
    "FalseNegatives": _COUNTS,
    "FalsePositives": _COUNTS,
    "Precision": _RATIO,
    "R2Score": {
        "class_aggregation": _or_null(_same("uniform_average", "variance_weighted_average")),
        "num_regressors": integer(0, 2**31),
    },
    "Recall": _RATIO,
    "SparseCategoricalCrossentropy": _LOGITS,
    "SparseTopKCategoricalAccuracy": _K,
    "TopKCategoricalAccuracy": _K,
    "TrueNegatives": _COUNTS,
    "TruePositives": _COUNTS,
}

METRICS: dict[str, Table] = {
    name: Table(
        cls,
        {**_NAME, **_ARGUMENTS.get(name, {})},
        {**_DTYPE, "axis": (-1,), "ignore_class": (None,), "from_sorted_ids": (False,)},
    )
    for name, cls in BY_CLASS.items()
}

ACCURACY = ("acc", "accuracy")
"""Names that stand for one metric or another, by the shape of the labels."""


def read_metrics(item: ConfigValue | None) -> list[str | Metric]:
    """Read a list of metrics as ``compile`` was given it: names and metrics.

    Keras 2's ``.h5`` files have the list in a list, one for each output of the model.
    """
    if item is None:
        return []
    if isinstance(item.value, dict):
        raise item.error("metrics by output name are not supported; a list is")
    found: list[str | Metric] = []
    for entry in item.array(_MOST):
        if isinstance(entry.value, list):
            found += read_metrics(entry)
        else:
            found.append(_read_metric(entry))
    if len(found) > _MOST:
        raise item.error(f"{len(found)} metrics; at most {_MOST} are read")
    return found


def _read_metric(item: ConfigValue) -> str | Metric:
    if isinstance(item.value, dict) and item["class_name"].value == "MeanMetricWrapper":
        return _unwrapped(item)
    if isinstance(item.value, dict) and item["class_name"].value != "function":
        metric: Metric = make(item, "metric", METRICS)
        resolved = type(metric) is SparseCategoricalAccuracy and metric.name in ACCURACY
        return metric.name if resolved else metric  # .h5 files written here put the name as its meaning
    name = function_name(item)
    try:
        metrics.check(name)
    except ValueError as error:
        raise item.error(str(error)) from None
    return name


def _unwrapped(item: ConfigValue) -> str | Metric:
    """Read what Keras 2 makes of a name in ``.h5`` files: a wrapper of the function that it found for it."""
    options = read_options(item["config"], {**_NAME, "fn": function_name}, _DTYPE)
    function = options.get("fn", "")
    name = options.get("name") or function
    kind = _kind(function)
    if kind is None:
        raise item.error(f"the metric function {function!r} is not supported")
    if name in ACCURACY or _kind(name) == kind:
        return str(name)
    return BY_CLASS[kind](name=name) if kind in BY_CLASS else metrics.LossMetric(losses.get(kind), name)


def _kind(name: str) -> str | None:
    """Return the class that a function's name, or a short form of it, stands for."""
    if name in _BY_FUNCTION:
        return _BY_FUNCTION[name]
    try:
        return type(losses.get(name)).__name__
    except ValueError:
        return None


_BY_FUNCTION = {snake_case(name): name for name in METRICS}


def write_metrics(given: Any) -> list[Any] | None:
    """Return what Keras reads: names as they are, metrics as class name and configuration.

    Raises
    ------
    ValueError
        If files have no such metric.
    """
    return [_write_metric(metric) for metric in given] or None


def _write_metric(metric: str | Metric) -> Any:
    if isinstance(metric, str):
        return metric
    name = type(metric).__name__
    if name not in METRICS or type(metric) is not METRICS[name].make:
        raise ValueError(
            f"The metric {name} can't be written to a Keras file; {', '.join(sorted(METRICS))} can. "
            "With include_optimizer=False, an .h5 file holds the rest."
        )
    return {"class_name": name, "config": metric.get_config()}
