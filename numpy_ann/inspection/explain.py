"""Explaining a part of the library by its own docstring: the formula, the derivative, the source."""

import sys
from functools import partial
from importlib import import_module
from typing import Any

from numpy_ann.activations import ActivationFunction
from numpy_ann.inspection.docstrings import DocString, read_docstring
from numpy_ann.inspection.explanation import Explanation
from numpy_ann.inspection.particulars import place_of, settings_of, shown, symbols_of
from numpy_ann.inspection.subjects import kind_of, named
from numpy_ann.layers import Layer

__all__ = ["explain"]


def explain(thing: Any) -> Explanation:
    """Return what a part of the library computes: formula, symbols, derivative, source, and where to read on.

    All of it is taken from the docstring, and the symbols from the object: a built layer's with its shapes,
    an optimizer's with its settings.

    Parameters
    ----------
    thing : object, class or str
        A layer, loss, optimizer, activation function, metric, initializer, regularizer, constraint, schedule
        or callback; its class; or its Keras name, as ``"adam"``, where that means one thing.

    Returns
    -------
    Explanation

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If there is nothing of that name, or several things.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((784,)), Dense(128, activation="relu")])
    >>> explanation = explain(model.layers[0])
    >>> explanation.formula
    ('z = x W + b', 'y = f(z)', 'f(z) = max(z, 0)')
    >>> explanation.symbols["W"]
    '(784, 128), in files kernel'
    """
    if isinstance(thing, str):
        thing = named(thing)
    kind = kind_of(thing)
    if isinstance(thing, ActivationFunction):
        return _explain_activation(thing)
    cls = thing if isinstance(thing, type) else type(thing)
    doc = _described(cls, kind)
    formula, derivative = list(doc.formula), list(doc.derivative)
    if isinstance(thing, Layer) and any("f(" in line for line in formula):
        formula.append(f"f(z) = {thing.activation.formula}")
        derivative.append(f"with f = {thing.activation.name}: {thing.activation.derivative}")
    file, line = place_of(cls)
    return Explanation(
        name=cls.__name__,
        kind=kind,
        summary=doc.summary,
        formula=tuple(formula),
        derivative=tuple(derivative),
        symbols=symbols_of(thing, cls, doc),
        settings={} if thing is cls else settings_of(thing),
        source=doc.source,
        file=file,
        line=line,
    )


def _explain_activation(function: ActivationFunction) -> Explanation:
    forward = function.forward.func if isinstance(function.forward, partial) else function.forward
    file, line = place_of(forward)
    return Explanation(
        name=function.name,
        kind="activation function",
        summary="A function that a layer ends in: it turns the layer's z into its output y.",
        formula=(f"y = {function.formula}",),
        derivative=(function.derivative,),
        symbols={"z": "(batch, ...)", "y": "as z", "dy, dz": "the gradients of the loss, as z"},
        settings={name: shown(value) for name, value in function.options.items()},
        source=function.source,
        file=file,
        line=line,
    )


def _described(cls: type, kind: str) -> DocString:
    """Return what a class' docstring says, and what those say that it points to for the rest."""
    doc = read_docstring(cls.__doc__)
    for name in doc.see:
        other = _referred(name, cls)
        if other is None:
            continue
        rest, family = read_docstring(other.__doc__), issubclass(cls, other)
        if not {_left(line) for line in doc.formula} & {_left(line) for line in rest.formula} and (
            family or not doc.formula
        ):
            doc = doc._replace(formula=doc.formula + rest.formula)
        if family or (not doc.derivative and kind != "metric"):
            doc = doc._replace(derivative=doc.derivative + rest.derivative)
        doc = doc._replace(source=doc.source or rest.source, shapes=doc.shapes or rest.shapes)
    return doc


def _left(line: str) -> str:
    """Return what a formula defines.

    >>> _left("R(w) = l1 sum |w|")
    'R(w)'
    """
    return line.partition(" = ")[0].strip()


def _referred(name: str, cls: type) -> type | None:
    """Return the class that a docstring of ``cls`` calls ``name``."""
    package, _, last = name.rpartition(".")
    package = package or ".".join(cls.__module__.split(".")[:2])
    for base in cls.__mro__[1:]:
        if base.__name__ == last:
            return base
    module = import_module(package) if package.startswith("numpy_ann.") else sys.modules.get(package)
    found = getattr(module, last, None)
    return found if isinstance(found, type) else None
