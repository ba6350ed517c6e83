"""How far predicted and true classes overlap, batch by batch: F-score, and intersection over union."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.metrics.accuracy import require_shape
from numpy_ann.metrics.metric import DType, Metric, spread
from numpy_ann.validation import checked_bool, checked_choice, checked_integer, checked_number

_EPSILON = 1e-7


class FBetaScore(Metric):
    """The mean of precision ``P`` and recall ``R`` of each class, in which recall counts ``beta`` times.

    ``F = (1 + beta^2) P R / (beta^2 P + R)``, with 1e-7 added to the denominators of ``P``, ``R`` and ``F``,
    so that 0 / 0 is 0.
    Shapes: both ``(batch, classes)``; targets one-hot, or several zeros and ones.
    Source: van Rijsbergen, "Information Retrieval" (1979), chapter 7.

    Parameters
    ----------
    average : {None, "micro", "macro", "weighted"}
        ``None``: an array of one score a class. "micro": from the counts of all classes together. "macro":
        the mean over classes. "weighted": the mean by how often each class is true.
    beta : float
        Above 0.
    threshold : float, optional
        Predictions above it count as yes; above 0, at most 1. Not given: a sample's largest.

    >>> FBetaScore(beta=2.0)([[1, 0], [0, 1], [0, 1]], [[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]).round(4)
    array([0.8333, 0.5556])
    """

    _state = ("_right", "_predicted", "_true")
    _right: Any
    _predicted: Any
    _true: Any

    def __init__(
        self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
        name: str | None = "fbeta_score", dtype: DType = None,
    ) -> None:  # fmt: skip
        self.average = checked_choice("average", average, (None, "micro", "macro", "weighted"))
        self.beta = checked_number("beta", beta, above=0)
        self.threshold = threshold
        if threshold is not None:
            self.threshold = checked_number("threshold", threshold, above=0, most=1)
        super().__init__(name, dtype)

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
        alone = "For one output use y[:, None]."
        cure = alone if output_shape[-1:] == (1,) else "For integer labels use to_categorical(y)."
        require_shape(self, y_true, (output_shape,), cure)


class F1Score(FBetaScore):
    """The harmonic mean of precision ``P`` and recall ``R`` of each class: ``F = 2 P R / (P + R)``.

    Shapes, parameters and errors: see ``FBetaScore``, of which it is the one with ``beta=1``.

    >>> round(F1Score("macro")([[1, 0], [0, 1], [0, 1]], [[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]), 4)
    0.6667
    """

    def __init__(
        self, average: str | None = None, threshold: float | None = None, name: str | None = "f1_score",
        dtype: DType = None,
    ) -> None:  # fmt: skip
        super().__init__(average, 1.0, threshold, name, dtype)


class IoU(Metric):
    """The mean over some classes of intersection over union, ``IoU_k = TP_k / (TP_k + FP_k + FN_k)``.

    With ``C`` the confusion matrix of all batches, weighted, ``TP_k = C_kk``, and the denominator is the sum
    of row ``k`` and column ``k`` less ``C_kk``. Classes that neither occur nor are predicted don't count. To
    the denominators of IoU and mean 1e-7 is added. Labels that are no class are left out.
    Shapes: ``(batch, ...)`` for class numbers, or with one axis more for one-hot rows and probabilities,
    where ``sparse_y_true`` or ``sparse_y_pred`` is False.
    Raises ``ValueError`` if an option is none of these, targets and predictions don't match, or weights
    aren't whole.
    Source: Keras 3, ``keras.metrics.IoU``.

    Parameters
    ----------
    num_classes : int
        How many classes there are.
    target_class_ids : sequence of int
        Which of them the mean is over.
    dtype : {"int", "int32", "int64", "float32", "float64"}, optional
        Weights that are no whole numbers need a float: Keras would cut them off.
    ignore_class : int, optional
        Samples with this label are left out.
    sparse_y_true, sparse_y_pred : bool
        Whether they are class numbers; otherwise the largest number's place is the class.
    axis : int
        The axis of the classes, where there is one.

    >>> round(IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]), 4)
    0.3333
    """

    _state = ("total_confusion_matrix",)
    _dtypes = ("int", "int32", "int64", "float32", "float64")

    def __init__(
        self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: DType = None,
        ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:  # fmt: skip
        self.num_classes = checked_integer("num_classes", num_classes, least=1)
        self.target_class_ids = [checked_integer("target_class_ids", k, least=0) for k in target_class_ids]
        if not self.target_class_ids or max(self.target_class_ids) >= self.num_classes:
            raise ValueError(
                f"`target_class_ids` must hold classes from 0 to {self.num_classes - 1}. "
                f"Received: target_class_ids={target_class_ids!r}"
            )
        self.ignore_class = None if ignore_class is None else checked_integer("ignore_class", ignore_class)
        self.sparse_y_true = checked_bool("sparse_y_true", sparse_y_true)
        self.sparse_y_pred = checked_bool("sparse_y_pred", sparse_y_pred)
        self.axis = checked_integer("axis", axis)
        super().__init__(name, dtype)

    def reset_state(self) -> None:
        self.total_confusion_matrix = np.zeros((self.num_classes, self.num_classes))

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        true = y_true if self.sparse_y_true else np.argmax(y_true, axis=self.axis)
        predicted = y_pred if self.sparse_y_pred else np.argmax(y_pred, axis=self.axis)
        if sample_weight is not None:
            whole = np.asarray(sample_weight, np.float64)
            if self.dtype.startswith("int") and (whole != np.trunc(whole)).any():
                raise ValueError(
                    f"The metric {self.name!r} counts whole samples, so their weights must be whole numbers, "
                    'unless it is made with dtype="float32".'
                )
            sample_weight = spread(whole, true.shape).ravel()
        t, p = true.ravel().astype(np.intp), predicted.ravel().astype(np.intp)
        kept = (t >= 0) & (t < self.num_classes) & (p >= 0) & (p < self.num_classes)
        if self.ignore_class is not None:
            kept &= t != self.ignore_class
        weights = None if sample_weight is None else sample_weight[kept]
        cells = np.bincount((t * self.num_classes + p)[kept], weights, self.num_classes**2)
        self.total_confusion_matrix = self.total_confusion_matrix + cells.reshape(self.num_classes, -1)

    def result(self) -> float:
        C = self.total_confusion_matrix
        right = np.diag(C)[self.target_class_ids]
        union = (C.sum(axis=0) + C.sum(axis=1))[self.target_class_ids] - right
        present = union > 1e-9
        return float(np.sum(right[present] / (union[present] + _EPSILON)) / (present.sum() + _EPSILON))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        ours = self._classes_shape(y_true.shape, self.sparse_y_true)
        theirs = self._classes_shape((len(y_true), *output_shape), self.sparse_y_pred)
        if ours is None or theirs is None or np.prod(ours) != np.prod(theirs):
            raise ValueError(
                f"The metric {self.name!r} compares classes one by one, of num_classes={self.num_classes}. "
                f"Received: target.shape={y_true.shape}, output.shape={(len(y_true), *output_shape)}. For "
                "one-hot rows and probabilities, pass sparse_y_true=False and sparse_y_pred=False."
            )

    def _classes_shape(self, shape: Shape, sparse: bool) -> Shape | None:
        """Return the shape of the class numbers; None if their axis isn't there."""
        if sparse:
            return shape
        if not -len(shape) <= self.axis < len(shape) or shape[self.axis] != self.num_classes:
            return None
        return tuple(np.delete(shape, self.axis).tolist())


