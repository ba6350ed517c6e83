"""Cross-entropy as a metric: watched, not minimized."""

from typing import Any

from numpy_ann._typing import Array
from numpy_ann.losses import categorical_crossentropy, sparse_categorical_crossentropy
from numpy_ann.losses.loss import Loss
from numpy_ann.metrics.metric import MeanMetric

__all__ = ["CategoricalCrossentropy", "SparseCategoricalCrossentropy"]


class _LossMetric(MeanMetric):
    """The mean over the samples of what a loss says of each."""

    _loss: Loss

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return the loss of each sample."""
        return self._loss.per_sample(y_pred, y_true)

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless the targets fit, as the loss does."""
        self._loss.check_targets(y_true, output_shape)


class CategoricalCrossentropy(_LossMetric):
    """The mean of ``-sum_j y_j log p_j``; see ``numpy_ann.losses.CategoricalCrossentropy``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1.
    name : str, optional
        The key in the training history.

    Examples
    --------
    >>> import numpy as np
    >>> round(CategoricalCrossentropy()(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    def __init__(
        self, *, from_logits: bool = False, label_smoothing: float = 0.0, name: str | None = None
    ) -> None:
        super().__init__(name=name)
        self._options = {"from_logits": from_logits, "label_smoothing": label_smoothing}
        self._loss = categorical_crossentropy.CategoricalCrossentropy(from_logits, label_smoothing)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), **self._options}


class SparseCategoricalCrossentropy(_LossMetric):
    """The mean of ``-log p_t``; see ``numpy_ann.losses.SparseCategoricalCrossentropy``.

    Parameters
    ----------
    from_logits : bool
        Whether predictions are logits rather than probabilities.
    name : str, optional
        The key in the training history.

    Examples
    --------
    >>> import numpy as np
    >>> round(SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    def __init__(self, *, from_logits: bool = False, name: str | None = None) -> None:
        super().__init__(name=name)
        self._options = {"from_logits": from_logits}
        self._loss = sparse_categorical_crossentropy.SparseCategoricalCrossentropy(from_logits)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {**super().get_config(), **self._options}
