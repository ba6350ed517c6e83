"""What callbacks share that watch one figure: which way is better, by how much, and the best so far."""

import warnings

import numpy as np

from numpy_ann.callbacks.callback import Callback

# The metric classes of which less is better, and those of which more is, by name; Keras' table. LossMetric is
# a loss that is watched, under a short name or its own.
_LESS = (
    "BinaryCrossentropy", "CategoricalCrossentropy", "CategoricalHinge", "Hinge", "Huber", "KLDivergence",
    "LogCoshError", "LossMetric", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError",
    "MeanSquaredLogarithmicError", "Poisson", "RootMeanSquaredError", "SparseCategoricalCrossentropy",
    "SquaredHinge",
)  # fmt: skip
_MORE = (
    "AUC", "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "ConcordanceCorrelation", "CosineSimilarity",
    "F1Score", "FBetaScore", "PearsonCorrelation", "Precision", "PrecisionAtRecall", "R2Score", "Recall",
    "RecallAtPrecision", "SensitivityAtSpecificity", "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity", "TopKCategoricalAccuracy",
)  # fmt: skip
_MODE_OF = {**dict.fromkeys(_LESS, "min"), **dict.fromkeys(_MORE, "max")}


class Monitor(Callback):
    """The base of callbacks that watch a figure.

    ``current`` is better than ``reference`` if ``current + min_delta < reference`` (mode ``"min"``) or
    ``current - min_delta > reference`` (mode ``"max"``); anything is better than nothing.

    Raises ``ValueError`` at the end of the first epoch, if ``mode`` is ``"auto"`` and the figure isn't known.

    Parameters
    ----------
    monitor : str
        The figure's name in the logs: ``"val_loss"``, ``"accuracy"``.
    mode : {"auto", "min", "max"}
        Whether less or more is better. ``"auto"`` knows it of the loss and of the metrics.
    min_delta : float
        By how much a figure must be better to count as better; its sign doesn't matter.
    best : float, optional
        The best so far.
    """

    def __init__(
        self, monitor: str, mode: str = "auto", *, min_delta: float = 0.0, best: float | None = None
    ) -> None:
        if mode not in ("auto", "min", "max"):
            whose = type(self).__name__
            warnings.warn(f"{whose} mode '{mode}' is unknown, fallback to auto mode.", stacklevel=3)
            mode = "auto"
        self.monitor, self.mode, self.min_delta, self.best = monitor, mode, abs(min_delta), best

    def is_better(self, current: float, reference: float | None) -> bool:
        """Return whether ``current``, which must be one number, is an improvement."""
        if np.ndim(current):
            what = f"{type(self).__name__} watches one number, but {self.monitor} is {np.size(current)}"
            cure = "Give the metric an average, as in F1Score(average='macro')."
            raise ValueError(f"{what}: one for each class. {cure}")
        if reference is None:
            return True
        less = self.resolved_mode() == "min"
        return current + self.min_delta < reference if less else current - self.min_delta > reference

    def resolved_mode(self) -> str:
        """Return ``"min"`` or ``"max"``, found out by the figure's name if need be."""
        if self.mode != "auto":
            return self.mode
        name = self.monitor.removeprefix("val_")
        mode = "min" if name == "loss" else _MODE_OF.get(type(self.model.metric_named(name)).__name__)
        if mode is None:
            raise ValueError(
                f"{type(self).__name__} callback received monitor={self.monitor}, but whether that metric "
                "should be maximized or minimized isn't known. Pass `mode='max'` if more is better, or "
                "`mode='min'` if less is."
            )
        return mode
