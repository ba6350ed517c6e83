"""Which parts matter: what becomes of the answer when they are covered."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.inspection.answers import BATCH, Answers
from numpy_ann.inspection.labels import as_class_index
from numpy_ann.inspection.pictures import picture_shape
from numpy_ann.models import Sequential
from numpy_ann.validation import checked_integer

__all__ = ["occlusion"]

Window: TypeAlias = tuple[slice, slice]


def occlusion(
    model: Sequential,
    x: Array,
    class_index: int | Array | None = None,
    *,
    patch: int | Sequence[int] = 7,
    stride: int = 1,
    fill: float = 0.0,
) -> Array:
    """Return by how much a class' probability drops when the parts of a picture are covered, one by one.

    A patch wanders over the picture, and each pixel gets the mean over the patches that cover it::

        drop = p_c(x) - p_c(x with the patch covered)

    A positive number says that the pixel's surroundings speak for class ``c``, a negative one that they speak
    against it. Models without softmax or sigmoid have their outputs for ``p``.

    Parameters
    ----------
    model : Sequential
        Built, reading pictures: ``(rows, columns)``, ``(rows, columns, 1)`` or one row of a square's numbers.
    x : ndarray, shape (samples, ...)
        Pictures as for ``predict``.
    class_index : int or ndarray of shape (samples,), optional
        ``c``, one for all samples or one each; left out, the class predicted for each. A single sigmoid has
        the classes 0 and 1.
    patch : int or (int, int)
        Its height and width in pixels; 7 is a quarter of MNIST's 28.
    stride : int
        By how many pixels it moves; the last place in a row or column ends at the picture's edge.
    fill : float
        What it is filled with: 0, MNIST's background, covers ink. Zeiler and Fergus took grey.

    Returns
    -------
    ndarray, shape (samples, rows, columns)
        In the model's dtype.

    Raises
    ------
    TypeError
        If ``model`` is no ``Sequential``, or ``x`` holds no numbers.
    ValueError
        If the model isn't built or reads no pictures, ``x`` doesn't fit it, there is no such class, the patch
        doesn't fit the picture, or it leaves pixels uncovered.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Flatten, Input
    >>> model = Sequential([Input((2, 2)), Flatten(), Dense(1, use_bias=False)])
    >>> model.set_weights([np.array([[1.0], [2.0], [3.0], [4.0]])])
    >>> occlusion(model, np.array([[[1.0, 0.0], [0.0, 1.0]]]), patch=1)
    array([[[1., 0.],
            [0., 4.]]], dtype=float32)
    """
    answers = Answers(model)
    rows, columns = picture_shape(model)
    x = answers.inputs(x)
    height, width = _sides(patch, rows, columns)
    stride = checked_integer("stride", stride, least=1)
    if not np.isfinite(float(fill)):
        raise ValueError(f"`fill` is a finite number. Received: fill={fill!r}")
    places = [(i, j) for i in _starts(rows, height, stride) for j in _starts(columns, width, stride)]
    windows = [np.s_[i : i + height, j : j + width] for i, j in places]
    covers = np.zeros((rows, columns))
    for window in windows:
        covers[window] += 1
    if not covers.all():
        raise ValueError(
            f"A patch of {height} x {width} pixels that moves by {stride} leaves some uncovered: "
            "pass a smaller stride."
        )
    z = answers.scores(x)
    classes = answers.predicted(z)
    if class_index is not None:
        classes = as_class_index(class_index, len(x), answers.classes)
    p = answers.values(z)[np.arange(len(x)), classes]

    drops = np.zeros((len(x), rows, columns))
    for sample, picture in enumerate(x.reshape(drops.shape)):
        after = _covered(answers, picture, windows, fill, x.shape[1:])[:, classes[sample]]
        for window, drop in zip(windows, p[sample] - after, strict=True):
            drops[sample][window] += drop
    drops /= covers
    return drops.astype(model.dtype)


def _covered(
    answers: Answers, picture: Array, windows: Sequence[Window], fill: float, input_shape: Shape
) -> Array:
    """Return the probabilities ``(windows, classes)`` with one window after the other covered."""
    found = []
    # So many pictures at once and no more, however large they are and however many the windows.
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        covered = np.repeat(picture[np.newaxis].astype(answers.dtype), len(batch), axis=0)
        for image, window in zip(covered, batch, strict=True):
            image[window] = fill
        found.append(answers.values(answers.scores(covered.reshape(-1, *input_shape))))
    return np.concatenate(found)


def _sides(patch: int | Sequence[int], rows: int, columns: int) -> tuple[int, int]:
    """Return the patch's height and width."""
    sides = [patch, patch] if isinstance(patch, int | np.integer) else patch
    if not isinstance(sides, Sequence) or len(sides) != 2:
        raise ValueError(f"`patch` is a side, or height and width. Received: patch={patch!r}")
    height, width = (checked_integer("patch", side, least=1) for side in sides)
    if height > rows or width > columns:
        raise ValueError(
            f"A patch of {height} x {width} pixels doesn't fit pictures of {rows} x {columns}: "
            "pass a smaller patch."
        )
    return height, width


def _starts(length: int, side: int, stride: int) -> list[int]:
    """Return where the patch begins along an axis, so that every pixel is covered.

    Examples
    --------
    >>> _starts(28, 7, 6)
    [0, 6, 12, 18, 21]
    """
    return sorted({*range(0, length - side + 1, stride), length - side})
