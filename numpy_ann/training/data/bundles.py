"""The data of models with several inputs and outputs: arrays of the same samples, taken together."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.training.data.adapter import ClassWeight, DataAdapter, as_features, as_numbers, check_lengths
from numpy_ann.training.data.batches import Batches, Gatherer
from numpy_ann.training.data.containers import StoredRows, only
from numpy_ann.training.data.sample_weights import as_sample_weight, class_weights_of

__all__ = ["Bundle", "BundleAdapter", "BundleBatches", "arrays_of", "by_name"]


class Bundle:
    """Arrays with one row a sample each, used as one: cut and gathered together.

    Parameters
    ----------
    arrays : list of ndarray, optional
        One for each input or output; None where there is none.
    dtypes : list of dtype, optional
        What batches of them are cast to; left out, they stay as they are.

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
        parts = [
            a.part(start, stop) if isinstance(a, StoredRows) else a if a is None else a[which]
            for a in self.arrays
        ]
        return Bundle(parts, self.dtypes)

    def astype(self, dtype: Any = None, copy: bool = False) -> "Bundle":
        """Return the arrays in their own dtypes; ``dtype`` is that of models of one input, and not read."""
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

    @property
    def single(self) -> list[Gatherer]:
        """The gatherers of single arrays."""
        return [g for g in self._gatherers if g is not None]

    def twin(self) -> "_BundleGatherer":
        """Return another one of the same arrays, with buffers of its own."""
        twin = copy(self)
        twin._gatherers = [None if g is None else g.twin() for g in self._gatherers]
        return twin

    def rows(self, indices: Array) -> Bundle:
        return Bundle([None if g is None else g.rows(indices) for g in self._gatherers])

    def slice(self, start: int, stop: int) -> Bundle:
        return Bundle([None if g is None else g.slice(start, stop) for g in self._gatherers])


class BundleBatches(Batches):
    """Bundles of inputs, targets and weights, batch by batch."""

    gatherer: Any = _BundleGatherer


def by_name(argument: str, given: Any, names: Sequence[str], *, missing: bool = False) -> list[Any]:
    """Return what is meant for each input or output, in their order.

    Raises ``ValueError`` if there are more or fewer, or a name is missing.

    Parameters
    ----------
    argument : str
        What the caller calls it.
    given
        A list or tuple in that order; a dictionary or a frame, by name; for a single one also itself.
    names : list of str
        Of the inputs or outputs.
    missing : bool
        Whether a dictionary may leave some out, for which ``None`` stands then.

    >>> by_name("x", {"width": 2, "height": 1}, ["height", "width"])
    [1, 2]
    """
    if hasattr(given, "columns") and len(names) > 1:
        given = {column: given[column] for column in given.columns}
    if isinstance(given, Mapping):
        lacking = [name for name in names if name not in given]
        unknown = [name for name in given if name not in names] if missing or lacking else []
        if unknown or (lacking and not missing):
            raise ValueError(
                f"`{argument}` is a dictionary with the names {sorted(map(str, given))}, but the model's are "
                f"{list(names)}."
            )
        return [given.get(name) for name in names]
    if len(names) == 1:
        return [only(argument, given)]
    if isinstance(given, list | tuple) and len(given) == len(names):
        return list(given)
    came = (
        f"{type(given).__name__} with {len(given)} entries"
        if isinstance(given, list | tuple)
        else (f"one {type(given).__name__}")
    )
    raise ValueError(
        f"`{argument}` holds one entry for each of {list(names)}, in a list or under these names. "
        f"Received: {came}."
    )


class BundleAdapter(DataAdapter):
    """Turns a user's data into bundles that fit a graph's inputs and outputs; see ``DataAdapter``."""

    _configuration: Any
    batched: Any = BundleBatches

    def inputs(self, x: Any) -> Any:
        model = self._model
        if not model.built:
            model.build_for(np.asarray(only("x", x)))
        names, tensors, kinds = model.input_names, model.inputs, model.plan.input_kinds
        given = by_name("x", x, names)
        arrays: list[Any] = []
        dtypes: list[Any] = []
        for name, value, tensor, kind in zip(names, given, tensors, kinds, strict=True):
            argument = "x" if len(names) == 1 else f"x[{name!r}]"
            if tensor.dtype == "string" or kind == "any":
                value = value if isinstance(value, np.ndarray) else np.asarray(value)
                array = as_features(argument, value, tensor.shape[1:], numbers=False)
                dtype = array.dtype
            else:
                array = as_features(argument, value, tensor.shape[1:])
                whole = kind == "integer" or np.dtype(tensor.dtype).kind in "iu"
                dtype = np.dtype(np.int64) if whole and array.dtype.kind in "iub" else model.dtype
            arrays.append(array)
            dtypes.append(dtype)
        check_lengths(**dict(zip(names, arrays, strict=True)))
        return Bundle(arrays, dtypes)

    def targets(self, x: Any, y: Any, sample_weight: Any) -> Any:
        if y is None:
            raise ValueError("`y` is missing: the targets, one row a sample.")
        inputs, model = self.inputs(x), self._model
        names, losses, dtype = model.output_names, self._configuration.parts, model.dtype
        arrays: list[Any] = []
        dtypes: list[Any] = []
        for name, value, part, shape in zip(
            names, self._targets_by_name(y), losses, model.plan.output_shapes, strict=True
        ):
            if value is None and part.loss_argument is None:
                arrays.append(None)
                dtypes.append(None)
                continue
            argument = "y" if len(names) == 1 else f"y[{name!r}]"
            array = as_numbers(argument, value)
            check_lengths(**{"x": inputs, argument: array})
            if part.loss_argument is not None:
                part.check_targets(array, shape)
            arrays.append(array)
            dtypes.append(np.dtype(np.intp) if part.loss is not None and part.loss.integer_targets else dtype)
        weights = None
        if sample_weight is not None:
            found = [
                None if weight is None else as_sample_weight(as_numbers("sample_weight", weight))
                for weight in by_name("sample_weight", sample_weight, names, missing=True)
            ]
            for weight in found:
                check_lengths(x=inputs, sample_weight=weight)
            weights = Bundle(found, [dtype] * len(found))
        return inputs, Bundle(arrays, dtypes), weights

    def _targets_by_name(self, y: Any) -> list[Any]:
        """Return the targets by output; as in Keras, a list may leave out those without a loss."""
        parts = self._configuration.parts
        judged = [i for i, part in enumerate(parts) if part.loss_argument is not None]
        if len(judged) < len(parts) and not isinstance(y, Mapping):
            given = list(y) if isinstance(y, list | tuple) else [y]
            if len(given) == len(judged):
                return [given[judged.index(i)] if i in judged else None for i in range(len(parts))]
        return by_name("y", y, self._model.output_names, missing=len(judged) < len(parts))

    def _loss_of(self, configuration: Any) -> Any:
        return configuration.require_loss()

    def _class_weights(self, y: Bundle, class_weight: ClassWeight, w: Any) -> Bundle:
        if len(y.arrays) > 1:
            raise ValueError("`class_weight` is only supported for models with a single output.")
        return Bundle([class_weights_of(y.arrays[0], class_weight, None if w is None else w.arrays[0])])
