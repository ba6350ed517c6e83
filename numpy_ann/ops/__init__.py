"""Functions on arrays, each beside its derivative, and the tape that chains them.

The names and arguments are ``keras.ops``'. Of plain arrays each makes a plain array, as NumPy does; of traced
ones, inside a ``GradientTape``, a traced one.

Not there: convolutions, pooling, images, signals (``fft``, ``stft``), decompositions (``cholesky``, ``qr``,
``svd``, ``eigh``, ...), complex numbers, loops that compile (``scan``, ``while_loop``, ``fori_loop``),
NaN-aware reductions; whoever asks for one is told.

>>> import numpy as np
>>> from numpy_ann import ops
>>> ops.grad(lambda w: ops.mean(ops.square(w - 1)))(np.array([1.0, 3.0]))
array([0., 2.])
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy_ann.lookup import left_out
from numpy_ann.ops import neural, products, random
from numpy_ann.ops.array_protocol import OPS
from numpy_ann.ops.gradient_tape import GradientTape, custom_gradient, grad, value_and_grad

_ALIASES = (
    "abs:absolute true_divide:divide amax:max amin:min array:convert_to_tensor swish:silu slice:slice_of "
    "hard_swish:hard_silu bitwise_invert:bitwise_not bitwise_left_shift:left_shift "
    "bitwise_right_shift:right_shift"
)
OPS.update({alias: OPS[name] for alias, name in (pair.split(":") for pair in _ALIASES.split())})

__all__ = [
    "GradientTape", "custom_gradient", "grad", "neural", "products", "random",
    "value_and_grad",
]  # fmt: skip
__all__ += sorted(OPS)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Callable[..., Any]: ...
else:
    globals().update(OPS)
    __getattr__ = left_out(
        __name__,
        "keras.ops image linalg nn numpy",
        "not there. numpy_ann.ops has what fully connected networks use.",
    )
