"""The hinge losses as metrics."""

from numpy_ann import losses
from numpy_ann.metrics.loss_metric import MetricOfLoss

__all__ = ["CategoricalHinge", "Hinge", "SquaredHinge"]


class Hinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)``; see ``numpy_ann.losses.Hinge``.

    Examples
    --------
    >>> import numpy as np
    >>> Hinge()(np.array([1, 0]), np.array([[0.25], [-3.0]]))
    0.375
    """

    loss_class = losses.Hinge


class SquaredHinge(MetricOfLoss):
    """The mean of ``max(1 - y p, 0)^2``; see ``numpy_ann.losses.SquaredHinge``.

    Examples
    --------
    >>> import numpy as np
    >>> SquaredHinge()(np.array([1, 0]), np.array([[0.5], [-3.0]]))
    0.125
    """

    loss_class = losses.SquaredHinge


class CategoricalHinge(MetricOfLoss):
    """The mean of what true classes miss leading by 1; see ``numpy_ann.losses.CategoricalHinge``.

    Examples
    --------
    >>> import numpy as np
    >>> CategoricalHinge()(np.array([[0, 1, 0]]), np.array([[0.25, 0.75, 0.5]]))
    0.75
    """

    loss_class = losses.CategoricalHinge
