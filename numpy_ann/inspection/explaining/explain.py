"""Explaining a part of the library by its own docstring: the formula, the derivative, the source."""

import sys
from contextlib import suppress
from functools import partial
from importlib import import_module
from inspect import isfunction
from typing import Any

# isort: off
from numpy_ann import (
    activations, callbacks, constraints, initializers, layers, losses, metrics, optimizers, regularizers,
)  # fmt: skip
from numpy_ann.activations import ActivationFunction
from numpy_ann.inspection.explaining.derivation import derived_layer, derived_loss
from numpy_ann.inspection.explaining.docstrings import DocString, options_of, read_docstring
from numpy_ann.inspection.explaining.explanation import (
    Explanation, place_of, rule_of, settings_of, shown, symbols_of,
)  # fmt: skip
from numpy_ann.layers import Layer
from numpy_ann.losses.functions import FunctionLoss
from numpy_ann.optimizers import schedules
from numpy_ann.part import did_you_mean, ours

__all__ = ["KINDS", "explain", "kind_of", "named"]

KINDS: dict[str, tuple[type[Any], Any]] = {
    "activation function": (ActivationFunction, activations), "layer": (layers.Layer, layers),
    "loss": (losses.Loss, losses), "optimizer": (optimizers.Optimizer, optimizers),
    "learning rate schedule": (schedules.LearningRateSchedule, schedules),
    "metric": (metrics.Metric, metrics), "initializer": (initializers.Initializer, initializers),
    "regularizer": (regularizers.Regularizer, regularizers),
    "constraint": (constraints.Constraint, constraints), "callback": (callbacks.Callback, callbacks),
}  # fmt: skip
"""Each kind's base class, and the package that its members are imported from."""

# A target's shape and an output's, as "accuracy" means one class or another by them.
_TASKS = (((1,), (1,)), ((), (2,)), ((2,), (2,)))

# The kinds whose package finds an object by its name alone.
_BY_NAME = ("activation function", "loss", "optimizer", "initializer", "regularizer", "constraint")


def explain(thing: Any, *, derive: bool = False) -> Explanation:
    """Return what a part of the library computes: formula, symbols, derivative, source, and where to read on.

    All of it is taken from the docstring, and the symbols from the object: a built layer's with its shapes,
    an optimizer's with its settings. Raises ``TypeError`` if it is something else. Raises ``ValueError`` if
    there is nothing of that name, or several things.

    Parameters
    ----------
    thing : object, class or str
        A layer, loss, optimizer, activation function, metric, initializer, regularizer, constraint, schedule
        or callback; its class; or its Keras name, as ``"adam"``, where that means one thing.
    derive : bool
        True, for a built layer of one's own by ``call`` and for a loss of one's own, also a function: formula
        and derivative are what the tape has of it, an op a line, and its derivatives from the last to the
        first. Parts of this package are derived by hand, and say so themselves.

    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((784,)), layers.Dense(128, activation="relu")])
    >>> explanation = explain(model.layers[0])
    >>> explanation.formula
    ('z = x W + b', 'y = f(z)', 'f(z) = max(z, 0)')
    >>> explanation.symbols["W"]
    '(784, 128), in files kernel'
    """
    if isinstance(thing, str):
        thing = named(thing)
    if derive and isfunction(thing):
        thing = losses.get(thing)
    kind = kind_of(thing)
    if isinstance(thing, ActivationFunction):
        return _explain_activation(thing)
    cls = thing if isinstance(thing, type) else type(thing)
    doc = _described(cls, kind)
    formula, derivative = list(doc.formula), list(doc.derivative)
    if isinstance(thing, Layer) and any("f(" in line for line in formula):
        formula.append(f"f(z) = {thing.activation.formula}")
        derivative.append(f"with f = {thing.activation.name}: {thing.activation.derivative}")
    if derive:
        formula, derivative = _derived(thing, kind)
    return Explanation(
        cls.__name__, kind, doc.summary, tuple(formula), tuple(derivative), symbols_of(thing, cls, doc),
        {} if thing is cls else settings_of(thing), rule_of(cls), doc.source, *place_of(cls), options_of(cls),
    )  # fmt: skip


