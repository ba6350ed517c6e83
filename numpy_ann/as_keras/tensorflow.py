"""What Keras scripts use of TensorFlow beside Keras, in the words of ``ops``: ``MODULES`` lists it by module.

A string names an object below ``numpy_ann``, looked up when a script asks for it.
"""

import logging
from collections.abc import Callable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np

from numpy_ann.as_keras.dataset import AUTOTUNE, Dataset
from numpy_ann.as_keras.tensors import Tensor, Variable, as_tensor, constant_array

__all__ = ["MODULES"]

VERSION = "2.21.0"
"""The TensorFlow that comes with Keras 3.15."""

_dtypes = (
    "bool float16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 complex128"
)
_DTYPES = {name: np.dtype(name) for name in _dtypes.split()} | {
    "string": np.dtype(object),
    "double": np.dtype("f8"),
}

# Names that are the same in keras.ops, and take the same first arguments.
_SAME = """
    abs add cos cosh cumsum divide einsum equal exp expand_dims eye floor greater greater_equal less
    less_equal linspace logical_and logical_not logical_or maximum meshgrid minimum multiply negative norm
    not_equal ones ones_like repeat reshape round sigmoid sign sin sinh sqrt square stop_gradient subtract tan
    tanh tensordot tile where zeros zeros_like
"""
_OF_MATH = """
    abs ceil cos cosh cumprod cumsum divide equal erf exp expm1 floor greater less log log1p maximum minimum
    mod multiply rsqrt round sigmoid sign sin softplus sqrt square subtract tan tanh top_k
"""
_OF_NN = """
    celu elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign tanh
"""
_RENAMED = {
    "concat": "concatenate",
    "pow": "power",
    "range": "arange",
    "stack": "stack",
    "identity": "copy",
    "clip_by_value": "clip",
    "reduce_sum": "sum",
    "reduce_mean": "mean",
    "reduce_max": "max",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_any": "any",
    "reduce_all": "all",
    "reduce_std": "std",
    "reduce_variance": "var",
    "reduce_logsumexp": "logsumexp",
}
_IN_MATH = {"is_nan": "isnan", "is_finite": "isfinite", "is_inf": "isinf"} | _RENAMED


def _ops(name: str) -> Any:
    """Return a function of ``ops``, whose results have ``.numpy()``; None where there is none."""
    from numpy_ann import ops
    from numpy_ann.as_keras.tensors import returning_tensors

    found = getattr(ops, name, None)
    return None if found is None else returning_tensors(found)


def _table(same: str, renamed: dict[str, str]) -> dict[str, Any]:
    """Return the functions of ``ops`` under TensorFlow's names."""
    return {name: value for name in [*same.split(), *renamed] if (value := _ops(renamed.get(name, name)))}


def _dtype(dtype: Any) -> str | None:
    """Return a dtype's name: scripts say ``tf.float32``, ``"float32"`` or NumPy's."""
    return None if dtype is None else np.dtype(dtype).name


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Return these numbers: Python's become float32 and int32, NumPy's keep their dtype."""
    array = constant_array(value, dtype)
    return as_tensor(np.array(array if shape is None else np.broadcast_to(array, shape)))  # type: ignore[no-any-return]


def convert_to_tensor(value: Any, dtype: Any = None, name: str | None = None, **_: Any) -> Any:
    """Return what was given as a tensor; a traced array stays on its tape."""
    if isinstance(value, Tensor) and dtype is None:
        return value
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        return _ops("convert_to_tensor")(value, _dtype(dtype))
    return constant(value, dtype)


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """Return it in another dtype; fractions are cut off."""
    return _ops("cast")(x, _dtype(dtype))


def argmax(input: Any, axis: int | None = None, output_type: Any = "int64", **_: Any) -> Any:  # noqa: A002  (TensorFlow's name)
    """Return where the largest is, along the first axis if none is given."""
    return as_tensor(np.asarray(input).argmax(0 if axis is None else axis).astype(output_type))


def argmin(input: Any, axis: int | None = None, output_type: Any = "int64", **_: Any) -> Any:  # noqa: A002  (TensorFlow's name)
    """Return where the smallest is, along the first axis if none is given."""
    return as_tensor(np.asarray(input).argmin(0 if axis is None else axis).astype(output_type))


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, **_: Any) -> Any:
    """Return the product of matrices."""
    swap = _ops("swapaxes")
    return _ops("matmul")(swap(a, -1, -2) if transpose_a else a, swap(b, -1, -2) if transpose_b else b)


def one_hot(
    indices: Any, depth: int, on_value: float = 1, off_value: float = 0, axis: int = -1, dtype: Any = None
) -> Any:
    """Return rows with ``on_value`` at the index and ``off_value`` elsewhere."""
    hot = np.asarray(_ops("one_hot")(indices, int(depth), axis, "float32")) > 0
    return as_tensor(np.where(hot, on_value, off_value).astype(dtype or np.float32))


def transpose(a: Any, perm: Any = None, **_: Any) -> Any:
    """Return it with its axes in another order."""
    return _ops("transpose")(a, perm)


def gather(params: Any, indices: Any, axis: int = 0, **_: Any) -> Any:
    """Return the rows at these indices."""
    return _ops("take")(params, indices, axis)


def add_n(inputs: Any, name: str | None = None) -> Any:
    """Return the sum of a list of tensors."""
    total, *others = inputs
    for other in others:
        total = total + other
    return as_tensor(total)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Return the tensors side by side along a new axis."""
    return _ops("stack")(values, axis)


