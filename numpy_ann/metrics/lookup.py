"""From ``metrics=["accuracy"]`` to the metric that is meant."""

from numpy_ann import lookup
from numpy_ann.metrics.accuracy import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy
from numpy_ann.metrics.crossentropy import CategoricalCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.metrics.metric import Metric

__all__ = ["check", "get"]

_BY_CLASS: dict[str, type[Metric]] = {
    cls.__name__: cls
    for cls in (
        BinaryAccuracy,
        CategoricalAccuracy,
        CategoricalCrossentropy,
        SparseCategoricalAccuracy,
        SparseCategoricalCrossentropy,
    )
}
_BY_NAME = {**{lookup.snake_case(name): cls for name, cls in _BY_CLASS.items()}, **_BY_CLASS}

# These names mean one class or another, by the shapes of targets and outputs.
_BY_SHAPE: dict[str, tuple[type[Metric], type[Metric], type[Metric]]] = {
    "accuracy": (BinaryAccuracy, SparseCategoricalAccuracy, CategoricalAccuracy),
    "acc": (BinaryAccuracy, SparseCategoricalAccuracy, CategoricalAccuracy),
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
        lookup.find("metric", identifier, {**_BY_NAME, **_BY_SHAPE})
    elif not isinstance(identifier, Metric):
        raise ValueError(f"A metric is a name or a Metric. Received: {identifier!r}")


def get(identifier: str | Metric, target_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Metric:
    """Return the metric of that name, or the metric itself.

    ``"accuracy"`` is ``BinaryAccuracy`` for one output, ``SparseCategoricalAccuracy`` for targets with one
    axis fewer than the outputs (or a last axis of 1), and ``CategoricalAccuracy`` otherwise, as in Keras.
    The shapes are those of one sample.

    Raises
    ------
    ValueError
        If there is none of that name; the message offers near ones.

    Examples
    --------
    >>> get("accuracy", (), (10,))
    <SparseCategoricalAccuracy name=accuracy>
    """
    if isinstance(identifier, Metric):
        return identifier
    check(identifier)
    if identifier not in _BY_SHAPE:
        return _BY_NAME[identifier](name=lookup.snake_case(identifier))
    binary, sparse, categorical = _BY_SHAPE[identifier]
    if output_shape[-1:] == (1,):
        return binary(name=identifier)
    if len(target_shape) < len(output_shape) or target_shape[-1:] == (1,):
        return sparse(name=identifier)
    return categorical(name=identifier)
