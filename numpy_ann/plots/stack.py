"""What the figures of images are given: checked, and in one form."""

from math import isqrt

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array

__all__ = ["as_indices", "as_labels", "as_stack", "brightness"]


def as_stack(images: npt.ArrayLike) -> Array:
    """Return the images as an array of shape (n, height, width), without copying one."""
    stack: Array = np.asarray(images)
    if stack.dtype.kind not in "buif":
        raise TypeError(f"Expected images of numbers. Received: an array of dtype {stack.dtype}.")
    if stack.ndim == 4 and stack.shape[-1] == 1:
        stack = stack[..., 0]
    elif stack.ndim == 2 and (side := isqrt(stack.shape[1])) ** 2 == stack.shape[1]:
        stack = stack.reshape(len(stack), side, side)
    if stack.ndim != 3:
        hint = " For a single image, pass image[np.newaxis]." if stack.ndim in (1, 2) else ""
        raise ValueError(
            "Expected images of shape (n, height, width), (n, height, width, 1) or, if square, (n, pixels). "
            f"Received: shape {stack.shape}.{hint}"
        )
    if stack.size == 0:
        raise ValueError(f"There is no image to draw. Received: shape {stack.shape}.")
    return stack


def as_indices(indices: npt.ArrayLike | None, count: int, default: int) -> Array:
    """Return the indices to draw, counted from 0."""
    if indices is None:
        return np.arange(min(default, count))
    chosen: Array = np.asarray(indices)
    if chosen.ndim != 1 or chosen.size == 0:
        raise ValueError(f"Expected a list of indices, such as [0, 1, 2]. Received: shape {chosen.shape}.")
    if chosen.dtype.kind not in "ui":
        hint = " Of a mask, pass np.flatnonzero(mask)[:9]." if chosen.dtype.kind == "b" else ""
        raise TypeError(f"Expected indices that are whole numbers. Received: dtype {chosen.dtype}.{hint}")
    chosen = chosen.astype(np.int64)  # a uint8 could not count past 255
    outside = chosen[(chosen < -count) | (chosen >= count)]
    if outside.size:
        raise ValueError(f"Expected indices from 0 to {count - 1}. Received: {outside[0]}.")
    return np.where(chosen < 0, chosen + count, chosen)


def as_labels(labels: npt.ArrayLike, count: int) -> Array:
    """Return one label an image."""
    names: Array = np.asarray(labels)
    if names.shape != (count,):
        hint = " Of one-hot labels, pass np.argmax(labels, axis=1)." if names.ndim == 2 else ""
        raise ValueError(f"Expected labels of shape ({count},), one an image. Received: {names.shape}.{hint}")
    return names


def brightness(shown: Array) -> tuple[float, float]:
    """Return the values drawn darkest and lightest."""
    low, high = float(shown.min()), float(shown.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("Expected finite pixels. Received: NaN or infinity among the images to draw.")
    for top in (1.0, 255.0):
        if low >= 0 and high <= top:
            return 0.0, top
    return low, high
