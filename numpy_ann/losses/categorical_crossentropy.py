"""Cross-entropy for one class out of many, the labels one-hot."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.arguments import fraction
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.softmax_crossentropy import softmax_crossentropy, softmax_crossentropy_gradient

__all__ = ["EPSILON", "CategoricalCrossentropy"]

EPSILON = 1e-7
"""Keras' bound on probabilities: they are kept within [EPSILON, 1 - EPSILON] before the logarithm."""


class CategoricalCrossentropy(Loss):
    """The surprise at the true class: minus the logarithm of the probability that was given to it.

    From probabilities ``q`` (rows are scaled to sum to 1, then kept within ``[1e-7, 1 - 1e-7]``)::

        p = q / sum(q)          l = -sum_j y_j log p_j          dl/dq_j = (sum(y) - y_j / p_j) / sum(q)

    From logits ``z``, with ``p = softmax(z)``::

        l = -sum_j y_j log p_j          dl/dz = p sum(y) - y

    Behind a softmax, training uses the second form on the softmax's input, as TensorFlow does: there a
    probability of 0 for the true class has a finite loss and the right gradient.

    Shapes: ``y_true`` and ``y_pred`` are ``(batch, ..., classes)``.

    Parameters
    ----------
    from_logits : bool
        Whether ``y_pred`` are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1: ``y`` becomes ``y (1 - label_smoothing) + label_smoothing / classes``.
    **options
        ``reduction``, ``name``: see ``Loss``.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3; label smoothing:
    Szegedy et al., "Rethinking the Inception Architecture" (2015), section 7.

    Examples
    --------
    >>> loss = CategoricalCrossentropy()
    >>> round(loss.forward(np.array([[0.25, 0.75]]), np.array([[0.0, 1.0]])), 4)
    0.2877
    """

    def __init__(self, from_logits: bool = False, label_smoothing: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.from_logits = from_logits
        self.label_smoothing = fraction("label_smoothing", label_smoothing)

    def smoothed(self, y_true: Array) -> Array:
        """Return the targets with the label smoothing applied."""
        if not self.label_smoothing:
            return y_true
        return y_true * (1 - self.label_smoothing) + self.label_smoothing / y_true.shape[-1]

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``."""
        y = self.smoothed(y_true)
        if self.from_logits:
            return softmax_crossentropy(y_pred, y)[0]
        p = y_pred / y_pred.sum(axis=-1, keepdims=True)
        return -(y * np.log(np.clip(p, EPSILON, 1 - EPSILON))).sum(axis=-1)

    def gradient(self, y_pred: Array, y_true: Array, *, out: Array | None = None) -> Array:
        """Return ``dl/dq``, or ``dl/dz`` from logits; 0 where the bound on ``p`` took hold."""
        y = self.smoothed(y_true)
        if self.from_logits:
            return softmax_crossentropy_gradient(softmax_crossentropy(y_pred, y)[1], y, out=out)
        total = y_pred.sum(axis=-1, keepdims=True)
        p = y_pred / total
        inside = (p >= EPSILON) & (p <= 1 - EPSILON)
        by_p = np.where(inside, y / np.where(inside, p, 1), 0)  # -dl/dp
        along = (by_p * p).sum(axis=-1, keepdims=True)
        return np.divide(along - by_p, total, out=out)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless the targets have the shape of the predictions."""
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

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        options = {"from_logits": self.from_logits, "label_smoothing": self.label_smoothing}
        return {**super().get_config(), **options}
