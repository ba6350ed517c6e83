"""The data of models with several inputs and outputs: arrays of the same samples, taken together."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.training.data.batches import Batches, Gatherer
from numpy_ann.training.data.containers import only, part_of

# isort: off
from numpy_ann.training.data.adapter import (
    ClassWeight, DataAdapter, as_features, as_numbers, as_sample_weight, check_lengths, class_weights_of,
)  # fmt: skip


class Bundle:
    """Arrays with one row a sample each, used as one: cut and gathered together, None where there is none.

    Batches of them are cast to the ``dtypes``; left out, they stay as they are.

    >>> bundle = Bundle([np.arange(3), np.zeros((3, 2))])
    >>> len(bundle), [array.shape for array in bundle[:2].arrays]
    (3, [(2,), (2, 2)])
    """

    def __init__(self, arrays: Sequence[Any], dtypes: Sequence[Any] | None = None) -> None:
        self.arrays = list(arrays)
        self.dtypes = list(dtypes or [None if array is None else array.dtype for array in arrays])

    def __len__(self) -> int:
        return next((len(array) for array in self.arrays if array is not None), 0)

    def __getitem__(self, which: slice) -> "Bundle":
        """Return the samples of a slice; nothing is copied."""
        start, stop, _ = which.indices(len(self))
        return Bundle([part_of(array, start, stop) for array in self.arrays], self.dtypes)

    def astype(self, dtype: Any = None, copy: bool = False) -> "Bundle":
        """Return the arrays in their ``dtypes``; the argument is for models of one input, and not read."""
        pairs = zip(self.arrays, self.dtypes, strict=True)
        return Bundle([None if a is None else a.astype(kind, copy=copy) for a, kind in pairs], self.dtypes)

    def copy(self) -> "Bundle":
        """Return copies of the arrays."""
        return self.astype(copy=True)


def arrays_of(x: Any) -> list[Any]:
    """Return the arrays of a bundle; an array by itself in a list."""
    return x.arrays if isinstance(x, Bundle) else [x]


class _BundleGatherer:
    """Serves batches of each of the arrays; see ``Gatherer``."""

    def __init__(self, bundle: Bundle, batch_size: int, dtype: Any) -> None:
        pairs = list(zip(bundle.arrays, bundle.dtypes, strict=True))
        self._gatherers = [None if a is None else Gatherer(a, batch_size, kind) for a, kind in pairs]

    def _each(self, method: str, *arguments: Any) -> list[Any]:
        return [None if g is None else getattr(g, method)(*arguments) for g in self._gatherers]

    def cast_once(self) -> None:
        self._each("cast_once")

    def twin(self) -> "_BundleGatherer":
        twin = copy(self)
        twin._gatherers = self._each("twin")
        return twin

    def rows(self, indices: Array) -> Bundle:
        return Bundle(self._each("rows", indices))

    def slice(self, start: int, stop: int) -> Bundle:
        return Bundle(self._each("slice", start, stop))


class BundleBatches(Batches):
    """Bundles of inputs, targets and weights, batch by batch."""

    gatherer: Any = _BundleGatherer


def by_name(argument: str, given: Any, names: Sequence[str], *, missing: bool = False) -> list[Any]:
    """Return what is meant for each input or output, in their order.

    Raises ``ValueError`` if there are more or fewer, or a name is missing.

    ``given``, for messages ``argument``, is a list or tuple in the order of ``names``; a dictionary or a
    frame, by name; for a single one also itself. With ``missing``, ``None`` stands for those left out.

    >>> by_name("x", {"width": 2, "height": 1}, ["height", "width"])
    [1, 2]
    """
    if hasattr(given, "columns") and len(names) > 1:
        given = {column: given[column] for column in given.columns}
    if isinstance(given, Mapping):
        lacking = [name for name in names if name not in given]
        unknown = [name for name in given if name not in names] if missing or lacking else []
        if unknown or (lacking and not missing):
            found = f"`{argument}` is a dictionary with the names {sorted(map(str, given))}"
            raise ValueError(f"{found}, but the model's are {list(names)}.")
        return [given.get(name) for name in names]
    if len(names) == 1:
        return [only(argument, given)]
    if isinstance(given, list | tuple) and len(given) == len(names):
        return list(given)
    came, many = type(given).__name__, isinstance(given, list | tuple)
    raise ValueError(
        f"`{argument}` holds one entry for each of {list(names)}, in a list or under these names. "
        f"Received: {f'{came} with {len(given)} entries' if many else f'one {came}'}."
    )


class BundleAdapter(DataAdapter):
    """Turns a user's data into bundles that fit a graph's inputs and outputs; see ``DataAdapter``."""

    batched: ClassVar[Any] = BundleBatches

    def inputs(self, x: Any) -> Any:
        model = self.model
        if not model.built:
            model.build_for(np.asarray(only("x", x)))
        names, kinds = model.input_names, model.plan.input_kinds
        arrays: list[Any] = []
        dtypes: list[Any] = []
        for name, value, tensor, kind in zip(names, by_name("x", x, names), model.inputs, kinds, strict=True):
            anything = tensor.dtype == "string" or kind == "any"
            argument = "x" if len(names) == 1 else f"x[{name!r}]"
            value = np.asarray(value) if anything else as_numbers(argument, value)
            array = as_features(argument, value, tensor.shape[1:])
            whole = not anything and (kind == "integer" or np.dtype(tensor.dtype).kind in "iu")
            as_integers = np.dtype(np.int64) if whole and array.dtype.kind in "iub" else model.dtype
            arrays.append(array)
            dtypes.append(array.dtype if anything else as_integers)
        check_lengths(**dict(zip(names, arrays, strict=True)))
        return Bundle(arrays, dtypes)

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Any:
        if y is None:
            raise ValueError("`y` is missing: the targets, one row a sample.")
        inputs, model = self.inputs(x), self.model
        names, losses, dtype = model.output_names, self.configuration.parts, model.dtype
        arrays: list[Any] = []
        dtypes: list[Any] = []
        each = zip(names, self._targets_by_name(y), losses, model.plan.output_shapes, strict=True)
        for name, value, part, shape in each:
            array, judged = None, part.loss_argument is not None
            if value is not None or judged:
                argument = "y" if len(names) == 1 else f"y[{name!r}]"
                array = as_numbers(argument, value)
                check_lengths(**{"x": inputs, argument: array})
            if judged:
                part.check_targets(array, shape)
            arrays.append(array)
            dtypes.append(np.dtype(np.intp) if part.loss is not None and part.loss.integer_targets else dtype)
        if sample_weight is None:
            return inputs, Bundle(arrays, dtypes), None
        found = [
            None if weight is None else as_sample_weight(as_numbers("sample_weight", weight))
            for weight in by_name("sample_weight", sample_weight, names, missing=True)
        ]
        for weight in found:
            check_lengths(x=inputs, sample_weight=weight)
        return inputs, Bundle(arrays, dtypes), Bundle(found, [dtype] * len(found))

    def _targets_by_name(self, y: Any) -> list[Any]:
        """Return the targets by output; as in Keras, a list may leave out those without a loss."""
        parts = self.configuration.parts
        judged = [i for i, part in enumerate(parts) if part.loss_argument is not None]
        if len(judged) < len(parts) and not isinstance(y, Mapping):
            given = list(y) if isinstance(y, list | tuple) else [y]
            if len(given) == len(judged):
                return [given[judged.index(i)] if i in judged else None for i in range(len(parts))]
        return by_name("y", y, self.model.output_names, missing=len(judged) < len(parts))

    def class_weights(self, y: Bundle, class_weight: ClassWeight, w: Any) -> Bundle:
        if len(y.arrays) > 1:
            raise ValueError("`class_weight` is only supported for models with a single output.")
        return Bundle([class_weights_of(y.arrays[0], class_weight, None if w is None else w.arrays[0])])
