"""Where a model begins: the shape of one sample."""

from collections.abc import Sequence
from typing import Any

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer
from numpy_ann.validation import checked_shape

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Names the shape of one sample, so that the model can be built before it sees data.

    Forward ``y = x``, backward ``dx = dy``. **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    shape : sequence of int
        Without the batch axis: ``(28, 28)``.
    **options
        ``name``, ``dtype``: see ``Layer``.

    Raises
    ------
    ValueError
        If an axis isn't a positive integer.
    """

    def __init__(self, shape: Sequence[int], **options: Any) -> None:
        super().__init__(input_shape=checked_shape("Input", "shape", shape), **options)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x``."""
        return self._checked(x)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        return dz

    def get_config(self) -> dict[str, Any]:
        return {"shape": self.input_shape, "name": self.name, "dtype": super().get_config()["dtype"]}


def Input(shape: Sequence[int], *, dtype: str | None = None, name: str | None = None) -> InputLayer:  # noqa: N802
    """Say what shape a model's samples have: ``Sequential([Input(shape=(28, 28)), ...])``.

    Examples
    --------
    >>> Input(shape=(28, 28)).input_shape
    (28, 28)
    """
    return InputLayer(shape, dtype=dtype, name=name)
