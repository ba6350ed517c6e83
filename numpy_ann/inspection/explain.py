"""Explaining a part of the library by its own docstring: the formula, the derivative, the source."""

import inspect
import re
import sys
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from numpy_ann.activations import ActivationFunction
from numpy_ann.inspection.docstrings import DocString, read_docstring
from numpy_ann.inspection.explanation import Explanation
from numpy_ann.inspection.subjects import kind_of, named
from numpy_ann.layers import Layer
from numpy_ann.optimizers import Optimizer

__all__ = ["explain"]

_USUAL = {"use_ema": False, "ema_momentum": 0.99}  # of an optimizer, not worth a line
_IN_FILES = re.compile(r"``(\w+)``, in files\s+``(\w+)``(?::\s+``(\(.*?\))``)?")


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
    file, line = _place(cls)
    return Explanation(
        name=cls.__name__,
        kind=kind,
        summary=doc.summary,
        formula=tuple(formula),
        derivative=tuple(derivative),
        symbols=_symbols(thing, cls, doc),
        settings={} if thing is cls else _settings(thing),
        source=doc.source,
        file=file,
        line=line,
    )


def _explain_activation(function: ActivationFunction) -> Explanation:
    forward = function.forward.func if isinstance(function.forward, partial) else function.forward
    file, line = _place(forward)
    return Explanation(
        name=function.name,
        kind="activation function",
        summary="A function that a layer ends in: it turns the layer's z into its output y.",
        formula=(f"y = {function.formula}",),
        derivative=(function.derivative,),
        symbols={"z": "(batch, ...)", "y": "as z", "dy, dz": "the gradients of the loss, as z"},
        settings={name: _shown(value) for name, value in function.options.items()},
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


def _symbols(thing: Any, cls: type, doc: DocString) -> dict[str, str]:
    """Return what the letters stand for, with the shapes that are known."""
    if issubclass(cls, Optimizer):
        size = None if thing is cls else thing.size
        return {"theta, g": f"({'parameters' if size is None else size},)"}
    if not issubclass(cls, Layer):
        return {"shapes": doc.shapes} if doc.shapes else {}
    files = {name: (symbol, shape) for symbol, name, shape in _IN_FILES.findall(cls.__doc__ or "")}
    if thing is cls or not thing.built:
        shapes = re.match(r"Input shape (.+?)\. Output shape (.+?)\.$", doc.shapes)
        symbols = dict(zip("xy", shapes.groups(), strict=True)) if shapes else {}
        own = {symbol: f"{shape}, in files {name}" for name, (symbol, shape) in files.items() if shape}
        return {**symbols, **own}
    symbols = {"x": _batch_of(thing.input_shape), "y": _batch_of(thing.output_shape)}
    for p in thing.parameters:
        symbol = files.get(p.name, (p.name, ""))[0]
        symbols[symbol] = str(p.shape) + (f", in files {p.name}" if symbol != p.name else "")
    return symbols


def _batch_of(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, ("batch", *shape))) + ")"


def _settings(thing: Any) -> dict[str, str]:
    """Return an object's options that say something."""
    if hasattr(thing, "get_config"):
        config = thing.get_config()
    else:
        config = {name: getattr(thing, name, None) for name in inspect.signature(type(thing)).parameters}
    if isinstance(thing, Optimizer) and thing.schedule is not None:
        config["learning_rate"] = thing.schedule
    usual = {"name": config.get("name"), "dtype": config.get("dtype"), "trainable": True, **_USUAL}
    return {
        name: _shown(value)
        for name, value in config.items()
        if value is not None and not (name in usual and usual[name] == value)
    }


def _shown(value: Any) -> str:
    """Return an option as one writes it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if " object at 0x" not in repr(value) or not hasattr(value, "get_config"):
        return repr(value)
    said = (f"{name}={_shown(v)}" for name, v in value.get_config().items() if v is not None)
    return f"{type(value).__name__}({', '.join(said)})"


def _place(thing: Any) -> tuple[str, int]:
    """Return the file, as it lies in the package, and the line where the code begins."""
    try:
        file, line = Path(inspect.getsourcefile(thing) or ""), inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return "", 0
    root = Path(__file__).parents[2]  # where the package lies
    return (file.relative_to(root) if file.is_relative_to(root) else Path(file.name)).as_posix(), line
