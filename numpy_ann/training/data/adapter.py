"""The adapter between a user's data and the model: checked against the model and its loss, as batches."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.data import arrays
from numpy_ann.training.data.batches import Batch, Batches, BatchSource
from numpy_ann.training.data.iterables import IterableBatches, serves_batches, unpacked
from numpy_ann.validation import checked_integer

__all__ = ["KERAS_BATCH", "PREDICTION_BATCH", "DataAdapter"]

KERAS_BATCH = 32  # samples at once in Keras, where the caller does not say
# Samples at once in a forward pass where the caller does not say: what the caches hold, and enough for
# the products of a layer of 128 units to be worth two processors (threads.py).
PREDICTION_BATCH = 512

ClassWeight: TypeAlias = Mapping[int, float]
Arrays: TypeAlias = tuple[Array, Array, Array | None]


class Buildable(Protocol):
    """What is read of a model."""

    dtype: np.dtype[np.floating]

    @property
    def layers(self) -> list[Layer]:
        """The layers, first to last."""

    @property
    def built(self) -> bool:
        """Whether the parameters exist."""

    def build_for(self, x: Array) -> None:
        """Make the parameters, for inputs like ``x``."""


class DataAdapter:
    """Turns a user's data into arrays that fit, or into batches.

    Parameters
    ----------
    model
        Built, if it wasn't, for the first inputs.
    configuration : Configuration, optional
        Its loss says what targets it takes; left out, there are none.
    """

    def __init__(self, model: Buildable, configuration: Configuration | None = None) -> None:
        self._model = model
        self._configuration = configuration

    def inputs(self, x: Any) -> Array:
        """Return the inputs, checked against the model."""
        x = arrays.as_numbers("x", x)
        if not self._model.built:
            self._model.build_for(x)
        return arrays.as_features("x", x, self._model.layers[0].input_shape)

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Arrays:
        """Return inputs, targets and weights, checked against each other, the model and the loss."""
        if y is None:
            raise ValueError("`y` is missing: the targets, one row a sample.")
        x, y = arrays.as_numbers("x", x), arrays.as_numbers("y", y)
        arrays.check_lengths(x=x, y=y)
        x = self.inputs(x)
        if self._configuration is not None:
            self._configuration.check_targets(y, self._model.layers[-1].output_shape or ())
        return x, y, None if sample_weight is None else arrays.as_sample_weight(sample_weight, x)

    def data(self, x: Any, y: Any, sample_weight: Any) -> Arrays | Any:
        """Return checked arrays; or ``x``, if it is an iterable of batches, which has everything in it."""
        if not serves_batches(x):
            return self.targets(x, y, sample_weight)
        for argument, value in (("y", y), ("sample_weight", sample_weight)):
            if value is not None:
                raise ValueError(
                    f"When providing `x` as an iterable of batches, `{argument}` should not be passed: "
                    "each batch is a tuple (x, y) or (x, y, sample_weight)."
                )
        return x

    def validation(self, data: Any) -> Arrays | Any:
        """Return what ``validation_data`` holds: checked arrays, or an iterable of batches."""
        if serves_batches(data):
            return data
        if not isinstance(data, tuple | list) or len(data) not in (2, 3):
            raise ValueError(
                "`validation_data` is a tuple (x, y) or (x, y, sample_weight), or an iterable of such "
                f"batches. Received: {type(data).__name__}"
            )
        x, y, *weight = data
        with _naming_validation():
            return self.data(x, y, weight[0] if weight else None)

    @staticmethod
    def split(validation_split: float, data: Arrays | Any) -> tuple[Arrays, Arrays]:
        """Cut the last fraction off the arrays, to validate with."""
        if not isinstance(data, tuple):
            raise ValueError(
                "`validation_split` cuts arrays, but `x` is an iterable of batches: pass validation_data. "
                f"Received: validation_split={validation_split!r}"
            )
        return arrays.split(validation_split, *data)

    def batches(
        self,
        data: Arrays | Any,
        batch_size: int | None,
        steps: int | None = None,
        class_weight: ClassWeight | None = None,
        *,
        argument: str = "batch_size",
        validating: bool = False,
    ) -> tuple[BatchSource, Array]:
        """Return the batches of the data, and targets like all of theirs.

        Parameters
        ----------
        data : tuple of ndarray, or iterable
            What ``data`` or ``validation`` returned.
        batch_size : int, optional
            Samples a batch, of arrays.
        steps : int, optional
            Batches an epoch.
        class_weight : dict, optional
            From class to weight.
        argument : str
            What the caller calls ``batch_size``.
        validating : bool
            Whether the data are ``validation_data``, which errors in the batches then say.
        """
        dtype, configuration = self._model.dtype, self._configuration
        if isinstance(data, tuple):
            x, y, w = data
            loss = None if configuration is None else configuration.loss
            if class_weight is not None:
                w = arrays.weights_of(y, w, class_weight)
            if batch_size is None and loss is not None and loss.sees_batches:
                batch_size = KERAS_BATCH
            size = PREDICTION_BATCH if batch_size is None else checked_integer(argument, batch_size, least=1)
            integers = loss is not None and loss.integer_targets
            return Batches(x, y, w, size, dtype, integer_targets=integers, steps_per_epoch=steps), y

        def integer_targets() -> bool:  # the first batch may have decided which loss it is
            return configuration is not None and configuration.require_loss().integer_targets

        check = partial(self._validation_batch if validating else self._batch, class_weight=class_weight)
        source = IterableBatches(data, check, dtype, integer_targets=integer_targets, steps_per_epoch=steps)
        _, y, _ = source.first
        assert y is not None  # noqa: S101  (_batch asks for targets)
        return source, y

    def input_batches(self, x: Any, steps: int | None) -> BatchSource:
        """Return the batches of an iterable of inputs; targets in it are left alone."""
        return IterableBatches(x, self._inputs_of, self._model.dtype, steps_per_epoch=steps)

    def _batch(self, batch: Any, class_weight: ClassWeight | None) -> Batch:
        x, y, w = self.targets(*unpacked(batch, targets=True))
        return x, y, w if class_weight is None else arrays.weights_of(y, w, class_weight)

    def _validation_batch(self, batch: Any, class_weight: ClassWeight | None) -> Batch:
        with _naming_validation():
            return self._batch(batch, class_weight)

    def _inputs_of(self, batch: Any) -> Batch:
        x, _, _ = unpacked(batch, targets=False)
        return self.inputs(x), None, None


@contextmanager
def _naming_validation() -> Iterator[None]:
    """Make errors say that they are about ``validation_data``, whose ``x`` isn't that of the training."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In `validation_data`: {error}") from error
