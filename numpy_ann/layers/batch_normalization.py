"""Batch normalization: each feature gets mean 0 and variance 1 over the batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann import initializers
from numpy_ann._typing import Array, BatchShape
from numpy_ann.communicator import group
from numpy_ann.constraints import ConstraintLike
from numpy_ann.initializers import InitializerLike
from numpy_ann.layers.layer_normalization import ScaleAndCenter
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import RegularizerLike
from numpy_ann.validation import checked_bool, checked_number


class BatchNormalization(ScaleAndCenter):
    """Normalize each feature over the batch while training, by moving averages when predicting.

    Forward, in training, with the batch's mean and (biased) variance of each feature::

        y = gamma (x - mean) / sqrt(variance + epsilon) + beta
        moving_mean     = momentum moving_mean     + (1 - momentum) mean
        moving_variance = momentum moving_variance + (1 - momentum) variance

    Predicting, the moving ones stand for the batch's. As in Keras, so they do in training too if the layer's
    ``trainable`` is False, and stay as they are. For the backward pass see ``ScaleAndCenter``. **Input
    shape** ``(batch, ..., features)``. **Output shape** the same. ``gamma``, ``beta``, ``moving_mean``,
    ``moving_variance``: ``(features,)``.

    Parameters
    ----------
    axis : int
        The features' axis; the batch is axis 0.
    momentum : float
        How much of the moving averages stays, from 0 to 1.
    moving_mean_initializer, moving_variance_initializer : str, Initializer or callable
        Where the moving averages start. The other options are those of ``ScaleAndCenter``.
    synchronized : bool
        Where several processes train (``numpy_ann.distribution``): whether the moments are those of the whole
        batch, at two sums over the processes on the way there and two on the way back, or of each one's rows.

    Source: Ioffe and Szegedy, "Batch Normalization", ICML 2015, algorithm 1.

    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer.forward(np.array([[1.0], [3.0]]), training=True)
    array([[-1.],
           [ 1.]], dtype=float32)
    >>> layer.moving_mean.value  # 1 % of the way from 0 to 2
    array([0.02], dtype=float32)
    """

    moving_mean: Parameter
    moving_variance: Parameter

    def __init__(
        self, axis: int | Sequence[int] = -1, momentum: float = 0.99, epsilon: float = 1e-3,
        center: bool = True, scale: bool = True, beta_initializer: InitializerLike = "zeros",
        gamma_initializer: InitializerLike = "ones", moving_mean_initializer: InitializerLike = "zeros",
        moving_variance_initializer: InitializerLike = "ones",
        beta_regularizer: RegularizerLike = None, gamma_regularizer: RegularizerLike = None,
        beta_constraint: ConstraintLike = None, gamma_constraint: ConstraintLike = None,
        synchronized: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            axis, epsilon, center, scale, beta_initializer, gamma_initializer,
            beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, **options,
        )  # fmt: skip
        if not isinstance(self.axis, int):  # Keras 2 writes a list of one
            if len(self.axis) != 1:
                raise ValueError(f"`axis` must be one integer. Received: axis={axis!r}")
            (self.axis,) = self.axis
        self.momentum = checked_number("momentum", momentum, least=0, most=1)
        self.synchronized = checked_bool("synchronized", synchronized)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if not self.synchronized:
            del config["synchronized"]  # which Keras' older versions don't know
        return config

    def build(self, input_shape: BatchShape) -> None:
        super().build(input_shape)
        shape = self.parameter_shape(tuple(input_shape[1:]))
        mean, variance = self.moving_mean_initializer, self.moving_variance_initializer
        self.moving_mean = self.add_weight(shape, mean, trainable=False, name="moving_mean")
        self.moving_variance = self.add_weight(shape, variance, trainable=False, name="moving_variance")

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        shared = self.synchronized and group().size > 1
        if training and self.trainable and (len(x) or shared):  # a process may have no row of a small batch
            over = self._summed
            mean = self._mean(x, over)
            variance = self._mean(np.square(x - mean), over) if shared else x.var(over, keepdims=True)
            self._move(self.moving_mean.value, mean)
            self._move(self.moving_variance.value, variance)
        else:
            over = ()
            mean = self.moving_mean.value.reshape(self._spread)
            variance = self.moving_variance.value.reshape(self._spread)
        return self._scaled(self._standardized(x, mean, variance, training, over), out)

    def _mean(self, values: Array, over: tuple[int, ...], samples: int = 1) -> Array:
        """Return the mean along axes; if synchronized, of all processes, gradients counting once a row."""
        if not (self.synchronized and group().size > 1):
            return super()._mean(values, over, samples)
        total = values.sum(axis=over, keepdims=True, dtype=np.float64) * samples
        sums = np.append(total, values.size / max(total.size, 1))
        group().sum(sums)
        mean: Array = sums[:-1].reshape(total.shape) / (sums[-1] * max(samples, 1))
        return mean.astype(values.dtype)

    def _move(self, average: Array, figure: Array) -> None:
        average *= self.momentum
        average += (1 - self.momentum) * figure.reshape(average.shape)
