"""The loops: over epochs and batches of training, over the batches of an evaluation or prediction."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks import CallbackList
from numpy_ann.errors import NonFiniteError
from numpy_ann.training.batches import Batches
from numpy_ann.training.head import Head
from numpy_ann.training.prediction import Forward
from numpy_ann.training.scores import Scores
from numpy_ann.training.step import TrainingStep

__all__ = ["Evaluation", "Stoppable", "fit", "predict"]


class Stoppable(Protocol):
    """What the loop reads and writes on a model."""

    stop_training: bool
    epochs_trained: int


class Evaluation:
    """The loss and the metrics of a network on some data, to be taken once or after every epoch."""

    def __init__(self, forward: Forward, head: Head, batches: Batches, scores: Scores) -> None:
        self.batches = batches
        self._forward = forward
        self._head = head
        self._scores = scores

    def run(self, calls: CallbackList) -> dict[str, float]:
        """Return the figures, the loss first."""
        self._scores.reset()
        calls.call("on_test_begin")
        for number, (x, y, w) in enumerate(self.batches.in_order()):
            calls.call("on_test_batch_begin", number)
            z, out = self._forward.logits(x)
            y_pred, loss = self._head.forward(z, y, w, out=out)  # type: ignore[arg-type]
            self._scores.update(loss, y, y_pred, w)  # type: ignore[arg-type]
            if calls.listeners("on_test_batch_end"):
                calls.call("on_test_batch_end", number, logs=self._scores.logs())
        calls.call("on_test_end", logs=self._scores.logs())
        return self._scores.results()


def fit(
    model: Stoppable,
    step: TrainingStep,
    batches: Batches,
    scores: Scores,
    calls: CallbackList,
    epochs: Iterable[int],
    order: np.random.Generator | None,
    evaluation: Evaluation | None,
) -> None:
    """Train epoch by epoch: shuffle, take a step on every batch, validate, report.

    Raises
    ------
    NonFiniteError
        If the loss isn't finite; the message names epoch and batch.
    """
    calls.call("on_train_begin")
    logs: dict[str, float] = {}
    for epoch in epochs:
        calls.call("on_epoch_begin", epoch)
        scores.reset()
        source = batches.in_order() if order is None else batches.shuffled(order.permutation(batches.samples))
        for number, (x, y, w) in enumerate(source):
            calls.call("on_train_batch_begin", number)
            try:
                y_pred, loss = step(x, y, w)  # type: ignore[arg-type]
            except NonFiniteError as error:
                place = f"Training stopped in epoch {epoch + 1}, batch {number + 1} of {len(batches)}. "
                raise NonFiniteError(place + str(error)) from None
            scores.update(loss, y, y_pred, w)  # type: ignore[arg-type]
            if calls.listeners("on_train_batch_end"):
                calls.call("on_train_batch_end", number, logs=scores.logs())
            if model.stop_training:
                break
        logs = scores.logs()
        if evaluation is not None:
            logs |= {f"val_{name}": figure for name, figure in evaluation.run(calls).items()}
            logs = dict(sorted(logs.items()))
        model.epochs_trained += 1
        calls.call("on_epoch_end", epoch, logs=logs)
        if model.stop_training:
            break
    calls.call("on_train_end", logs=logs)


def predict(forward: Forward, batches: Batches, result: Array, calls: CallbackList) -> None:
    """Write the network's outputs for all batches to ``result``."""
    calls.call("on_predict_begin")
    start = 0
    for number, (x, _, _) in enumerate(batches.in_order()):
        calls.call("on_predict_batch_begin", number)
        result[start : start + len(x)] = forward(x)
        start += len(x)
        calls.call("on_predict_batch_end", number)
    calls.call("on_predict_end")
