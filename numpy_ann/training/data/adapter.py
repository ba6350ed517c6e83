"""The adapter between a user's data and the model: checked against the model and its loss, as batches."""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, TypeAlias

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.training.data.batches import Batch, Batches, BatchSource
from numpy_ann.training.data.containers import StoredRows, cure_of, is_sparse, numbers_in, only, part_of
from numpy_ann.training.data.iterables import IterableBatches, is_indexable, unpacked
from numpy_ann.validation import checked_count, closed, is_integer, is_number

KERAS_BATCH = 32  # samples at once in Keras, where the caller does not say
# In a forward pass: what the caches hold, and enough for products of 128 units to be worth two processors.
PREDICTION_BATCH = 512

ClassWeight: TypeAlias = Mapping[int, float]
_CLASS_WEIGHTS = "a dictionary from class to weight; 'balanced' is {k: samples / (classes * samples of k)}"
Arrays: TypeAlias = tuple[Array, Array, Array | None]


def serves_batches(x: object) -> bool:
    """Return whether ``x`` is an iterable of batches, and not an array or what can be made one.

    >>> serves_batches(iter([])), serves_batches([[1, 2]]), serves_batches(np.zeros(3))
    (True, False, False)
    """
    if hasattr(x, "__array__") or is_sparse(x) or isinstance(x, Sequence | Set | Mapping):
        return False
    return hasattr(x, "__iter__") or is_indexable(x)


def as_numbers(name: str, value: Any) -> Any:
    """Return ``value`` as an array of numbers, or as ``StoredRows``; arrays are passed through, uncopied.

    Raises ``TypeError`` if it is text, a generator, ragged or no numbers; ``ValueError`` if it has no sample.
    """
    if hasattr(value, "__next__"):
        raise TypeError(
            f"`{name}` is an iterator; numpy_ann trains on arrays. Collect it: np.stack(list({name}))."
        )
    if value is None:
        raise TypeError(f"`{name}` is missing: it is None.")
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"`{name}` is a masked array; say what its gaps hold: {name}.filled(0).")
    if not isinstance(value, np.ndarray):
        value = numbers_in(name, value)
    try:
        # A memory-mapped file stays where it is.
        array: Any = value if isinstance(value, StoredRows) else np.asarray(value)
    except ValueError as error:
        raise TypeError(f"`{name}` can't be made an array: {error}") from error
    if array.dtype.kind not in "biuf":
        text = array.dtype.kind == "O" and isinstance(next(iter(array.flat), None), str)
        ragged = " Its rows may differ in length." if array.dtype.kind == "O" and not text else ""
        found = "it holds text" if text else f"its dtype is {array.dtype}"
        raise TypeError(f"`{name}` must hold real numbers, but {found}.{ragged}{cure_of(name, array.dtype)}")
    if array.ndim == 0:
        raise ValueError(f"`{name}` must have one row a sample, but it is the single number {array}.")
    if array.size == 0:
        raise ValueError(f"`{name}` is empty: its shape is {array.shape}.")
    return array


def as_features(name: str, x: Any, input_shape: Shape | None) -> Any:
    """Return an array as inputs of samples of ``input_shape`` (``None``: any).

    As in Keras, a last axis of 1 may be missing or there beyond what is expected.
    Raises ``ValueError`` if the samples have another shape; the message knows the usual slips.
    """
    if input_shape is None or x.shape[1:] == input_shape:
        return x
    declared, input_shape = input_shape, closed(input_shape, x.shape[1:])
    if x.shape[1:] == input_shape:
        return x
    if x.shape[1:] == (*input_shape, 1) or (*x.shape[1:], 1) == input_shape:
        return x.reshape(len(x), *input_shape)  # the same numbers, uncopied
    expected, cure = ("batch", *declared), ""
    if x.shape == input_shape:
        cure = f" A single sample needs a batch axis: {name}[np.newaxis]."
    elif None not in input_shape and prod(x.shape[1:]) == prod(input_shape):
        cure = f" The sizes agree: {name}.reshape(-1, {', '.join(map(str, input_shape))})."
    raise ValueError(
        f"The model expects {name} of shape ({', '.join(map(str, expected))}), but received {x.shape}.{cure}"
    )


