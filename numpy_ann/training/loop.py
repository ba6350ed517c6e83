"""The loops: over epochs and batches of training, over the batches of an evaluation or prediction."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks import CallbackList
from numpy_ann.communicator import group
from numpy_ann.errors import NonFiniteError
from numpy_ann.part import ours
from numpy_ann.threads import LARGE_PRODUCT, get_blas_threads
from numpy_ann.training.configuration import RunningMetrics
from numpy_ann.training.data import Batches, BatchSource
from numpy_ann.training.output_loss import OutputLoss
from numpy_ann.training.shared_gradient import begin_together, exchange_streams
from numpy_ann.training.step import ForwardPass, TrainingStep

T = TypeVar("T")


class Evaluation:
    """The loss and the metrics of a network on some data, to be taken once or after every epoch."""

    def __init__(
        self, passes: Sequence[tuple[ForwardPass, OutputLoss]], batches: BatchSource, metrics: RunningMetrics
    ) -> None:
        self.batches = batches
        self._judges = [partial(self._judged, *one) for one in passes]
        self._metrics = metrics

    @staticmethod
    def _judged(forward: ForwardPass, output_loss: OutputLoss, x: Array, y: Array, w: Array | None) -> Any:
        z, out = forward.logits(x)
        return *output_loss.forward(z, y, w, out=out), y, w

    def run(self, calls: CallbackList) -> dict[str, float]:
        """Return the figures, the loss first; none where the data have run out."""
        self._metrics.reset()
        self.batches.restart()
        calls.call("on_test_begin")
        number = -1
        for number, judged in enumerate(side_by_side(self.batches, self._judges)):
            if number % calls.every == 0:
                calls.call("on_test_batch_begin", number)
            y_pred, loss, y, w = judged()
            self._metrics.update(loss, y, y_pred, w)
            if calls.ends_with(number):
                _end_batch(calls.model, calls, "test", number, self._metrics)
                if calls.model.stop_evaluating:
                    break
        if (last := calls.unfinished(number)) is not None:
            _end_batch(calls.model, calls, "test", last, self._metrics)
        self._metrics.pool()
        calls.call("on_test_end", logs=self._metrics.logs())
        return self._metrics.results() if number >= 0 else {}


def _end_batch(model: Any, calls: CallbackList, unit: str, number: int, metrics: RunningMetrics) -> None:
    """Call who listens; several processes agree on the figures, and on whether to stop."""
    moment, stop = f"on_{unit}_batch_end", "stop_training" if unit == "train" else "stop_evaluating"
    observed = moment in calls.observed and group().size > 1
    if observed:
        metrics.pool()
        if calls.saves(moment):
            exchange_streams(model.streams)
    if calls.listeners[moment]:
        calls.call(moment, number, logs=metrics.logs())
    if observed:
        setattr(model, stop, any(group().gather(getattr(model, stop))))


def fit(
    model: Any, step: TrainingStep, batches: BatchSource, metrics: RunningMetrics, calls: CallbackList,
    epochs: range, order: np.random.Generator | None, evaluation: Evaluation | None,
    validation_freq: int | Collection[int],
) -> None:  # fmt: skip
    """Train epoch by epoch: shuffle, take a step on every batch, validate if that is due, report.

    Raises ``NonFiniteError`` if the loss isn't finite; the message names epoch and batch.
    """
    model.resume_at = None
    calls.call("on_train_begin")
    if group().size > 1:
        begin_together(model, batches, epochs)
    logs: dict[str, float] = {}
    start, skip = model.resume_at or (epochs.start, 0)  # a callback may have restored an earlier training
    for epoch in range(start, epochs.stop):
        calls.call("on_epoch_begin", epoch)
        metrics.reset()
        number = -1
        for number, (x, y, w) in enumerate(batches.epoch(order, skip), skip):
            if number % calls.every == 0:
                calls.call("on_train_batch_begin", number)
            if not step.has_parameters():  # a callback may have made another model of these layers
                step = model.training_step(step.batch_size)
            try:
                y_pred, loss = step(x, y, w)  # type: ignore[arg-type]
            except NonFiniteError as error:
                if not calls.outlive_nonfinite:
                    of = "" if batches.steps is None else f" of {batches.steps}"
                    place = f"Training stopped in epoch {epoch + 1}, batch {number + 1}{of}. "
                    raise NonFiniteError(place + str(error)) from None
                metrics.add_loss(error.loss, len(x))
            else:
                metrics.update(loss, y, y_pred, w)  # type: ignore[arg-type]
            if calls.ends_with(number):
                _end_batch(model, calls, "train", number, metrics)
            if model.stop_training:
                break
        if (last := calls.unfinished(number)) is not None and not model.stop_training:
            _end_batch(model, calls, "train", last, metrics)
        if number < 0:  # the data ran out: this is no epoch
            break
        skip = 0
        metrics.pool()
        logs = metrics.logs()
        if evaluation is not None and is_due(epoch, validation_freq):
            logs |= {f"val_{name}": figure for name, figure in evaluation.run(calls).items()}
            logs = dict(sorted(logs.items()))
        model.epochs_trained += 1
        exchange_streams(model.streams)
        calls.call("on_epoch_end", epoch, logs=logs)
        model.stop_training = any(group().gather(model.stop_training))
        if model.stop_training:
            break
    if not step.has_parameters():
        step = model.training_step(step.batch_size)
    step.finish()
    calls.call("on_train_end", logs=logs)


def predict(
    passes: Sequence[ForwardPass], batches: BatchSource, calls: CallbackList, result: Array | None = None
) -> Array:
    """Return the network's outputs for all batches, written to ``result`` where their number is known."""
    calls.call("on_predict_begin")
    parts: list[Any] = []
    start, number = 0, -1
    computes = [partial(lambda forward, x, *_: forward(x), one) for one in passes]
    for number, outputs in enumerate(side_by_side(batches, computes)):
        if number % calls.every == 0:
            calls.call("on_predict_batch_begin", number)
        y = outputs()
        if result is None:
            parts.append(y if isinstance(y, tuple) else y.copy())
        else:
            result[start : start + len(y)] = y
        start += len(y)
        if calls.ends_with(number):
            calls.call("on_predict_batch_end", number)
            if calls.model.stop_predicting:
                break
    if (last := calls.unfinished(number)) is not None:
        calls.call("on_predict_batch_end", last)
    calls.call("on_predict_end")
    return passes[0].joined(parts) if result is None else result[:start]


