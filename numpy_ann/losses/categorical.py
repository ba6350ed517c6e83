"""The losses of a sample's outputs taken together: one class out of many, a distribution, a direction."""

import warnings
from typing import Any

import numpy as np

from numpy_ann._typing import Array, divide, log, maximum, multiply, summed
from numpy_ann.losses.logits import softmax_crossentropy, softmax_crossentropy_gradient
from numpy_ann.losses.loss import EPSILON, Loss, LossOfProbabilities
from numpy_ann.losses.targets import as_labels, check_labels, check_last_axis
from numpy_ann.validation import checked_number

_SMALLEST_SQUARE = 1e-14  # Keras' bound on the squared length that a vector is divided by


class LossOfDistributions(LossOfProbabilities):
    """The base of losses of one-hot labels, or of any shares that sum to 1."""

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        if output_shape[-1:] == (1,):
            what = (
                f"In loss {self.name}, expected outputs of shape (batch_size, num_classes) with "
                f"num_classes > 1. Received: {(None, *output_shape)}. Consider using 'binary_crossentropy' "
                "if you only have 2 classes."
            )
            warnings.warn(what, SyntaxWarning, stacklevel=2)
        if y_true.shape[1:] == output_shape:
            return
        classes = output_shape[-1] if output_shape else 1
        cure = ""
        if y_true.ndim == len(output_shape) or y_true.shape[-1:] == (1,):
            cure = (
                f" These look like integer labels: use to_categorical(y, {classes}), "
                'or compile with loss="sparse_categorical_crossentropy".'
            )
        elif y_true.ndim == len(output_shape) + 1:
            cure = f" The model has {classes} outputs and the labels {y_true.shape[-1]} classes."
        raise ValueError(
            "Arguments `target` and `output` must have the same shape for categorical cross-entropy. "
            f"Received: target.shape={y_true.shape}, output.shape={(len(y_true), *output_shape)}.{cure}"
        )


class CategoricalCrossentropy(LossOfDistributions):
    """The surprise at the true class: minus the logarithm of the probability that was given to it.

    From probabilities ``q`` (rows are scaled to sum to 1, then kept within ``[1e-7, 1 - 1e-7]``)::

        p = q / sum(q)          l = -sum_j y_j log p_j          dl/dq_j = (sum(y) - y_j / p_j) / sum(q)

    From logits ``z``, with ``p = softmax(z)``::

        l = -sum_j y_j log p_j          dl/dz = p sum(y) - y

    Behind a softmax, training uses the second form on the softmax's input, as TensorFlow does: there a
    probability of 0 for the true class has a finite loss and the right gradient.
    Shapes: ``y_true`` and ``y_pred`` are ``(batch, ..., classes)``.
    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3; label smoothing:
    Szegedy et al., "Rethinking the Inception Architecture" (2015), section 7.

    >>> round(CategoricalCrossentropy()(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        y = self.smoothed(y_true)
        if self.from_logits:
            return softmax_crossentropy(y_pred, y)[0]
        p = y_pred / y_pred.sum(axis=-1, keepdims=True)
        return -summed(y * log(np.clip(p, EPSILON, 1 - EPSILON)), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dq``, or ``dl/dz`` from logits; 0 where the bound on ``p`` took hold."""
        y = self.smoothed(y_true)
        if self.from_logits:
            return softmax_crossentropy_gradient(softmax_crossentropy(y_pred, y)[1], y, out=out)
        total = y_pred.sum(axis=-1, keepdims=True)
        p = y_pred / total
        inside = (p >= EPSILON) & (p <= 1 - EPSILON)
        by_p = y / p if inside.all() else np.where(inside, y / np.where(inside, p, 1), 0)  # -dl/dp
        along = (by_p * p).sum(axis=-1, keepdims=True)
        return divide(along - by_p, total, out=out)


