"""The record of training that ``fit`` returns."""

from numpy_ann.callbacks.callback import Callback, Logs

__all__ = ["History"]


class History(Callback):
    """Keeps every epoch's figures.

    Attributes
    ----------
    history : dict of str to list of float
        One list a figure, one entry an epoch: ``{"accuracy": [...], "loss": [...], "val_accuracy": [...],
        "val_loss": [...]}``.
    epoch : list of int
        The epochs' numbers, from ``initial_epoch``.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's figures down."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(_figure(name, value))


def _figure(name: str, value: object) -> float:
    """Return the figure as a float, if it is a number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(
            f"The logs hold {name}={value!r}, which is no number: a callback, or a metric, put it there. "
            "What isn't a figure is best kept on the callback itself."
        ) from None
