"""The losses of each output by itself, of regression and of margins: each error beside its slope."""

import math
from abc import abstractmethod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, absolute, clip, divide, log, log1p, maximum, mean, sign, square, tanh
from numpy_ann.losses.loss import EPSILON, Loss
from numpy_ann.validation import checked_number


class ElementwiseLoss(Loss):
    """The mean over a sample's outputs of an error that each output has by itself.

    With ``e`` the error of one output ``p`` for its target ``y``, and ``k`` outputs::

        l = sum_j e(y_j, p_j) / k               dl/dp_j = e'(y_j, p_j) / k

    A loss of this family says what ``e`` and its derivative with respect to ``p`` are.
    Shapes: ``y_pred`` is ``(batch, ..., k)``, ``y_true`` the same, or without the last axis where ``k`` is 1.
    """

    @abstractmethod
    def error(self, y: Array, p: Array) -> Array:
        """Return ``e``, output by output."""

    @abstractmethod
    def slope(self, y: Array, p: Array) -> Array:
        """Return ``de/dp``, output by output."""

    def targets(self, y_true: Array) -> Array:
        """Return what ``error`` and ``slope`` take for ``y``: the targets as they are."""
        return y_true

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return mean(self.error(self.targets(y_true), y_pred), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        return divide(self.slope(self.targets(y_true), y_pred), y_pred.shape[-1], out=out)


class MeanSquaredError(ElementwiseLoss):
    """The square of the difference: large errors count much more than small ones.

    ``e = (p - y)^2``, ``e' = 2 (p - y)``; the rest: see ``ElementwiseLoss``.
    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 5.1.4.

    >>> MeanSquaredError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    2.5
    """

    def error(self, y: Array, p: Array) -> Array:
        return square(p - y)

    def slope(self, y: Array, p: Array) -> Array:
        return 2 * (p - y)


class MeanAbsoluteError(ElementwiseLoss):
    """The size of the difference: the best constant guess is the median.

    ``e = |p - y|``, ``e' = sign(p - y)``, which is 0 where they are equal; the rest: see ``ElementwiseLoss``.
    Source: Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning" (2009), section 10.6.

    >>> MeanAbsoluteError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    1.5
    """

    def error(self, y: Array, p: Array) -> Array:
        return absolute(p - y)

    def slope(self, y: Array, p: Array) -> Array:
        return sign(p - y)


class MeanAbsolutePercentageError(ElementwiseLoss):
    """The size of the difference in percent of the target.

    ``e = 100 |p - y| / max(|y|, 1e-7)``, ``e' = 100 sign(p - y) / max(|y|, 1e-7)``; the rest: see
    ``ElementwiseLoss``. A target of 0 makes the error huge.
    Source: Keras 3, ``keras.losses.MeanAbsolutePercentageError``.

    >>> MeanAbsolutePercentageError()(np.array([4.0]), np.array([[3.0]]))
    25.0
    """

    def error(self, y: Array, p: Array) -> Array:
        return 100 * absolute((p - y) / maximum(absolute(y), EPSILON))

    def slope(self, y: Array, p: Array) -> Array:
        return 100 * sign(p - y) / maximum(absolute(y), EPSILON)


class MeanSquaredLogarithmicError(ElementwiseLoss):
    """The square of the difference of logarithms: what counts is the ratio.

    ``e = d^2`` with ``d = log(p + 1) - log(y + 1)``, ``e' = 2 d / (p + 1)``, where ``p`` and ``y`` are taken
    as at least 1e-7 (below, ``e' = 0``); the rest: see ``ElementwiseLoss``.
    Source: Keras 3, ``keras.losses.MeanSquaredLogarithmicError``.

    >>> round(MeanSquaredLogarithmicError()(np.array([0.0]), np.array([[np.e - 1]])), 6)
    1.0
    """

    def error(self, y: Array, p: Array) -> Array:
        return square(self._difference(y, p))

    def slope(self, y: Array, p: Array) -> Array:
        return np.where(p >= EPSILON, 2 * self._difference(y, p) / (maximum(p, EPSILON) + 1), 0)

    def _difference(self, y: Array, p: Array) -> Array:
        return log(maximum(p, EPSILON) + 1) - log(maximum(y, EPSILON) + 1)


class Huber(ElementwiseLoss):
    """Squared for small differences, straight for large ones: outliers pull no harder than ``delta``.

    With ``d = p - y``::

        e = d^2 / 2                             e' = d                  where |d| <= delta
        e = delta |d| - delta^2 / 2             e' = delta sign(d)      beyond

    The rest: see ``ElementwiseLoss``. Left out, its name is ``"huber_loss"``.
    Source: Huber, "Robust Estimation of a Location Parameter" (1964), equation 2.2.

    Parameters
    ----------
    delta : float
        Where the parabola goes over into straight lines; above 0, in the targets' unit.

    >>> Huber()(np.array([0.0, 0.0]), np.array([[0.5], [3.0]]))
    1.3125
    """

    options = ("delta",)

    def __init__(self, delta: float = 1.0, **options: Any) -> None:
        super().__init__(**{"name": "huber_loss", **options})
        self.delta = checked_number("delta", delta, above=0)

    def error(self, y: Array, p: Array) -> Array:
        d = absolute(p - y)
        within: Array = np.minimum(d, self.delta)
        return within * (d - within / 2)

    def slope(self, y: Array, p: Array) -> Array:
        return clip(p - y, -self.delta, self.delta)


class LogCosh(ElementwiseLoss):
    """The logarithm of the hyperbolic cosine: a smooth Huber loss.

    With ``d = p - y``: ``e = log(cosh(d))``, which is ``d^2 / 2`` for small and ``|d| - log 2`` for large
    ``d``, computed as ``|d| + log(1 + exp(-2 |d|)) - log 2``, where nothing overflows; ``e' = tanh(d)``. The
    rest: see ``ElementwiseLoss``.
    Source: Keras 3, ``keras.losses.LogCosh``.

    >>> round(LogCosh()(np.array([0.0]), np.array([[1000.0]])), 4)
    999.3069
    """

    def error(self, y: Array, p: Array) -> Array:
        d = absolute(p - y)
        return d + log1p(np.exp(-2 * d)) - math.log(2)

    def slope(self, y: Array, p: Array) -> Array:
        return tanh(p - y)


class Poisson(ElementwiseLoss):
    """The surprise at a count ``y``, where the prediction is its expected value ``p`` (but for a constant).

    ``e = p - y log(p + 1e-7)``, ``e' = 1 - y / (p + 1e-7)``; the rest: see ``ElementwiseLoss``.
    Predictions must be positive: end the network in ``"softplus"``.
    Source: the negative logarithm of the Poisson probability ``exp(-p) p^y / y!`` without ``log y!``.

    >>> round(Poisson()(np.array([2.0]), np.array([[1.0]])), 4)
    1.0
    """

    def error(self, y: Array, p: Array) -> Array:
        surprise: Array = y * log(p + EPSILON)
        return p - surprise

    def slope(self, y: Array, p: Array) -> Array:
        return 1 - y / (p + EPSILON)


class _SignedLoss(ElementwiseLoss):
    """The base of the losses of labels -1 and 1; a batch of nothing but 0 and 1 is taken for such labels."""

    def targets(self, y_true: Array) -> Array:  # Keras looks at each batch by itself too
        return 2 * y_true - 1 if np.all((y_true == 0) | (y_true == 1)) else y_true


class Hinge(_SignedLoss):
    """By how much an output misses the margin of 1 on its label's side.

    With labels ``y`` of -1 or 1 (0 stands for -1)::

        e = max(1 - y p, 0)                     e' = -y where y p <= 1, else 0

    The rest: see ``ElementwiseLoss``. Source: Cortes and Vapnik, "Support-Vector Networks" (1995), section 3.

    >>> Hinge()(np.array([1, 0]), np.array([[0.25], [-3.0]]))
    0.375
    """

    def error(self, y: Array, p: Array) -> Array:
        return maximum(1 - y * p, 0)

    def slope(self, y: Array, p: Array) -> Array:
        return np.where(y * p <= 1, -y, 0)


class SquaredHinge(_SignedLoss):
    """The square of the hinge loss: smooth at the margin.

    ``e = max(1 - y p, 0)^2``, ``e' = -2 y max(1 - y p, 0)``; labels as for ``Hinge``, the rest: see
    ``ElementwiseLoss``.
    Source: Chang, Hsieh and Lin, "Coordinate Descent Method for Large-scale L2-loss Linear SVM" (2008),
    equation 3.

    >>> SquaredHinge()(np.array([1, 0]), np.array([[0.5], [-3.0]]))
    0.125
    """

    def error(self, y: Array, p: Array) -> Array:
        return square(maximum(1 - y * p, 0))

    def slope(self, y: Array, p: Array) -> Array:
        return -2 * y * maximum(1 - y * p, 0)
