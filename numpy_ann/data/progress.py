"""Progress of a download: a plain line for the record, and a live bar where a person watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Report", "progress"]

Report: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, or None as long as nobody knows."""


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Show on standard error that ``title`` is under way.

    The title is one line of plain text. In a terminal or a notebook a bar with size, speed and remaining
    time follows it for as long as it takes; elsewhere (a pipe, a log, CI) that line is all.
    """
    from rich.console import Console

    console = Console(stderr=True)
    print(title, file=sys.stderr, flush=True)
    if console.is_jupyter or (console.is_terminal and not console.is_dumb_terminal):
        with _bar(console) as report:
            yield report
    else:
        yield lambda done, total: None


@contextmanager
def _bar(console: "Console") -> Iterator[Report]:
    from rich import progress as rich

    columns = (
        rich.BarColumn(),
        rich.DownloadColumn(),
        rich.TransferSpeedColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console, transient=True) as bar:
        # Without a total the bar pulses.
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
