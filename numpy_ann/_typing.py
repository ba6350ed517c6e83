"""The types that every signature speaks of."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""A NumPy array; the dtype is the model's (float32 or float64) unless a docstring says otherwise."""

Shape: TypeAlias = tuple[Any, ...]
"""A shape without the batch axis: ``(28, 28)`` for an image; an axis of any length, an open one, is None."""

BatchShape: TypeAlias = tuple[int | None, ...]
"""A shape with the batch axis, which is ``None`` for a batch of any size: ``(None, 28, 28)``."""


class _HasArray(Protocol):
    """What NumPy can make an array of: a Series, a frame, a tensor."""

    def __array__(self) -> Any: ...


ArrayLike: TypeAlias = Array | Sequence[Any] | _HasArray
"""What a user may hand over in the place of an array: lists, Series and frames too."""

# NumPy's own, with a type: its stubs say Any where an operand comes of arithmetic, or ``out`` may be None.
_OF_ONE: tuple[Callable[..., Array], ...] = (np.absolute, np.log, np.log1p, np.sign, np.square, np.tanh)
_OF_TWO: tuple[Callable[..., Array], ...] = (np.divide, np.equal, np.maximum, np.multiply, np.subtract)
_OF_MANY: tuple[Callable[..., Array], ...] = (np.clip, np.max, np.mean, np.sum)
absolute, log, log1p, sign, square, tanh = _OF_ONE
divide, equal, maximum, multiply, subtract = _OF_TWO
clip, largest, mean, summed = _OF_MANY
