"""What every callback is: methods that training calls as it goes."""

from typing import Any

__all__ = ["Callback", "Logs"]

Logs = dict[str, float]
"""Figures by name: ``{"accuracy": 0.97, "loss": 0.09}``."""


class Callback:
    """The base of callbacks: override the moments that interest you.

    ``fit`` calls ``on_train_begin``, then for each epoch ``on_epoch_begin``, for each batch
    ``on_train_batch_begin`` and ``on_train_batch_end``, with validation ``on_test_begin`` to ``on_test_end``,
    then ``on_epoch_end``, at last ``on_train_end``. ``logs`` holds the figures so far; ``epoch`` and
    ``batch`` count from 0. Set ``self.model.stop_training = True`` to stop: within an epoch after the batch,
    otherwise after the epoch.

    Attributes
    ----------
    model
        The model in training.
    params : dict
        ``verbose``, ``epochs`` and ``steps``: batches an epoch, ``None`` where that isn't known.
    outlives_nonfinite : bool
        Set by a class that stops training itself when the loss is no longer finite.

    Examples
    --------
    >>> class Print(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, logs["loss"])
    """

    model: Any = None
    params: dict[str, Any]
    outlives_nonfinite = False

    def set_model(self, model: Any) -> None:
        """Remember the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Remember what ``fit`` was called with."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch; ``logs`` are its figures."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation; ``logs`` are the epoch's figures."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a training step; left as it is, it is ``on_batch_begin``."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a training step; ``logs`` are the epoch's running means. Else it is ``on_batch_end``."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Keras' older name for ``on_train_batch_begin``."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Keras' older name for ``on_train_batch_end``."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After an evaluation; ``logs`` are its figures."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of an evaluation; ``logs`` are the running means."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of a prediction."""
