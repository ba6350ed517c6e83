"""A learning rate for every epoch."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from numpy_ann.callbacks.callback import Callback, Logs

__all__ = ["LearningRateScheduler"]


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of each epoch.

    ``learning_rate = schedule(epoch, learning_rate)``; the rate is in the logs as ``learning_rate``.

    Parameters
    ----------
    schedule : callable
        Takes the epoch, counted from 0, and the learning rate so far; or the epoch alone. Returns a float.
    verbose : {0, 1}
        Whether to print what is done.

    Raises
    ------
    ValueError
        In training, if the schedule returns something else than a float.

    Examples
    --------
    >>> halving = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch >= 10 else rate)
    >>> halving.schedule(10, 1.0)
    0.5
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the learning rate."""
        optimizer = self.model.optimizer
        so_far = [float(optimizer.learning_rate)] if _takes_two(self.schedule) else []
        rate = self.schedule(epoch, *so_far)
        if not isinstance(rate, float | np.floating):
            raise ValueError(f"The output of the `schedule` function should be a float. Got: {rate}")
        optimizer.learning_rate = rate
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {rate}.", flush=True)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Add the learning rate to the figures."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_two(schedule: Callable[..., Any]) -> bool:
    """Return whether the schedule wants the learning rate too.

    Keras calls it and tries again after a ``TypeError``, which may have been the schedule's own mistake.
    """
    try:
        parameters = signature(schedule).parameters.values()
    except ValueError:  # some functions written in C don't tell
        return True
    places = [p for p in parameters if p.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)]
    return len(places) > 1 or any(p.kind is Parameter.VAR_POSITIONAL for p in parameters)
