"""How training went, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from numpy_ann.errors import escaped
from numpy_ann.plots.canvas import axes_or_new, style_epochs
from numpy_ann.plots.colors import BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HistoryLike", "plot_history"]

MANY_EPOCHS = 25  # from here on, a marker an epoch would hide the line


class HistoryLike(Protocol):
    """What ``fit`` returns: a list of numbers for each metric, and the epochs' numbers, from 0."""

    @property
    def history(self) -> Mapping[str, Sequence[float]]:
        """One list a metric, one number an epoch; those of validation start with ``val_``."""
        ...

    @property
    def epoch(self) -> Sequence[int]:
        """The epochs' numbers: 0, 1, ..., or from ``initial_epoch``."""
        ...


def plot_history(
    history: HistoryLike | Mapping[str, Sequence[float]], metric: str = "accuracy", *, ax: Axes | None = None
) -> Axes:
    """Draw a metric over the epochs, for the training data and, if there were any, the validation data.

    Epochs count from 1, as ``fit`` prints them; training that was continued with ``initial_epoch`` goes on
    from there.

    Parameters
    ----------
    history : History or dict
        What ``fit`` returned, or its ``history`` dictionary alone (its epochs are then counted from 1).
    metric : str
        ``"accuracy"``, ``"loss"`` or another key of the dictionary, without ``val_``.
    ax : matplotlib Axes, optional
        Where to draw; without it, on a new figure.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        There is no such metric, no epoch was finished, or the lists differ in length.
    TypeError
        ``history`` or ``ax`` is something else.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> curves = {"accuracy": [0.89, 0.94, 0.96], "val_accuracy": [0.95, 0.96, 0.97]}
    >>> ax = plot_history(curves, ax=Figure().subplots())
    >>> ax.get_title(), [line.get_label() for line in ax.lines]
    ('Model accuracy', ['Training', 'Validation'])
    """
    curves, epochs = _read(history)
    known = [name for name in curves if not name.startswith("val_")]
    if metric not in known:
        raise ValueError(f"The history has no metric {metric!r}. It has: {', '.join(known)}.")
    training = _values(curves, metric, epochs)
    validation = _values(curves, f"val_{metric}", epochs) if f"val_{metric}" in curves else None
    ax = axes_or_new(ax, figsize=(6.4, 4.2))

    # Dashes and squares tell the lines apart without colour.
    solid, dashed = ("o-", "s--") if len(epochs) < MANY_EPOCHS else ("-", "--")
    ax.plot(epochs, training, solid, color=BLUE, linewidth=2, label="Training")
    if validation is not None:
        ax.plot(epochs, validation, dashed, color=VERMILION, linewidth=2, label="Validation")

    name = escaped(metric).replace("_", " ")
    ax.set_title(f"Model {name}")
    ax.set_ylabel(name[:1].upper() + name[1:])
    style_epochs(ax, len(epochs), ticks=10)
    ax.legend(frameon=False)
    return ax


def _read(history: object) -> tuple[Mapping[str, Any], list[int]]:
    """Return the lists by metric, and the epochs' numbers from 1."""
    curves = getattr(history, "history", history)
    if not isinstance(curves, Mapping) or not all(hasattr(values, "__len__") for values in curves.values()):
        raise TypeError(
            "plot_history expects the History that fit returns, or its dictionary of lists. "
            f"Received: {type(history).__name__}."
        )
    length = max((len(values) for values in curves.values()), default=0)
    if length == 0:
        raise ValueError("The history is empty: no epoch was finished. Train with fit first.")
    return curves, [epoch + 1 for epoch in getattr(history, "epoch", range(length))]


def _values(curves: Mapping[str, Any], metric: str, epochs: Sequence[int]) -> Sequence[float]:
    """Return the metric's numbers, one an epoch."""
    values: Sequence[float] = curves[metric]
    if len(values) != len(epochs):
        raise ValueError(
            f"Expected one {metric!r} an epoch. Received: {len(values)} numbers for {len(epochs)} epochs."
        )
    return values
