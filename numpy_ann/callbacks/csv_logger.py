"""The figures of every epoch, in a file that spreadsheets read."""

import csv
import os
from typing import Any, TextIO

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.errors import escaped

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    r"""Write a line for each epoch: ``epoch``, counted from 0, and the figures in alphabetical order.

    As in Keras, the columns are those of the first epoch, followed, where it had no validation, by a ``val_``
    column for each, filled with ``NA``. Several figures of one metric stand as ``"[0.5, 0.25]"``, quoted.
    Lines end in ``\r\n``, and are on the disk once they are written.

    Parameters
    ----------
    filename : path
        The file.
    separator : str
        Between the columns.
    append : bool
        Whether to go on in an existing file, without another heading, rather than begin it anew.

    Examples
    --------
    >>> CSVLogger("log.csv", separator=";").separator
    ';'
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self.keys: list[str] | None = None
        self._file: TextIO | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._close()
        # newline="" leaves the line ends to the csv module, as it asks for.
        self._file = open(self.filename, "a" if self.append else "w", encoding="utf-8", newline="")  # noqa: SIM115
        self._has_heading = self._file.tell() > 0
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a line."""
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
        row: list[Any] = [epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)]
        writer.writerow(row)
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _cell(figure: Any) -> Any:
    """Return what stands in the file: Keras writes several figures as a text with quotes of its own."""
    return f'"[{", ".join(map(str, figure))}]"' if np.ndim(figure) else figure
