"""The loops: over epochs and batches of training, over the batches of an evaluation or prediction."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks import CallbackList
from numpy_ann.errors import NonFiniteError
from numpy_ann.training.feed import Feed
from numpy_ann.training.head import Head
from numpy_ann.training.prediction import Forward
from numpy_ann.training.scores import Scores
from numpy_ann.training.step import TrainingStep

__all__ = ["Evaluation", "Stoppable", "fit", "predict"]


class Stoppable(Protocol):
    """What the loop reads and writes on a model."""

    stop_training: bool
    epochs_trained: int
    resume_at: tuple[int, int] | None

    def current_step(self, step: TrainingStep) -> TrainingStep:
        """Return the step, made anew if another model has claimed the parameters."""


class Evaluation:
    """The loss and the metrics of a network on some data, to be taken once or after every epoch."""

    def __init__(self, forward: Forward, head: Head, feed: Feed, scores: Scores) -> None:
        self.feed = feed
        self._forward = forward
        self._head = head
        self._scores = scores

    def run(self, calls: CallbackList) -> dict[str, float]:
        """Return the figures, the loss first; none where the data have run out."""
        self._scores.reset()
        self.feed.restart()
        calls.call("on_test_begin")
        number = -1
        for number, (x, y, w) in enumerate(self.feed.epoch()):
            calls.call("on_test_batch_begin", number)
            z, out = self._forward.logits(x)
            y_pred, loss = self._head.forward(z, y, w, out=out)  # type: ignore[arg-type]
            self._scores.update(loss, y, y_pred, w)  # type: ignore[arg-type]
            if calls.listeners("on_test_batch_end"):
                calls.call("on_test_batch_end", number, logs=self._scores.logs())
        calls.call("on_test_end", logs=self._scores.logs())
        return self._scores.results() if number >= 0 else {}


def fit(
    model: Stoppable,
    step: TrainingStep,
    feed: Feed,
    scores: Scores,
    calls: CallbackList,
    epochs: range,
    order: np.random.Generator | None,
    evaluation: Evaluation | None,
    is_due: Callable[[int], bool],
) -> None:
    """Train epoch by epoch: shuffle, take a step on every batch, validate if that is due, report.

    Raises
    ------
    NonFiniteError
        If the loss isn't finite; the message names epoch and batch.
    """
    model.resume_at = None
    calls.call("on_train_begin")
    logs: dict[str, float] = {}
    start, skip = model.resume_at or (epochs.start, 0)  # a callback may have restored an earlier training
    for epoch in range(start, epochs.stop):
        calls.call("on_epoch_begin", epoch)
        scores.reset()
        number = -1
        for number, (x, y, w) in enumerate(feed.epoch(order, skip), skip):
            calls.call("on_train_batch_begin", number)
            step = model.current_step(step)  # a callback may have made another model of these layers
            try:
                y_pred, loss = step(x, y, w)  # type: ignore[arg-type]
            except NonFiniteError as error:
                if not calls.outlive_nonfinite:
                    of = "" if feed.steps is None else f" of {feed.steps}"
                    place = f"Training stopped in epoch {epoch + 1}, batch {number + 1}{of}. "
                    raise NonFiniteError(place + str(error)) from None
                scores.add_loss(error.loss, len(x))
            else:
                scores.update(loss, y, y_pred, w)  # type: ignore[arg-type]
            if calls.listeners("on_train_batch_end"):
                calls.call("on_train_batch_end", number, logs=scores.logs())
            if model.stop_training:
                break
        if number < 0:  # the data ran out: this is no epoch
            break
        skip = 0
        logs = scores.logs()
        if evaluation is not None and is_due(epoch):
            logs |= {f"val_{name}": figure for name, figure in evaluation.run(calls).items()}
            logs = dict(sorted(logs.items()))
        model.epochs_trained += 1
        calls.call("on_epoch_end", epoch, logs=logs)
        if model.stop_training:
            break
    model.current_step(step).finish()
    calls.call("on_train_end", logs=logs)


def predict(forward: Forward, feed: Feed, calls: CallbackList, result: Array | None = None) -> Array:
    """Return the network's outputs for all batches, written to ``result`` where their number is known."""
    calls.call("on_predict_begin")
    parts: list[Array] = []
    start = 0
    for number, (x, _, _) in enumerate(feed.epoch()):
        calls.call("on_predict_batch_begin", number)
        y = forward(x)
        if result is None:
            parts.append(y.copy())
        else:
            result[start : start + len(x)] = y
        start += len(x)
        calls.call("on_predict_batch_end", number)
    calls.call("on_predict_end")
    return np.concatenate(parts) if result is None else result[:start]
