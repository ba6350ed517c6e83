"""Functions on arrays, each beside its derivative, and the tape that chains them.

The names and arguments are ``keras.ops``'. Of plain arrays each makes a plain array, as NumPy does; of traced
ones, inside a ``GradientTape``, a traced one.

Not there: convolutions, pooling, images, signals (``fft``, ``stft``), decompositions (``cholesky``, ``qr``,
``svd``, ``eigh``, ...), complex numbers, loops that compile (``scan``, ``while_loop``, ``fori_loop``),
NaN-aware reductions; whoever asks for one is told.

Examples
--------
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
from numpy_ann.ops.gradient_tape import GradientTape, custom_gradient, grad, stop_gradient, value_and_grad

_ALIASES = (
    "abs:absolute true_divide:divide amax:max amin:min array:convert_to_tensor swish:silu slice:slice_of "
    "hard_swish:hard_silu bitwise_invert:bitwise_not bitwise_left_shift:left_shift "
    "bitwise_right_shift:right_shift"
)
OPS.update({alias: OPS[name] for alias, name in (pair.split(":") for pair in _ALIASES.split())})

__all__ = [
    "GradientTape",
    "custom_gradient",
    "grad",
    "neural",
    "products",
    "random",
    "stop_gradient",
    "value_and_grad",
]
__all__ += sorted(OPS)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Callable[..., Any]: ...
else:
    globals().update(OPS)
    __getattr__ = left_out(
        __name__,
        """
        adaptive_average_pool adaptive_max_pool angle argpartition associative_scan average_pool bartlett
        blackman cdist cholesky cholesky_inverse cond conj conjugate conv conv_transpose corrcoef correlate
        cross ctc_decode ctc_loss cumprod depth_to_space depthwise_conv diagflat digitize
        dot_product_attention dsplit dstack eig eigh erfinv extract_sequences fft fft2 fliplr flipud fmax
        fmin fold fori_loop gcd geomspace hamming hanning histogram hsplit i0 ifft2 imag image irfft
        isneginf isposinf isreal istft jvp kaiser kron lcm ldexp linalg logdet logspace lstsq lu_factor map
        matrix_rank max_pool nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin
        nanpercentile nanprod nanquantile nanstd nansum nanvar nextafter nn numpy pinv polar psnr qr real
        rearrange rfft rot90 saturate_cast scan segment_max segment_min segment_prod select separable_conv
        sinc slogdet solve_triangular space_to_depth stft svd switch trapezoid unfold unique unravel_index
        vander vectorize vectorized_map view view_as_complex view_as_real vsplit while_loop
        """,
        "not there. numpy_ann.ops has what fully connected networks use.",
    )
