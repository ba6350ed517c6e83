"""The figures of every epoch, sent to a server."""

import json
import warnings
from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs

__all__ = ["RemoteMonitor"]

_TIMEOUT = 10.0  # seconds


class RemoteMonitor(Callback):
    """Send each epoch's figures by an HTTP POST: ``{"epoch": 0, "loss": 0.31}``, the epoch counted from 0.

    A server that can't be reached within ten seconds, or refuses, is warned of; training goes on.

    Parameters
    ----------
    root : str
        The server: ``"http://localhost:9000"``.
    path : str
        Where on it the figures are sent.
    field : str
        The field of the form that holds them as JSON.
    headers : dict, optional
        Further headers of the request.
    send_as_json : bool
        Whether the request's body is the JSON itself, rather than a form.

    Raises
    ------
    ValueError
        If ``root`` begins with neither ``http://`` nor ``https://``.

    Examples
    --------
    >>> RemoteMonitor("http://127.0.0.1:9000").path
    '/publish/epoch/end/'
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: Mapping[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        if not root.startswith(("http://", "https://")):
            raise ValueError(f"`root` is a server, as in 'http://localhost:9000'. Received: root={root!r}")
        self.root, self.path, self.field = root, path, field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Send the figures."""
        text = json.dumps(
            {
                "epoch": epoch,
                **{name: np.asarray(value, float).tolist() for name, value in (logs or {}).items()},
            }
        )
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
            message = f"Could not reach RemoteMonitor root server at {self.root}: {error}"
            warnings.warn(message, stacklevel=2)
