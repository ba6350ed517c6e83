"""Progress of a download: a live bar where a person watches, a plain line where a log is kept."""

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

    In a terminal or a notebook: a bar with size, speed and remaining time. Elsewhere (a pipe, a log, CI): one
    line, without control characters.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_jupyter or (console.is_terminal and not console.is_dumb_terminal):
        with _bar(console, title) as report:
            yield report
    else:
        print(title, file=sys.stderr, flush=True)
        yield lambda done, total: None


@contextmanager
def _bar(console: "Console", title: str) -> Iterator[Report]:
    from rich import progress as rich

    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.DownloadColumn(),
        rich.TransferSpeedColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=console) as bar:
        # Without a total the bar pulses.
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