def _derived(thing: Any, kind: str) -> tuple[list[str], list[str]]:
    if isinstance(thing, Layer) and thing.by_call:
        if not thing.built:
            raise ValueError(f"Layer {thing.name!r} isn't built: call it, or a model that it is in, on data.")
        return derived_layer(thing)
    if isinstance(thing, FunctionLoss):
        return derived_loss(thing.function)
    if isinstance(thing, losses.Loss) and not ours(type(thing)) and "call" in vars(type(thing)):
        return derived_loss(thing.call)
    raise TypeError(
        f"derive=True is for layers by `call` and losses of one's own, which the tape derives. A {kind} like "
        f"{thing!r} has its derivative in its documentation: leave derive out."
    )


def _explain_activation(function: ActivationFunction) -> Explanation:
    forward = function.forward.func if isinstance(function.forward, partial) else function.forward
    file, line = place_of(forward)
    return Explanation(
        function.name, "activation function",
        summary="A function that a layer ends in: it turns the layer's z into its output y.",
        formula=(f"y = {function.formula}",), derivative=(function.derivative,),
        symbols={"z": "(batch, ...)", "y": "as z", "dy, dz": "the gradients of the loss, as z"},
        settings={name: shown(value) for name, value in function.options.items()},
        source=function.source, file=file, line=line,
    )  # fmt: skip


def _described(cls: type, kind: str) -> DocString:
    """Return what a class' docstring says, and what those say that it points to for the rest."""
    doc = read_docstring(cls.__doc__)
    if kind == "layer":  # of shapes, a base class may speak for all of its own
        doc = doc._replace(shapes=next(filter(None, (read_docstring(c.__doc__).shapes for c in cls.__mro__))))
    for name in doc.see:
        other = _referred(name, cls)
        if other is None:
            continue
        rest, family = read_docstring(other.__doc__), issubclass(cls, other)
        # What a formula defines stands left of its equals sign.
        mine, theirs = ({line.partition(" = ")[0].strip() for line in of.formula} for of in (doc, rest))
        if not mine & theirs and (family or not mine):
            doc = doc._replace(formula=doc.formula + rest.formula)
        if family or (not doc.derivative and kind != "metric"):
            doc = doc._replace(derivative=doc.derivative + rest.derivative)
        doc = doc._replace(source=doc.source or rest.source, shapes=doc.shapes or rest.shapes)
    return doc


def _referred(name: str, cls: type) -> type | None:
    package, _, last = name.rpartition(".")
    package = package or ".".join(cls.__module__.split(".")[:2])
    for base in cls.__mro__[1:]:
        if base.__name__ == last:
            return base
    module = import_module(package) if package.startswith("numpy_ann.") else sys.modules.get(package)
    found = getattr(module, last, None)
    return found if isinstance(found, type) else None


def kind_of(thing: Any) -> str:
    """Return of what kind an object or a class is; raise ``TypeError`` if it can't be explained."""
    cls = thing if isinstance(thing, type) else type(thing)
    for kind, (base, _) in KINDS.items():
        if issubclass(cls, base):
            return kind
    raise TypeError(
        f"explain takes one of these, its class or its Keras name: {', '.join(KINDS)}. Received: {thing!r}"
    )


def named(name: str) -> Any:
    """Return what a Keras name, of one thing, stands for: an object with the usual settings, or a class."""
    found: dict[str, Any] = {}
    rooms = {kind: package.__name__.removeprefix("numpy_ann.") for kind, (_, package) in KINDS.items()}
    for kind, (base, package) in KINDS.items():
        thing = getattr(package, name, None) if name in package.__all__ else None
        if isinstance(thing, type) and issubclass(thing, base):
            found[f"{rooms[kind]}.{name}"] = thing
    for kind in _BY_NAME:
        try:
            thing = KINDS[kind][1].get(name)
        except ValueError:
            continue
        path = next((path for path, cls in found.items() if cls is type(thing)), None)
        found[path or f"{rooms[kind]}.{type(thing).__name__}"] = thing
    with suppress(ValueError):
        for metric in [metrics.get(name, *shapes) for shapes in _TASKS]:
            if type(metric) is not metrics.LossMetric:  # a loss by its short form is no metric beside
                found.setdefault(f"metrics.{type(metric).__name__}", metric)
    if not found:
        known = [entry for _, package in KINDS.values() for entry in package.__all__]
        near = did_you_mean(name, known)
        raise ValueError(f"Nothing is called {name!r}. Pass the object itself, or its class.{near}")
    if len(found) > 1:
        raise ValueError(
            f"{name!r} is the name of several things. Pass the one you mean: "
            f"{', '.join(f'explain({path})' for path in found)}."
        )
    return next(iter(found.values()))
