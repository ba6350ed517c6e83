"""Downloads over HTTP by pooch, bounded in size and in patience.

In a thread, as no timeout of a socket covers all that can hang: looking up a name, trying one address after
another, a server that sends a byte every few seconds. The caller watches how many bytes arrive.
"""

import io
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from numpy_ann.data.files import DataFile

__all__ = ["Mirror", "Report", "download", "progress"]

_CHUNK = 16 * 1024

Report: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, or None as long as nobody knows."""


class _Transfer(io.BytesIO):
    """A download under way: the file that pooch writes it to."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__()
        self.url, self.limit = url, limit
        self.total: int | None = None
        self.failure: Exception | None = None
        self.finished = threading.Event()
        self.abandoned = False

    def run(self, patience: float) -> None:
        """Fetch; never raises, for in this thread nobody could catch it."""
        from pooch import HTTPDownloader

        responses: list[Any] = []

        def opened(response: Any, **_: object) -> None:
            responses.append(response)
            length = response.headers.get("content-length", "")
            self.total = int(length) if length.isdecimal() else None

        try:
            fetch = HTTPDownloader(chunk_size=_CHUNK, timeout=patience, hooks={"response": opened})
            fetch(self.url, self, None)
        except Exception as error:  # whatever it was, the caller hears of it
            self.failure = error
        finally:
            for response in responses:
                with suppress(Exception):
                    response.close()
            self.finished.set()

    def write(self, chunk: Any) -> int:
        """Take a chunk; an exception here ends the transfer."""
        if self.abandoned:
            raise TimeoutError("given up")
        if self.tell() + len(chunk) > self.limit:
            raise OSError(f"it sends more than the {self.limit:,} bytes that the file can have")
        return super().write(chunk)


def download(
    url: str, limit: int, title: str | None = None, *, patience: float = 10.0, least: int = 64 * 1024
) -> bytes:
    """Fetch a URL into memory, at most ``limit`` bytes, with a progress bar that says ``title``, or the URL.

    In each ``patience`` seconds, the first including the connection, it must end or ``least`` bytes arrive.
    Raises ``OSError`` if the server is unreachable, refuses, stalls, cuts off or sends too much.
    """
    transfer = _Transfer(url, limit)
    # A daemon, so that one that hangs in a system call cannot keep the program from ending.
    thread = threading.Thread(target=transfer.run, args=(patience,), name="numpy_ann download", daemon=True)
    with progress(title or url) as report:
        try:
            thread.start()
            seen, deadline = 0, time.monotonic() + patience
            while not transfer.finished.wait(0.05):
                size = transfer.tell()
                report(size, transfer.total)
                if time.monotonic() < deadline:
                    continue
                if (came := size - seen) < least:
                    span = f"the last {patience:g} seconds ({size:,} in all)"
                    raise TimeoutError(f"only {came:,} bytes came in {span}")
                seen, deadline = size, time.monotonic() + patience
            report(transfer.tell(), transfer.total)
        finally:
            transfer.abandoned = True
    if (failure := transfer.failure) is not None:
        reason: BaseException = (
            failure  # at the bottom: requests and urllib3 wrap it in layers of pool and retry
        )
        while inner := reason.__cause__ or reason.__context__:
            reason = inner
        raise OSError(str(reason) or type(reason).__name__) from failure
    return transfer.getvalue()


@dataclass(frozen=True)
class Mirror:
    """A web folder that holds the files."""

    url: str  # ends with a slash
    patience: float = 10.0  # seconds, as in `download`

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.url

    def fetch(self, files: Sequence[DataFile]) -> Iterator[tuple[DataFile, bytearray]]:
        """Yield the files in turn, each verified; raise OSError or DataFormatError where one fails."""
        for file in files:
            url = f"{self.url}{file.published}"
            limit = file.size + file.size // 100 + 4096  # what cannot be compressed grows by no more
            title = f"Downloading {file.published} from {urlsplit(url).hostname}"
            yield file, file.read(io.BytesIO(download(url, limit, title, patience=self.patience)), url)


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """Show on standard error that ``title`` is under way; in a terminal or a notebook, with a bar."""
    from rich import progress as rich
    from rich.console import Console

    console = Console(stderr=True)
    print(title, file=sys.stderr, flush=True)
    if not console.is_jupyter and (not console.is_terminal or console.is_dumb_terminal):
        yield lambda done, total: None
        return
    columns = rich.BarColumn(), rich.DownloadColumn(), rich.TransferSpeedColumn(), rich.TimeRemainingColumn()
    try:
        with rich.Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("", total=None)  # without a total it pulses
            yield lambda done, total: bar.update(task, completed=done, total=total)
    finally:
        console.show_cursor(True)  # Ctrl-C while the bar stops would leave it hidden
