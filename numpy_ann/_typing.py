"""The two types that every signature speaks of."""

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""A NumPy array; the dtype is the model's (float32 or float64) unless a docstring says otherwise."""

Shape: TypeAlias = tuple[int, ...]
"""A shape without the batch axis: ``(28, 28)`` for an image, ``(784,)`` for a vector."""