def is_due(epoch: int, validation_freq: Any) -> bool:
    """Return whether an epoch, counted from 0, ends in a validation; a list counts from 1.

    >>> [is_due(epoch, 2) for epoch in range(4)], [is_due(epoch, [1, 4]) for epoch in range(4)]
    ([False, True, False, True], [True, False, False, True])
    """
    listed = isinstance(validation_freq, list | tuple | set)
    return epoch + 1 in validation_freq if listed else bool((epoch + 1) % validation_freq == 0)


def can_be_shared(model: Any, batches: BatchSource) -> bool:
    """Return whether threads may share the batches: of arrays in memory, for our layers, if it is worth it.

    It doesn't depend on how many threads there are, and BLAS runs on one where it is so.
    """
    if get_blas_threads() != "auto" or not isinstance(batches, Batches) or not batches.can_be_shared:
        return False
    layers = [getattr(use, "layer", use) for use in model.plan]
    work = batches.samples * max((p.value.size for p in model.parameters), default=0)
    return work >= LARGE_PRODUCT and all(ours(type(layer)) and not layer.by_call for layer in layers)


def side_by_side(batches: Any, computes: Sequence[Callable[..., T]]) -> Iterator[Callable[[], T]]:
    """Yield, batch by batch, what returns ``compute(x, y, sample_weight)``.

    Of ``computes`` there are two for each thread, each with memory of its own: what one returned holds until
    the next is asked for. One alone is called when its result is.

    NumPy lets other threads run while it computes. With BLAS on one thread in each, a few of them are as fast
    as BLAS' own on a quiet machine, and on a busy one, where those wait for each other by spinning, far
    faster. Who computes a batch has no influence on its bits.
    """
    if len(computes) == 1:
        for batch in batches.epoch():
            yield partial(computes[0], *batch)
        return
    sources, slots = [batches.twin() for _ in computes], len(computes)

    def work(number: int) -> T:
        slot = number % slots
        return computes[slot](*sources[slot].batch(number))

    with ThreadPoolExecutor(slots // 2) as threads:
        waiting = deque(threads.submit(work, number) for number in range(min(slots, batches.steps)))
        for number in range(batches.steps):
            yield waiting.popleft().result
            if number + slots < batches.steps:
                waiting.append(threads.submit(work, number + slots))