class SparseCategoricalCrossentropy(LossOfProbabilities):
    """``CategoricalCrossentropy`` for labels that name the class: 7 instead of [0,0,0,0,0,0,0,1,0,0].

    From probabilities ``q``, with ``t`` the true class (scaled and bounded as in the categorical form)::

        p = q / sum(q)          l = -log p_t          dl/dq_j = (1 - [j = t] / p_j) / sum(q)

    From logits ``z``: ``l = log sum_k exp(z_k) - z_t``, ``dl/dz = softmax(z) - onehot(t)``.
    Shapes: ``y_true`` is ``(batch, ...)`` or ``(batch, ..., 1)``; ``y_pred`` is ``(batch, ..., classes)``.
    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3.

    Parameters
    ----------
    ignore_class : None
        Only the function ``sparse_categorical_crossentropy`` takes a class to leave out.

    >>> round(SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    integer_targets = True
    options = ("from_logits",)

    def __init__(
        self, from_logits: bool = False, ignore_class: None = None, axis: int = -1, **options: Any
    ) -> None:
        super().__init__(from_logits, 0.0, axis, **options)
        if ignore_class is not None:
            raise ValueError(
                "SparseCategoricalCrossentropy has no `ignore_class` here: give the samples of that class a "
                "sample_weight of 0; the function sparse_categorical_crossentropy takes it. "
                f"Received: ignore_class={ignore_class!r}"
            )

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        t = as_labels(y_true, y_pred.ndim)
        if self.from_logits:
            return softmax_crossentropy(y_pred, t)[0]
        p_t = np.take_along_axis(y_pred, t[..., np.newaxis], axis=-1)[..., 0] / y_pred.sum(axis=-1)
        return -log(np.clip(p_t, EPSILON, 1 - EPSILON))

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dq``, or ``dl/dz`` from logits; 0 where the bound on ``p`` took hold."""
        t = as_labels(y_true, y_pred.ndim)
        if self.from_logits:
            return softmax_crossentropy_gradient(softmax_crossentropy(y_pred, t)[1], t, out=out)
        total = y_pred.sum(axis=-1, keepdims=True)
        q_t = np.take_along_axis(y_pred, t[..., np.newaxis], axis=-1)
        inside = (q_t >= EPSILON * total) & (q_t <= (1 - EPSILON) * total)
        dq = np.zeros_like(y_pred) if out is None else out
        dq[...] = inside / total
        at_t = inside * (1 / total - 1 / np.where(inside, q_t, 1))
        np.put_along_axis(dq, t[..., np.newaxis], at_t, axis=-1)
        return dq

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        check_labels("Sparse categorical cross-entropy", y_true, output_shape)


class CategoricalGeneralizedCrossEntropy(Loss):
    """Between cross-entropy and absolute error: wrong labels, which no prediction can fit, pull less.

    With ``p_t`` the probability that was given to the label ``t``::

        l = (1 - p_t^q) / q                     dl/dp_j = -[j = t] p_t^(q - 1)

    As ``q`` goes to 0 it becomes ``-log p_t``, at 1 it would be ``1 - p_t``. As in Keras the probabilities
    are taken as they come, neither scaled to sum to 1 nor bounded: end the model in a softmax. At
    ``p_t = 0``, where the slope is infinite, it is taken as 0: behind a softmax, ``p_t`` times it is.
    Shapes: ``y_true`` ``(batch, ...)`` or ``(batch, ..., 1)``, integers; ``y_pred`` has an axis of classes.
    Source: Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy
    Labels" (2018), section 3.2.

    Parameters
    ----------
    q : float
        Between 0 and 1.

    >>> CategoricalGeneralizedCrossEntropy()(np.array([0]), np.array([[0.25, 0.75]]))
    1.0
    """

    integer_targets = True
    options = ("q",)

    def __init__(self, q: float = 0.5, **options: Any) -> None:
        super().__init__(**options)
        self.q = checked_number("q", q, above=0, below=1)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        t = as_labels(y_true, y_pred.ndim)[..., np.newaxis]
        return (1 - np.take_along_axis(y_pred, t, axis=-1)[..., 0] ** self.q) / self.q

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        t = as_labels(y_true, y_pred.ndim)[..., np.newaxis]
        p_t = np.take_along_axis(y_pred, t, axis=-1)
        dp = np.empty_like(y_pred) if out is None else out
        dp[...] = 0
        slope = np.where(p_t == 0, 0, -(np.where(p_t == 0, 1, p_t) ** (self.q - 1)))
        np.put_along_axis(dp, t, slope, axis=-1)
        return dp

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        check_labels("Generalized cross-entropy", y_true, output_shape)


