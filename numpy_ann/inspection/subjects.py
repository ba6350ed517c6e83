"""What can be explained: the kinds of parts, and finding one by its Keras name."""

from collections.abc import Callable
from typing import Any

from numpy_ann import (
    activations,
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
)
from numpy_ann.activations import ActivationFunction
from numpy_ann.optimizers import schedules

__all__ = ["KINDS", "kind_of", "named"]

KINDS: dict[str, tuple[type[Any], Any]] = {
    "activation function": (ActivationFunction, activations),
    "layer": (layers.Layer, layers),
    "loss": (losses.Loss, losses),
    "optimizer": (optimizers.Optimizer, optimizers),
    "learning rate schedule": (schedules.LearningRateSchedule, schedules),
    "metric": (metrics.Metric, metrics),
    "initializer": (initializers.Initializer, initializers),
    "regularizer": (regularizers.Regularizer, regularizers),
    "constraint": (constraints.Constraint, constraints),
    "callback": (callbacks.Callback, callbacks),
}
"""Each kind's base class, and the package that its members are imported from."""

# A target's shape and an output's, as "accuracy" means one class or another by them.
_TASKS = (((1,), (1,)), ((), (2,)), ((2,), (2,)))

_GETTERS: dict[str, Callable[[str], Any]] = {
    "activation function": activations.get,
    "loss": losses.get,
    "optimizer": optimizers.get,
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


def kind_of(thing: Any) -> str:
    """Return of what kind an object or a class is.

    Raises
    ------
    TypeError
        If it is none that can be explained.

    Examples
    --------
    >>> kind_of(layers.Dense), kind_of(layers.Dense(3))
    ('layer', 'layer')
    """
    cls = thing if isinstance(thing, type) else type(thing)
    for kind, (base, _) in KINDS.items():
        if issubclass(cls, base):
            return kind
    raise TypeError(
        f"explain takes one of these, its class or its Keras name: {', '.join(KINDS)}. Received: {thing!r}"
    )


def named(name: str) -> Any:
    """Return what a Keras name stands for: an object with the usual settings, or a class.

    Raises
    ------
    ValueError
        If nothing has that name, or several things have.

    Examples
    --------
    >>> named("relu"), named("Dense")
    (<activation relu: y = max(z, 0)>, <class 'numpy_ann.layers.dense.Dense'>)
    """
    found = _classes(name)
    for kind, get in _GETTERS.items():
        try:
            thing = get(name)
        except ValueError:
            continue
        if type(thing) not in found.values():
            found[f"{_package(kind)}.{type(thing).__name__}"] = thing
        else:
            found = {path: thing if cls is type(thing) else cls for path, cls in found.items()}
    found.update(_metrics(name, found))
    if not found:
        raise ValueError(f"Nothing is called {name!r}. Pass the object itself, or its class.{_near(name)}")
    if len(found) > 1:
        raise ValueError(
            f"{name!r} is the name of several things. Pass the one you mean: "
            f"{', '.join(f'explain({path})' for path in found)}."
        )
    return next(iter(found.values()))


def _package(kind: str) -> str:
    return str(KINDS[kind][1].__name__).removeprefix("numpy_ann.")


def _classes(name: str) -> dict[str, Any]:
    """Return the public classes of that name, by how one imports them."""
    found = {}
    for kind, (base, package) in KINDS.items():
        thing = getattr(package, name, None) if name in package.__all__ else None
        if isinstance(thing, type) and issubclass(thing, base):
            found[f"{_package(kind)}.{name}"] = thing
    return found


def _metrics(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return the metrics of that name; a loss by its short form is no metric beside."""
    try:
        those = [metrics.get(name, *shapes) for shapes in _TASKS]
    except ValueError:
        return {}
    paths = {f"metrics.{type(metric).__name__}": metric for metric in those}
    return {path: m for path, m in paths.items() if path not in found and path != "metrics.LossMetric"}


def _near(name: str) -> str:
    """Return a hint at names like this one."""
    from difflib import get_close_matches

    known = [entry for _, package in KINDS.values() for entry in package.__all__]
    near = get_close_matches(name, known, n=3)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
