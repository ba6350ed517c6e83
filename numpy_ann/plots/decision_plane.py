"""The plane that a decision map shows, and what a network says of every place on it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann import activations
from numpy_ann._typing import Array

__all__ = ["Plane", "class_probabilities", "labelled_points", "plane_around"]


class Plane(NamedTuple):
    """A grid of places: ``x1`` and ``x2`` along its sides, ``(resolution,)`` each."""

    x1: Array
    x2: Array

    @property
    def points(self) -> Array:
        """All places, row by row from below: float32 of shape ``(resolution^2, 2)``."""
        grid = np.meshgrid(self.x1, self.x2)
        return np.stack([side.ravel() for side in grid], axis=1).astype(np.float32)


def plane_around(x: Array, resolution: int) -> Plane:
    """Return the plane around points ``(samples, 2)``, an eighth of their spread wider on each side.

    Raises
    ------
    ValueError
        If ``resolution`` isn't a whole number of 2 or more.
    """
    if isinstance(resolution, bool) or not isinstance(resolution, int | np.integer) or resolution < 2:
        raise ValueError(
            "`resolution` is how many places a side has, a whole number of 2 or more. "
            f"Received: resolution={resolution!r}"
        )
    low, high = x.min(axis=0), x.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    low, high = low - spread / 8, high + spread / 8
    return Plane(*(np.linspace(low[i], high[i], resolution) for i in (0, 1)))


def labelled_points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Return points, float64 of shape ``(samples, 2)``, and their class numbers ``(samples,)``.

    Raises
    ------
    ValueError
        If ``x`` isn't a list of finite points of the plane, or ``y`` doesn't hold one class number, or one
        one-hot row, for each.
    """
    points: Array = np.asarray(x)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or points.dtype.kind not in "buif":
        raise ValueError(
            "A decision map shows points of two features: x of shape (samples, 2). "
            f"Received: {points.dtype} of shape {points.shape}."
        )
    labels: Array = np.asarray(y)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1) if labels.shape[1] > 1 else labels[:, 0]
    numbers = labels.dtype.kind in "buif" and np.isfinite(labels).all()
    if labels.shape != points.shape[:1] or not numbers or (labels < 0).any() or (labels % 1 != 0).any():
        raise ValueError(
            f"Expected y with a class number, 0, 1, ..., for each of {len(points)} points, or one-hot rows. "
            f"Received: {labels.dtype} of shape {np.shape(y)}."
        )
    if not np.isfinite(points).all():
        raise ValueError("The points hold NaN or infinity. Look for missing values in x.")
    return points.astype(np.float64), labels.astype(np.int64)


def class_probabilities(model: Any, x: Array) -> Array:
    """Return the probability of every class at points ``(n, 2)``: shape ``(n, classes)``, rows that sum to 1.

    One output is the probability of class 1. Outputs of a model whose loss takes logits are turned into
    probabilities first, unless it ends in a softmax or sigmoid all the same.

    Raises
    ------
    TypeError
        If ``model`` can't predict.
    ValueError
        If it reads something else than two features, or its outputs aren't probabilities.
    """
    if not hasattr(model, "predict"):
        raise TypeError(f"Expected a model, which has predict(). Received: {type(model).__name__}.")
    if getattr(model, "built", False) and model.input_shape != (None, 2):
        raise ValueError(
            "A decision map shows a model of two features, which reads (batch, 2). "
            f"Model '{model.name}' reads {model.input_shape}."
        )
    p: Array = np.asarray(model.predict(x, verbose=0))
    if p.ndim != 2:
        raise ValueError(f"Expected outputs of shape (batch, classes). Received: {p.shape}.")
    ends = [layer.activation.name for layer in getattr(model, "layers", ())][-1:]
    if getattr(getattr(model, "loss", None), "from_logits", False) and ends not in (["softmax"], ["sigmoid"]):
        p = (activations.softmax if p.shape[1] > 1 else activations.sigmoid)(p)
    p = p if p.shape[1] > 1 else np.concatenate([1 - p, p], axis=1)
    if not (np.isfinite(p).all() and (p >= 0).all() and np.allclose(p.sum(axis=1), 1, atol=1e-3)):
        raise ValueError(
            "The model's outputs aren't the probabilities of classes, finite and with the sum 1. End it in "
            'Dense(classes, activation="softmax") or, for two classes, Dense(1, activation="sigmoid").'
        )
    return p
