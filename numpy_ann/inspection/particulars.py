"""What is particular to one object among its kind: its shapes, its settings, and where its code is."""

import inspect
import re
from pathlib import Path
from typing import Any

from numpy_ann.inspection.docstrings import DocString
from numpy_ann.layers import Layer
from numpy_ann.optimizers import Optimizer

__all__ = ["place_of", "settings_of", "shown", "symbols_of"]

_USUAL = {"use_ema": False, "ema_momentum": 0.99}  # of an optimizer, not worth a line
_IN_FILES = re.compile(r"``(\w+)``, in files\s+``(\w+)``(?::\s+``(\(.*?\))``)?")


def symbols_of(thing: Any, cls: type, doc: DocString) -> dict[str, str]:
    """Return what the letters stand for, with the shapes that are known.

    Parameters
    ----------
    thing : object or class
        What is explained.
    cls : type
        Its class.
    doc : DocString
        What that says.

    Examples
    --------
    >>> from numpy_ann.inspection.docstrings import read_docstring
    >>> from numpy_ann.layers import Flatten
    >>> symbols_of(Flatten, Flatten, read_docstring(Flatten.__doc__))
    {'x': '(batch, ...)', 'y': '(batch, product of the others)'}
    """
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


def settings_of(thing: Any) -> dict[str, str]:
    """Return an object's options that say something."""
    if hasattr(thing, "get_config"):
        config = thing.get_config()
    else:
        config = {name: getattr(thing, name, None) for name in inspect.signature(type(thing)).parameters}
    if isinstance(thing, Optimizer) and thing.schedule is not None:
        config["learning_rate"] = thing.schedule
    usual = {"name": config.get("name"), "dtype": config.get("dtype"), "trainable": True, **_USUAL}
    return {
        name: shown(value)
        for name, value in config.items()
        if value is not None and not (name in usual and usual[name] == value)
    }


def shown(value: Any) -> str:
    """Return an option as one writes it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if " object at 0x" not in repr(value) or not hasattr(value, "get_config"):
        return repr(value)
    said = (f"{name}={shown(v)}" for name, v in value.get_config().items() if v is not None)
    return f"{type(value).__name__}({', '.join(said)})"


def place_of(thing: Any) -> tuple[str, int]:
    """Return the file, as it lies in the package, and the line where the code begins."""
    try:
        file, line = Path(inspect.getsourcefile(thing) or ""), inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        return "", 0
    root = Path(__file__).parents[2]  # where the package lies
    return (file.relative_to(root) if file.is_relative_to(root) else Path(file.name)).as_posix(), line
