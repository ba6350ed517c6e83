"""Layers that hand on what they get."""

from typing import Any

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer
from numpy_ann.regularizers import L1L2
from numpy_ann.validation import checked_number

__all__ = ["ActivityRegularization", "Identity"]


class Identity(Layer):
    """Hand on the inputs: a place that is kept free in a network.

    Forward ``y = x``, backward ``dx = dy``. **Input shape** any. **Output shape** the same.

    Examples
    --------
    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x``."""
        return self._checked(x)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        return dz


class ActivityRegularization(Identity):
    """Hand on the inputs, and count a penalty on them in the loss.

    Forward ``y = x``, backward ``dx = dy``, to which training adds ``dR/dy / batch`` of the penalty
    ``R(y) = l1 sum |y| + l2 sum y^2``. **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    l1, l2 : float
        Factors of 0 or more.
    **options : name, trainable, dtype, input_shape (see ``Layer``)

    Raises
    ------
    ValueError
        If a factor is another number.

    Examples
    --------
    >>> ActivityRegularization(l1=0.5).activity_regularizer([[1.0, -2.0]])
    1.5
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        super().__init__(activity_regularizer=L1L2(l1, l2), **options)
        self.l1, self.l2 = checked_number("l1", l1, least=0), checked_number("l2", l2, least=0)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "l1": self.l1, "l2": self.l2}
        del config["activity_regularizer"]
        return config