def check_lengths(**arrays: Array | None) -> None:
    """Raise ``ValueError`` unless all arrays hold equally many samples.

    >>> check_lengths(x=np.zeros(3), y=np.zeros(2))
    Traceback (most recent call last):
        ...
    ValueError: Data cardinality is ambiguous: all arrays must hold as many samples. Received: x 3, y 2.
    """
    lengths = {name: len(array) for name, array in arrays.items() if array is not None}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(
            f"Data cardinality is ambiguous: all arrays must hold as many samples. Received: {found}."
        )


def as_sample_weight(weight: Array) -> Array:
    """Return weights; raise ``ValueError`` if there isn't one finite number of 0 or more for each sample."""
    if weight.shape == (len(weight), 1):
        weight = weight[:, 0]
    if weight.ndim != 1:
        raise ValueError(f"`sample_weight` holds one number a sample. Received the shape {weight.shape}.")
    if not np.all(np.isfinite(weight)) or weight.min() < 0:
        raise ValueError("`sample_weight` must be finite numbers of 0 or more.")
    return weight


def class_weights_of(y: Array, class_weight: ClassWeight, sample_weight: Array | None = None) -> Array:
    """Return a weight for each sample from weights by class; a class that isn't named weighs 1.

    Labels may be integers or one-hot. Raises ``ValueError`` if there are sample weights too, or a class isn't
    an integer, or a weight a finite number, of 0 or more.

    >>> class_weights_of(np.array([0, 1, 2]), {1: 5.0})
    array([1., 5., 1.])
    """
    if sample_weight is not None:
        raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
    if not isinstance(class_weight, Mapping):
        raise ValueError(f"`class_weight` is {_CLASS_WEIGHTS}. Received: {class_weight!r}")
    labels = (y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y).reshape(len(y), -1)
    if labels.shape[1] > 1:
        raise ValueError("`class_weight` needs one label a sample.")
    weights = np.ones(len(labels))
    for label, weight in class_weight.items():
        if not is_integer(label) or label < 0:
            raise ValueError(f"`class_weight` has the key {label!r}; a class is an integer of 0 or more.")
        if not np.isfinite(weight) or weight < 0:
            raise ValueError(
                f"`class_weight` gives class {label} the weight {weight!r}; 0 or more is wanted."
            )
        weights[labels[:, 0] == label] = weight
    return weights


