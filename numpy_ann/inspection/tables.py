"""Figures in rows and columns, for a terminal."""

from collections.abc import Sequence

__all__ = ["table"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as lines of text, aligned at the right as numbers are.

    Examples
    --------
    >>> print(table([("index", "loss"), ("7", "12.5")]))
    index  loss
        7  12.5
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in rows
    )
