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

from numpy_ann import initializers
from numpy_ann.as_keras.dataset import AUTOTUNE, Dataset, TensorSpec
from numpy_ann.as_keras.names import TABLES
from numpy_ann.as_keras.tensors import Tensor, TensorFlowVariable, as_tensor, constant_array, reworded
from numpy_ann.ops import GradientTape as Tape
from numpy_ann.random_streams import seed_everything

__all__ = ["MODULES"]

ops: Any = import_module("numpy_ann.ops")  # whose functions have no types

VERSION = "2.21.0"
"""The TensorFlow that comes with Keras 3.15."""

_SIZES = {"float": (16, 32, 64), "int": (8, 16, 32, 64), "uint": (8, 16, 32, 64), "complex": (64, 128)}
_DTYPES = {f"{kind}{n}": np.dtype(f"{kind}{n}") for kind, sizes in _SIZES.items() for n in sizes}
_DTYPES |= {"bool": np.dtype(bool), "string": np.dtype(object), "double": np.dtype("f8")}


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


def _table(module: str) -> dict[str, Any]:
    pairs = (entry.partition(":") for entry in TABLES["tensorflow"][module].split())
    own = TABLES["tensorflow"]["arguments"]
    return _each_worded({n: reworded(getattr(ops, other or n), own.get(n, "")) for n, _, other in pairs})


