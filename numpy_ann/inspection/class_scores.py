"""What a model says of each class: a score, a probability, and the class that it scores."""

from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.picture_inputs import checked_model
from numpy_ann.inspection.tracing.recording_plan import without_noise
from numpy_ann.losses import BinaryLoss
from numpy_ann.models import Model
from numpy_ann.threads import limited_blas
from numpy_ann.training.data.adapter import check_lengths
from numpy_ann.training.data.bundles import Bundle, arrays_of
from numpy_ann.training.plan import as_plan

BATCH = 256  # samples at once: what the caches hold

_LINKS = {"softmax": "softmax", "log_softmax": "softmax", "sigmoid": "sigmoid"}


class ClassScores:
    """How to read a model's outputs.

    The scores ``z`` are what a last softmax or sigmoid is applied to, and otherwise the outputs themselves.
    ``link`` says what turns them into probabilities ``p``::

        "softmax"   p = softmax(z), one class an output
        "sigmoid"   p = sigmoid(z) for each output by itself; a single one stands for class 1 against class 0
        None        there are no probabilities

    It is what the model ends in, or what a loss ``from_logits`` implies. ``plan`` has the layers that compute
    anything when predicting; ``ends_in_link`` says whether the last of them is, or ends in, the softmax or
    sigmoid; ``is_binary`` whether a single output stands for two classes, of which there are ``classes``.
    """

    def __init__(self, model: Model) -> None:
        if len(checked_model(model).outputs) > 1:
            raise ValueError(
                f"Model {model.name!r} has the outputs {model.output_names}: look at one of them, by the "
                "model that ends in it, Model(model.inputs, model.outputs[0]). It has the same weights."
            )
        self.plan = plan = without_noise(as_plan(model.plan))
        if plan.outputs[0] < plan.inputs or len(model.output_shape) != 2:
            raise ValueError(
                "Expected a model with one row of outputs a sample. "
                f"The output of model {model.name!r} is {model.output_shape}."
            )
        self.dtype = model.dtype
        self._model = model
        outputs = model.output_shape[-1] or 0
        self.last = plan.uses[plan.outputs[0] - plan.inputs].layer
        self.link = _LINKS.get(self.last.output_activation.name)
        self.ends_in_link = self.link is not None
        if not self.ends_in_link and getattr(model.loss, "from_logits", False):
            self.link = "sigmoid" if isinstance(model.loss, BinaryLoss) else "softmax"
        self.is_binary = self.link == "sigmoid" and outputs == 1
        self.classes = 2 if self.is_binary else outputs

    def inputs(self, x: Any) -> Any:
        """Return ``x`` as an array, if the model can read it; of several inputs as a bundle of them."""
        found = self._model.workings.adapter(self._model).inputs(x)
        arrays = [array[:] for array in arrays_of(found)]  # dense, where they are sparse
        return arrays[0] if len(arrays) == 1 else Bundle(arrays)

    def batch(self, x: Any, start: int) -> list[Array]:
        """Return the samples from ``start``, as many as are looked at together, as the layers take them."""
        pairs = zip(arrays_of(x[start : start + BATCH]), self.plan.input_kinds, strict=True)
        return [array.astype(self.dtype, copy=False) if kind == "float" else array for array, kind in pairs]

    def limited_blas(self) -> AbstractContextManager[None]:
        """Hold BLAS to the threads that suit batches of this model; to be used in ``with``."""
        return limited_blas(BATCH, self._model.parameters)

    def scores(self, x: Any) -> Array:
        """Return ``z`` of shape ``(samples, outputs)``; like predicting, it leaves no trace on the model."""
        z = np.empty((len(x), self._model.output_shape[-1] or 0), dtype=self.dtype)
        with self.limited_blas():
            for start in range(0, len(x), BATCH):
                values = self.plan.forward(self.batch(x, start), logits=self.ends_in_link)
                z[start : start + BATCH] = values[self.plan.outputs[0]]
        return z

    def predicted(self, z: Array) -> Array:
        """Return the class with the largest score; of a single sigmoid, 1 where ``p > 0.5``."""
        return np.asarray(z[:, 0] > 0 if self.is_binary else z.argmax(axis=1), np.int64)

    def values(self, z: Array) -> Array:
        """Return ``p`` of shape ``(samples, classes)``; the outputs, where there are no probabilities."""
        return z if self.link is None else np.exp(self.log_probabilities(z))

    def require_probabilities(self) -> None:
        """Raise ``ValueError`` if the model gives no probabilities of classes."""
        if self.link is None:
            raise ValueError(
                f"Model {self._model.name!r} gives no probabilities of classes: it ends in "
                f"{self.last.activation.name!r}. End it in a softmax or sigmoid, or compile it with a "
                "loss that has from_logits=True."
            )

    def log_probabilities(self, z: Array) -> Array:
        """Return ``log p`` of shape ``(samples, classes)`` in float64, exact where ``p`` would be 0."""
        self.require_probabilities()
        z = z.astype(np.float64)
        if np.isnan(z).any():
            sample = int(np.flatnonzero(np.isnan(z).any(axis=1))[0])
            raise ValueError(f"Model {self._model.name!r} answers NaN for sample {sample}.")
        if self.link == "softmax":
            z = z - z.max(axis=1, keepdims=True)
            of_all: Array = np.log(np.exp(z).sum(axis=1, keepdims=True))
            return z - of_all
        if self.is_binary:
            z = np.concatenate([-z, z], axis=1)
        return -np.logaddexp(0, -z)