@dataclass
class DataAdapter:
    """Turns a user's data into arrays that fit, or into batches.

    ``model`` is built, if it wasn't, for the first inputs. The loss of the ``configuration`` says what
    targets it takes; left out, there are none.
    """

    model: Any
    configuration: Any = None

    batched: ClassVar[Any] = Batches
    needs_targets: ClassVar[bool] = True

    def inputs(self, x: Any) -> Array:
        """Return the inputs, checked against the model."""
        x = as_numbers("x", x if isinstance(x, np.ndarray) else self.only_input(x))
        if not self.model.built:
            self.model.build_for(x)
        shape = self.model.plan[0].input_shape
        return x if x.shape[1:] == shape else as_features("x", x, shape)  # type: ignore[no-any-return]

    def only_input(self, x: Any) -> Any:
        """Return the one array of a list or dictionary of the model's one input."""
        name = getattr(self.model.input_layer, "name", None)
        return only("x", x, name, getattr(next(iter(self.model.plan), None), "input_shape", None))

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Arrays:
        """Return inputs, targets and weights, checked against each other, the model and the loss."""
        if y is None:
            raise ValueError("`y` is missing: the targets, one row a sample.")
        x = as_numbers("x", x if isinstance(x, np.ndarray) else self.only_input(x))
        if not isinstance(y, np.ndarray):
            y = only("y", y, taken=len(x) if len(x) == 1 else None)
        y = as_numbers("y", y)
        check_lengths(x=x, y=y)
        x = self.inputs(x)
        if self.configuration is not None:
            self.configuration.check_targets(y, self.model.plan[-1].output_shape or ())
        if sample_weight is None:
            return x, y, None
        weight = as_numbers("sample_weight", only("sample_weight", sample_weight))
        check_lengths(x=x, sample_weight=weight)
        return x, y, as_sample_weight(weight)

    def data(self, x: Any, y: Any, sample_weight: Any) -> Arrays | Any:
        """Return checked arrays; or ``x``, if it is an iterable of batches, which has everything in it."""
        if isinstance(x, np.ndarray) or not serves_batches(x):
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
        with _naming_validation():
            return self.data(*data, *[None] * (3 - len(data)))

    @staticmethod
    def split(validation_split: float, data: Arrays | Any) -> tuple[Arrays, Arrays]:
        """Cut the last fraction off the arrays, to validate with; nothing is copied."""
        if not isinstance(data, tuple):
            raise ValueError(
                "`validation_split` cuts arrays, but `x` is an iterable of batches: pass validation_data. "
                f"Received: validation_split={validation_split!r}"
            )
        if not is_number(validation_split) or not 0 <= validation_split < 1:
            raise ValueError(
                f"`validation_split` is a fraction from 0 to below 1. Received: {validation_split!r}"
            )
        samples = len(data[0])
        at = int(samples * (1 - validation_split))
        if at in (0, samples):
            raise ValueError(
                f"Training data contains {samples} samples, which is not sufficient to split it into a "
                f"validation and training set as specified by `validation_split={validation_split}`. Either "
                "provide more data, or a different value for the `validation_split` argument."
            )
        first: Any = tuple(part_of(array, 0, at) for array in data)
        return first, tuple(part_of(array, at, samples) for array in data)

    def batches(
        self, data: Arrays | Any, batch_size: int | None, steps: int | None = None,
        class_weight: ClassWeight | None = None, *, argument: str = "batch_size", validating: bool = False,
    ) -> tuple[BatchSource, Array]:  # fmt: skip
        """Return the batches of the data, and targets like all of theirs.

        ``data`` is what ``data`` or ``validation`` returned, ``steps`` are the batches an epoch, ``argument``
        is what the caller calls ``batch_size``. If ``validating``, errors in the batches speak of
        ``validation_data``.
        """

        def weighted(x: Any, y: Any, w: Any) -> Any:
            return x, y, w if class_weight is None else self.class_weights(y, class_weight, w)

        def check(batch: Any) -> Any:
            with _naming_validation() if validating else nullcontext():
                return weighted(*self.targets(*unpacked(batch, targets=self.needs_targets)))

        dtype = self.model.dtype
        if not isinstance(data, tuple):
            source = IterableBatches(data, check, dtype, self.integer_targets, steps_per_epoch=steps)
            return source, source.first[1]  # type: ignore[return-value]
        x, y, w = data if class_weight is None else weighted(*data)
        size = checked_count(argument, batch_size)
        size = size or (self.usual_size() if steps is None else -(-len(x) // steps))
        integers = self.integer_targets(y)
        return self.batched(x, y, w, size, dtype, integer_targets=integers, steps_per_epoch=steps), y

    def input_batches(self, x: Any, steps: int | None) -> BatchSource:
        """Return the batches of an iterable of inputs; targets in it are left alone."""

        def check(batch: Any) -> Batch:
            return self.inputs(unpacked(batch, targets=False)[0]), None, None

        return IterableBatches(x, check, self.model.dtype, steps_per_epoch=steps)

    def usual_size(self) -> int:
        """Return how many samples are taken at once where nobody says it, of a validation."""
        seen = self.configuration is not None and self.configuration.require_loss().sees_batches
        return KERAS_BATCH if seen else PREDICTION_BATCH

    def integer_targets(self, y: Any) -> bool:
        """Return whether targets are class numbers; the first may have decided which loss it is."""
        return bool(getattr(getattr(self.configuration, "loss", None), "integer_targets", False))

    def class_weights(self, y: Any, class_weight: ClassWeight, w: Any) -> Any:
        """Return the weights of samples, by their classes."""
        return class_weights_of(y, class_weight, w)


@contextmanager
def _naming_validation() -> Iterator[None]:
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"In `validation_data`: {error}") from error
