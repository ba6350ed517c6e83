"""What the explorer shows, written as one file."""

import base64
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from numpy_ann import __version__
from numpy_ann._typing import Array
from numpy_ann.callbacks import History
from numpy_ann.errors import escaped
from numpy_ann.inspection.class_scores import class_numbers
from numpy_ann.inspection.explorer.network import stages_of, weights_of
from numpy_ann.inspection.picture_inputs import picture_shape
from numpy_ann.inspection.single_file import packed, scripts, write_page
from numpy_ann.models import Model
from numpy_ann.validation import checked_integer

# In the order in which they build on each other.
SCRIPTS = [
    *scripts("explorer", "unpacking random network picture elements colors drawing answer layers"),
    *scripts("explorer", "unit gallery confusion curves breaking tabs themes view"),
]


def to_html(
    model: Model, path: str | os.PathLike[str], x_test: Array, y_test: Array,
    history: History | Mapping[str, Sequence[float]] | None = None, *, samples: int = 2000,
) -> None:  # fmt: skip
    """Write the explorer: one HTML file with the trained network inside, to open in any browser.

    Draw a digit and watch it being read, click a unit to see its weights and its sum worked out, look at
    mistakes, break things. The page needs no server and no network, and its own policy forbids it to ask for
    one. Its JavaScript computes what ``model.predict`` computes, to 1e-5. Raises ``ValueError`` if the model
    isn't built, has another kind of layer, or the pictures or labels don't fit it; ``TypeError`` if ``model``
    is no model; ``OSError`` if the file can't be written.

    Parameters
    ----------
    model : Sequential or Model
        A chain, built, of ``Flatten``, ``Dense``, ``Dropout``, ``Activation``, ``ReLU`` and ``Softmax``
        layers, reading pictures: ``(rows, columns)``, ``(rows, columns, 1)`` or one row of a square's
        numbers. ``Rescaling``, ``Normalization`` and ``BatchNormalization`` beside a ``Dense`` are folded
        into the weights that the page shows.
    path : str or path-like
        The file, as ``"explorer.html"``; one that is there is replaced.
    x_test : ndarray
        Pictures as the model was trained on: 8-bit numbers from 0 to 255, or those divided by 255.
    y_test : ndarray
        Their class numbers ``(samples,)``, or one-hot rows.
    history : History or dict, optional
        What ``fit`` returned: shown as training curves.
    samples : int
        How many of the pictures the file holds, spread evenly; 2,000 of MNIST take about 0.5 MB.

    >>> from tempfile import TemporaryDirectory
    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((28, 28)), layers.Flatten(), layers.Dense(10, "softmax")])
    >>> with TemporaryDirectory() as folder:
    ...     to_html(model, f"{folder}/explorer.html", np.zeros((5, 28, 28)), [0, 1, 2, 3, 4])
    ...     os.listdir(folder)
    ['explorer.html']
    """
    samples = checked_integer("samples", samples, least=1)
    rows, columns = picture_shape(model)
    before, stages = stages_of(model)
    data = {"name": escaped(model.name), "version": __version__, "rows": rows, "columns": columns}
    data |= {"before": before, "stages": stages, "weights": base64.b64encode(weights_of(model)).decode()}
    data |= {"sample": sample_of(model, x_test, y_test, samples), "history": _curves(history)}
    write_page(path, "explorer", SCRIPTS, escaped(model.name), data)


def _curves(history: History | Mapping[str, Sequence[float]] | None) -> dict[str, list[float | None]]:
    """Return the history as JSON has it: NaN and infinity become gaps, several figures their mean."""
    curves = history.history if isinstance(history, History) else history or {}
    means = {escaped(str(name)): [float(np.mean(v)) for v in values] for name, values in curves.items()}
    return {name: [v if math.isfinite(v) else None for v in values] for name, values in means.items()}


def sample_of(model: Model, x: Array, y: Array, size: int) -> dict[str, Any]:
    """Return ``size`` pictures, spread evenly over the test set, as the page reads them, and their labels."""
    x, classes = np.asarray(x), int(model.output_shape[-1] or 0)
    labels = class_numbers(y, classes, "y_test")
    if len(x) == 0 or len(x) != len(labels):
        raise ValueError(f"x_test and y_test hold {len(x)} and {len(labels)} samples; the same, at least 1.")
    predictions = model.predict(x, verbose=0)  # also checks that x fits the model
    right = predictions.argmax(axis=-1) == labels
    chosen = np.linspace(0, len(x) - 1, min(size, len(x))).round().astype(int)
    pixels, scale = as_pixels(x[chosen])
    shown = {"pictures": packed(pixels), "scale": scale, "labels": labels[chosen].tolist()}
    return shown | {"indices": chosen.tolist(), "of": len(x), "accuracy": float(right.mean())}


def as_pixels(x: Array) -> tuple[Array, float]:
    """Return pictures as bytes, and the number that turns a byte into exactly the model's input again."""
    numbers = np.asarray(x, dtype=np.float64)
    scale = 1.0 if numbers.max(initial=0) > 1 else 1 / 255
    exact = numbers / scale
    pixels = np.rint(exact)
    if not (np.abs(exact - pixels) < 1e-3).all() or pixels.min() < 0 or pixels.max() > 255:
        raise ValueError(
            "x_test must hold 8-bit pictures: whole numbers from 0 to 255, or those divided by 255. "
            f"Received numbers from {numbers.min():g} to {numbers.max():g}. "
            "A model trained on other numbers can begin with that scaling, as a Rescaling or Normalization."
        )
    return pixels.astype(np.uint8), scale
