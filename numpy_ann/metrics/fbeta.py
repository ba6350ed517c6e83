"""The harmonic mean of precision and recall, batch by batch."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.metrics.accuracy import require_shape
from numpy_ann.metrics.metric import DType, Metric, spread
from numpy_ann.validation import checked_choice, checked_number

__all__ = ["F1Score", "FBetaScore"]

_EPSILON = 1e-7
_AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """The mean of precision ``P`` and recall ``R`` of each class, in which recall counts ``beta`` times.

    ``F = (1 + beta^2) P R / (beta^2 P + R)``, with 1e-7 added to the denominators of ``P``, ``R`` and ``F``,
    so that 0 / 0 is 0.

    Shapes: both ``(batch, classes)``; targets one-hot, or several zeros and ones.

    Parameters
    ----------
    average : {None, "micro", "macro", "weighted"}
        ``None``: an array of one score a class. "micro": from the counts of all classes together. "macro":
        the mean over classes. "weighted": the mean by how often each class is true.
    beta : float
        Above 0.
    threshold : float, optional
        Predictions above it count as yes; above 0, at most 1. Not given: a sample's largest.

    Source: van Rijsbergen, "Information Retrieval" (1979), chapter 7.

    >>> y_true, y_pred = np.array([[1, 0], [0, 1], [0, 1]]), np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]])
    >>> FBetaScore(beta=2.0)(y_true, y_pred).round(4)
    array([0.8333, 0.5556])
    """

    _state = ("_right", "_predicted", "_true")

    def __init__(
        self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
        name: str | None = "fbeta_score", dtype: DType = None,
    ) -> None:  # fmt: skip
        self.average = checked_choice("average", average, _AVERAGES)
        self.beta = checked_number("beta", beta, above=0)
        self.threshold = threshold
        if threshold is not None:
            self.threshold = checked_number("threshold", threshold, above=0, most=1)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self._right: Any = 0.0
        self._predicted: Any = 0.0
        self._true: Any = 0.0

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        if self.threshold is None:
            chosen = (y_pred >= y_pred.max(axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        w = np.ones(len(y_pred)) if sample_weight is None else spread(sample_weight, (len(y_pred),))
        y = np.asarray(y_true, np.float64)
        self._right = self._right + w @ (chosen * y)
        self._predicted = self._predicted + w @ chosen
        self._true = self._true + w @ y

    def result(self) -> float | Array:
        """Return the score over the batches since the last reset: of each class if ``average`` is None."""
        counts = np.atleast_1d(self._right), np.atleast_1d(self._predicted), np.atleast_1d(self._true)
        right, predicted, true = [c.sum() for c in counts] if self.average == "micro" else counts
        precision, recall = right / (predicted + _EPSILON), right / (true + _EPSILON)
        square = self.beta**2
        scores = (1 + square) * precision * recall / (square * precision + recall + _EPSILON)
        if self.average is None:
            return np.asarray(scores)
        if self.average == "weighted":
            return float(np.sum(scores * true / (true.sum() + _EPSILON)))
        return float(np.mean(scores))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        if len(output_shape) != 1:
            raise ValueError(f"{self.name!r} is for outputs of one axis. Received: {output_shape}")
        require_shape(self, y_true, (output_shape,), "For integer labels use to_categorical(y).")


class F1Score(FBetaScore):
    """The harmonic mean of precision ``P`` and recall ``R`` of each class: ``F = 2 P R / (P + R)``.

    Shapes, parameters and errors: see ``FBetaScore``, of which it is the one with ``beta=1``.

    >>> y_true, y_pred = np.array([[1, 0], [0, 1], [0, 1]]), np.array([[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]])
    >>> round(F1Score(average="macro")(y_true, y_pred), 4)
    0.6667
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "f1_score",
        dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(average, 1.0, threshold, name, dtype)
