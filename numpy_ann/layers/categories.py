"""Numbers as categories, and categories as rows of 0 and 1."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, BatchShape
from numpy_ann.layers.layer import Layer
from numpy_ann.layers.moments import batches_of
from numpy_ann.validation import checked_choice, checked_integer, checked_number


class CategoricalLayer(Layer):
    """The base of layers whose inputs take no gradient; a class says its ``purpose``."""

    differentiable: ClassVar[bool] = False
    purpose: ClassVar[str]

    def _whole_numbers(self, x: Array, does: str, option: str) -> Array:
        """Return inputs as whole numbers; complain of one that isn't below the option."""
        count = getattr(self, option)
        with np.errstate(invalid="ignore"):  # NaN becomes a number far below 0
            numbers = self._checked(x).astype(np.int64, copy=False)
        if numbers.size and (numbers.min() < 0 or numbers.max() >= count):
            wrong = numbers[(numbers < 0) | (numbers >= count)].flat[0]
            raise ValueError(
                f"Layer {self.name!r} {does} the numbers 0 to {count - 1}, but received {wrong}. "
                f"{option} is the largest number and 1."
            )
        return numbers

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        raise ValueError(
            f"Layer {self.name!r} {self.purpose}, but layers before it would learn from one. Put it first, "
            "behind an Input."
        )


class EncodingLayer(CategoricalLayer):
    """The base of layers that number categories, and give the numbers or rows with a place for each.

    Parameters
    ----------
    output_mode : str
        ``"int"``: the numbers. ``"one_hot"``: a row for each, all 0 but for a 1. ``"multi_hot"``: a row for
        each sample, with a 1 for every number in it. ``"count"``: how often each is in it.
    sparse : bool
        Only False: outputs are arrays.
    """

    modes: ClassVar[tuple[str, ...]] = ("int", "one_hot", "multi_hot", "count")
    purpose = "makes categories, which have no gradient"

    def __init__(self, output_mode: str = "int", sparse: bool = False, **options: Any) -> None:
        super().__init__(**options)
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        self.output_mode = checked_choice("output_mode", output_mode, self.modes)
        if sparse:
            raise ValueError("`sparse=True` isn't supported: outputs are arrays here. Leave it out.")

    @abstractmethod
    def depth(self) -> int:
        """Return how many categories there are."""

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        shape = tuple(input_shape)
        if self.output_mode == "int":
            return shape
        if self.output_mode == "one_hot":
            return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), self.depth())
        does = f"makes one row of each sample, {self.output_mode!r}, and takes inputs of the shape"
        self._needs(len(shape) == 2, f"{does} (batch, categories)", shape)
        return (shape[0], self.depth())

    def _encoded(self, numbers: Array) -> Array:
        """Return numbers of categories in the layer's mode; those below 0 are left out of rows."""
        if self.output_mode == "int":
            return numbers
        depth = self.depth()
        if self.output_mode == "one_hot":
            if numbers.ndim > 1 and numbers.shape[-1] == 1:
                numbers = numbers[..., 0]
            marks: Array = numbers[..., np.newaxis] == np.arange(depth)
            return marks.astype(self.dtype)
        places = np.where(numbers < 0, depth, numbers) + (depth + 1) * np.arange(len(numbers))[:, np.newaxis]
        counts = np.bincount(places.reshape(-1), minlength=len(numbers) * (depth + 1))
        rows: Array = counts.reshape(len(numbers), depth + 1)[:, :depth]
        return (rows if self.output_mode != "multi_hot" else rows > 0).astype(self.dtype)


class CategoryEncoding(EncodingLayer):
    """Make rows of 0 and 1 of whole numbers.

    ::

        y[i, n] = 1 where n is one of x[i], else 0        multi_hot
        y[i, n] = how often n is in x[i]                  count
        y[i, j, n] = 1 where n = x[i, j], else 0          one_hot

    Backward nothing: ``dx = 0`` almost everywhere, and so it isn't worked out. **Input shape** ``(batch,
    categories)``; of any shape for ``one_hot``, of which an axis of 1 at the end is left out. **Output
    shape** ``(batch, num_tokens)``, or the input's with ``num_tokens`` behind it.

    Parameters
    ----------
    num_tokens : int
        How many different numbers there are, from 0.

    >>> CategoryEncoding(4)(np.array([[0, 2], [3, 3]]))
    array([[1., 0., 1., 0.],
           [0., 0., 0., 1.]], dtype=float32)
    """

    modes = ("one_hot", "multi_hot", "count")
    input_kind: ClassVar[str] = "integer"

    def __init__(
        self, num_tokens: int, output_mode: str = "multi_hot", sparse: bool = False, **options: Any
    ) -> None:
        super().__init__(output_mode, sparse, **options)
        self.num_tokens = checked_integer("num_tokens", num_tokens, least=1)

    def depth(self) -> int:
        return self.num_tokens

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        return self._encoded(self._whole_numbers(x, "encodes", "num_tokens"))


