"""Learning rates that change: one for every epoch, or smaller ones where larger ones no longer help."""

import warnings
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.callbacks.monitor import Monitor


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of each epoch; with ``verbose=1``, say so.

    ``learning_rate = schedule(epoch, learning_rate)``; the rate is in the logs as ``learning_rate``. The
    schedule takes the epoch, counted from 0, and the learning rate so far; or the epoch alone. It returns a
    float: anything else is a ``ValueError`` in training.

    >>> halving = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch >= 10 else rate)
    >>> halving.schedule(10, 1.0)
    0.5
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        so_far = [float(optimizer.learning_rate)] if _takes_two(self.schedule) else []
        rate = self.schedule(epoch, *so_far)
        if not isinstance(rate, float | np.floating):
            raise ValueError(f"The output of the `schedule` function should be a float. Got: {rate}")
        optimizer.learning_rate = rate
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.", flush=True)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_two(schedule: Callable[..., Any]) -> bool:
    # Keras calls it and tries again after a ``TypeError``, which may have been the schedule's own mistake.
    try:
        parameters = signature(schedule).parameters.values()
    except ValueError:  # some functions written in C don't tell
        return True
    places = [p for p in parameters if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)]
    return len(places) > 1 or any(p.kind is Parameter.VAR_POSITIONAL for p in parameters)


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by ``factor`` when a figure has not improved for ``patience`` epochs.

    ``learning_rate = max(learning_rate factor, min_lr)``; then ``cooldown`` epochs pass before the waiting
    begins again. The rate that an epoch was trained with is in the logs as ``learning_rate``.
    Which figure, and which way is better, the options of ``Monitor`` say.

    Parameters
    ----------
    factor, min_lr : float
        Below 1, else it is a ``ValueError``; and how low the learning rate goes.
    patience, cooldown, verbose : int
        Epochs to wait for an improvement, and to let pass after a reduction; 1 to print what is done.

    >>> ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=5).in_cooldown()
    False
    """

    remembers = ("best", "wait", "cooldown_counter")

    def __init__(
        self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0,
        mode: str = "auto", min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, min_delta=min_delta)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Received factor={factor}")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.cooldown_counter = self.wait = 0

    def in_cooldown(self) -> bool:
        """Return whether the last reduction is so recent that nothing is counted."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best = None
        self.cooldown_counter = self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.resolved_mode()
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = logs.get(self.monitor)
        if current is None:
            what = f"metric `{self.monitor}` which is not available. Available metrics are: {','.join(logs)}."
            warnings.warn(f"Learning rate reduction is conditioned on {what}", stacklevel=2)
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_better(current, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(self.model.optimizer, epoch):
                self.cooldown_counter = self.cooldown
                self.wait = 0

    def _reduce(self, optimizer: Any, epoch: int) -> bool:
        old = float(optimizer.learning_rate)
        if old <= np.float32(self.min_lr):
            return False
        new = max(old * self.factor, self.min_lr)
        optimizer.learning_rate = new
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {new}.", flush=True)
        return True
