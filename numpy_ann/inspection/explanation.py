"""What ``explain`` returns: a formula, its symbols, its derivative, and where to read on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap

__all__ = ["Explanation"]

_WIDTH = 100


@dataclass(frozen=True)
class Explanation:
    """What a part of the library computes; print it to read it.

    Parameters
    ----------
    name : str
        Of the class or the activation function, as ``Dense``.
    kind : str
        ``"layer"``, ``"loss"``, ``"optimizer"``, ``"activation function"``, ...
    summary : str
        One sentence.
    formula, derivative : tuple of str
        Lines of both; empty where there is none.
    symbols : mapping of str to str
        What the letters stand for: of a built layer, with its shapes.
    settings : mapping of str to str
        The options that this object has; none of a class.
    source : str
        The paper or book, with its equation.
    file : str
        Where the code is: ``"numpy_ann/layers/dense.py"``. Empty where there is no file.
    line : int
        The line where it begins.

    Examples
    --------
    >>> from numpy_ann.inspection import explain
    >>> explanation = explain("tanh")
    >>> explanation.formula, explanation.derivative
    (('y = tanh(z)',), ('dz = dy (1 - y^2)',))
    """

    name: str
    kind: str
    summary: str
    formula: tuple[str, ...] = ()
    derivative: tuple[str, ...] = ()
    symbols: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    file: str = ""
    line: int = 0

    @property
    def where(self) -> str:
        """File and line, as ``numpy_ann/layers/dense.py, line 18``."""
        return f"{self.file}, line {self.line}" if self.file else ""

    def _parts(self) -> list[tuple[str, list[str]]]:
        """Return the headings and their lines, those that have any."""
        parts = [
            ("Formula", list(self.formula)),
            ("Derivative", list(self.derivative)),
            ("Symbols", _aligned(self.symbols)),
            ("Settings", _aligned(self.settings)),
            ("Source", [self.source] if self.source else []),
            ("Read on", [self.where] if self.where else []),
        ]
        return [(heading, lines) for heading, lines in parts if lines]

    def __str__(self) -> str:
        lines = [f"{self.name}, {_article(self.kind)} {self.kind}", *wrap(self.summary, _WIDTH)]
        for heading, body in self._parts():
            lines += ["", heading]
            for text in body:
                fits = len(text) <= _WIDTH - 4
                lines += (
                    [f"    {text}"]
                    if fits
                    else wrap(
                        " ".join(text.split()), _WIDTH, initial_indent="    ", subsequent_indent="        "
                    )
                )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        title = f"<b>{escape(self.name)}</b>, {_article(self.kind)} {escape(self.kind)}"
        parts = [f"<p>{title}<br>{escape(self.summary)}</p>", "<table>"]
        for heading, body in self._parts():
            tag = "span" if heading in ("Source", "Read on") else "pre"
            text = f'<{tag} style="margin: 0">{escape(chr(10).join(body))}</{tag}>'
            cell = f'<td style="text-align: left">{text}</td>'
            parts.append(f'<tr><th style="text-align: left; vertical-align: top">{heading}</th>{cell}</tr>')
        return "\n".join([*parts, "</table>"])


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


def _aligned(table: Mapping[str, str]) -> list[str]:
    """Return a mapping as lines in two columns."""
    width = max(map(len, table), default=0)
    return [f"{name:<{width}}  {text}" for name, text in table.items()]
