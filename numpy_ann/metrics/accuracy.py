"""How often the prediction is right, batch by batch."""

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array, equal, multiply
from numpy_ann.losses.targets import aligned, as_labels
from numpy_ann.metrics.mean_metric import MeanMetric
from numpy_ann.metrics.metric import DType, Metric
from numpy_ann.validation import checked_integer, checked_number


def one_target_each(self: Metric, y_true: Array, output_shape: tuple[int, ...]) -> None:
    """Raise ``ValueError`` unless there is one target for each output."""
    shapes = (output_shape, output_shape[:-1]) if output_shape[-1:] == (1,) else (output_shape,)
    require_shape(self, y_true, shapes, "It compares one target with each output.")


def require_shape(metric: Metric, y_true: Array, shapes: tuple[tuple[int, ...], ...], hint: str) -> None:
    """Raise ``ValueError`` unless a target has one of the shapes."""
    if y_true.shape[1:] not in shapes:
        expected = " or ".join(str((len(y_true), *shape)) for shape in shapes)
        raise ValueError(
            f"The metric {metric.name!r} expects targets of shape {expected}. "
            f"Received: target.shape={y_true.shape}. {hint}"
        )


class Accuracy(MeanMetric):
    """The share of predictions that equal the targets, for predictions that are labels themselves.

    ``v = [y_true = y_pred]``, for each output. Shapes: both ``(batch, ...)``. The name ``"accuracy"`` in
    ``compile`` is another one of those below, by the shapes.
    Source: Keras 3, ``keras.metrics.Accuracy``.

    >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
    0.75
    """

    check_targets = one_target_each

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return np.equal(aligned(y_true, y_pred), y_pred)


class CategoricalAccuracy(MeanMetric):
    """The share of samples whose largest prediction is at the one-hot label's class.

    ``v_i = [argmax(y_true_i) = argmax(y_pred_i)]``. Shapes: both ``(batch, ..., classes)``.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return equal(np.argmax(y_true, axis=-1), np.argmax(y_pred, axis=-1))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        require_shape(self, y_true, (output_shape,), 'For integer labels use "sparse_categorical_accuracy".')


class SparseCategoricalAccuracy(MeanMetric):
    """The share of samples whose largest prediction is at the integer label's class.

    ``v_i = [y_true_i = argmax(y_pred_i)]``. Shapes: ``y_true`` ``(batch, ...)`` or ``(batch, ..., 1)``,
    ``y_pred`` ``(batch, ..., classes)``.

    >>> SparseCategoricalAccuracy()(np.array([1, 0]), np.array([[0.2, 0.8], [0.4, 0.6]]))
    0.5
    """

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return equal(as_labels(y_true, y_pred.ndim), np.argmax(y_pred, axis=-1))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        shapes = (output_shape[:-1], (*output_shape[:-1], 1))
        require_shape(self, y_true, shapes, 'For one-hot labels use "categorical_accuracy".')


class BinaryAccuracy(MeanMetric):
    """The share of outputs on the label's side of a threshold.

    ``v = [y_true = [y_pred > threshold]]``, for each output: predictions above the threshold count as 1.
    Shapes: both ``(batch, ...)``.

    >>> BinaryAccuracy()(np.array([[1], [0]]), np.array([[0.8], [0.6]]))
    0.5
    """

    check_targets = one_target_each

    def __init__(self, name: str | None = None, dtype: DType = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self.threshold = checked_number("threshold", threshold)

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return np.equal(y_true.reshape(y_pred.shape), y_pred > self.threshold)


class TopKCategoricalAccuracy(CategoricalAccuracy):
    """The share of samples whose one-hot label's class is among the ``k`` largest predictions.

    ``v_i = [fewer than k predictions are larger than that of class argmax(y_true_i)]``: where predictions are
    equal, all of them count as the larger. ``k`` is 1 or more. Shapes: both ``(batch, ..., classes)``.

    >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [0, 1, 0]], [[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]])
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None, dtype: DType = None) -> None:
        super().__init__(name, dtype)
        self.k = checked_integer("k", k, least=1)

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return _within(self.k, np.argmax(y_true, axis=-1), y_pred)


class SparseTopKCategoricalAccuracy(SparseCategoricalAccuracy):
    """The share of samples whose integer label is among the ``k`` largest predictions.

    ``v_i = [fewer than k predictions are larger than that of class y_true_i]``. The rest: see
    ``TopKCategoricalAccuracy``, here with ``y_true`` of shape ``(batch, ...)`` or ``(batch, ..., 1)``.

    >>> SparseTopKCategoricalAccuracy(k=2)(np.array([2, 1]), np.array([[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]]))
    0.5
    """

    def __init__(self, k: int = 5, name: str | None = None, dtype: DType = None) -> None:
        super().__init__(name, dtype)
        self.k = checked_integer("k", k, least=1)

    def values(self, y_true: Array, y_pred: Array) -> Array:
        return _within(self.k, as_labels(y_true, y_pred.ndim), y_pred)


def _within(k: int, labels: Array, y_pred: Array) -> Array:
    """Return, for each row, whether the label's prediction is among the ``k`` largest."""
    at_label = np.take_along_axis(y_pred, labels[..., np.newaxis], axis=-1)
    return multiply(np.isfinite(at_label[..., 0]), (y_pred > at_label).sum(axis=-1) < k)


def binary_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, threshold: float = 0.5) -> Array:
    """Return, for each output, whether it is on the label's side of a threshold: see ``BinaryAccuracy``.

    >>> binary_accuracy([[1], [0]], [[0.8], [0.6]])
    array([[1.],
           [0.]])
    """
    predicted = np.asarray(y_pred)
    return np.equal(aligned(np.asarray(y_true), predicted), predicted > threshold).astype(np.float64)


def categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """Return, for each sample, whether it is right: see ``CategoricalAccuracy``.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    array([1., 0.])
    """
    return _for_each(CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """Return, for each sample, whether it is right: see ``SparseCategoricalAccuracy``.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    array([1., 0.])
    """
    return _for_each(SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, k: int = 5) -> Array:
    """Return, for each sample, whether it is among the ``k`` best: see ``TopKCategoricalAccuracy``.

    >>> top_k_categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]], k=2)
    array([1., 0.])
    """
    return _for_each(TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(y_true: npt.ArrayLike, y_pred: npt.ArrayLike, k: int = 5) -> Array:
    """Return, for each sample, whether it is among the ``k`` best: see ``SparseTopKCategoricalAccuracy``.

    >>> sparse_top_k_categorical_accuracy([2, 1], [[0.1, 0.6, 0.3], [0.2, 0.1, 0.7]], k=2)
    array([1., 0.])
    """
    return _for_each(SparseTopKCategoricalAccuracy(k), y_true, y_pred)


def _for_each(metric: MeanMetric, y_true: npt.ArrayLike, y_pred: npt.ArrayLike) -> Array:
    """Return the metric's value for each sample, after checking the targets."""
    true, predicted = np.asarray(y_true), np.asarray(y_pred)
    metric.check_targets(true, predicted.shape[1:])
    return metric.values(true, predicted).astype(np.float64)