class MeanIoU(IoU):
    """The mean over all classes of intersection over union; shapes, parameters, errors: see ``IoU``.

    >>> round(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1]), 4)
    0.3333
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: DType = None, ignore_class: int | None = None,
        sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1,
    ) -> None:  # fmt: skip
        classes = range(checked_integer("num_classes", num_classes, least=1))
        super().__init__(num_classes, classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


class OneHotIoU(IoU):
    """``IoU`` of one-hot targets and probabilities, with ``sparse_y_true=False``; the rest: see ``IoU``.

    >>> round(OneHotIoU(2, [0])([[1, 0], [1, 0], [0, 1]], [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]), 4)
    0.5
    """

    def __init__(
        self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: DType = None,
        ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


class OneHotMeanIoU(MeanIoU):
    """``MeanIoU`` of one-hot targets and probabilities, with ``sparse_y_true=False``; the rest: see ``IoU``.

    >>> round(OneHotMeanIoU(2)([[1, 0], [1, 0], [0, 1]], [[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]), 4)
    0.5
    """

    def __init__(
        self, num_classes: int, name: str | None = None, dtype: DType = None, ignore_class: int | None = None,
        sparse_y_pred: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)


class BinaryIoU(IoU):
    """The mean of intersection over union of no and yes, where ``p >= threshold`` is a predicted yes.

    ``target_class_ids`` are 0, for no, 1, for yes, or both. Shapes: both ``(batch, ...)``, targets 0 and 1.
    Weights and errors: see ``IoU``.
    Source: Keras 3, ``keras.metrics.BinaryIoU``.

    >>> round(BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), 4)
    0.3333
    """

    def __init__(
        self, target_class_ids: Sequence[int] = (0, 1), threshold: float = 0.5, name: str | None = None,
        dtype: DType = None,
    ) -> None:  # fmt: skip
        self.threshold = checked_number("threshold", threshold)
        super().__init__(2, target_class_ids, name, dtype)

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        super().update_batch(y_true, y_pred >= self.threshold, sample_weight)