def predictions_of(model: Model, x: Any, y: object) -> tuple[Array, Array, Array]:
    """Return the right classes, ``y`` or those of its one-hot rows, those predicted, and all ``log p``."""
    scores = ClassScores(model)
    scores.require_probabilities()  # before labels that are no classes, as those of a regression
    x, true = scores.inputs(x), class_numbers(y, scores.classes)
    check_lengths(x=x, y=true)
    z = scores.scores(x)
    return true, scores.predicted(z), scores.log_probabilities(z)


def class_numbers(y: object, classes: int, name: str = "y") -> Array:
    """Return labels as class numbers, also of one-hot rows; ``ValueError`` if one is no class of the model.

    >>> class_numbers(np.array([[0, 0, 1], [1, 0, 0]]), 3)
    array([2, 0])
    """
    labels: Array = np.asarray(y)
    if labels.ndim == 2 and labels.dtype.kind in "biuf":
        if labels.shape[1] == classes:
            if not np.allclose(labels.sum(axis=1), 1, atol=1e-3):
                raise ValueError(f"{name} must have one class a sample; its rows don't each sum to 1.")
            labels = labels.argmax(axis=1)
        elif labels.shape[1] == 1:
            labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "biuf":
        raise ValueError(
            f"{name} must be one class number a sample, or one-hot rows of the model's {classes} classes. "
            f"Received: shape {labels.shape}, dtype {labels.dtype}."
        )
    with np.errstate(invalid="ignore"):  # a NaN is no number of a class, as the next line finds
        numbers = labels.astype(np.int64)
    if (numbers != labels).any() or (len(numbers) and not 0 <= numbers.min() <= numbers.max() < classes):
        raise ValueError(f"{name} must hold the class numbers 0 to {classes - 1} of the model's outputs.")
    return numbers


def class_index_of(class_index: object, samples: int, classes: int) -> Array:
    """Return one class number a sample, of one for all or one each; ``ValueError`` if a class isn't there."""
    index: Array = np.asarray(class_index)
    if index.dtype.kind not in "iu" or index.shape not in ((), (samples,)):
        hint = " Of one-hot labels, pass np.argmax(labels, axis=1)." if index.ndim == 2 else ""
        raise ValueError(
            f"class_index is one whole number, or one for each of the {samples} samples. "
            f"Received: shape {index.shape}, dtype {index.dtype}.{hint}"
        )
    if not (index < classes).all() or not (index >= 0).all():
        raise ValueError(
            f"class_index is from 0 to {classes - 1}, the classes of the model's outputs. "
            f"Received: {index.min()} to {index.max()}."
        )
    return np.broadcast_to(index, samples).astype(np.int64)
