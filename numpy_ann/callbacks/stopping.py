"""Stopping: when training has stopped helping, or has lost its way."""

import warnings
from math import isfinite

from numpy_ann._typing import Array
from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.callbacks.monitor import Monitor


class EarlyStopping(Monitor):
    """Stop when a figure has not improved for ``patience`` epochs: see ``Monitor``, also for its options.

    As in Keras 3: an improvement that doesn't beat ``baseline`` is remembered as the best but doesn't start
    the waiting anew; and ``restore_best_weights`` restores at the end of training in any case, whether it was
    stopped or ran its course. All counts start anew with each ``fit``.

    Parameters
    ----------
    patience, verbose : int
        Epochs to wait for an improvement; 1 to print what is done.
    baseline : float, optional
        What is to be beaten.
    restore_best_weights : bool
        Whether to go back to the weights of the best epoch.
    start_from_epoch : int
        Epochs before it, counted from 0, are ignored wholly.

    Attributes
    ----------
    stopped_epoch, best, best_epoch : int, float, int
        When training was stopped, 0 if it wasn't; the best figure, and its epoch.

    >>> EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True).wait
    0
    """

    remembers = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def __init__(
        self, monitor: str = "val_loss", min_delta: float = 0, patience: int = 0, verbose: int = 0,
        mode: str = "auto", baseline: float | None = None, restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights, self.start_from_epoch = restore_best_weights, start_from_epoch
        self._reset()

    def _reset(self) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Array] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._reset()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.resolved_mode()
        logs = logs or {}
        if (current := logs.get(self.monitor)) is None:
            what = f"metric `{self.monitor}` which is not available. Available metrics are: {','.join(logs)}"
            warnings.warn(f"Early stopping conditioned on {what}", stacklevel=2)
            return
        if epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._keep(epoch)  # also where this figure is NaN, and beats nothing
        self.wait += 1
        if self.is_better(current, self.best):
            self.best = current
            self._keep(epoch)
            if self.baseline is None or self.is_better(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping", flush=True)
        if self.best_weights is not None:
            if self.verbose > 0:
                best = self.best_epoch + 1
                print(f"Restoring model weights from the end of the best epoch: {best}.", flush=True)
            self.model.set_weights(self.best_weights)

    def _keep(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite, and say so.

    Without it, ``fit`` raises ``NonFiniteError``, which names the layer at fault. With it, training ends as
    if the epochs were over: the history holds the bad loss, and other callbacks have their ``on_train_end``.
    Unlike in Keras, the step that would have spread the damage isn't taken, so that the model is as good as
    it was a batch before. The batch counts in the loss alone, not in the metrics. With ``raise_error``, a
    ``RuntimeError`` is raised rather.

    >>> TerminateOnNaN().outlives_nonfinite
    True
    """

    outlives_nonfinite = True

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or isfinite(loss):
            return
        if self.raise_error:
            found = f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}."
            raise RuntimeError(f"{found} Terminating training immediately.")
        print(f"Batch {batch}: Invalid loss, terminating training", flush=True)
        self.model.stop_training = True
