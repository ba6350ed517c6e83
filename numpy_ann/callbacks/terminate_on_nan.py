"""Ending a training that has lost its way."""

from math import isfinite

from numpy_ann.callbacks.callback import Callback, Logs

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stop training when the loss is NaN or infinite, and say so.

    Without it, ``fit`` raises ``NonFiniteError``, which names the layer at fault. With it, training ends as
    if the epochs were over: the history holds the bad loss, and other callbacks have their ``on_train_end``.
    Unlike in Keras, the step that would have spread the damage isn't taken, so that the model is as good as
    it was a batch before. The batch counts in the loss alone, not in the metrics.

    Parameters
    ----------
    raise_error : bool
        Whether to raise an error rather than end training.

    Raises
    ------
    RuntimeError
        In training, if ``raise_error`` is set.

    Examples
    --------
    >>> TerminateOnNaN().outlives_nonfinite
    True
    """

    outlives_nonfinite = True

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is None or isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. "
                "Terminating training immediately."
            )
        print(f"Batch {batch}: Invalid loss, terminating training", flush=True)
        self.model.stop_training = True
