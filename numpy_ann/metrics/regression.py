"""How far off numbers are, on average."""

import math

from numpy_ann import losses
from numpy_ann._typing import Array
from numpy_ann.metrics.loss_metric import MetricOfLoss

__all__ = [
    "CosineSimilarity",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "RootMeanSquaredError",
]


class MeanSquaredError(MetricOfLoss):
    """The mean of ``(p - y)^2``; see ``numpy_ann.losses.MeanSquaredError``.

    Examples
    --------
    >>> import numpy as np
    >>> MeanSquaredError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    2.5
    """

    loss_class = losses.MeanSquaredError


class RootMeanSquaredError(MetricOfLoss):
    """The square root of the mean of ``(p - y)^2``: in the unit of the targets.

    Examples
    --------
    >>> import numpy as np
    >>> RootMeanSquaredError()(np.array([1.0, 0.0]), np.array([[5.0], [4.0]]))
    4.0
    """

    loss_class = losses.MeanSquaredError
    keras_name = "root_mean_squared_error"

    def result(self) -> float:
        """Return the root of the mean over the batches since the last reset."""
        return math.sqrt(super().result())


class MeanAbsoluteError(MetricOfLoss):
    """The mean of ``|p - y|``; see ``numpy_ann.losses.MeanAbsoluteError``.

    Examples
    --------
    >>> import numpy as np
    >>> MeanAbsoluteError()(np.array([1.0, 0.0]), np.array([[3.0], [1.0]]))
    1.5
    """

    loss_class = losses.MeanAbsoluteError


class MeanAbsolutePercentageError(MetricOfLoss):
    """The mean of ``100 |p - y| / |y|``; see ``numpy_ann.losses.MeanAbsolutePercentageError``.

    Examples
    --------
    >>> import numpy as np
    >>> MeanAbsolutePercentageError()(np.array([4.0]), np.array([[3.0]]))
    25.0
    """

    loss_class = losses.MeanAbsolutePercentageError


class MeanSquaredLogarithmicError(MetricOfLoss):
    """The mean of ``(log(p + 1) - log(y + 1))^2``; see ``numpy_ann.losses.MeanSquaredLogarithmicError``.

    Examples
    --------
    >>> import numpy as np
    >>> round(MeanSquaredLogarithmicError()(np.array([0.0]), np.array([[np.e - 1]])), 6)
    1.0
    """

    loss_class = losses.MeanSquaredLogarithmicError


class LogCoshError(MetricOfLoss):
    """The mean of ``log(cosh(p - y))``; see ``numpy_ann.losses.LogCosh``. Its name is ``"logcosh"``.

    Examples
    --------
    >>> import numpy as np
    >>> round(LogCoshError()(np.array([0.0]), np.array([[1.0]])), 4)
    0.4338
    """

    loss_class = losses.LogCosh
    keras_name = "logcosh"


class CosineSimilarity(MetricOfLoss):
    """The mean cosine of the angle between target and prediction: 1 where they point the same way.

    ``v = sum_j u_j v_j`` with ``u = y / |y|`` and ``v = p / |p|``; the loss of that name is minus this: see
    ``numpy_ann.losses.CosineSimilarity``.

    Examples
    --------
    >>> import numpy as np
    >>> CosineSimilarity()(np.array([[0.0, 1.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [3.0, 0.0]]))
    0.5
    """

    loss_class = losses.CosineSimilarity

    def values(self, y_true: Array, y_pred: Array) -> Array:
        """Return the cosine for each sample."""
        return -super().values(y_true, y_pred)
