"""The figures of every epoch: in a file that spreadsheets read, or sent to a server."""

import csv
import json
import os
import warnings
from collections.abc import Mapping
from typing import Any, TextIO
from urllib.error import HTTPError
from urllib.parse import urlencode

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.errors import escaped

_TIMEOUT = 10.0  # seconds


class CSVLogger(Callback):
    r"""Write a line for each epoch: ``epoch``, counted from 0, and the figures in alphabetical order.

    As in Keras, the columns are those of the first epoch, followed, where it had no validation, by a ``val_``
    column for each, filled with ``NA``. Several figures of one metric stand as ``"[0.5, 0.25]"``, quoted.
    Lines end in ``\r\n``, and are on the disk once they are written.

    Parameters
    ----------
    filename, separator : path, str
        The file, and what stands between the columns.
    append : bool
        Whether to go on in an existing file, without another heading, rather than begin it anew.

    >>> CSVLogger("log.csv", separator=";").separator
    ';'
    """

    writes = True

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = os.fspath(filename), separator, append
        self.keys: list[str] | None = None
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._close()
        # newline="" leaves the line ends to the csv module, as it asks for.
        self._file = open(self.filename, "a" if self.append else "w", encoding="utf-8", newline="")  # noqa: SIM115
        self._has_heading = self._file.tell() > 0
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self._file is None:
            return
        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.separator)
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
            if not self._has_heading:
                writer.writerow(["epoch", *map(escaped, self.keys)])
        writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(figure: Any) -> Any:
    # Keras writes several figures as a text with quotes of its own.
    return f'"[{", ".join(map(str, figure))}]"' if np.ndim(figure) else figure


class RemoteMonitor(Callback):
    """Send each epoch's figures by an HTTP POST: ``{"epoch": 0, "loss": 0.31}``, the epoch counted from 0.

    A server that can't be reached within ten seconds, or refuses, is warned of; training goes on.

    Raises ``ValueError`` if ``root`` begins with neither ``http://`` nor ``https://``.

    Parameters
    ----------
    root, path : str
        The server, ``"http://localhost:9000"``, and where on it the figures are sent.
    field : str
        The field of the form that holds them as JSON.
    headers : dict, optional
        Further headers of the request.
    send_as_json : bool
        Whether the request's body is the JSON itself, rather than a form.

    >>> RemoteMonitor("http://127.0.0.1:9000").path
    '/publish/epoch/end/'
    """

    writes = True

    def __init__(
        self, root: str = "http://localhost:9000", path: str = "/publish/epoch/end/", field: str = "data",
        headers: Mapping[str, str] | None = None, send_as_json: bool = False,
    ) -> None:  # fmt: skip
        if not root.startswith(("http://", "https://")):
            raise ValueError(f"`root` is a server, as in 'http://localhost:9000'. Received: root={root!r}")
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        from urllib.request import Request, urlopen  # slow to import

        figures = {name: np.asarray(value, float).tolist() for name, value in (logs or {}).items()}
        text = json.dumps({"epoch": epoch, **figures})
        body, kind = urlencode({self.field: text}), "application/x-www-form-urlencoded"
        if self.send_as_json:
            body, kind = text, "application/json"
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = Request(self.root + self.path, body.encode(), headers)  # noqa: S310  (checked above)
        try:
            urlopen(request, timeout=_TIMEOUT).close()  # noqa: S310
        except HTTPError as error:
            warnings.warn(f"RemoteMonitor: {request.full_url} answered {error.code}.", stacklevel=2)
            error.close()
        except OSError as error:
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}: {error}", stacklevel=2)
