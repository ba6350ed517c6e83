"""Saving the model as training goes."""

import os
import warnings
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from numpy_ann.callbacks.callback import Logs
from numpy_ann.callbacks.monitor import Monitor
from numpy_ann.validation import is_integer


class BatchCounter:
    """Says when to save: never by batches (``"epoch"``), or after so many of them, across epochs."""

    def __init__(self, save_freq: Any) -> None:
        if save_freq != "epoch" and not (is_integer(save_freq) and save_freq >= 1):
            expected = "Expected save_freq are 'epoch' or integer values."
            raise ValueError(f"Unrecognized save_freq: {save_freq!r}. {expected}")
        self.every: str | int = save_freq if save_freq == "epoch" else int(save_freq)
        self._seen = 0

    def is_due(self) -> bool:
        """Count one batch; return whether it is time."""
        self._seen += 1
        return not isinstance(self.every, str) and self._seen % self.every == 0


class ModelCheckpoint(Monitor):
    """Save the model, or its weights, after every epoch or every so many batches.

    Files are written whole or not at all: a crash leaves the last good one. What is the best lives as long as
    the callback, so a second ``fit`` goes on comparing with the first.

    Raises ``ValueError`` if the suffix or ``save_freq`` is another one; ``KeyError`` at the first saving, if
    ``filepath`` names a figure that the logs don't have.

    Parameters
    ----------
    filepath : path
        Ends in ``.keras`` or ``.h5``, or with ``save_weights_only`` in ``.weights.h5``. Names in braces are
        filled in: ``"{epoch:02d}-{val_loss:.2f}.keras"``; ``epoch`` and ``batch`` count from 1. Missing
        folders are made.
    verbose : {0, 1}
        Whether to print what is done.
    save_best_only, save_weights_only : bool
        Whether to save only when the figure has improved (``monitor`` and ``mode`` are those of ``Monitor``),
        and to save weights (and the optimizer's state) rather than the model.
    save_freq : "epoch" or int
        When to save; a number counts batches, across epochs.
    initial_value_threshold : float, optional
        What the first figure must beat.

    >>> ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True).filepath
    'best.keras'
    """

    writes = True
    remembers = ("best",)
    _suffixes: ClassVar[tuple[tuple[str, ...], ...]] = (".keras", ".h5"), (".weights.h5",)

    def __init__(
        self, filepath: str | os.PathLike[str], monitor: str = "val_loss", verbose: int = 0,
        save_best_only: bool = False, save_weights_only: bool = False, mode: str = "auto",
        save_freq: str | int = "epoch", initial_value_threshold: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath, self.verbose = os.fspath(filepath), verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.save_freq, self._counter = save_freq, BatchCounter(save_freq)
        self._epoch = 0
        models, weights = self._suffixes
        if save_weights_only and not self.filepath.endswith(weights):
            raise ValueError(
                "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must end in "
                f"`.weights.h5` (Keras weights format). Received: filepath={self.filepath}"
            )
        if not save_weights_only and not self.filepath.endswith(models):
            raise ValueError(
                "The filepath provided must end in `.keras` (for Keras 3) or `.h5` (for Keras 2.15). "
                f"Received: filepath={self.filepath}"
            )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._counter.is_due():
            self._save(self._epoch, {"batch": batch + 1, **(logs or {})})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_best_only:
            self.resolved_mode()  # an error comes early
        if self.save_freq == "epoch":
            self._save(epoch, logs or {})

    def _save(self, epoch: int, logs: Logs) -> None:
        path = self._path(epoch, logs)
        if not self._wanted(epoch, logs, path):
            return
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)
        self._say(epoch, f"finished saving model to {path}")

    def _wanted(self, epoch: int, logs: Logs, path: str) -> bool:
        if not self.save_best_only:
            self._say(epoch, f"saving model to {path}")
            return True
        current = logs.get(self.monitor)
        if current is None or np.ndim(current):
            several = f"Received: {current}. Falling back to `save_best_only=False`."
            when = f"when `monitor` is a scalar value. {several}" if current is not None else ""
            warnings.warn(
                f"Can save best model only {when or f'with {self.monitor} available.'}", stacklevel=2
            )
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self.is_better(current, self.best):
            self._say(epoch, f"{self.monitor} did not improve from {best}")
            return False
        self._say(epoch, f"{self.monitor} improved from {best} to {current:.5f}, saving model to {path}")
        self.best = current
        return True

    def _path(self, epoch: int, logs: Logs) -> str:
        try:
            return self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            text = f'Failed to format this callback filepath: "{self.filepath}". Reason: {error}'
            raise KeyError(text) from None

    def _say(self, epoch: int, what: str) -> None:
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: {what}", flush=True)