class KLDivergence(Loss):
    """How many nats are lost where the predicted distribution stands for the true one.

    With both kept within ``[1e-7, 1]``::

        l = sum_j y_j log(y_j / p_j)            dl/dp_j = -y_j / p_j, and 0 outside the bounds

    Shapes: both ``(batch, ..., classes)``.
    Source: Kullback and Leibler, "On Information and Sufficiency" (1951), equation 2.4.

    >>> round(KLDivergence()(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
    0.1438
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        y, p = np.clip(y_true, EPSILON, 1), np.clip(y_pred, EPSILON, 1)
        return summed(y * log(y / p), axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        inside = (y_pred >= EPSILON) & (y_pred <= 1)
        dp = divide(np.clip(y_true, EPSILON, 1), np.where(inside, -y_pred, 1), out=out)
        dp *= inside
        return dp


class CategoricalHinge(Loss):
    """By how much the true class' output misses leading the best other one by 1.

    With one-hot labels ``y``::

        a = sum_j y_j p_j       b = max_j (1 - y_j) p_j       l = max(b - a + 1, 0)

    and ``dl/dp_j = (1 - y_j) [j is where b is] - y_j`` where ``b - a + 1 >= 0``, else 0. As in Keras the true
    class' entry of ``(1 - y) p`` is 0, so ``b`` is never below 0.
    Shapes: both ``(batch, ..., classes)``.
    Source: Crammer and Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines"
    (2001), section 3.

    >>> CategoricalHinge()(np.array([[0, 1, 0]]), np.array([[0.25, 0.75, 0.5]]))
    0.75
    """

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        a = np.sum(y_true * y_pred, axis=-1)
        b = np.max((1 - y_true) * y_pred, axis=-1)
        return maximum(b - a + 1, 0)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``; where several outputs are the largest, they share."""
        others = (1 - y_true) * y_pred
        b = others.max(axis=-1, keepdims=True)
        largest = others == b
        share = largest / largest.sum(axis=-1, keepdims=True, dtype=y_pred.dtype)
        missed = b - np.sum(y_true * y_pred, axis=-1, keepdims=True) + 1 >= 0
        return multiply((1 - y_true) * share - y_true, missed, out=out)


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between target and prediction: -1 where they point the same way.

    With ``u = y / |y|`` and ``v = p / |p|``::

        l = -sum_j u_j v_j                      dl/dp = -(u + l v) / |p|

    ``|y|`` and ``|p|`` are taken as at least 1e-7, so the cosine with a vector of zeros is 0.
    Shapes: both ``(batch, ..., features)``. The angle is taken along the last axis.
    Source: Keras 3, ``keras.losses.CosineSimilarity``.

    Parameters
    ----------
    axis : int
        Only -1.

    >>> CosineSimilarity()(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]]))
    -0.5
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        check_last_axis(self.name, axis)

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        return -summed(_normalized(y_true)[0] * _normalized(y_pred)[0], axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dp``; for a ``p`` shorter than 1e-7, which is only scaled, ``-u / 1e-7``."""
        u, _ = _normalized(y_true)
        v, length = _normalized(y_pred)
        along = np.sum(u * v, axis=-1, keepdims=True)
        turns = np.sum(np.square(y_pred), axis=-1, keepdims=True) >= _SMALLEST_SQUARE
        return divide(turns * along * v - u, length, out=out)


def _normalized(x: Array) -> tuple[Array, Array]:
    length = np.sqrt(np.maximum(np.sum(np.square(x), axis=-1, keepdims=True), _SMALLEST_SQUARE))
    return x / length, length
