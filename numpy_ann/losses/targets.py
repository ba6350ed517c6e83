"""Which targets fit which outputs, and what is meant by them."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.validation import is_integer

CROSSENTROPY = ("crossentropy", "ce")
"""As a loss in ``compile``, in capitals or not: the cross-entropy for the targets that come."""


def aligned(y_true: Array, y_pred: Array) -> Array:
    """Return targets in the shape of the predictions, where only the last axis of 1 is missing."""
    # NumPy would make an (n, n) table of (n,) targets and (n, 1) predictions.
    if y_pred.shape[-1:] == (1,) and y_true.shape == y_pred.shape[:-1]:
        return y_true[..., np.newaxis]
    return y_true


def check_same_shape(what: str, y_true: Array, output_shape: Shape) -> None:
    """Raise ``ValueError`` unless there is a target for each output: ``(n,)`` will do for ``(n, 1)``."""
    # Keras would spread (n, 1) targets over several outputs; that is more often a mistake than meant.
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


def check_as_many(y_true: Array, y_pred: Array) -> None:
    """Raise ``ValueError`` unless there are targets for as many samples: NumPy would broadcast one."""
    if y_true.shape[:1] != y_pred.shape[:1]:
        raise ValueError(
            "There must be a target for each prediction. "
            f"Received: target.shape={y_true.shape}, output.shape={y_pred.shape}."
        )


def check_last_axis(what: str, axis: Any) -> None:
    """Raise ``ValueError`` unless ``axis``, which Keras lets one choose, is the last."""
    if not is_integer(axis) or axis != -1:
        raise ValueError(
            f"{what} is taken along the last axis: `axis` must be -1. Received: axis={axis!r}. End the model "
            f"in Permute or Reshape; at a prompt, the function losses.{what} takes another axis."
        )


def check_labels(what: str, y_true: Array, output_shape: Shape) -> None:
    """Raise ``ValueError`` unless the targets are whole numbers from 0 to the number of classes."""
    classes = output_shape[-1] if output_shape else 1
    if y_true.shape[1:] not in (output_shape[:-1], (*output_shape[:-1], 1)):
        cure = ""
        if y_true.shape[1:] == output_shape:
            cure = (
                ' These look like one-hot labels: compile with loss="categorical_crossentropy", '
                "or use np.argmax(y, axis=-1)."
            )
        if output_shape[:-1] and y_true.ndim == 1:
            cure = " Where a sample has one label, the model needs Flatten() before its Dense layers."
        raise ValueError(
            f"{what} expects integer labels of shape {(len(y_true), *output_shape[:-1])}. "
            f"Received: target.shape={y_true.shape}, output.shape={(len(y_true), *output_shape)}.{cure}"
        )
    if y_true.size == 0:
        return
    low, high = y_true.min(), y_true.max()
    if not (low >= 0 and high < classes):  # so that NaN fails too
        cure = f" The last layer needs {int(high) + 1} units, or the labels are wrong." if low >= 0 else ""
        if np.isnan(low):
            cure = " Look for missing values in y."
        elif low == 1 and high == classes:
            cure = " Labels count from 0: y - 1."
        raise ValueError(
            f"Labels must be from 0 to {classes - 1}, as the model has {classes} output{'s'[: classes - 1]}, "
            f"but they range from {low} to {high}.{cure}"
        )
    if y_true.dtype.kind == "f" and np.any(y_true != np.floor(y_true)):
        raise ValueError("Labels must be whole numbers, but some have a fraction.")


def as_labels(y_true: Array, prediction_ndim: int) -> Array:
    """Return labels of one axis fewer than the predictions, as integers that can index."""
    labels = np.asarray(y_true)
    return (labels[..., 0] if labels.ndim == prediction_ndim else labels).astype(np.intp, copy=False)
