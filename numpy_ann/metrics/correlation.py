"""How far predictions go with the targets: the variance that they explain, and correlations."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array
from numpy_ann.losses.targets import aligned
from numpy_ann.metrics.mean_metric import MeanMetric
from numpy_ann.metrics.metric import DType, Metric, check_one_each, spread
from numpy_ann.validation import checked_choice, checked_integer

_EPSILON = 1e-7
_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """The coefficient of determination: 1 for perfect predictions, 0 for the mean as prediction.

    For each output, with ``m`` the mean of the targets ``y``, all sums weighted by sample::

        R2 = 1 - sum (y - p)^2 / sum (y - m)^2

    computed from running sums in float64: with ``t = y - y_1`` and ``y_1`` the first sample's targets,
    ``sum (y - m)^2 = sum t^2 - (sum t)^2 / n``, where ``n`` is the sum of the weights. An output whose
    targets don't vary has R2 = 0 (NaN if its predictions are all right: 0 / 0), as in Keras; there, rounding
    may make it any large number.
    Shapes: both ``(batch, outputs)``; ``y_true`` may be ``(batch,)`` for one output.
    Source: Keras 3, ``keras.metrics.R2Score``.

    Parameters
    ----------
    class_aggregation : {"uniform_average", "variance_weighted_average", None}
        How outputs are averaged: equally, by their ``sum (y - m)^2``, or not (an array).
    num_regressors : int
        With ``k`` of them, the adjusted score ``1 - (1 - R2) (n - 1) / (n - k - 1)``, where ``n`` counts the
        targets. 0 leaves the score as it is.

    >>> R2Score()(np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [2.0]]))
    0.5
    """

    _state = ("_weight", "_sum", "_squares", "_residual", "_targets")
    _weight: Any
    _sum: Any
    _squares: Any
    _residual: Any

    def __init__(
        self, class_aggregation: str | None = "uniform_average", num_regressors: int = 0,
        name: str | None = "r2_score", dtype: DType = None,
    ) -> None:  # fmt: skip
        self.class_aggregation = checked_choice("class_aggregation", class_aggregation, _AGGREGATIONS)
        self.num_regressors = checked_integer("num_regressors", num_regressors, least=0)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        super().reset_state()
        self._origin: Array | None = None
        self._targets = 0

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        p = np.asarray(y_pred, np.float64)
        y = aligned(np.asarray(y_true, np.float64), p)
        w = np.ones(len(p)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        w = spread(w, y.shape if w.ndim > 1 and w.shape[1:] != (1,) else y.shape[:1])
        # A variance is the same from any origin. From the first target, that of a constant is exactly 0, and
        # targets far from 0 lose no digits in the difference of the two sums.
        if self._origin is None and len(y):
            self._origin = y[0].copy()
        t = y if self._origin is None else y - self._origin
        self._weight = self._weight + w.sum(axis=0)
        self._sum = self._sum + _summed(w, t)
        self._squares = self._squares + _summed(w, np.square(t))
        self._residual = self._residual + _summed(w, np.square(y - p))
        self._targets += y.size

    def result(self) -> float | Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            total = np.atleast_1d(self._squares - self._sum * np.divide(self._sum, self._weight))
            scores = 1 - np.atleast_1d(self._residual) / total
        scores = np.where(np.isinf(scores), 0.0, scores)
        if self.class_aggregation is None:
            return np.asarray(self._adjusted(scores))
        if self.class_aggregation == "uniform_average":
            return float(self._adjusted(np.mean(scores)))
        with np.errstate(invalid="ignore"):
            return float(self._adjusted(np.sum(total * scores) / np.sum(total)))

    def _adjusted(self, score: Any) -> Any:
        """Return the score, less what so many regressors explain by chance."""
        degrees = self._targets - self.num_regressors - 1
        if self.num_regressors == 0:
            return score
        if degrees <= 0:
            why = "More independent predictors than datapoints" if degrees < 0 else "Division by zero"
            warnings.warn(f"{why} in adjusted R2 score. Falling back to standard R2 score.", stacklevel=3)
            return score
        return 1 - (1 - score) * (self._targets - 1) / degrees

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        if len(output_shape) != 1:
            raise ValueError(f"{self.name!r} is for outputs of one axis. Received: {output_shape}")
        check_one_each(self, y_true, output_shape)


class _Correlation(MeanMetric):
    check_targets = check_one_each

    def __init__(self, name: str | None = None, dtype: DType = None, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self.axis = checked_integer("axis", axis)


def pearson_correlation(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """Return the correlation of targets and predictions along an axis: see ``PearsonCorrelation``.

    >>> pearson_correlation([[0, 1, 2], [0, 1, 2]], [[1.0, 3.0, 5.0], [2.0, 1.0, 0.0]]).round(6)
    array([ 1., -1.])
    """
    y, p = (v - v.mean(axis=axis, keepdims=True) for v in _floats(y_true, y_pred))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((y * p).mean(axis=axis) / (y.std(axis=axis) * p.std(axis=axis)))


def concordance_correlation(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, axis: int = -1) -> Array:
    """Return the concordance of targets and predictions along an axis: see ``ConcordanceCorrelation``.

    >>> concordance_correlation([[0, 1, 2], [0, 1, 2]], [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]]).round(4)
    array([1.    , 0.5714])
    """
    y, p = _floats(y_true, y_pred)
    apart = np.square(y.mean(axis=axis) - p.mean(axis=axis))
    both = ((y - y.mean(axis=axis, keepdims=True)) * (p - p.mean(axis=axis, keepdims=True))).mean(axis=axis)
    return np.asarray(2 * both / (y.var(axis=axis) + p.var(axis=axis) + apart + _EPSILON))


class PearsonCorrelation(_Correlation):
    """The mean over samples of the correlation of their targets ``y`` and predictions ``p``: from -1 to 1.

    ``r = mean((y - m_y) (p - m_p)) / (s_y s_p)``, with means and standard deviations along ``axis``. Where
    one of the two doesn't vary, as with a single output, it is NaN, as in Keras: 0 / 0.
    Shapes: both ``(batch, ..., outputs)``.
    Source: Pearson, "Notes on Regression and Inheritance in the Case of Two Parents" (1895).

    >>> round(PearsonCorrelation()([[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]]), 4)
    0.9967
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return pearson_correlation(y_true, y_pred, self.axis)


class ConcordanceCorrelation(_Correlation):
    """The mean over samples of Lin's concordance: how near targets ``y`` and predictions ``p`` are to equal.

    ``c = 2 mean((y - m_y) (p - m_p)) / (s_y^2 + s_p^2 + (m_y - m_p)^2)``, with 1e-7 added to the denominator.
    Shapes, parameters: see ``PearsonCorrelation``.
    Source: Lin, "A Concordance Correlation Coefficient to Evaluate Reproducibility" (1989), equation 2.

    >>> round(ConcordanceCorrelation()([[0, 1, 0.5], [1, 1, 0.2]], [[0.1, 0.9, 0.5], [1, 0.9, 0.2]]), 4)
    0.9816
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return concordance_correlation(y_true, y_pred, self.axis)


def _floats(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> tuple[Array, Array]:
    p = np.asarray(y_pred)
    p = p if p.dtype.kind == "f" else p.astype(np.float64)
    return aligned(np.asarray(y_true, p.dtype), p), p


def _summed(w: Array, values: Array) -> Array:
    return w @ values if w.ndim == 1 else (w * values).sum(axis=0)