def _each_worded(functions: dict[str, Any]) -> dict[str, Any]:
    return {name: _worded(function) for name, function in functions.items()}


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Return these numbers: Python's become float32 and int32, NumPy's keep their dtype."""
    return as_tensor(np.array(constant_array(value, dtype, shape)))  # type: ignore[no-any-return]


def convert_to_tensor(value: Any, dtype: Any = None, *_: Any, **__: Any) -> Any:
    """Return what was given as a tensor; a traced array stays on its tape."""
    if isinstance(value, Tensor) and dtype is None:
        return value
    if hasattr(value, "numpy") and not isinstance(value, np.ndarray):
        return as_tensor(ops.convert_to_tensor(value, dtype and np.dtype(dtype).name))
    return constant(value, dtype)


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, **_: Any) -> Any:
    """Return the product of matrices."""
    a, b = (ops.swapaxes(x, -1, -2) if t else x for x, t in ((a, transpose_a), (b, transpose_b)))
    return as_tensor(ops.matmul(a, b))


def one_hot(
    indices: Any, depth: int, on_value: float = 1.0, off_value: float = 0.0, axis: int = -1, dtype: Any = None
) -> Any:
    """Return rows with ``on_value`` at the index and ``off_value`` elsewhere."""
    hot = np.asarray(ops.one_hot(indices, int(depth), axis, "float32")) > 0
    return as_tensor(np.where(hot, on_value, off_value).astype(dtype or constant_array(on_value).dtype))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, **_: Any) -> Any:
    """Return it cut along an axis: into so many equal parts, or parts of these sizes; -1 is what is left."""
    sizes, whole = np.array(num_or_size_splits), np.shape(value)[axis]
    if sizes.ndim:
        sizes[sizes == -1] += whole - sizes.sum()
        if sizes.min() < 0 or sizes.sum() != whole:
            raise ValueError(f"{whole} rows can't be split into {num_or_size_splits}.")
    return as_tensor(ops.split(value, list(np.cumsum(sizes)[:-1]) if sizes.ndim else int(sizes), axis))


def _length(arrays: Any, axes: Any = None) -> Any:
    """Return the length of arrays taken as one vector, or along axes of each; None counts nothing."""
    sums = [ops.sum(ops.square(a), axis=axes, keepdims=axes is not None) for a in arrays if a is not None]
    return ops.sqrt(sum(sums[1:], sums[0]))


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None) -> Any:
    """Return arrays, made shorter together if they are longer than ``clip_norm``, and their length."""
    length = _length(t_list) if use_norm is None else use_norm
    return [t if t is None else t * (clip_norm / ops.maximum(length, clip_norm)) for t in t_list], length


def function(func: Any = None, **_: Any) -> Any:
    """Return the function as it is: ``@tf.function`` makes it faster in TensorFlow, not other."""
    return func if callable(func) else function


def print_tensors(*values: Any, sep: str = " ", end: str = "\n", output_stream: Any = None, **_: Any) -> None:
    """Print values as ``tf.print`` does, arrays without what is around them; to standard error by default."""
    shown = (str(np.asarray(value)) if _is_tensor(value) else str(value) for value in values)
    print(*shown, sep=sep, end=end, file=output_stream or sys.stderr)


def _is_tensor(x: Any) -> bool:
    return isinstance(x, np.ndarray) or hasattr(x, "numpy")


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: Any = None, weights: Any = None, dtype: Any = "i4", **_: Any
) -> Tensor:  # fmt: skip
    """Return how often, or with what weight, each label (rows) was predicted as each (columns)."""
    y, p = np.ravel(labels).astype(int), np.ravel(predictions).astype(int)
    found = np.zeros((num_classes or max(y.max(), p.max()) + 1,) * 2)
    np.add.at(found, (y, p), 1 if weights is None else np.ravel(weights))
    return constant(found.astype(dtype))


def _random(name: str) -> Callable[..., Any]:
    draw = _worded(getattr(ops.random, name))
    return lambda shape, *args, **options: draw(tuple(np.atleast_1d(shape).tolist()), *args, **options)


class GradientTape(Tape):
    """Record what is computed inside ``with``; the derivatives have ``.numpy()``."""

    def gradient(self, *arguments: Any, **options: Any) -> Any:
        """Return the derivative of a target with respect to each of its sources, in their structure."""
        return as_tensor(super().gradient(*arguments, **options))


def _modules() -> dict[str, dict[str, Any]]:
    logger = logging.getLogger("tensorflow")
    own = (constant, convert_to_tensor, matmul, one_hot, split, function)
    both = _table("both") | _each_worded({
        "add_n": lambda inputs: sum(inputs[1:], inputs[0]),
        "argmax": lambda x, axis=0, output_type="int64": np.argmax(np.asarray(x), axis).astype(output_type),
        "argmin": lambda x, axis=0, output_type="int64": np.argmin(np.asarray(x), axis).astype(output_type),
        "l2_normalize": lambda x, axis=None, epsilon=1e-12: ops.divide(
            x, ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon))
        ),
        "squared_difference": lambda x, y: ops.square(ops.subtract(x, y)),
    })  # fmt: skip
    top = both | _table("top") | _DTYPES | {thing.__name__: thing for thing in own}
    for name in TABLES["tensorflow"]["initializers"].split():
        top[f"{name}_initializer"] = getattr(initializers, name)
    top |= _each_worded({
        "boolean_mask": lambda tensor, mask, axis=None: ops.get_item(
            tensor, (slice(None),) * (axis or 0) + (np.asarray(mask, bool),)
        ),
        "clip_by_global_norm": clip_by_global_norm,
        "clip_by_norm": lambda t, clip_norm, axes=None: ops.multiply(
            t, clip_norm / ops.maximum(_length([t], axes), clip_norm)
        ),
        "where": lambda condition, x=None, y=None: (
            np.argwhere(condition) if x is None else ops.where(condition, x, y)
        ),
    })  # fmt: skip
    top |= {
        "GradientTape": GradientTape, "Tensor": Tensor, "TensorShape": tuple, "TensorSpec": TensorSpec,
        "Variable": TensorFlowVariable, "__version__": VERSION, "device": nullcontext,
        "name_scope": nullcontext, "executing_eagerly": lambda: True, "get_logger": lambda: logger,
        "is_tensor": _is_tensor, "newaxis": None, "print": print_tensors, "set_random_seed": seed_everything,
        "version": SimpleNamespace(VERSION=VERSION, GIT_VERSION="numpy_ann"),
        "fill": lambda dims, value: constant(value, shape=tuple(dims)),
        "rank": lambda input: constant(np.int32(np.ndim(input))),  # noqa: A006  (TensorFlow's name)
        "shape": lambda input, out_type="int32": constant(np.shape(input), out_type),  # noqa: A006
        "size": lambda input: constant(np.int32(np.size(input))),  # noqa: A006
    }  # fmt: skip
    nn = _table("nn") | _each_worded({
        "dropout": ops.random.dropout,
        "l2_loss": lambda t: ops.sum(ops.square(t)) / 2,
    })  # fmt: skip
    no_devices: Any = dict.fromkeys(("list_logical_devices", "list_physical_devices"), lambda *_: [])
    levels = {name: getattr(logging, name) for name in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")}
    without = ("is_built_with_cuda", "is_built_with_gpu_support", "is_gpu_available")
    found: dict[str, dict[str, Any]] = {
        "tensorflow": top,
        "tensorflow.compat": {},
        "tensorflow.compat.v1": top,
        "tensorflow.compat.v1.logging": levels | {"set_verbosity": logger.setLevel},
        "tensorflow.config": no_devices,
        "tensorflow.config.experimental": no_devices,
        "tensorflow.config.threading": {},
        "tensorflow.data": {"AUTOTUNE": AUTOTUNE, "Dataset": Dataset},
        "tensorflow.data.experimental": {"AUTOTUNE": AUTOTUNE, "cardinality": Dataset.cardinality}
        | {"sample_from_datasets": Dataset.sample_from_datasets},
        "tensorflow.dtypes": _DTYPES | {"cast": top["cast"]},
        "tensorflow.linalg": _table("linalg")
        | {"l2_normalize": both["l2_normalize"], "matmul": matmul}
        | _each_worded({"global_norm": _length, "matvec": lambda a, b: ops.einsum("...ij,...j->...i", a, b)}),
        "tensorflow.math": both | _table("math") | {"confusion_matrix": confusion_matrix},
        "tensorflow.nn": nn | {"l2_normalize": both["l2_normalize"]},
        "tensorflow.random": {name: _random(name) for name in ("normal", "truncated_normal", "uniform")}
        | _each_worded({"categorical": ops.random.categorical, "shuffle": ops.random.shuffle})
        | {"set_seed": seed_everything},
        "tensorflow.test": {"gpu_device_name": lambda: ""} | dict.fromkeys(without, lambda *_, **__: False),
    }
    for module, listed in TABLES["switches"].items():
        found[module] = found[module] | dict.fromkeys(listed.split(), lambda *_, **__: None)
    return found


MODULES = _modules()
