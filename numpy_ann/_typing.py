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
_Ufunc: TypeAlias = Callable[..., Array]
absolute: _Ufunc = np.absolute
clip: _Ufunc = np.clip
divide: _Ufunc = np.divide
equal: _Ufunc = np.equal
exp: _Ufunc = np.exp
log: _Ufunc = np.log
log1p: _Ufunc = np.log1p
maximum: _Ufunc = np.maximum
minimum: _Ufunc = np.minimum
multiply: _Ufunc = np.multiply
sign: _Ufunc = np.sign
square: _Ufunc = np.square
subtract: _Ufunc = np.subtract
tanh: _Ufunc = np.tanh
