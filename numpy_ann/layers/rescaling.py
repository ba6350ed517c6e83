"""Inputs on another scale."""

from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer

__all__ = ["Rescaling"]


class Rescaling(Layer):
    """``y = x scale + offset``, as in ``Rescaling(1 / 255)`` for pixels; backward ``dx = dy scale``.

    **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    scale, offset : float or list of float
        A list has one number for each place of the last axis.
    **options
        ``name``, ``trainable``, ``dtype``, ``input_shape``: see ``Layer``.

    Raises
    ------
    ValueError
        If they aren't finite numbers or lists of those.

    Examples
    --------
    >>> Rescaling(2.0, offset=-1.0).forward(np.array([[0.0, 0.5, 1.0]]))
    array([[-1.,  0.,  1.]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale, self.offset = _numbers("scale", scale), _numbers("offset", offset)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x scale + offset``."""
        x = self._checked(x)
        y = np.multiply(x, np.asarray(self.scale, dtype=x.dtype), out=out)
        y += np.asarray(self.offset, dtype=x.dtype)
        return y

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz scale``."""
        return np.multiply(dz, np.asarray(self.scale, dtype=dz.dtype), out=out)


def _numbers(name: str, value: Any) -> float | list[float]:
    """Return one number, or a list of them."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or array.ndim > 1 or not np.isfinite(array).all():
        raise ValueError(f"`{name}` is a finite number or a list of them. Received: {name}={value!r}")
    numbers: float | list[float] = array.astype(float).tolist()
    return numbers
