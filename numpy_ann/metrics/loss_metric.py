"""A loss that is watched, not minimized."""

from typing import Any, ClassVar

from numpy_ann._typing import Array
from numpy_ann.losses.loss import Loss
from numpy_ann.metrics.metric import MeanMetric

__all__ = ["LossMetric", "MetricOfLoss"]


class LossMetric(MeanMetric):
    """The mean over the samples of what a loss says of each: ``sum(w_i l_i) / sum(w_i)``.

    Unlike the loss, it is divided by the sum of the weights, and the loss' own reduction plays no part.

    Parameters
    ----------
    loss : Loss
        Which one.
    name : str, optional
        The key in the training history. Left out, it is the loss' name.

    Examples
    --------
    >>> import numpy as np
    >>> from numpy_ann.losses import Huber
    >>> LossMetric(Huber())(np.array([0.0]), np.array([[3.0]]))
    2.5
    """

    def __init__(self, loss: Loss, name: str | None = None) -> None:
        super().__init__(name or loss.name)
        self.loss = loss

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return the loss of each sample."""
        return self.loss.per_sample(*self.loss.paired(y_pred, y_true))

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless the targets fit, as the loss does."""
        self.loss.check_targets(y_true, output_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "loss": self.loss}


class MetricOfLoss(LossMetric):
    """The base of Keras' metrics that are losses: ``loss_class`` says which.

    Parameters
    ----------
    name : str, optional
        The key in the training history. Left out, it is Keras' name.
    **options
        What the loss takes.
    """

    loss_class: ClassVar[type[Loss]]
    keras_name: ClassVar[str | None] = None

    def __init__(self, name: str | None = None, **options: Any) -> None:
        super().__init__(self.loss_class(**options), name or self.keras_name)
        self._options = options

    def get_config(self) -> dict[str, Any]:
        """Return the arguments, under Keras' names."""
        return {"name": self.name, **self._options}
