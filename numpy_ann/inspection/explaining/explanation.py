"""What ``explain`` returns, and what it says of the object at hand: shapes, settings, where its code is."""

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from textwrap import TextWrapper, dedent, wrap
from typing import Any, cast

from numpy_ann.inspection.explaining.docstrings import DocString
from numpy_ann.layers import Layer
from numpy_ann.optimizers import Optimizer

_WIDTH = 100
_USUAL = {"use_ema": False, "ema_momentum": 0.99}  # of an optimizer, not worth a line
_IN_FILES = re.compile(r"``(\w+)``, in files\s+``(\w+)``(?::\s+``(\(.*?\))``)?")


@dataclass(frozen=True)
class Explanation:
    """What a part of the library computes; print it to read it.

    Parameters
    ----------
    name, kind, summary : str
        Of the class or the activation function, as ``Dense``; ``"layer"``, ``"loss"``, ...; one sentence.
    formula, derivative : tuple of str
        Lines of both; empty where there is none.
    symbols : mapping of str to str
        What the letters stand for: of a built layer, with its shapes.
    settings, options : mapping of str to str
        The options that this object has, none of a class; what each parameter is.
    rule : tuple of str
        Of an optimizer: the formula as NumPy computes it, line by line.
    source : str
        The paper or book, with its equation.
    file, line : str, int
        Where the code begins: ``"numpy_ann/layers/dense.py"``. Empty where there is no file.

    >>> from numpy_ann.inspection import explain
    >>> explain("tanh").derivative
    ('dz = dy (1 - y^2)',)
    """

    name: str
    kind: str
    summary: str
    formula: tuple[str, ...] = ()
    derivative: tuple[str, ...] = ()
    symbols: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    rule: tuple[str, ...] = ()
    source: str = ""
    file: str = ""
    line: int = 0
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and line, as ``numpy_ann/layers/dense.py, line 18``."""
        return f"{self.file}, line {self.line}" if self.file else ""

    @property
    def _kind(self) -> str:
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"

    def _parts(self) -> list[tuple[str, list[str]]]:
        parts = {
            "Formula": self.formula, "Derivative": self.derivative, "In NumPy": self.rule,
            "Symbols": _aligned(self.symbols), "Settings": _aligned(self.settings),
            "Parameters": [f"{name}: {said}" for name, said in self.options.items()],
            "Source": filter(None, [self.source]), "Read on": filter(None, [self.where]),
        }  # fmt: skip
        return [(heading, lines) for heading, of in parts.items() if (lines := list(of))]

    def __str__(self) -> str:
        lines = [f"{self.name}, {self._kind}", *wrap(self.summary, _WIDTH)]
        indented = TextWrapper(_WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8)
        for heading, body in self._parts():
            lines += ["", heading]
            for text in body:
                long = len(text) > _WIDTH - 4
                lines += indented.wrap(" ".join(text.split())) if long else [f"    {text}"]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        title = f"<b>{escape(self.name)}</b>, {escape(self._kind)}"
        parts = [f"<p>{title}<br>{escape(self.summary)}</p>", "<table>"]
        for heading, body in self._parts():
            tag = "span" if heading in ("Source", "Read on") else "pre"
            text = f'<{tag} style="margin: 0">{escape(chr(10).join(body))}</{tag}>'
            cell = f'<td style="text-align: left">{text}</td>'
            parts.append(f'<tr><th style="text-align: left; vertical-align: top">{heading}</th>{cell}</tr>')
        return "\n".join([*parts, "</table>"])


def _aligned(table: Mapping[str, str]) -> list[str]:
    return [f"{name:<{max(map(len, table), default=0)}}  {text}" for name, text in table.items()]


def symbols_of(thing: Any, cls: type, doc: DocString) -> dict[str, str]:
    """Return what the letters stand for, with the shapes that are known of ``thing``, of class ``cls``."""
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
    shapes_of = (("x", thing.input_shape), ("y", thing.output_shape))
    symbols = {symbol: f"({', '.join(map(str, ('batch', *shape)))})" for symbol, shape in shapes_of}
    for p in thing.parameters:
        symbol = files.get(p.name, (p.name, ""))[0]
        symbols[symbol] = str(p.shape) + (f", in files {p.name}" if symbol != p.name else "")
    return symbols


def rule_of(cls: type) -> tuple[str, ...]:
    """Return the lines of an optimizer's plain rule, without its head; none where it has no such rule."""
    if not issubclass(cls, Optimizer) or cls.rule is Optimizer.rule:
        return ()
    lines = dedent(inspect.getsource(cls.rule)).splitlines()
    rule = cast(ast.FunctionDef, ast.parse("\n".join(lines)).body[0])
    first = rule.body[1 if ast.get_docstring(rule) else 0]
    return tuple(dedent("\n".join(lines[first.lineno - 1 :])).splitlines())


def settings_of(thing: Any) -> dict[str, str]:
    """Return an object's options that say something."""
    if hasattr(thing, "get_config"):
        config = thing.get_config()
    else:
        config = {name: getattr(thing, name, None) for name in inspect.signature(type(thing)).parameters}
    if isinstance(thing, Optimizer) and thing.schedule is not None:
        config["learning_rate"] = thing.schedule
    usual = {"name": config.get("name"), "dtype": config.get("dtype"), "trainable": True, **_USUAL}
    return {name: shown(v) for name, v in config.items() if v is not None and usual.get(name) != v}


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
    root = Path(__file__).parents[3]  # where the package lies
    return (file.relative_to(root) if file.is_relative_to(root) else Path(file.name)).as_posix(), line
