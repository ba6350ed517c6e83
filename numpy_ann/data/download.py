"""Downloads over HTTP: one file, bounded in size and in patience.

pooch (over requests) does the transfer, with the proxies and certificates of the environment. It runs in a
thread of its own, because no timeout of a socket covers everything that can hang: looking up a name, trying
one address after another, or a server that sends a byte every few seconds. The calling thread watches how
many bytes arrive, shows them, and gives up when they are too few.
"""

import io
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from numpy_ann.data.files import DataFile

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Mirror", "Report", "download", "progress"]

_CHUNK = 16 * 1024

Report: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, or None as long as nobody knows."""


class _Transfer:
    """A download under way, and the file object that pooch writes it to."""

    def __init__(self, url: str, limit: int) -> None:
        self.url, self.limit = url, limit
        self.content = io.BytesIO()
        self.size = 0
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

    def write(self, chunk: bytes) -> None:
        """Take a chunk; an exception here ends the transfer."""
        if self.abandoned:
            raise TimeoutError("given up")
        if self.size + len(chunk) > self.limit:
            raise OSError(f"it sends more than the {self.limit:,} bytes that the file can have")
        self.content.write(chunk)
        self.size += len(chunk)

    def flush(self) -> None:
        """Do nothing: the bytes are in memory. Pooch asks for it."""


def download(
    url: str, limit: int, title: str | None = None, *, patience: float = 10.0, least: int = 64 * 1024
) -> bytes:
    """Fetch a URL into memory, with a progress bar that says ``title``, or else the URL.

    Proxies (``HTTPS_PROXY`` and so on), ``NO_PROXY`` and the certificate bundle (``REQUESTS_CA_BUNDLE``) are
    respected as requests does; certificates are always checked; redirections are followed.

    An answer longer than ``limit`` bytes is refused. In each ``patience`` seconds the download must end or
    ``least`` bytes arrive; the first of these spans includes looking up the name and connecting. The defaults
    ask for 6.4 kB/s. Raises ``OSError`` if the server is unreachable, refuses, stalls, cuts off or sends too
    much; the message says which.
    """
    transfer = _Transfer(url, limit)
    # A daemon, so that one that hangs in a system call cannot keep the program from ending.
    thread = threading.Thread(target=transfer.run, args=(patience,), name="numpy_ann download", daemon=True)
    with progress(title or url) as report:
        try:
            thread.start()
            seen, deadline = 0, time.monotonic() + patience
            while not transfer.finished.wait(0.05):
                report(transfer.size, transfer.total)
                if time.monotonic() < deadline:
                    continue
                if transfer.size - seen < least:
                    raise TimeoutError(
                        f"only {transfer.size - seen:,} bytes came in the last {patience:g} seconds "
                        f"({transfer.size:,} in all)"
                    )
                seen, deadline = transfer.size, time.monotonic() + patience
            report(transfer.size, transfer.total)
        finally:
            transfer.abandoned = True
    if transfer.failure is not None:
        raise OSError(_reason(transfer.failure)) from transfer.failure
    return transfer.content.getvalue()


def _reason(error: BaseException) -> str:
    """Say what went wrong at the bottom: requests and urllib3 wrap it in layers of pool and retry."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return str(error) or type(error).__name__


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
            # What cannot be compressed grows a little; nothing grows by more than this.
            limit = file.size + file.size // 100 + 4096
            title = f"Downloading {file.published} from {urlsplit(url).hostname}"
            content = download(url, limit, title, patience=self.patience)
            yield file, file.read(io.BytesIO(content), url)


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

    columns = rich.BarColumn(), rich.DownloadColumn(), rich.TransferSpeedColumn(), rich.TimeRemainingColumn()
    with rich.Progress(*columns, console=console, transient=True) as bar:
        # Without a total the bar pulses.
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
