"""Where a model begins: the shape of one sample."""

from collections.abc import Sequence
from typing import Any

from numpy_ann._typing import Array
from numpy_ann.layers.layer import Layer
from numpy_ann.validation import checked_batch_shape, checked_integer, checked_shape

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Names the shape of one sample, so that the model can be built before it sees data.

    Forward ``y = x``, backward ``dx = dy``. **Input shape** any. **Output shape** the same.

    Parameters
    ----------
    shape, input_shape : sequence of int
        Without the batch axis: ``(28, 28)``. One of the two, or of the next two.
    batch_shape, batch_input_shape : sequence of int, optional
        With the batch axis: ``(None, 28, 28)``.
    batch_size : int, optional
        What batches are expected to hold; as in Keras, others are taken too.
    **options
        ``name``, ``dtype``: see ``Layer``.

    Raises
    ------
    ValueError
        If an axis isn't a positive integer.
    """

    def __init__(
        self,
        shape: Sequence[int] | None = None,
        batch_size: int | None = None,
        *,
        batch_shape: Sequence[int | None] | None = None,
        input_shape: Sequence[int] | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        **options: Any,
    ) -> None:
        shapes = {"shape": shape, "input_shape": input_shape}
        shapes |= {"batch_shape": batch_shape, "batch_input_shape": batch_input_shape}  # type: ignore[dict-item]
        given = {name: value for name, value in shapes.items() if value is not None}
        if len(given) != 1:
            raise ValueError(f"An Input has one shape, as in Input(shape=(784,)). Received: {given or None}")
        ((name, sample),) = given.items()
        if name.startswith("batch"):
            sample = checked_batch_shape("An Input", sample)
        if batch_size is not None:
            checked_integer("batch_size", batch_size, least=1)
        super().__init__(input_shape=checked_shape("Input", name, sample), **options)

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``x``."""
        return self._checked(x)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        return dz

    def get_config(self) -> dict[str, Any]:
        return {"shape": self.input_shape, "name": self.name, "dtype": super().get_config()["dtype"]}


def Input(  # noqa: N802
    shape: Sequence[int] | None = None,
    batch_size: int | None = None,
    dtype: str | None = None,
    *,
    batch_shape: Sequence[int | None] | None = None,
    name: str | None = None,
) -> InputLayer:
    """Say what shape a model's samples have: ``Sequential([Input(shape=(28, 28)), ...])``.

    Examples
    --------
    >>> Input(shape=(28, 28)).input_shape, Input(batch_shape=(None, 784)).input_shape
    ((28, 28), (784,))
    """
    return InputLayer(shape, batch_size, batch_shape=batch_shape, dtype=dtype, name=name)
