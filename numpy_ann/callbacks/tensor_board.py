"""Figures, and how weights are spread, in the event files that TensorBoard shows."""

import os
import warnings
from pathlib import Path
from time import perf_counter, time
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.validation import checked_bool, checked_integer


class TensorBoard(Callback):
    """Write event files for TensorBoard, of training below ``train``, of validation below ``validation``.

    They are written through the ``tensorboard`` package; without it, training goes on, and that is said once.
    No graph is written, as there is none, and nothing of a profiler or of embeddings.

    Raises ``ValueError`` if an option isn't that, or asks for what isn't written.

    Parameters
    ----------
    log_dir : str or path-like
        The folder; ``tensorboard --logdir=...`` shows it.
    histogram_freq : int
        Every how many epochs the weights are written as histograms; 0: never.
    write_graph, write_images, write_steps_per_second, profile_batch, embeddings_freq, embeddings_metadata
        As Keras has them. ``write_steps_per_second`` is honoured; what isn't written is passed over where
        Keras wouldn't write it either (``write_images`` without histograms), and refused otherwise.
    update_freq : "epoch", "batch" or int
        Write the loss and metrics of batches too, every so many.

    >>> TensorBoard("logs", histogram_freq=1).log_dir
    'logs'
    """

    writes = True

    def __init__(
        self, log_dir: str | os.PathLike[str] = "logs", histogram_freq: int = 0, write_graph: bool = True,
        write_images: bool = False, write_steps_per_second: bool = False, update_freq: str | int = "epoch",
        profile_batch: Any = 0, embeddings_freq: int = 0, embeddings_metadata: Any = None,
    ) -> None:  # fmt: skip
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = checked_integer("histogram_freq", histogram_freq or 0, least=0)
        self.write_steps_per_second = checked_bool("write_steps_per_second", write_steps_per_second)
        if update_freq not in ("epoch", "batch"):
            checked_integer("update_freq", update_freq, least=1, otherwise='"epoch" or "batch"')
        self.update_freq = 1 if update_freq == "batch" else update_freq
        pictures = write_images and self.histogram_freq  # of weights, as often as their histograms
        refused = {f"write_images={pictures!r}": pictures, f"profile_batch={profile_batch!r}": profile_batch}
        refused["embeddings_freq=..."] = embeddings_freq or embeddings_metadata
        for option, asked in refused.items():
            if asked:
                raise ValueError(f"TensorBoard({option}) isn't written by numpy_ann: leave it out.")
        self._writers: dict[str, Any] = {}
        self._batches = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        try:
            from tensorboard.summary.writer.event_file_writer import EventFileWriter
        except ImportError:
            self._new_writer: Any = None
            why = "as the tensorboard package isn't installed: python -m pip install tensorboard"
            warnings.warn(f"TensorBoard writes nothing, {why}", stacklevel=2)
        else:
            self._new_writer = EventFileWriter
        self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._began, self._first = perf_counter(), self._batches

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._batches += 1
        if self.update_freq != "epoch" and self._batches % int(self.update_freq) == 0:
            figures = {f"batch_{name}": value for name, value in (logs or {}).items()}
            self._write("train", self._batches, figures)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = dict(logs or {})
        validation = {name: logs.pop(name) for name in list(logs) if name.startswith("val_")}
        if self.write_steps_per_second:
            steps = self._batches - self._first
            self._write("train", epoch, {"epoch_steps_per_second": steps / (perf_counter() - self._began)})
        rates = {"learning_rate": float(self.model.optimizer.learning_rate)}
        self._write("train", epoch, {f"epoch_{name}": value for name, value in (logs | rates).items()})
        names = {f"epoch_{name.removeprefix('val_')}": value for name, value in validation.items()}
        self._write("validation", epoch, names)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            weights = [(layer.name, p) for layer in self.model.layers for p in layer.weights]
            self._write("train", epoch, {}, {f"{name}/{p.name}/histogram": p.value for name, p in weights})

    def on_train_end(self, logs: Logs | None = None) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _write(
        self, part: str, step: int, figures: dict[str, Any], histograms: dict[str, Array] | None = None
    ) -> None:
        if self._new_writer is None or not (figures or histograms):
            return
        from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore  (made at run time)
        from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary  # pyright: ignore

        if part not in self._writers:
            self._writers[part] = self._new_writer(str(Path(self.log_dir, part)))
        # Several figures of one metric have no curve.
        curves = {tag: float(value) for tag, value in figures.items() if np.ndim(value) == 0}
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in curves.items()]
        for tag, numbers in (histograms or {}).items():
            x = np.asarray(numbers, np.float64).ravel()
            counts, edges = np.histogram(x, 30)
            histogram = HistogramProto(
                min=x.min(), max=x.max(), num=x.size, sum=x.sum(), sum_squares=x @ x,
                bucket_limit=edges[1:], bucket=counts,
            )  # fmt: skip
            values.append(Summary.Value(tag=tag, histo=histogram))
        self._writers[part].add_event(Event(wall_time=time(), step=step, summary=Summary(value=values)))
