"""What a network decides all over the plane, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.plots.canvas import Axes, Names, axes_or_new, checked_names, side_in_points
from numpy_ann.plots.colors import CLASS_COLORS
from numpy_ann.validation import checked_integer

MARKERS = "os^DvPX"  # one a colour
# From which probability on a class's colour shows how strongly. Steps, not a gradient: they can be counted.
PROBABILITIES = np.array([0.5, 0.6, 0.75, 0.9, 0.99])
STRENGTHS = (0.08, 0.2, 0.32, 0.44, 0.56)
SMALLEST = 1e-7  # next to 1 - p, float32 knows no smaller p


def plot_decision_map(
    model: Any, x: npt.ArrayLike, y: npt.ArrayLike, *, class_names: Names = None, resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw what a network of two features decides at every place, and the points that it should get right.

    The colour is the likeliest class's; it grows stronger where that class has a probability above 0.5, 0.6,
    0.75, 0.9 and 0.99. Of more than two classes, it is the share ``p / (p + q)`` that counts, with ``q`` the
    probability of the second likeliest. The black line is the boundary, where both are equal. Points have the
    colour and the marker of their true class: one in a foreign colour's field is a mistake.

    Raises ``ValueError`` if the model reads no two features or gives no probabilities, shapes don't fit
    together, there are more than seven classes, or the names are too few or too many; ``TypeError`` if
    ``model`` can't predict, or ``ax`` is not a matplotlib Axes.

    Parameters
    ----------
    model : Sequential
        Reads ``(batch, 2)``; ends in a softmax, or in one sigmoid, or was compiled with a loss of logits.
    x : numbers of shape (samples, 2)
        The points; the map reaches a little further.
    y : shape (samples,), (samples, 1) or (samples, classes)
        Their class numbers, or one-hot rows.
    class_names : sequence of length ``classes``, optional
        0, 1, 2, ... if not given; seven at most.
    resolution : int
        In how many places the network is asked, on each side.
    ax : matplotlib Axes, optional

    >>> from matplotlib.figure import Figure
    >>> from numpy_ann import Sequential
    >>> from numpy_ann.data import toy
    >>> from numpy_ann.layers import Dense
    >>> model = Sequential([Dense(16, activation="relu"), Dense(1, activation="sigmoid")])
    >>> ax = plot_decision_map(model, *toy.moons(), ax=Figure().subplots())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['class 0', 'class 1']
    """
    points, labels = labelled_points(x, y)
    plane = plane_around(points, resolution)
    p = class_probabilities(model, plane.points)
    names = class_labels(class_names, p.shape[1], labels)
    new = ax is None
    ax = axes_or_new(ax, figsize=(6.0, 4.8))
    draw_points(ax, plane, points, labels, names)
    draw_fields(ax, plane, p)
    ax.set_title("Decision map")
    if new:  # where the aspect moves ticks, the layout needs a second look
        ax.figure.draw_without_rendering()  # type: ignore[union-attr]  # a new figure is no subfigure
    return ax


def draw_fields(ax: Axes, plane: Plane, p: Array) -> list[Any]:
    """Draw fields and boundaries of probabilities ``(places, classes)``; return what was drawn."""
    from matplotlib import rcParams
    from matplotlib.colors import to_rgb

    ink, paper = rcParams["text.color"], np.array(to_rgb(ax.get_facecolor()))
    levels = np.log(PROBABILITIES / (1 - PROBABILITIES))
    # Of each class, log(p / the likeliest other's p): unlike probabilities, which are 0 and 1 nearly
    # everywhere, these run smoothly across a boundary, so that lines through them are smooth too.
    p = np.maximum(p.T, SMALLEST)
    others = [np.delete(p, number, axis=0).max(axis=0) for number in range(len(p))]
    fields = np.log(p / np.stack(others)).reshape(-1, len(plane.x2), len(plane.x1))
    drawn: list[Any] = []
    for field, color in zip(fields, CLASS_COLORS, strict=False):
        if field.max() > 0:  # it is somewhere the likeliest
            shades = [paper + strength * (to_rgb(color) - paper) for strength in STRENGTHS]
            drawn.append(ax.contourf(*plane, field, levels=levels, colors=shades, extend="max"))
        if field.min() < 0 < field.max():
            drawn.append(ax.contour(*plane, field, levels=[0.0], colors=[ink], linewidths=1.2))
    return drawn


def draw_points(ax: Axes, plane: Plane, points: Array, labels: Array, names: Sequence[str]) -> None:
    """Draw the points on the plane, and what stands around it."""
    size = float(np.clip(12_000 / len(points), 6, 36)) * side_in_points(ax) / 260
    for number, (name, color) in enumerate(zip(names, CLASS_COLORS, strict=False)):
        x1, x2 = points[labels == number].T
        look: dict[str, Any] = {"marker": MARKERS[number], "edgecolors": "white", "linewidths": 0.6}
        ax.scatter(x1, x2, s=size, color=color, label=name, zorder=3, **look)
    ax.set(xlim=plane.x1[[0, -1]], ylim=plane.x2[[0, -1]], xlabel="Feature 1", ylabel="Feature 2")
    width, height = np.ptp(plane.x1), np.ptp(plane.x2)
    if 0.4 < width / height < 2.5:  # features of one kind, so a circle should look like one
        ax.set_aspect("equal")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, handletextpad=0.2)


def class_labels(names: Names, classes: int, labels: Array) -> list[str]:
    """Return the classes' names, after checking that they, the colours and the points' labels suffice."""
    if classes > len(CLASS_COLORS):
        raise ValueError(
            f"A decision map has colours for {len(CLASS_COLORS)} classes. The model has {classes} outputs."
        )
    if labels.max() >= classes:
        raise ValueError(
            f"Expected class numbers from 0 to {classes - 1}, as the model has {classes} classes. "
            f"Received: {labels.max()}."
        )
    return checked_names(names, classes, "class {}")


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
    """Return the plane around points ``(samples, 2)``, an eighth of their spread wider on each side."""
    resolution = checked_integer("resolution", resolution, least=2)
    low, high = x.min(axis=0), x.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    low, high = low - spread / 8, high + spread / 8
    return Plane(*(np.linspace(low[i], high[i], resolution) for i in (0, 1)))


def labelled_points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Return points, float64 of shape ``(samples, 2)``, and their class numbers ``(samples,)``, checked."""
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

    Raises errors as ``plot_decision_map`` says.
    """
    if not hasattr(model, "predict"):
        raise TypeError(f"Expected a model, which has predict(). Received: {type(model).__name__}.")
    if getattr(model, "built", False) and model.input_shape != (None, 2):
        raise ValueError(
            "A decision map shows a model of two features, which reads (batch, 2). "
            f"Model {model.name!r} reads {model.input_shape}."
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
