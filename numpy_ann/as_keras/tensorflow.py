"""What Keras scripts use of TensorFlow beside Keras, in the words of ``ops``, by module."""

import logging
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

from numpy_ann.as_keras.dataset import AUTOTUNE, Dataset, TensorSpec
from numpy_ann.as_keras.tensors import Tensor, TensorFlowVariable, as_tensor, constant_array
from numpy_ann.ops import GradientTape as Tape
from numpy_ann.random_streams import seed_everything

__all__ = ["MODULES"]

ops: Any = import_module("numpy_ann.ops")  # whose functions have no types

VERSION = "2.21.0"
"""The TensorFlow that comes with Keras 3.15."""

_SIZES = {"float": (16, 32, 64), "int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "complex": (64, 128)}
_DTYPES = {f"{kind}{n}": np.dtype(f"{kind}{n}") for kind, sizes in _SIZES.items() for n in sizes}
_DTYPES |= {"bool": np.dtype(bool), "string": np.dtype(object), "double": np.dtype("f8")}

# Names that are the same in keras.ops, and take the same first arguments; after a colon, the name there.
_TOP = """
    abs add cos cosh cumsum divide einsum equal exp expand_dims eye floor greater greater_equal less
    less_equal linspace logical_and logical_not logical_or maximum meshgrid minimum multiply negative norm
    not_equal ones ones_like repeat reshape round sigmoid sign sin sinh sqrt square squeeze stack
    stop_gradient subtract tan tanh tensordot tile transpose where zeros zeros_like cast gather:take
    concat:concatenate pow:power range:arange identity:copy clip_by_value:clip reduce_sum:sum
    reduce_mean:mean reduce_max:max reduce_min:min reduce_prod:prod reduce_any:any reduce_all:all
"""
_MATH = """
    abs add ceil cos cosh cumsum divide equal erf exp expm1 floor greater greater_equal less less_equal log
    log1p maximum minimum mod multiply negative pow:power rsqrt round sigmoid sign sin softplus sqrt square
    subtract tan tanh top_k is_nan:isnan is_finite:isfinite is_inf:isinf reduce_sum:sum reduce_mean:mean
    reduce_max:max reduce_min:min reduce_prod:prod reduce_any:any reduce_all:all reduce_std:std
    reduce_variance:var reduce_logsumexp:logsumexp argmax argmin
"""
_NN = """
    celu elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign swish:silu
    tanh
"""


def _worded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of ``ops`` as TensorFlow's: without ``name``, with its dtypes, giving tensors."""

    @wraps(function)
    def called(*args: Any, name: str | None = None, **options: Any) -> Any:
        for option in {"dtype", "output_type", "out_type"} & {*options}:
            options[option] = np.dtype(options[option]).name
        for option in {"input", "input_tensor"} & {*options}:
            args = (options.pop(option), *args)
        return as_tensor(function(*args, **options))

    return called


def _table(listed: str) -> dict[str, Any]:
    pairs = (entry.partition(":") for entry in listed.split())
    found = {name: getattr(ops, other or name, None) for name, _, other in pairs}
    return {name: _worded(function) for name, function in found.items() if function is not None}


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Return these numbers: Python's become float32 and int32, NumPy's keep their dtype."""
    array = constant_array(value, dtype)
    return as_tensor(np.array(array if shape is None else np.broadcast_to(array, shape)))  # type: ignore[no-any-return]


def convert_to_tensor(value: Any, dtype: Any = None, *_: Any, **__: Any) -> Any:
    """Return what was given as a tensor; a traced array stays on its tape."""
    if isinstance(value, Tensor) and dtype is None:
        return value
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        return as_tensor(ops.convert_to_tensor(value, dtype and np.dtype(dtype).name))
    return constant(value, dtype)


def _place(largest: bool) -> Callable[..., Any]:
    """Return ``argmax`` or ``argmin``: along the first axis if none is given."""

    def called(input: Any, axis: int | None = None, output_type: Any = "int64", **_: Any) -> Any:  # noqa: A002  (TensorFlow's name)
        find = np.argmax if largest else np.argmin
        return as_tensor(find(np.asarray(input), axis or 0).astype(output_type))

    return called


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, **_: Any) -> Any:
    """Return the product of matrices."""
    a, b = (ops.swapaxes(x, -1, -2) if t else x for x, t in ((a, transpose_a), (b, transpose_b)))
    return as_tensor(ops.matmul(a, b))


def one_hot(
    indices: Any, depth: int, on_value: float = 1, off_value: float = 0, axis: int = -1, dtype: Any = None
) -> Any:
    """Return rows with ``on_value`` at the index and ``off_value`` elsewhere."""
    hot = np.asarray(ops.one_hot(indices, int(depth), axis, "float32")) > 0
    return as_tensor(np.where(hot, on_value, off_value).astype(dtype or np.float32))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, **_: Any) -> Any:
    """Return it cut along an axis: into so many equal parts, or parts of these sizes."""
    sizes = num_or_size_splits
    return as_tensor(ops.split(value, sizes if isinstance(sizes, int) else list(np.cumsum(sizes)[:-1]), axis))


def function(func: Any = None, **_: Any) -> Any:
    """Return the function as it is: ``@tf.function`` makes it faster in TensorFlow, not other."""
    return func if callable(func) else function


def print_tensors(*values: Any, sep: str = " ", end: str = "\n", output_stream: Any = None, **_: Any) -> None:
    """Print values as ``tf.print`` does, arrays without what is around them; to standard error by default."""
    shown = (str(np.asarray(value)) if _is_tensor(value) else str(value) for value in values)
    print(*shown, sep=sep, end=end, file=output_stream or sys.stderr)


def _is_tensor(x: Any) -> bool:
    return isinstance(x, np.ndarray) or hasattr(x, "numpy")


def confusion_matrix(labels: Any, predictions: Any, num_classes: int | None = None, **_: Any) -> Tensor:
    """Return how often each label (rows) was predicted as each (columns)."""
    labels, predictions = np.ravel(labels).astype(int), np.ravel(predictions).astype(int)
    counts = num_classes or max(labels.max(), predictions.max()) + 1
    table = np.zeros((counts, counts), np.int32)
    np.add.at(table, (labels, predictions), 1)
    return constant(table)


def _of_logits(loss: Callable[..., Any]) -> Callable[..., Any]:
    return lambda labels, logits, axis=-1, name=None: as_tensor(loss(labels, logits, True, axis))


def _random(name: str) -> Callable[..., Any]:
    draw = _worded(getattr(ops.random, name))
    return lambda shape, *args, **options: draw(tuple(np.atleast_1d(shape).tolist()), *args, **options)


class GradientTape(Tape):
    """Record what is computed inside ``with``; the derivatives have ``.numpy()``."""

    def gradient(self, *arguments: Any, **options: Any) -> Any:
        """Return the derivative of a target with respect to each of its sources, in their structure."""
        return as_tensor(super().gradient(*arguments, **options))


def _set_seed(seed: int) -> None:
    seed_everything(int(seed))


def _nothing(*_: Any, **__: Any) -> None: ...


def _modules() -> dict[str, dict[str, Any]]:
    logger = logging.getLogger("tensorflow")
    own: list[Callable[..., Any]] = [constant, convert_to_tensor, matmul, one_hot, split, function]
    top = _table(_TOP) | _DTYPES | {thing.__name__: thing for thing in own}
    top |= {
        "GradientTape": GradientTape,
        "Tensor": Tensor,
        "TensorSpec": TensorSpec,
        "Variable": TensorFlowVariable,
        "__version__": VERSION,
        "add_n": lambda inputs, name=None: as_tensor(sum(inputs[1:], inputs[0])),
        "argmax": _place(True),
        "argmin": _place(False),
        "boolean_mask": lambda tensor, mask, **_: as_tensor(np.asarray(tensor)[np.asarray(mask, bool)]),
        "device": nullcontext,
        "executing_eagerly": lambda: True,
        "fill": lambda dims, value: constant(value, shape=tuple(dims)),
        "get_logger": lambda: logger,
        "is_tensor": _is_tensor,
        "name_scope": nullcontext,
        "newaxis": None,
        "print": print_tensors,
        "rank": lambda input: constant(np.int32(np.ndim(input))),  # noqa: A006  (TensorFlow's name)
        "set_random_seed": _set_seed,
        "shape": lambda input, out_type="int32": constant(np.array(np.shape(input), out_type)),  # noqa: A006
        "size": lambda input: constant(np.int32(np.size(input))),  # noqa: A006
        "unstack": lambda value, num=None, axis=0: as_tensor(list(np.moveaxis(np.asarray(value), axis, 0))),
        "version": SimpleNamespace(VERSION=VERSION, GIT_VERSION="numpy_ann"),
    }
    nn = _table(_NN) | {
        "l2_loss": lambda t, name=None: as_tensor(ops.sum(ops.square(t)) / 2),
        "sigmoid_cross_entropy_with_logits": lambda labels, logits, name=None: as_tensor(
            ops.binary_crossentropy(labels, logits, from_logits=True)
        ),
        "softmax_cross_entropy_with_logits": _of_logits(ops.categorical_crossentropy),
        "sparse_softmax_cross_entropy_with_logits": _of_logits(ops.sparse_categorical_crossentropy),
    }
    devices = ("list_logical_devices", "list_physical_devices")
    no_devices: dict[str, Any] = dict.fromkeys(devices, lambda *_: [])
    data: dict[str, Any] = {"AUTOTUNE": AUTOTUNE}
    switches = ("experimental_run_functions_eagerly", "run_functions_eagerly", "set_visible_devices")
    threads = ("set_inter_op_parallelism_threads", "set_intra_op_parallelism_threads")
    levels = {name: getattr(logging, name) for name in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")}
    return {
        "tensorflow": top,
        "tensorflow.compat": {},
        "tensorflow.compat.v1": top
        | dict.fromkeys(["disable_eager_execution", "enable_eager_execution"], _nothing),
        "tensorflow.compat.v1.logging": levels | {"set_verbosity": logger.setLevel},
        "tensorflow.config": no_devices | dict.fromkeys(switches, _nothing),
        "tensorflow.config.experimental": no_devices | {"set_memory_growth": _nothing},
        "tensorflow.config.threading": dict.fromkeys(threads, _nothing),
        "tensorflow.data": data | {"Dataset": Dataset},
        "tensorflow.data.experimental": data | {"sample_from_datasets": Dataset.sample_from_datasets},
        "tensorflow.linalg": {"matmul": matmul} | _table("norm einsum"),
        "tensorflow.math": _table(_MATH)
        | {"argmax": _place(True), "argmin": _place(False), "confusion_matrix": confusion_matrix},
        "tensorflow.nn": nn,
        "tensorflow.random": {name: _random(name) for name in ("normal", "truncated_normal", "uniform")}
        | {"set_seed": _set_seed},
        "tensorflow.test": {"gpu_device_name": lambda: ""}
        | dict.fromkeys(("is_built_with_cuda", "is_gpu_available"), lambda *_, **__: False),
    }


MODULES = _modules()
