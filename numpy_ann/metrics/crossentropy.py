"""Cross-entropy and its kin as metrics."""

from numpy_ann import losses
from numpy_ann.metrics.loss_metric import MetricOfLoss

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "Poisson",
    "SparseCategoricalCrossentropy",
]


class BinaryCrossentropy(MetricOfLoss):
    """The mean of ``-y log p - (1 - y) log(1 - p)``; see ``numpy_ann.losses.BinaryCrossentropy``.

    Parameters
    ----------
    name : str, optional
        The key in the training history.
    from_logits : bool
        Whether predictions are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(BinaryCrossentropy()(np.array([1, 0]), np.array([[0.75], [0.25]])), 4)
    0.2877
    """

    loss_class = losses.BinaryCrossentropy

    def __init__(
        self, name: str | None = None, *, from_logits: bool = False, label_smoothing: float = 0.0
    ) -> None:
        super().__init__(name, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(MetricOfLoss):
    """The mean of ``-sum_j y_j log p_j``; see ``numpy_ann.losses.CategoricalCrossentropy``.

    Parameters
    ----------
    name : str, optional
        The key in the training history.
    from_logits : bool
        Whether predictions are logits rather than probabilities.
    label_smoothing : float
        From 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(CategoricalCrossentropy()(np.array([[0.0, 1.0]]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    loss_class = losses.CategoricalCrossentropy

    def __init__(
        self, name: str | None = None, *, from_logits: bool = False, label_smoothing: float = 0.0
    ) -> None:
        super().__init__(name, from_logits=from_logits, label_smoothing=label_smoothing)


class SparseCategoricalCrossentropy(MetricOfLoss):
    """The mean of ``-log p_t``; see ``numpy_ann.losses.SparseCategoricalCrossentropy``.

    Parameters
    ----------
    name : str, optional
        The key in the training history.
    from_logits : bool
        Whether predictions are logits rather than probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> round(SparseCategoricalCrossentropy()(np.array([1]), np.array([[0.25, 0.75]])), 4)
    0.2877
    """

    loss_class = losses.SparseCategoricalCrossentropy

    def __init__(self, name: str | None = None, *, from_logits: bool = False) -> None:
        super().__init__(name, from_logits=from_logits)


class KLDivergence(MetricOfLoss):
    """The mean of ``sum_j y_j log(y_j / p_j)``; see ``numpy_ann.losses.KLDivergence``.

    Examples
    --------
    >>> import numpy as np
    >>> round(KLDivergence()(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
    0.1438
    """

    loss_class = losses.KLDivergence


class Poisson(MetricOfLoss):
    """The mean of ``p - y log p``; see ``numpy_ann.losses.Poisson``.

    Examples
    --------
    >>> import numpy as np
    >>> round(Poisson()(np.array([2.0]), np.array([[1.0]])), 4)
    1.0
    """

    loss_class = losses.Poisson
