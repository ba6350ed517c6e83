"""Where a model begins, and the other layers that hand on what they get."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.keras_tensor import KerasTensor, Node
from numpy_ann.layers.layer import Layer
from numpy_ann.regularizers import L1L2
from numpy_ann.validation import checked_batch_shape, checked_bool, checked_integer, checked_shape


class Identity(Layer):
    """Hand on the inputs: a place that is kept free in a network.

    Forward ``y = x``, backward ``dx = dy``.

    >>> Identity()([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        return self._checked(x)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        return dz


class ActivityRegularization(Identity):
    """Hand on the inputs, and count a penalty on them in the loss.

    Forward ``y = x``, backward ``dx = dy``, to which training adds ``dR/dy / batch`` of the penalty
    ``R(y) = l1 sum |y| + l2 sum y^2``.

    Parameters
    ----------
    l1, l2 : float
        Factors of 0 or more.

    >>> ActivityRegularization(l1=0.5).activity_regularizer([[1.0, -2.0]])
    1.5
    """

    unwritten = ("activity_regularizer",)

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **options: Any) -> None:
        penalty = L1L2(l1, l2)
        super().__init__(activity_regularizer=penalty, **options)
        self.l1, self.l2 = penalty.l1, penalty.l2


class InputLayer(Identity):
    """Names the shape of one sample, so that the model can be built before it sees data.

    Forward ``y = x``, backward ``dx = dy``.

    Parameters
    ----------
    shape, input_shape : sequence of int
        Without the batch axis: ``(28, 28)``; one of the two.
    batch_size : int, optional
        Keras' declaration of the batch's size, which ``input_shape`` of the model then shows; as in Keras,
        batches of other sizes go through too.
    dtype : str, optional
        Of the arrays that go in: ``"float32"`` if left out, ``"int64"`` or ``"string"`` for layers that take
        these. What is computed in is the model's.
    batch_shape, batch_input_shape : sequence, optional
        In place of ``shape`` and ``batch_size``, both: ``(None, 28, 28)``.
    sparse : bool
        Whether inputs are sparse matrices; they are taken in either case.
    """

    def __init__(
        self, shape: Sequence[int] | None = None, batch_size: int | None = None, dtype: str | None = None,
        sparse: bool | None = None, batch_shape: Sequence[int | None] | None = None, *,
        input_shape: Sequence[int] | None = None, batch_input_shape: Sequence[int | None] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        if input_shape is not None:
            warnings.warn("`input_shape` is Keras 2's name: say shape= instead.", stacklevel=3)
            shape = input_shape if shape is None else shape
        whole = batch_input_shape if batch_shape is None else batch_shape
        if whole is not None:
            if shape is not None or batch_size is not None:
                raise ValueError(
                    "An Input has `shape` and `batch_size`, or `batch_shape`, which is both. Received: "
                    f"shape={shape!r}, batch_size={batch_size!r}, batch_shape={whole!r}"
                )
            shape, batch_size = checked_batch_shape("An Input", whole), whole[0]
        if shape is None:
            raise ValueError("You must pass a `shape` argument, as in Input(shape=(28, 28)).")
        checked_bool("sparse", bool(sparse) if sparse is None else sparse)
        sample = checked_shape("Input", "shape", shape)
        self.input_dtype = dtype if dtype == "string" else np.dtype(dtype or "float32").name
        super().__init__(dtype=dtype if self.input_dtype in ("float32", "float64") else None, **options)
        self.input_shape = sample
        self.batch_size = None if batch_size is None else checked_integer("batch_size", batch_size, least=1)
        self.built, self.in_model, self.output_shape = True, True, sample

    @property
    def output(self) -> Any:
        """The symbolic tensor that stands for what goes in."""
        if not self.nodes:
            Node(self, [], [((self.batch_size, *(self.input_shape or ())), self.input_dtype)])
        return self.nodes[0].outputs[0]

    def get_config(self) -> dict[str, Any]:
        batch = {} if self.batch_size is None else {"batch_size": self.batch_size}
        return {"shape": self.input_shape, **batch, "name": self.name, "dtype": self.input_dtype}


def Input(  # noqa: N802
    shape: Sequence[int] | None = None, batch_size: int | None = None, dtype: str | None = None,
    sparse: bool | None = None, batch_shape: Sequence[int | None] | None = None, name: str | None = None,
) -> KerasTensor:  # fmt: skip
    """Return the symbolic tensor that a model begins with: layers are called on it, or stand behind it.

    The options are those of ``InputLayer``; ``name`` is what dictionaries of arrays call this input.

    >>> Input(shape=(28, 28), name="image")
    KerasTensor(shape=(None, 28, 28), dtype='float32', name='image')
    >>> Input(batch_shape=(8, 3)).shape
    (8, 3)
    """
    found: KerasTensor = InputLayer(shape, batch_size, dtype, sparse, batch_shape, name=name).output
    return found