def squeeze(input: Any, axis: Any = None, name: str | None = None) -> Any:  # noqa: A002  (TensorFlow's name)
    """Return it without its axes of length 1."""
    return _ops("squeeze")(input, axis)


def split(value: Any, num_or_size_splits: Any, axis: int = 0, **_: Any) -> Any:
    """Return it cut along an axis: into so many equal parts, or parts of these sizes."""
    sizes = num_or_size_splits
    return _ops("split")(value, sizes if isinstance(sizes, int) else list(np.cumsum(sizes)[:-1]), axis)


def unstack(value: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """Return the parts along an axis."""
    return [as_tensor(part) for part in np.moveaxis(np.asarray(value), axis, 0)]


def boolean_mask(tensor: Any, mask: Any, **_: Any) -> Any:
    """Return the rows where the mask is True."""
    return as_tensor(np.asarray(tensor)[np.asarray(mask, bool)])


def fill(dims: Any, value: Any) -> Tensor:
    """Return a tensor full of one number."""
    return constant(value, shape=tuple(dims))


def shape(input: Any, out_type: Any = "int32") -> Tensor:  # noqa: A002  (TensorFlow's name)
    """Return the lengths of the axes, as a tensor."""
    return constant(np.array(np.shape(input), out_type))


def size(input: Any) -> Tensor:  # noqa: A002  (TensorFlow's name)
    """Return how many numbers there are."""
    return constant(np.int32(np.size(input)))


def rank(input: Any) -> Tensor:  # noqa: A002  (TensorFlow's name)
    """Return how many axes there are."""
    return constant(np.int32(np.ndim(input)))


def function(func: Any = None, **_: Any) -> Any:
    """Return the function as it is: ``@tf.function`` makes it faster in TensorFlow, not other."""
    return func if callable(func) else function


def set_seed(seed: int) -> None:
    """Make the models and random tensors that follow repeatable; the numbers aren't TensorFlow's."""
    from numpy_ann.random_streams import seed_everything

    seed_everything(int(seed))


def is_tensor(x: Any) -> bool:
    """Return whether it is a tensor."""
    return isinstance(x, np.ndarray) or hasattr(x, "numpy")


def print_tensors(*values: Any, sep: str = " ", end: str = "\n", output_stream: Any = None, **_: Any) -> None:
    """Print values as ``tf.print`` does, arrays without what is around them; to standard error by default."""
    import sys

    shown = (str(np.asarray(value)) if is_tensor(value) else str(value) for value in values)
    print(*shown, sep=sep, end=end, file=output_stream or sys.stderr)


def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """Return ``max(z, 0) - z y + log(1 + exp(-|z|))`` for each logit ``z`` and label ``y``."""
    return _ops("binary_crossentropy")(labels, logits, from_logits=True)


def softmax_cross_entropy_with_logits(
    labels: Any, logits: Any, axis: int = -1, name: str | None = None
) -> Any:
    """Return ``-sum(y log softmax(z))`` for each row."""
    return _ops("categorical_crossentropy")(labels, logits, from_logits=True, axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """Return ``-log softmax(z)[y]`` for each row."""
    return _ops("sparse_categorical_crossentropy")(labels, logits, from_logits=True)


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Return half the sum of squares."""
    return _ops("sum")(_ops("square")(t)) / 2


def confusion_matrix(labels: Any, predictions: Any, num_classes: int | None = None, **_: Any) -> Tensor:
    """Return how often each label (rows) was predicted as each (columns)."""
    labels, predictions = np.ravel(labels).astype(int), np.ravel(predictions).astype(int)
    counts = num_classes or max(labels.max(), predictions.max()) + 1
    table = np.zeros((counts, counts), np.int32)
    np.add.at(table, (labels, predictions), 1)
    return constant(table)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing: there is no such device or message."""


def _none(*_: Any, **__: Any) -> list[Any]:
    """Return that there are none."""
    return []


def _no(*_: Any, **__: Any) -> bool:
    """Return False."""
    return False


def _yes(*_: Any, **__: Any) -> bool:
    """Return True."""
    return True


@contextmanager
def _scope(*_: Any, **__: Any) -> Any:
    """Do nothing around a block."""
    yield


def _random(name: str) -> Callable[..., Any]:
    def draw(shape: Any, *arguments: Any, **options: Any) -> Any:
        from numpy_ann.as_keras.tensors import returning_tensors
        from numpy_ann.ops import random

        if "dtype" in options:
            options["dtype"] = _dtype(options["dtype"])
        options.pop("name", None)
        return returning_tensors(getattr(random, name))(
            tuple(np.atleast_1d(shape).tolist()), *arguments, **options
        )

    return draw


def _tape() -> Any:
    """Return TensorFlow's tape: ours, whose gradients have ``.numpy()``."""
    from numpy_ann import ops

    class GradientTape(ops.GradientTape):
        """Record what is computed inside ``with``, and give its derivatives."""

        def gradient(self, target: Any, sources: Any, *arguments: Any, **options: Any) -> Any:
            """Return the derivative of ``target`` with respect to each of ``sources``, in their structure."""
            return as_tensor(super().gradient(target, sources, *arguments, **options))

    return GradientTape


def _modules() -> dict[str, dict[str, Any]]:
    """Return the table, which is made when the first script asks for it."""
    logger = logging.getLogger("tensorflow")
    own: list[Callable[..., Any]] = [
        *(
            constant,
            convert_to_tensor,
            cast,
            argmax,
            argmin,
            matmul,
            one_hot,
            transpose,
            gather,
            add_n,
            stack,
        ),
        *(squeeze, split, unstack, boolean_mask, fill, shape, size, rank, function, is_tensor),
    ]
    top = _table(_SAME, _RENAMED) | {thing.__name__: thing for thing in own} | _DTYPES
    top |= {
        "GradientTape": _tape(),
        "Tensor": Tensor,
        "Variable": Variable,
        "__version__": VERSION,
        "device": _scope,
        "executing_eagerly": _yes,
        "get_logger": lambda: logger,
        "name_scope": _scope,
        "newaxis": None,
        "print": print_tensors,
        "set_random_seed": set_seed,
        "version": SimpleNamespace(VERSION=VERSION, GIT_VERSION="numpy_ann"),
    }
    nn = _table(_OF_NN, {}) | {"swish": _ops("silu"), "l2_loss": l2_loss, "relu": _ops("relu")}
    for loss in (
        sigmoid_cross_entropy_with_logits,
        softmax_cross_entropy_with_logits,
        sparse_softmax_cross_entropy_with_logits,
    ):
        nn[loss.__name__] = loss
    math = _table(_OF_MATH, _IN_MATH) | {
        "argmax": argmax,
        "argmin": argmin,
        "confusion_matrix": confusion_matrix,
    }
    random = {name: _random(name) for name in ("normal", "truncated_normal", "uniform")}
    experimental = {
        "set_memory_growth": _nothing,
        "list_physical_devices": _none,
        "enable_mlir_bridge": _nothing,
    }
    logging_names = {
        "set_verbosity": logger.setLevel,
        "ERROR": 40,
        "WARN": 30,
        "INFO": 20,
        "FATAL": 50,
        "DEBUG": 10,
    }
    session = {
        "disable_eager_execution": _nothing,
        "enable_eager_execution": _nothing,
        "set_random_seed": set_seed,
    }
    return {
        "tensorflow": top,
        "tensorflow.compat": {},
        "tensorflow.compat.v1": top | session,
        "tensorflow.compat.v1.logging": logging_names,
        "tensorflow.config": {
            "experimental": SimpleNamespace(**experimental),
            "experimental_run_functions_eagerly": _nothing,
            "list_logical_devices": _none,
            "list_physical_devices": _none,
            "run_functions_eagerly": _nothing,
            "set_visible_devices": _nothing,
            "threading": SimpleNamespace(
                set_inter_op_parallelism_threads=_nothing, set_intra_op_parallelism_threads=_nothing
            ),
        },
        "tensorflow.config.experimental": experimental,
        "tensorflow.data": {
            "AUTOTUNE": AUTOTUNE,
            "Dataset": Dataset,
            "experimental": SimpleNamespace(AUTOTUNE=AUTOTUNE),
        },
        "tensorflow.data.experimental": {"AUTOTUNE": AUTOTUNE},
        "tensorflow.linalg": {"matmul": matmul, "norm": top.get("norm"), "einsum": top.get("einsum")},
        "tensorflow.math": math,
        "tensorflow.nn": nn,
        "tensorflow.random": random | {"set_seed": set_seed},
        "tensorflow.test": {
            "is_built_with_cuda": _no,
            "is_gpu_available": _no,
            "gpu_device_name": lambda: "",
        },
    }


MODULES = _modules()
