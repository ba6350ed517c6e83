"""Steps on single batches: ``train_on_batch``, ``test_on_batch``, ``predict_on_batch``."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.training import arrays
from numpy_ann.training.base import TrainerBase, figures
from numpy_ann.training.batches import Batches
from numpy_ann.training.head import head_of
from numpy_ann.training.intake import Intake
from numpy_ann.training.prediction import Forward, predict_batch
from numpy_ann.training.regularized import regularized
from numpy_ann.training.scores import Scores

__all__ = ["OnBatch"]


class OnBatch(TrainerBase):
    """For those who write the loop themselves: one step, one evaluation, one prediction at a time."""

    def train_on_batch(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None = None,
        class_weight: Mapping[int, float] | None = None,
        *,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Take one training step on these samples.

        Returns
        -------
        float or list of float or dict
            The loss before the step, followed by the metrics if there are any, of this batch alone.

        Raises
        ------
        NonFiniteError
            If the loss isn't finite; the step is not taken.
        """
        (x, y, w), scores = self._one_batch(x, y, sample_weight, class_weight)
        step = self._training_step(len(x))
        with self._limited_blas(len(x)):
            y_pred, loss = step(x, y, w)
        scores.update(loss, y, y_pred, w)
        return figures(scores.results(), return_dict)

    def test_on_batch(
        self, x: Array, y: Array, sample_weight: Array | None = None, *, return_dict: bool = False
    ) -> float | list[float] | dict[str, float]:
        """Return the loss and the metrics of this batch alone, without dropout.

        Returns
        -------
        float or list of float or dict
            The loss, followed by the metrics if there are any.
        """
        (x, y, w), scores = self._one_batch(x, y, sample_weight)
        with self._limited_blas(len(x)):
            loss_function = self._require_configuration().require_loss()
            layers, head = regularized(self.layers, head_of(self.layers[-1].activation, loss_function))
            z, out = Forward(layers, len(x), self.dtype).logits(x)
            y_pred, loss = head.forward(z, y, w, out=out)
        scores.update(loss, y, y_pred, w)
        return figures(scores.results(), return_dict)

    def predict_on_batch(self, x: Array) -> Array:
        """Return the network's outputs for one batch, ``(samples, ...)``; needs no ``compile``."""
        x = Intake(self).inputs(x)
        with self._limited_blas(len(x)):
            y = predict_batch(self.layers, x.astype(self.dtype, copy=False))
        return y.copy() if np.may_share_memory(x, y) else y

    def _one_batch(
        self, x: Any, y: Any, sample_weight: Any, class_weight: Mapping[int, float] | None = None
    ) -> tuple[tuple[Array, Array, Array | None], Scores]:
        """Return the batch, checked and cast, and the scores to take it in."""
        x, y, w = self._intake().targets(x, y, sample_weight)
        w = arrays.weights_of(y, w, class_weight)
        scores = self._scores_for(y)
        integers = self._require_configuration().require_loss().integer_targets
        ((x, y, w),) = Batches(x, y, w, len(x), self.dtype, integer_targets=integers).in_order()
        return (x, y, w), scores
