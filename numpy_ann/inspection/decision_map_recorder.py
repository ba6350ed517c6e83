"""How a network of two features makes up its mind: its decision map after each epoch, as a film."""

import os
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.atomic import write_atomically
from numpy_ann.callbacks import Callback, Logs
from numpy_ann.plots import decision_map as maps
from numpy_ann.plots.canvas import Names
from numpy_ann.validation import checked_integer

MOST_FRAMES = 40  # unless the user says how often
LAST_FRAME = 2.0  # seconds that it stays


class Frame(NamedTuple):
    """An epoch: what the network said of every place, and the line above it."""

    probabilities: Array
    title: str


class DecisionMapRecorder(Callback):
    """Record the decision map over the epochs, and write it as an animated GIF when training ends.

    The film begins with the untrained network and ends with the last epoch, however many were run. It is
    drawn like ``plot_decision_map``. After an interrupted training, ``save`` writes what there is. Raises
    ``ValueError`` if an argument is out of its bounds, or points or names don't fit the model that trains.

    Parameters
    ----------
    x, y : numbers of shape (samples, 2), and their class numbers (samples,) or one-hot rows
        The points to show, usually those trained on.
    filepath : path
        Ends in ``.gif``. Missing folders are made; the file is written whole or not at all.
    every : int, optional
        Record after every so many epochs; left out, as often as makes 40 frames at most.
    class_names, resolution
        As for ``plot_decision_map``.
    frames_per_second : int
        How fast the film runs; it stops for two seconds at the end, and begins again.

    Attributes
    ----------
    frames : list
        What has been recorded.

    >>> from tempfile import TemporaryDirectory
    >>> from numpy_ann import Sequential, data, layers
    >>> x, y = data.toy.moons()
    >>> model = Sequential([layers.Dense(8, activation="tanh"), layers.Dense(1, activation="sigmoid")])
    >>> model.compile("adam", "binary_crossentropy")
    >>> with TemporaryDirectory() as folder:
    ...     recorder = DecisionMapRecorder(x, y, f"{folder}/moons.gif", every=2)
    ...     history = model.fit(x, y, epochs=4, verbose=0, callbacks=[recorder])
    ...     os.listdir(folder)
    ['moons.gif']
    """

    def __init__(
        self, x: npt.ArrayLike, y: npt.ArrayLike, filepath: str | os.PathLike[str], *,
        every: int | None = None, class_names: Names = None, resolution: int = 120,
        frames_per_second: int = 8,
    ) -> None:  # fmt: skip
        self.points, self.labels = maps.labelled_points(x, y)
        self.plane = maps.plane_around(self.points, resolution)
        self.filepath = _gif(filepath)
        self.every = None if every is None else checked_integer("every", every, least=1)
        self.class_names = class_names
        self.frames_per_second = checked_integer("frames_per_second", frames_per_second, least=1)
        if frames_per_second > 50:
            raise ValueError(f"A GIF shows at most 50 frames a second. Received: {frames_per_second!r}")
        self.frames: list[Frame] = []
        self._names: list[str] = []
        self._pending = ""  # the title of an epoch that wasn't recorded

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.frames = []
        self._pending = ""
        self._step = self.every or ceil(self.params["epochs"] / (MOST_FRAMES - 2)) or 1
        self._record("Before training")
        self._names = maps.class_labels(self.class_names, self.frames[0].probabilities.shape[1], self.labels)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        parts = [f"{name} {logs[name]:.3f}" for name in ("loss", "accuracy") if logs and name in logs]
        self._pending = "   ".join([f"Epoch {epoch + 1}", *parts])
        # The last one now: when training ends, others may put the weights of a better epoch back.
        last = epoch + 1 == self.params["epochs"] or self.model.stop_training
        if last or (epoch + 1) % self._step == 0:
            self._record(self._pending)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Record the last epoch, if it hasn't been, and write the film."""
        if self._pending:
            self._record(self._pending)
        self.save()

    def save(self, filepath: str | os.PathLike[str] | None = None) -> None:
        """Write what has been recorded, to another file if one is given.

        Raises ``ValueError`` if nothing has been recorded, or the file's name doesn't end in ``.gif``;
        ``OSError`` if the file can't be written.
        """
        if not self.frames:
            raise ValueError("There is nothing to show yet: pass the recorder to fit(..., callbacks=[...]).")
        path = self.filepath if filepath is None else _gif(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, self._film())

    def _record(self, title: str) -> None:
        self.frames.append(Frame(maps.class_probabilities(self.model, self.plane.points), title))
        self._pending = ""

    def _film(self) -> bytes:
        """Return the GIF; equal frames in a row are one in it, that stays longer."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from PIL import Image

        figure = Figure(figsize=(3.8, 3.0), dpi=100, layout="constrained")
        canvas: Any = FigureCanvasAgg(figure)  # matplotlib says no types of its methods
        ax = figure.subplots()
        for _ in range(2):  # where the aspect moves ticks, the layout needs a second look
            self._draw_points(ax)
            figure.draw_without_rendering()
        figure.set_layout_engine("none")  # with its place settled, nothing moves but the picture
        self._draw_points(ax)
        pictures = []
        for frame in self.frames:
            ax.set_title(frame.title, fontsize=9)
            fields = maps.draw_fields(ax, self.plane, frame.probabilities)
            canvas.draw()
            pictures.append(Image.fromarray(np.array(canvas.buffer_rgba())).convert("RGB"))
            for field in fields:
                field.remove()
        stays = 1000 // self.frames_per_second  # milliseconds
        last = stays * (1 + round(LAST_FRAME * self.frames_per_second))
        durations = [stays] * (len(pictures) - 1) + [last]
        film, more = BytesIO(), pictures[1:]
        pictures[0].save(film, "gif", save_all=True, append_images=more, loop=0, duration=durations)
        return film.getvalue()

    def _draw_points(self, ax: Any) -> None:
        ax.clear()
        maps.draw_points(ax, self.plane, self.points, self.labels, self._names)
        ax.set_title(self.frames[-1].title, fontsize=9)


def _gif(filepath: Any) -> Path:
    path = Path(filepath)
    if path.suffix.lower() != ".gif":
        raise ValueError(f"The film is a GIF, so its file's name ends in .gif. Received: {path}")
    return path
