"""Tables of CSV files, and the numbers that a network reads of them."""

import csv
import io
import json
import os
import re
import shlex
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular
from numpy_ann.errors import DataFormatError, escaped

__all__ = ["Column", "Encoding", "Table", "read_csv"]

Table: TypeAlias = Mapping[str, Sequence[str]]
"""The cells of each column by its name, as text."""

_MISSING = {"", "na", "n/a", "nan", "null", "none", "?"}
_WITH_COMMA = re.compile(r"[+-]?(\d+|\d*,\d+)([eE][+-]?\d+)?")
_LIKE_NUMBERS = re.compile(r"[+-]?\d[\d.,']*|\d+([-/])\d+\1\d.*")  # and like dates
_MOST_WORDS = 100  # of a column; one with more is a name or a number of a row, from which nothing is learned
_MOST_CLASSES = 20  # of a target of whole numbers; one with more is a quantity


def read_csv(path: str | os.PathLike[str]) -> dict[str, list[str]]:
    """Return a CSV file's columns by the names in its first line; commas, semicolons or tabs part the cells.

    Where semicolons do, decimal commas become points, in columns that hold nothing but numbers; that warns.
    Raises ``DataFormatError`` if it isn't such a file: no text, no rows, a name twice, rows of other lengths.
    """
    with open_regular(path) as file:
        try:
            text = io.TextIOWrapper(file, "utf-8-sig", newline="")
            first = text.readline()
            text.seek(0)
            delimiter = max(",;\t", key=first.count)
            rows = list(csv.reader(text, delimiter=delimiter, strict=True))
        except UnicodeDecodeError as error:
            cure = "save it as that, which spreadsheets call 'CSV UTF-8'"
            raise DataFormatError(f"{path} is no CSV file in UTF-8: {cure}") from error
        except csv.Error as error:
            raise DataFormatError(f"{path} is no CSV file: {error}") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise DataFormatError(f"{path} must hold a line with the names of the columns, and rows below it.")
    names = [name.strip() for name in rows[0]]
    if (twice := next((name for name in names if names.count(name) > 1), None)) is not None:
        raise DataFormatError(f"{path} has two columns of the name {escaped(twice)!r}.")
    for number, row in enumerate(rows[1:], 1):
        if len(row) != len(names):
            wanted = f"the first line names {len(names)}."
            raise DataFormatError(f"{path}: row {number} has {len(row)} cells; {wanted}")
    table = {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(names)}
    if delimiter == ";" and (pointed := {name: cells for name in names if (cells := _pointed(table[name]))}):
        read = f"{path}: the comma is read as the decimal point in: {escaped(', '.join(pointed))}"
        warnings.warn(read, stacklevel=2)
        table |= pointed
    return table


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell.lower() not in _MISSING]


def _pointed(cells: Sequence[str]) -> list[str] | None:
    """Return the cells with decimal points, if their filled ones are numbers, some with a decimal comma."""
    known = _filled(cells)
    fits = any("," in cell for cell in known) and all(map(_WITH_COMMA.fullmatch, known))
    return [cell.replace(",", ".") for cell in cells] if fits else None


def _days(cell: str) -> float:
    """Return a date of ISO 8601, with or without a time, as days since 1970; ``ValueError`` if it is none."""
    moment = datetime.fromisoformat(cell)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400


@dataclass(frozen=True)
class Column:
    """How a column becomes numbers: one, a missing cell being the mean; or, of words, a 1 for the one it is.

    Dates of ISO 8601, with or without a time, become the days after ``since``, the first of them. Where cells
    were missing in training, a second number says that one is. Warns of what training never saw.
    """

    name: str
    words: list[str] | None
    mean: float = 0.0
    gaps: bool = False
    since: str | None = None

    @classmethod
    def of(cls, name: str, cells: Sequence[str], cure: str = "") -> Self:
        """Return what a column is, by its cells; ``DataFormatError`` if it has none, or too many words."""
        known, shown = _filled(cells), escaped(name)
        cure = cure or f"leave it out, --without {shlex.quote(shown)}"
        if not known:
            raise DataFormatError(f"Column {shown!r} is empty: {cure}")
        for read in (float, _days):
            try:
                numbers = np.array([read(cell) for cell in known])
            except ValueError:
                continue
            since = known[numbers.argmin()] if read is _days else None
            mean = numbers.mean() - (numbers.min() if since else 0)
            return cls(name, None, float(mean), len(known) < len(cells), since)
        words = sorted(set(cells))
        if len(words) > _MOST_WORDS:
            came = f"holds {len(words)} different words, as {escaped(known[0])!r}, too many to learn from"
            raise DataFormatError(f"Column {shown!r} {came}: {cure}")
        if sum(bool(_LIKE_NUMBERS.fullmatch(cell)) for cell in known) > len(known) / 2:
            wanted = "numbers such as 1234.5, or dates such as 2024-12-31"
            warnings.warn(
                f"Column {shown!r} is read as words: not all of its cells are {wanted}", stacklevel=2
            )
        return cls(name, words)

    def numbers(self, cells: Sequence[str]) -> Array:
        """Return the cells as numbers, of shape (rows, columns that it becomes)."""
        if self.words is not None:
            if new := [cell for cell in cells if cell not in self.words]:
                self._warn(len(new), cells, f"words that training never saw, such as {escaped(new[0])!r}")
            return np.array([[cell == word for word in self.words] for cell in cells], np.float32)
        missing = np.array([cell.lower() in _MISSING for cell in cells])
        values = np.full(len(cells), self.mean)
        for i in map(int, np.flatnonzero(~missing)):
            try:
                values[i] = float(cells[i]) if self.since is None else _days(cells[i]) - _days(self.since)
            except ValueError:
                kind = "numbers" if self.since is None else f"dates such as {self.since}"
                wrong = f"must hold {kind}; row {i + 1} holds {escaped(cells[i])!r}"
                raise DataFormatError(f"Column {escaped(self.name)!r} {wrong}") from None
        if missing.any() and not self.gaps:
            what = f"gaps, where training saw none: the mean, {self.mean:.4g}, is read"
            self._warn(missing.sum(), cells, what)
        return np.column_stack([values, missing] if self.gaps else [values]).astype(np.float32)

    def _warn(self, count: int, cells: Sequence[str], what: str) -> None:
        rows = f"{count} of {len(cells)} rows"
        warnings.warn(f"Column {escaped(self.name)!r}: {rows} hold {what}", stacklevel=2)


