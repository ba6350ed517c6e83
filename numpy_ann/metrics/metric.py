"""What every training metric is, a number that grows more certain batch by batch: most are a running mean."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import wraps
from types import SimpleNamespace
from typing import Any, ClassVar, ParamSpec, TypeAlias

import numpy as np
import numpy.typing as npt

from numpy_ann._typing import Array, Shape
from numpy_ann.errors import escaped
from numpy_ann.lookup import snake_case
from numpy_ann.losses.targets import check_as_many, check_same_shape
from numpy_ann.parameter import Variable
from numpy_ann.part import Described
from numpy_ann.recording import here, unrecorded
from numpy_ann.validation import checked_choice

P = ParamSpec("P")
DType: TypeAlias = npt.DTypeLike | None


def _of_numbers(update: Callable[P, None]) -> Callable[P, None]:
    """Return an ``update_state`` that takes what a tape traces for its numbers: nobody derives a metric."""

    @wraps(update)
    def update_state(*args: P.args, **options: P.kwargs) -> None:
        with unrecorded() if here.tapes else nullcontext():
            update(*args, **options)

    return update_state


class Metric(Described):
    """A figure computed over the batches of an epoch: reset, update with each batch, read the result.

    A metric of one's own defines ``result`` and either ``update_state``, in Keras' way, or ``update_batch``,
    to which arrays come that were checked. What it remembers it keeps in attributes that ``reset_state``
    sets, or in variables of ``add_variable``. Raises ``ValueError`` if an option is out of its range.

    Parameters
    ----------
    name : str, optional
        The key in the training history. Left out, it is the class name in snake case.
    dtype : {"float32", "float64"}, optional
        Kept for Keras; sums are float64 in any case.

    >>> class Largest(Metric):
    ...     def __init__(self, name="largest"):
    ...         super().__init__(name)
    ...         self.so_far = self.add_variable(name="so_far")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.so_far.assign(np.maximum(self.so_far, np.max(y_pred)))
    ...     def result(self):
    ...         return float(self.so_far)
    >>> Largest()([0, 1], [0.25, 0.75])
    0.75
    """

    _own_update: ClassVar[bool] = True  # whether ``update_state`` was defined after ``update_batch``
    _state: ClassVar[tuple[str, ...]] = ()  # attributes that are variables
    _counted: ClassVar[tuple[str, ...]] = ()  # and those of ``_counts``, which can't be assigned
    _dtypes: ClassVar[tuple[str, ...]] = ("float32", "float64")  # the first one if none is given

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "update_state" in vars(cls):
            cls.update_state = _of_numbers(cls.update_state)  # type: ignore[method-assign]
        if {"update_state", "update_batch"} & vars(cls).keys():
            cls._own_update = "update_batch" not in vars(cls)

    def __init__(self, name: str | None = None, dtype: DType = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype: str = self._dtypes[0]
        if dtype is not None:
            given = dtype if isinstance(dtype, str) else np.dtype(dtype).name
            self.dtype = checked_choice("dtype", given, self._dtypes)
        self._added: list[MetricVariable] = []
        with suppress(AttributeError):  # a reset of variables that the constructor adds next, already empty
            self.reset_state()

    def add_variable(
        self, shape: Shape = (), initializer: str | Callable[..., Any] | None = None, dtype: DType = None,
        name: str = "variable",
    ) -> "MetricVariable":  # fmt: skip
        """Return a new variable of ``shape``, a single number if not given, that ``reset_state`` sets to 0.

        "zeros" fills it (if not given), "ones", or a callable of shape and dtype; float64 if not given.
        """
        fill = initializer
        if not callable(fill):
            ones = checked_choice("initializer", fill, (None, "zeros", "ones")) == "ones"
            fill = np.ones if ones else np.zeros
        value = np.asarray(fill(shape, np.dtype(dtype or np.float64)))
        self._added.append(MetricVariable(SimpleNamespace(value=value), "value", name))
        return self._added[-1]

    add_weight = add_variable

    @property
    def variables(self) -> "list[MetricVariable]":
        """What the metric remembers between batches."""
        counted = [MetricVariable(getattr(self, "_counts", None), name, name) for name in self._counted]
        return [MetricVariable(self, name, name.lstrip("_")) for name in self._state] + counted + self._added

    def reset_state(self) -> None:
        """Forget all batches."""
        for name in self._state:
            setattr(self, name, 0.0)
        for variable in self._added:
            variable.assign(np.zeros(variable.shape))

    @_of_numbers
    def update_state(
        self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> None:
        """Take in one batch; raise ``ValueError`` if the targets don't fit the predictions.

        ``sample_weight`` is one number a sample, ``(n,)`` or ``(n, 1)``, or one for each value that the
        metric averages or counts; 1 each if not given.
        """
        true, predicted = np.asarray(y_true), np.asarray(y_pred)
        check_as_many(true, predicted)
        self.check_targets(true, predicted.shape[1:])
        if type(self).update_batch is Metric.update_batch:
            raise NotImplementedError(f"{type(self).__name__} must define `update_state` or `update_batch`.")
        self.update_batch(true, predicted, None if sample_weight is None else np.asarray(sample_weight))

    def update_batch(self, y_true: Array, y_pred: Array, sample_weight: Array | None = None) -> None:
        """Take in one batch of arrays that were checked."""
        self.update_state(y_true, y_pred, *([] if sample_weight is None else [sample_weight]))

    def take(self, *batch: Array) -> None:
        """Take in one batch, targets, predictions and maybe weights, as the class says: for training."""
        (self.update_state if self._own_update else self.update_batch)(*batch)

    @abstractmethod
    def result(self) -> Any:
        """Return the figure over the batches since the last reset: a float, or an array of several."""

    def check_targets(self, y_true: Array, output_shape: tuple[int, ...]) -> None:
        """Raise ``ValueError`` unless ``y_true`` can be targets of outputs of ``(batch, *output_shape)``."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch, with ``update_state``'s arguments, and return the result so far."""
        self.update_state(*(np.asarray(a) if isinstance(a, list | tuple) else a for a in args), **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        config = {"name": self.name, **super().get_config()}
        if self.dtype == self._dtypes[0]:
            config.pop("dtype", None)
        return config

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={escaped(self.name)}>"


class RunningMean(Metric):
    """The base of metrics that are a weighted mean, ``sum(w_i v_i) / sum(w_i)``, of samples' mean values."""

    _state: ClassVar[tuple[str, ...]] = ("total", "count")
    total: float
    count: float

    def add(self, values: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> None:
        """Take in the values of one batch, of shape ``(n, ...)``, or a single one."""
        v = np.asarray(values)
        if v.size and weight is not None and np.ndim(weight) == 0:
            v = v.mean()  # which is what the one weight is for
        n = len(v) if v.ndim else 1
        share = n / v.size if v.size else 0.0  # of a sample's value in its mean
        if weight is None:
            self.total += float(v.sum()) * share
            self.count += n
        else:
            w = spread(weight, v.shape)
            self.total += float(np.sum(v * w)) * share
            self.count += float(w.sum()) * share

    def result(self) -> float:
        """Return the mean over the batches since the last reset; 0 before the first, as Keras'."""
        return float(self.total / self.count) if self.count else 0.0


class MetricVariable(Variable):
    """An array that a metric remembers, an attribute of its holder: Keras' methods, and NumPy, work on it."""

    def __init__(self, holder: Any, attribute: str, name: str) -> None:
        self._holder, self._attribute, self.name = holder, attribute, name

    @property
    def value(self) -> Array:
        """The numbers, as an array."""
        return np.asarray(getattr(self._holder, self._attribute))

    def assign(self, value: npt.ArrayLike) -> None:
        """Put other numbers of its shape in its place, unless it follows from what the metric counts."""
        new = np.asarray(value, dtype=self.dtype)
        if new.shape != self.shape:
            raise ValueError(f"{self.name} has shape {self.shape}, but the new value has {new.shape}.")
        try:
            setattr(self._holder, self._attribute, new.copy() if new.ndim else new[()])
        except AttributeError:
            raise ValueError(
                f"{self.name} is computed from what the metric counts, so it can't be assigned; "
                "`reset_state()` sets it to 0."
            ) from None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.value, dtype=dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        values = [x.value if isinstance(x, MetricVariable) else x for x in inputs]
        return getattr(ufunc, method)(*values, **kwargs)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"MetricVariable({self.name!r}, shape={self.shape}, value={self.value})"


def check_one_each(self: Metric, y_true: Array, output_shape: Shape) -> None:
    """Raise ``ValueError`` unless there is a target for each output: ``(n,)`` will do for ``(n, 1)``."""
    check_same_shape(f"the metric {self.name!r}", y_true, output_shape)


def spread(sample_weight: npt.ArrayLike, shape: Shape) -> Array:
    """Return weights of samples, or of values, as an array of ``shape``: the same all through a sample."""
    w = np.asarray(sample_weight)
    if w.ndim == len(shape) + 1 and w.shape[-1] == 1:
        w = w[..., 0]
    try:
        return np.broadcast_to(w.reshape(w.shape + (1,) * (len(shape) - w.ndim)), shape)
    except ValueError:
        raise ValueError(
            "`sample_weight` must hold a number for each sample, or one for each value, which have the "
            f"shape {shape}. Received: sample_weight.shape={w.shape}"
        ) from None
