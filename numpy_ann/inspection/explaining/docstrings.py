"""Reading a docstring as the house writes them: what is computed, its derivative, and where that is from.

Formulas stand in literal blocks, introduced by a sentence that ends in ``::``, and in inline code. What
comes after the word "backward", and what gives a symbol of a gradient (``dx = ...``, ``dl/dp = ...``,
``e' = ...``), is derivative.
"""

import inspect
import re
from itertools import pairwise
from typing import NamedTuple

_GRADIENT = r"(?:d[xzWbe]|dalpha|dgamma|dbeta|d[lLRc]/d\w+|e')\s+="
_BACKWARD = re.compile(rf"\bbackward\b:?|``(?={_GRADIENT})", re.IGNORECASE)
_BEGINS = re.compile(rf"^{_GRADIENT}")
_EQUATION = re.compile(r"^[^=~]+ [=~] |^[^=~]+ ~ ")
_EXPRESSION = re.compile(r" [/~^=-] |\^|\||max\(|log |sum\(")
_CODE = re.compile(r"``(.+?)``", re.DOTALL)


class DocString(NamedTuple):
    """What a docstring says, section by section, without its markup; empty where it says nothing.

    ``formula`` and ``derivative`` are lines; ``shapes`` is the sentence on them; ``see`` names the classes
    that it points to for the rest.
    """

    summary: str
    formula: tuple[str, ...]
    derivative: tuple[str, ...]
    shapes: str
    source: str
    see: tuple[str, ...]


def read_docstring(text: str | None) -> DocString:
    """Return what ``text``, a class' docstring, says.

    >>> found = read_docstring('''Scale numbers.
    ...
    ...     Forward ``y = x g``, backward ``dx = dy g``.
    ...
    ...     Source: Somebody, "A Book" (1990),
    ...     page 3.
    ...     ''')
    >>> found.summary, found.formula, found.derivative, found.source
    ('Scale numbers.', ('y = x g',), ('dx = dy g',), 'Somebody, "A Book" (1990), page 3.')
    """
    text = inspect.cleandoc(text or "")
    # What stands before sections and examples; a block's blank lines part no paragraphs.
    body = re.split(r"\n\n(?:[A-Z]\w+\n-+\n|>>> )", text + "\n")[0].rstrip()
    paragraphs = re.sub(r"(?<=\n)( [^\n]+)\n\n(?= )", r"\1\n", body).split("\n\n")
    summary = paragraphs[0]
    formula: list[str] = []
    derivative: list[str] = []
    shapes, see = [], []
    for paragraph, after in pairwise([*paragraphs, ""]):
        if paragraph.startswith(" "):
            continue  # read together with the sentence before it
        block = after.splitlines() if paragraph.endswith("::") and after.startswith(" ") else []
        *sentences, last = re.split(r"(?<=\.)\s+(?=[A-Z*`])", paragraph)
        see += re.findall(r"see\s+``([\w.]+)``", paragraph)
        for sentence in sentences if block else [*sentences, last]:
            if sentence.startswith(("**Input", "**Output", "Shapes:")):
                shapes.append(plain(sentence.removeprefix("Shapes:")))
            elif not sentence.startswith("Source:"):
                _take_sentence(sentence, formula, derivative)
        if block:
            _take_block(last, block, formula, derivative)
    if not formula and _EXPRESSION.search(" ".join(_CODE.findall(summary))):
        formula = [plain(summary.partition("; see ")[0])]
    found = re.search(r"\bSource: (.+?)(?:\n\s*\n|$)", text, re.DOTALL)
    source = plain(found[1]) if found else ""
    lines = (tuple(formula), tuple(derivative))
    return DocString(plain(summary), *lines, " ".join(shapes), source, tuple(see))


def options_of(cls: type) -> dict[str, str]:
    """Return what a class and its bases say of each parameter, under "Parameters"."""
    said: dict[str, str] = {}
    for each in cls.__mro__:
        text = inspect.cleandoc(each.__dict__.get("__doc__") or "")
        section = re.search(r"\nParameters\n-+\n(.*?)(?=\n\n\S|\Z)", text, re.DOTALL)
        for names, words in re.findall(r"^(\S.*)\n((?: +.*\n?|\n)+)", section[1] if section else "", re.M):
            for name in names.partition(" : ")[0].split(","):
                said.setdefault(name.strip(" *"), plain(words))
    return said


def plain(text: str) -> str:
    """Return ``text`` on one line, without markup."""
    return " ".join(re.sub(r"``|\*\*", "", text).split())


def _take_sentence(sentence: str, formula: list[str], derivative: list[str]) -> None:
    """Add a sentence's inline formulas, with the words around them, to where they belong."""
    if not any(_EQUATION.match(code) for code in _CODE.findall(sentence)):
        return
    found = _BACKWARD.search(sentence)
    before, after = (sentence[: found.start()], sentence[found.start() :]) if found else (sentence, "")
    if any(_EQUATION.match(code) for code in _CODE.findall(before)):
        formula.append(_clause(re.sub(r"^Forward,?\s+(\w?)", lambda match: match[1].upper(), before)))
    if after:
        derivative.append(_clause(re.sub(r"^backward:?\s+", "", after, flags=re.IGNORECASE)))


def _clause(text: str) -> str:
    text = re.sub(r";[^;]*\bsee\s+``.*$", "", text, flags=re.DOTALL)
    return re.sub(r"[\s,;:.]*(\band|\band where)?[\s,;:.]*$", "", plain(text))


def _take_block(intro: str, block: list[str], formula: list[str], derivative: list[str]) -> None:
    """Add a literal block's lines; those that hold a formula and its derivative in columns are split."""
    back = intro.lower().startswith("backward")
    lead = re.sub(r"^(Forward and backward|Forward|Backward)\b,?\s*|:+$", "", plain(intro))
    back = back or all(_BEGINS.match(line.strip()) for line in block)
    into = derivative if back else formula
    if lead:
        into.append(f"{lead[0].upper()}{lead[1:]}:")
    indent = min(len(line) - len(line.lstrip()) for line in block if line.strip())
    for line in block:
        cells = re.split(r"\s{3,}", line.strip())
        if back or not any(map(_BEGINS.match, cells)):
            into.append(line[indent:].rstrip())
            continue
        # Where both stand on a line, a last cell that is no equation says when they hold.
        remark = [] if " = " in cells[-1] else [cells.pop()]
        gradients = [cell for cell in cells if _BEGINS.match(cell)]
        others = [cell for cell in cells if cell not in gradients]
        formula += ["   ".join([*others, *remark])] if others else []
        derivative.append("   ".join([*gradients, *remark]))