class Discretization(EncodingLayer):
    """Say in which of a few ranges each number is.

    Forward ``y = how many of the boundaries are <= x``; or rows of that as by ``CategoryEncoding``. Backward
    nothing: ``dx = 0`` almost everywhere, and so it isn't worked out. **Input shape** ``(batch, ...)``.
    **Output shape** the same; with rows, as by ``CategoryEncoding``.

    Parameters
    ----------
    bin_boundaries : sequence of float, optional
        Where one range ends and the next begins.
    num_bins : int, optional
        How many ranges ``adapt`` is to make, of about as many numbers each. One of the two is given; beside
        it, ``bin_boundaries`` are what ``adapt`` found, as configurations have them.
    epsilon : float
        How exactly ``adapt`` works: of a batch of over ``1 / epsilon`` numbers, so many are looked at.

    >>> Discretization([0.0, 1.0])(np.array([[-5.0, 0.5, 1.0]]))
    array([[0, 1, 2]])
    >>> layer = Discretization(num_bins=4)
    >>> layer.adapt(np.arange(100.0))
    >>> [round(edge, 2) for edge in layer.bin_boundaries]
    [24.0, 49.0, 74.0]
    """

    unwritten = ("trainable",)  # which Keras' hasn't
    sparse = False
    bin_boundaries: list[float] | None = None

    def __init__(
        self, bin_boundaries: Sequence[float] | None = None, num_bins: int | None = None,
        epsilon: float = 0.01, output_mode: str = "int", sparse: bool = False, dtype: str | None = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(output_mode, sparse, dtype=dtype, name=name)
        if num_bins is None and bin_boundaries is None:
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`.")
        self.num_bins = None if num_bins is None else checked_integer("num_bins", num_bins, least=1)
        self.epsilon = checked_number("epsilon", epsilon, above=0, most=1)
        if bin_boundaries is not None:
            self.bin_boundaries = [checked_number("bin_boundaries", edge) for edge in bin_boundaries]

    def depth(self) -> int:
        return (self.num_bins or 1) if self.bin_boundaries is None else len(self.bin_boundaries) + 1

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        if self.bin_boundaries is None:
            raise ValueError(
                f"Layer {self.name!r} has no boundaries yet: call adapt(data), or give `bin_boundaries`."
            )
        x = self._checked(x)
        return self._encoded(np.searchsorted(np.asarray(self.bin_boundaries, x.dtype), x, side="right"))

    def adapt(self, data: Any) -> None:
        """Find boundaries between which about equally many of the data are, in place of those before.

        Data are an array, or batches; of tuples ``(x, y, ...)``, ``x``. Of each batch, numbers at equal
        distances in their order are kept, each with how many it stands for; the batches' together are thinned
        out by linear interpolation, as Keras does it. Raises ``TypeError`` if it is something else;
        ``ValueError`` if there are no data, or boundaries were given.
        """
        if self.num_bins is None:
            raise ValueError(f"Layer {self.name!r} was given `bin_boundaries`: use `num_bins` to adapt it.")
        batches: Iterable[Array] = [np.asarray(data)] if hasattr(data, "__array__") else batches_of(data)
        summary = np.empty((2, 0), np.float32)
        for batch in batches:
            values = np.sort(batch.astype(np.float32).reshape(-1))
            step = max(values.size * self.epsilon, 1.0)
            values = values[int(step - 1) :: int(step)]
            new = np.stack([values, np.full_like(values, step)])
            both = np.concatenate([new, summary], axis=1)
            summary = _thinned(both[:, np.argsort(both[0])], self.epsilon)
        if not summary.size:
            raise ValueError("adapt() received no data: an array or an iterable without a single number.")
        self.bin_boundaries = _thinned(summary, 1.0 / self.num_bins)[0, :-1].tolist()


def _thinned(summary: Array, share: float) -> Array:
    """Return fewer of the numbers, and how many of the data each stands for: a ``share``."""
    values, counts = summary
    if len(values) * share < 1:
        return summary
    reached = counts.cumsum()
    ends = share + np.arange(0.0, 1.0, share)
    kept, up_to = (np.interp(ends, reached / reached[-1], numbers) for numbers in (values, reached))
    return np.stack([kept, np.diff(up_to, prepend=0)]).astype(np.float32)
