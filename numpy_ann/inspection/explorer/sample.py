"""The pictures that the page holds: some of the test set, as bytes from 0 to 255, with their labels."""

import base64
import zlib
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.labels import as_labels
from numpy_ann.models import Sequential

__all__ = ["as_pixels", "sample_of"]


def sample_of(model: Sequential, x: Array, y: Array, size: int) -> dict[str, Any]:
    """Return ``size`` pictures, spread evenly over the test set, as the page reads them.

    Raises
    ------
    ValueError
        If there are no pictures, another number of labels, or either isn't what the model works on.
    """
    x, classes = np.asarray(x), int(model.output_shape[-1] or 0)
    labels = as_labels(y, classes, "y_test")
    if len(x) == 0 or len(x) != len(labels):
        raise ValueError(f"x_test and y_test hold {len(x)} and {len(labels)} samples; the same, at least 1.")
    predictions = model.predict(x, verbose=0)  # also checks that x fits the model
    right = predictions.argmax(axis=-1) == labels
    chosen = np.linspace(0, len(x) - 1, min(size, len(x))).round().astype(int)
    pixels, scale = as_pixels(x[chosen])
    return {
        "pictures": base64.b64encode(zlib.compress(pixels.tobytes(), 9)).decode(),
        "scale": scale,
        "labels": labels[chosen].tolist(),
        "indices": chosen.tolist(),
        "of": len(x),
        "accuracy": float(right.mean()),
    }


def as_pixels(x: Array) -> tuple[Array, float]:
    """Return pictures as bytes, and the number that turns a byte into the model's input again.

    Pictures from 0 to 1 must be bytes divided by 255, others bytes: so the page shows the model exactly what
    Python does.

    Raises
    ------
    ValueError
        If they are neither.

    Examples
    --------
    >>> pixels, scale = as_pixels(np.array([[0.0, 0.2, 1.0]]))
    >>> pixels, 1 / scale
    (array([[  0,  51, 255]], dtype=uint8), 255.0)
    """
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
