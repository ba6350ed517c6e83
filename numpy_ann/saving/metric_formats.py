"""The metrics that a file may name."""

from typing import Any

from numpy_ann import metrics
from numpy_ann.lookup import snake_case
from numpy_ann.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    Metric,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
)
from numpy_ann.saving.item import Item
from numpy_ann.saving.layer_formats import read_dtype
from numpy_ann.saving.options import Table, class_of, function_name, make, number, read_options

__all__ = ["ACCURACY", "METRICS", "read_metrics", "write_metrics"]

_MOST = 100  # metrics of a model
_NAME = {"name": Item.string}
_DTYPE = {"dtype": read_dtype}
_CROSSENTROPY = {**_NAME, "from_logits": Item.boolean}

METRICS: dict[str, Table] = {
    "BinaryAccuracy": Table(BinaryAccuracy, {**_NAME, "threshold": number(0, 1)}, _DTYPE),
    "CategoricalAccuracy": Table(CategoricalAccuracy, _NAME, _DTYPE),
    "CategoricalCrossentropy": Table(
        CategoricalCrossentropy,
        {**_CROSSENTROPY, "label_smoothing": number(0, 1)},
        {**_DTYPE, "axis": (-1,)},
    ),
    "SparseCategoricalAccuracy": Table(SparseCategoricalAccuracy, _NAME, _DTYPE),
    "SparseCategoricalCrossentropy": Table(
        SparseCategoricalCrossentropy, _CROSSENTROPY, {**_DTYPE, "axis": (-1,), "ignore_class": (None,)}
    ),
}

_BY_FUNCTION = {snake_case(name): name for name in METRICS}
ACCURACY = ("acc", "accuracy")
"""Names that stand for one metric or another, by the shape of the labels."""


def read_metrics(item: Item | None) -> list[str | Metric]:
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


def _read_metric(item: Item) -> str | Metric:
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


def _unwrapped(item: Item) -> str | Metric:
    """Read what Keras 2 makes of a name in ``.h5`` files: a wrapper of the function that it found for it."""
    options = read_options(item["config"], {**_NAME, "fn": function_name}, _DTYPE)
    entry = Item({"class_name": _BY_FUNCTION.get(options.get("fn", ""), options.get("fn"))}, item.place)
    cls = METRICS[class_of(entry, "metric", METRICS)].make
    name = options.get("name") or options["fn"]
    return name if name in ACCURACY or name == options["fn"] else cls(name=name)


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