def _without_gaps(target: str, table: Table) -> Sequence[str]:
    if any(cell.lower() in _MISSING for cell in table[target]):
        raise DataFormatError(f"The target {escaped(target)!r} is missing in some rows: take them out first.")
    return table[target]


@dataclass(frozen=True)
class Encoding:
    """What a network of a table reads, and what its answers mean."""

    columns: list[Column]
    target: str
    classes: list[str] | None  # of a target that is a number, None

    def __post_init__(self) -> None:
        if not self.columns:
            raise DataFormatError(f"There is no column beside the target {self.target!r} to learn from.")

    @classmethod
    def of(cls, table: Table, target: str, without: Sequence[str] = ()) -> Self:
        """Return the encoding of a table, each column being what its cells say."""
        if lost := [name for name in (target, *without) if name not in table]:
            known = escaped(", ".join(table))
            raise DataFormatError(f"There is no column {escaped(lost[0])!r}; there are: {known}")
        cells = _without_gaps(target, table)
        column = Column.of(target, cells, "a target is numbers, such as 1234.5, or fewer words")
        if column.since is not None:
            raise DataFormatError(f"The target {escaped(target)!r} holds dates: make numbers of them first.")
        classes = column.words
        if classes is None and all(float(cell).is_integer() for cell in cells):
            whole = sorted(set(cells), key=float)
            classes = whole if len(whole) <= _MOST_CLASSES else None
        rest = [Column.of(name, table[name]) for name in table if name not in (target, *without)]
        return cls(rest, target, classes)

    def features(self, table: Table) -> Array:
        """Return what the network reads, float32 of shape (rows, numbers), whatever else is there."""
        if (lost := next((c.name for c in self.columns if c.name not in table), None)) is not None:
            has = ", ".join(table)
            raise DataFormatError(f"The table has no column {lost!r}, which the model reads; it has: {has}")
        return np.hstack([column.numbers(table[column.name]) for column in self.columns])

    def targets(self, table: Table) -> Array:
        """Return the targets: class numbers, or float32."""
        if self.target not in table:
            raise DataFormatError(f"The table lacks the target, column {escaped(self.target)!r}.")
        cells = _without_gaps(self.target, table)
        if self.classes is None:
            return Column(self.target, None).numbers(cells)[:, 0]
        if unknown := sorted({*cells} - {*self.classes}):
            known = escaped(", ".join(self.classes))
            raise DataFormatError(f"{escaped(unknown[0])!r} isn't one of the classes: {known}")
        return np.array([self.classes.index(cell) for cell in cells])

    def to_json(self) -> str:
        """Return it as text, for ``from_json``."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the encoding of a text, or raise ``DataFormatError`` where ``to_json`` writes no such."""
        try:
            read: dict[str, Any] = json.loads(text)
            columns = [Column(**column) for column in read.pop("columns")]
            made = cls(columns, **read)
            texts = [made.target, *(made.classes or ()), *(c.name for c in columns)]
            texts += [word for column in columns for word in column.words or ()]
            figures = [c.mean if c.since is None else c.mean + _days(c.since) for c in columns]
            if not np.isfinite(figures).all() or not all(isinstance(each, str) for each in texts):
                raise TypeError("a name that is no text, or a mean that is no number")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataFormatError(f"This is no description of a table's columns: {error}") from error
        return made
