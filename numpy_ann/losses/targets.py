"""Which targets fit which outputs."""

import numpy as np

from numpy_ann._typing import Array, Shape

__all__ = ["aligned", "check_same_shape"]


def aligned(y_true: Array, y_pred: Array) -> Array:
    """Return targets in the shape of the predictions, where only the last axis of 1 is missing.

    Without it, NumPy would make an ``(n, n)`` table of ``(n,)`` targets and ``(n, 1)`` predictions.

    Examples
    --------
    >>> aligned(np.zeros(3), np.zeros((3, 1))).shape
    (3, 1)
    """
    if y_pred.shape[-1:] == (1,) and y_true.shape == y_pred.shape[:-1]:
        return y_true[..., np.newaxis]
    return y_true


def check_same_shape(what: str, y_true: Array, output_shape: Shape) -> None:
    """Raise ``ValueError`` unless there is a target for each output: ``(n,)`` will do for ``(n, 1)``.

    Keras would spread ``(n, 1)`` targets over several outputs; that is more often a mistake than meant.

    Examples
    --------
    >>> check_same_shape("mean_squared_error", np.zeros((5, 2)), (1,))
    Traceback (most recent call last):
        ...
    ValueError: Arguments `target` and `output` must have the same shape for mean_squared_error. \
Received: target.shape=(5, 2), output.shape=(5, 1). The model has 1 output and each sample 2 targets: end it \
in Dense(2).
    """
    shape = y_true.shape[1:]
    if shape == output_shape or (*shape, 1) == output_shape:
        return
    cure = ""
    if len(shape) <= 1 and len(output_shape) == 1:
        outputs, targets = output_shape[0], shape[0] if shape else 1
        cure = (
            f" The model has {outputs} output{'s' * (outputs != 1)} and each sample "
            f"{targets} target{'s' * (targets != 1)}: end it in Dense({targets})"
        )
        cure += f", or, if these are labels, use to_categorical(y, {outputs})." if targets == 1 else "."
    raise ValueError(
        f"Arguments `target` and `output` must have the same shape for {what}. "
        f"Received: target.shape={y_true.shape}, output.shape={(len(y_true), *output_shape)}.{cure}"
    )
