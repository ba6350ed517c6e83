"""Cross-entropy for one class out of many, the labels integers."""

from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.losses.categorical_crossentropy import EPSILON
from numpy_ann.losses.loss import Loss
from numpy_ann.losses.softmax_crossentropy import softmax_crossentropy, softmax_crossentropy_gradient

__all__ = ["SparseCategoricalCrossentropy", "as_labels"]


class SparseCategoricalCrossentropy(Loss):
    """``CategoricalCrossentropy`` for labels that name the class: 7 instead of [0,0,0,0,0,0,0,1,0,0].

    From probabilities ``q``, with ``t`` the true class (scaled and bounded as in the categorical form)::

        p = q / sum(q)          l = -log p_t          dl/dq_j = (1 - [j = t] / p_j) / sum(q)

    From logits ``z``: ``l = log sum_k exp(z_k) - z_t``, ``dl/dz = softmax(z) - onehot(t)``.

    Shapes: ``y_true`` is ``(batch, ...)`` or ``(batch, ..., 1)``; ``y_pred`` is ``(batch, ..., classes)``.

    Parameters
    ----------
    from_logits : bool
        Whether ``y_pred`` are logits rather than probabilities.
    **options
        ``reduction``, ``name``: see ``Loss``.

    Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3.

    Examples
    --------
    >>> loss = SparseCategoricalCrossentropy()
    >>> round(loss.forward(np.array([[0.25, 0.75]]), np.array([1])), 4)
    0.2877
    """

    integer_targets: ClassVar[bool] = True

    def __init__(self, from_logits: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.from_logits = from_logits

    def per_sample(self, y_pred: Array, y_true: Array) -> Array:
        """Return ``l``."""
        t = as_labels(y_true, y_pred.ndim)
        if self.from_logits:
            return softmax_crossentropy(y_pred, t)[0]
        p_t = np.take_along_axis(y_pred, t[..., np.newaxis], axis=-1)[..., 0] / y_pred.sum(axis=-1)
        return -np.log(np.clip(p_t, EPSILON, 1 - EPSILON))

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
        """Raise ``ValueError`` unless the targets are whole numbers from 0 to the number of classes."""
        classes = output_shape[-1] if output_shape else 1
        if y_true.shape[1:] not in (output_shape[:-1], (*output_shape[:-1], 1)):
            cure = ""
            if y_true.shape[1:] == output_shape:
                cure = (
                    ' These look like one-hot labels: compile with loss="categorical_crossentropy", '
                    "or use np.argmax(y, axis=-1)."
                )
            raise ValueError(
                "Sparse categorical cross-entropy expects integer labels of shape "
                f"{(len(y_true), *output_shape[:-1])}. Received: target.shape={y_true.shape}, "
                f"output.shape={(len(y_true), *output_shape)}.{cure}"
            )
        if y_true.size == 0:
            return
        low, high = y_true.min(), y_true.max()
        if not (low >= 0 and high < classes):  # so that NaN fails too
            raise ValueError(
                f"Labels must be from 0 to {classes - 1}, as the model has {classes} outputs, "
                f"but they range from {low} to {high}."
            )
        if y_true.dtype.kind == "f" and np.any(y_true != np.floor(y_true)):
            raise ValueError("Labels must be whole numbers, but some have a fraction.")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), "from_logits": self.from_logits}


def as_labels(y_true: Array, prediction_ndim: int) -> Array:
    """Return labels of one axis fewer than the predictions, as integers that can index.

    Examples
    --------
    >>> as_labels(np.array([[3.0], [1.0]]), 2)
    array([3, 1])
    """
    y_true = np.asarray(y_true)
    if y_true.ndim == prediction_ndim:
        y_true = y_true[..., 0]
    return y_true.astype(np.intp, copy=False)
