"""What stands for the arrays that will go in and out: a shape, a dtype, a name. No graph is made of them."""

from dataclasses import dataclass

from numpy_ann._typing import BatchShape

__all__ = ["KerasTensor"]


@dataclass(frozen=True)
class KerasTensor:
    """An array that isn't there yet, as ``model.inputs`` and ``layer.output`` show it.

    Parameters
    ----------
    shape : tuple
        Of a batch, whose first axis is None.
    dtype : str
        Of its numbers.
    name : str
        Whose it is.

    Examples
    --------
    >>> KerasTensor((None, 3), "float32", "dense").ndim
    2
    """

    shape: BatchShape
    dtype: str
    name: str

    @property
    def ndim(self) -> int:
        """How many axes it has."""
        return len(self.shape)
