"""Models as ONNX files, for any runtime of ONNX: a graph of standard operators around the weights."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from math import pi, prod, sqrt
from typing import Any

import numpy as np

from numpy_ann import __version__
from numpy_ann._typing import Array, Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.activations.smooth import SELU_ALPHA, SELU_SCALE
from numpy_ann.atomic import write_atomically
from numpy_ann.layers import Layer
from numpy_ann.layers.normalization import SMALLEST_DEVIATION
from numpy_ann.layers.vocabulary import StringLookup
from numpy_ann.saving.formats.options import each

OPSET = 18
"""The version of ONNX' operators that files are written for: that of ONNX 1.13, of December 2022."""

_LARGEST = 2**31 - 1  # bytes: what a protocol buffer can hold
_FLOAT, _INT64, _STRING = 1, 7, 8  # ONNX' numbers of dtypes
_STORED_AS = {"float64": "float32", "string": "O"}
_TABLES = "ai.onnx.ml"  # the domain of the operator that looks up


class Graph:
    """A graph of operators under construction; what stands between two of them is known by its name."""

    def __init__(self, onnx: Any) -> None:
        self._onnx = onnx
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.layer = ""  # what follows is named after it

    def add(self, operator: str, *inputs: Any, **attributes: Any) -> "Value":
        """Add an operator; return its output. Inputs are values, or numbers for constants."""
        names = []
        for value in inputs:
            name = getattr(value, "name", "")
            if not isinstance(value, Value):  # float32, unless it holds integers
                array = np.asarray(value)
                array = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
                name = f"{self.layer}/constant_{len(self.constants)}"
                self.constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
            names.append(name)
        output = f"{self.layer}/{operator}_{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(operator, names, [output], output, **attributes))
        return Value(self, output)


def _operator(name: str) -> "Callable[[Value, Any], Value]":
    return lambda x, other: x.to(name, other)


class Value:
    """What an operator makes, or an input: computing with it adds operators."""

    __array_ufunc__ = None  # an array to the left leaves the computing to it

    def __init__(self, graph: Graph, name: str) -> None:
        self.graph, self.name = graph, name

    __add__, __sub__ = _operator("Add"), _operator("Sub")
    __mul__, __truediv__ = _operator("Mul"), _operator("Div")

    def to(self, operator: str, *others: Any, **attributes: Any) -> "Value":
        """Return what an operator makes of it."""
        return self.graph.add(operator, self, *others, **attributes)


def export_onnx(
    steps: Sequence[tuple[Layer, Sequence[int]]], inputs: Sequence[tuple[str, Shape, str]],
    outputs: Sequence[tuple[str, int]], path: str | os.PathLike[str],
) -> None:  # fmt: skip
    """Write the forward pass of built layers as an ONNX file: float32, for batches of any size.

    ``steps`` are uses of layers, in order, each with the numbers of the arrays that it reads: first the
    ``inputs``, of a name, a sample's shape and a dtype each, then each step's; ``outputs`` are named numbers.

    Source: the ONNX specification, "Operators", opset 18.
    """
    try:
        import onnx
    except ImportError:
        cure = "ONNX files are written with the package onnx, which isn't installed: pip install "
        raise ImportError(f'{cure}"numpy_ann[onnx]".') from None
    layers = {id(layer): layer for layer, _ in steps}.values()
    if sum(p.size for layer in layers for p in layer.parameters) * 4 > _LARGEST - 2**20:
        raise ValueError("The model has over 2 GiB of weights, and one ONNX file can't hold more.")
    graph = Graph(onnx)
    arrays, shapes = [Value(graph, name) for name, _, _ in inputs], [shape for _, shape, _ in inputs]
    kinds: list[Any] = [
        onnx.helper.np_dtype_to_tensor_dtype(np.dtype(_STORED_AS.get(dtype, dtype))) for _, _, dtype in inputs
    ]
    for layer, reads in steps:
        write = LAYERS.get(type(layer).__name__)
        if write is None:
            raise ValueError(
                f"ONNX can't hold layer {layer.name!r}: {type(layer).__name__} has no form in its operators "
                f"here. Those that have one: {', '.join(sorted(LAYERS))}."
            )
        graph.layer = layer.name
        cast = layer.input_kind == "float"
        x = [arrays[i].to("Cast", to=_FLOAT) if cast and kinds[i] != _FLOAT else arrays[i] for i in reads]
        arrays.append(write(layer, x if layer.several_inputs else x[0]))
        shapes.append(layer.output_shape or ())
        kinds.append(_kind_made(layer))
    helper = onnx.helper
    begin, end = [], []
    for (name, shape, _), kind in zip(inputs, kinds, strict=False):
        begin.append(helper.make_tensor_value_info(name, kind, ["batch", *shape]))
    for name, number in outputs:
        name = f"{name}_output" if any(name == given for given, _, _ in inputs) else name
        graph.nodes.append(helper.make_node("Identity", [arrays[number].name], [name], f"{name}/output"))
        end.append(helper.make_tensor_value_info(name, kinds[number], ["batch", *shapes[number]]))
    body = helper.make_graph(graph.nodes, "numpy_ann", begin, end, graph.constants)
    versions = [helper.make_opsetid("", OPSET)]
    if any(node.domain for node in graph.nodes):
        versions.append(helper.make_opsetid(_TABLES, 3))
    model = helper.make_model(body, opset_imports=versions, ir_version=8)
    model.producer_name, model.producer_version = "numpy_ann", __version__
    onnx.checker.check_model(model, full_check=True)
    write_atomically(path, model.SerializeToString())


# --------------------------------------------------------------------------------------------- activations


def _gelu(z: Value, *, approximate: bool) -> Value:
    bell = (
        ((z + z * z * z * 0.044715) * sqrt(2 / pi)).to("Tanh") if approximate else (z * sqrt(0.5)).to("Erf")
    )
    return z * (bell * 0.5 + 0.5)


def _relu(
    z: Value, *, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Value:
    if not threshold and max_value is None:
        return z.to("LeakyRelu", alpha=float(negative_slope)) if negative_slope else z.to("Relu")
    above = z if max_value is None else z.to("Clip", 0.0, float(max_value))
    y = z.to("Greater", float(threshold)).to("Where", above, 0.0)
    if negative_slope:
        y += (z - float(threshold)).to("Min", 0.0) * float(negative_slope)
    return y


def _over_axes(operator: str) -> Callable[..., Value]:

    def write(z: Value, *, axis: int | tuple[int, ...] = -1) -> Value:
        if isinstance(axis, int):
            return z.to(operator, axis=axis)
        e = (z - z.to("ReduceMax", np.array(axis), keepdims=1)).to("Exp")
        return e / e.to("ReduceSum", np.array(axis), keepdims=1)

    return write


def _sparse_plus(z: Value) -> Value:
    bend = z.to("Clip", -1.0, 1.0) + 1.0
    return bend * bend * 0.25 + (z - 1.0).to("Relu")


# Those that are an operator of their own.
_OPERATORS = {
    "exponential": "Exp", "hard_silu": "HardSwish", "sigmoid": "Sigmoid", "softplus": "Softplus",
    "softsign": "Softsign", "tanh": "Tanh",
}  # fmt: skip
ACTIVATIONS: dict[str, Callable[..., Value]] = {
    **{name: partial(Value.to, operator=operator) for name, operator in _OPERATORS.items()},
    "gelu": _gelu, "log_softmax": _over_axes("LogSoftmax"), "relu": _relu, "softmax": _over_axes("Softmax"),
    "sparse_plus": _sparse_plus,
    "celu": lambda z, alpha: z.to("Celu", alpha=float(alpha)),
    "elu": lambda z, alpha: z.to("Elu", alpha=float(alpha)),
    "hard_shrink": lambda z, threshold: z.to("Shrink", lambd=float(threshold), bias=0.0),
    "hard_sigmoid": lambda z, slope=1 / 6: z.to("HardSigmoid", alpha=slope, beta=0.5),
    "hard_tanh": lambda z: z.to("Clip", -1.0, 1.0),
    "leaky_relu": lambda z, negative_slope: z.to("LeakyRelu", alpha=float(negative_slope)),
    "linear": lambda z: z,
    "log_sigmoid": lambda z: z.to("Neg").to("Softplus").to("Neg"),
    "mish": lambda z: z * z.to("Softplus").to("Tanh"),
    "relu6": lambda z: z.to("Clip", 0.0, 6.0),
    "selu": lambda z: z.to("Selu", alpha=SELU_ALPHA, gamma=SELU_SCALE),
    "silu": lambda z: z * z.to("Sigmoid"),
    "soft_shrink": lambda z, threshold: z.to("Shrink", lambd=float(threshold), bias=float(threshold)),
    "sparse_sigmoid": lambda z: (z * 0.5 + 0.5).to("Clip", 0.0, 1.0),
    "squareplus": lambda z, b: (z + (z * z + float(b)).to("Sqrt")) * 0.5,
    "tanh_shrink": lambda z: z - z.to("Tanh"),
}  # fmt: skip


def _activation(function: ActivationFunction, z: Value) -> Value:
    write = ACTIVATIONS.get(function.name)
    if write is None:
        raise ValueError(f"ONNX can't hold the activation function {function.name!r}.")
    return write(z, **function.options)


# -------------------------------------------------------------------------------------------------- layers


def _kind_made(layer: Any) -> int:
    """Return the dtype of what a layer makes: of categories, their whole numbers, rows, or text."""
    if getattr(layer, "output_mode", None) != "int":
        return _FLOAT
    return _STRING if isinstance(layer, StringLookup) and layer.invert else _INT64


def _dims(layer: Any, shape: Shape) -> Array:
    """Return what Reshape is told for batches of samples of a shape, of which one axis may be open."""
    if shape.count(None) > 1:
        raise ValueError(f"ONNX can't hold layer {layer.name!r}: it makes {shape}, of several open axes.")
    return np.array([0 if None in shape else -1, *(-1 if n is None else n for n in shape)])


def _encoded(layer: Any, numbers: Value) -> Value:
    """Write numbers of categories in the layer's mode; those that are none make rows of 0."""
    mode = layer.output_mode
    if mode == "int":
        return numbers
    if mode != "one_hot" or layer.input_shape[-1:] != (1,):
        numbers = numbers.to("Unsqueeze", np.array([-1]))
    marks = numbers.to("Equal", np.arange(layer.depth())).to("Cast", to=_FLOAT)
    if mode == "one_hot":
        return marks
    made = marks.to("ReduceMax" if mode == "multi_hot" else "ReduceSum", np.array([1]), keepdims=0)
    return made * layer.weights_of_tokens if mode == "tf_idf" else made


def _discretized(layer: Any, x: Value) -> Value:
    if layer.bin_boundaries is None:
        cure = "call adapt(data) before it is exported."
        raise ValueError(f"Layer {layer.name!r} has no boundaries yet: {cure}")
    reached = x.to("Unsqueeze", np.array([-1])).to("GreaterOrEqual", np.array(layer.bin_boundaries, "f"))
    return _encoded(layer, reached.to("Cast", to=_INT64).to("ReduceSum", np.array([-1]), keepdims=0))


def _looked_up(layer: Any, x: Value) -> Value:
    """Write a table from tokens to their numbers, or back; an unknown one has the remainder of several."""
    vocabulary, text = layer.get_vocabulary(), isinstance(layer, StringLookup)
    tokens, kind = layer.get_vocabulary(include_special_tokens=False), "strings" if text else "int64s"
    if layer.invert:
        options = {f"default_{kind[:-1]}": layer.oov_token, f"values_{kind}": vocabulary}
        options["keys_int64s"] = range(len(vocabulary))
        return x.to("Cast", to=_INT64).to("LabelEncoder", domain=_TABLES, **options)
    numbers = [layer._number(token) for token in tokens]
    if layer.mask_token is not None:
        tokens, numbers = [*tokens, layer.mask_token], [*numbers, layer._number(layer.mask_token)]
    x = x if text else x.to("Cast", to=_INT64)
    several = layer.num_oov_indices > 1
    default = -1 if several or not layer.num_oov_indices else layer._first_unknown()
    options = {f"keys_{kind}": tokens, "values_int64s": numbers, "default_int64": default}
    found = x.to("LabelEncoder", domain=_TABLES, **options)
    if several:
        unknown = x.to("Mod", np.array(layer.num_oov_indices)) + np.array(layer._first_unknown())
        found = found.to("Equal", np.array(-1)).to("Where", unknown, found)
    return _encoded(layer, found)


def _dense(layer: Any, x: Value) -> Value:
    z = x.to("MatMul", layer.kernel.value)
    return _activation(layer.activation, z + layer.bias.value if layer.use_bias else z)


def _spread(layer: Any, values: Array) -> Array:
    axes = layer.normalized_axes(layer.input_shape)
    return values.reshape([n if i in axes else 1 for i, n in enumerate((1, *layer.input_shape))])


def _scaled_and_centered(layer: Any, y: Value) -> Value:
    y = y * _spread(layer, layer.gamma.value) if layer.scale else y
    return y + _spread(layer, layer.beta.value) if layer.center else y


def _batch_normalization(layer: Any, x: Value) -> Value:
    mean, variance = (_spread(layer, p.value) for p in (layer.moving_mean, layer.moving_variance))
    return _scaled_and_centered(layer, (x - mean) * (1 / np.sqrt(variance + layer.epsilon)))


def _standardized(x: Value, axes: tuple[int, ...], epsilon: float) -> Value:
    """Write ``(x - mean) / sqrt(variance + epsilon)``, both along the axes of a batch."""
    centered = x - x.to("ReduceMean", np.array(axes), keepdims=1)
    return centered / _root_mean_square(centered, axes, epsilon)


def _root_mean_square(x: Value, axes: tuple[int, ...], epsilon: float) -> Value:
    return ((x * x).to("ReduceMean", np.array(axes), keepdims=1) + float(epsilon)).to("Sqrt")


def _group_normalization(layer: Any, x: Value) -> Value:
    (axis,), shape = layer.normalized_axes(layer.input_shape), layer.input_shape
    groups = [layer.groups, shape[axis - 1] // layer.groups]
    x = x.to("Reshape", _dims(layer, (*shape[: axis - 1], *groups, *shape[axis:])))
    over = tuple(i for i in range(1, len(shape) + 2) if i != axis)
    y = _standardized(x, over, layer.epsilon).to("Reshape", _dims(layer, shape))
    return _scaled_and_centered(layer, y)


def _rms_normalization(layer: Any, x: Value) -> Value:
    axes = layer.normalized_axes(layer.input_shape)
    y: Value = x / _root_mean_square(x, axes, layer.epsilon) * layer.scale.value
    return y


def _normalization(layer: Any, x: Value) -> Value:
    mean, scale = layer.mean, np.maximum(np.sqrt(layer.variance), SMALLEST_DEVIATION)
    y: Value = x * scale + mean if layer.invert else (x - mean) / scale
    return y


def _unit_normalization(layer: Any, x: Value) -> Value:
    square = (x * x).to("ReduceSum", np.array(layer.axis).reshape(-1), keepdims=1)
    return x / square.to("Max", 1e-12).to("Sqrt")


def _merged(operator: str) -> Callable[[Any, Any], Value]:

    def write(layer: Any, x: Any) -> Value:
        axes, spread = len(layer.output_shape), []
        for value, shape in zip(x, layer.input_shape, strict=True):
            missing = axes - len(shape)
            spread.append(value.to("Unsqueeze", np.arange(1, missing + 1)) if missing else value)
        y: Value = spread[0]
        for value in spread[1:]:
            y = y.to(operator, value)
        return y / float(len(x)) if type(layer).__name__ == "Average" else y

    return write


def _dot(layer: Any, x: Any) -> Value:
    """Write the product of two, each brought to (batch, others, summed)."""
    matrices = []
    samples = layer.input_shape
    for value, shape, axis in zip(x, samples, layer.summed_axes(samples), strict=True):
        others = [i for i in range(1, len(shape) + 1) if i != axis]
        lengths = [shape[i - 1] for i in others]
        size = None if None in lengths else prod(lengths)
        rows = value.to("Transpose", perm=[0, *others, axis])
        rows = rows.to("Reshape", _dims(layer, (size, shape[axis - 1])))
        if layer.normalize:
            square = (rows * rows).to("ReduceSum", np.array([2]), keepdims=1)
            rows /= square.to("Sqrt").to("Max", 1e-12)
        matrices.append(rows)
    y = matrices[0].to("MatMul", matrices[1].to("Transpose", perm=[0, 2, 1]))
    return y.to("Reshape", _dims(layer, layer.output_shape))  # type: ignore[no-any-return]


def _pooled(operator: str) -> Callable[[Any, Value], Value]:
    return lambda layer, x: x.to(
        operator, np.array([1 + (layer.data_format != "channels_last")]), keepdims=int(layer.keepdims)
    )


LAYERS: dict[str, Callable[[Any, Any], Value]] = {
    **each("ActivityRegularization AlphaDropout Dropout SpatialDropout1D", lambda layer, x: x),
    **each("GaussianDropout GaussianNoise Identity", lambda layer, x: x),
    **each("Activation ELU LeakyReLU ReLU Softmax", lambda layer, x: _activation(layer.activation, x)),
    **each("Flatten Reshape", lambda layer, x: x.to("Reshape", _dims(layer, layer.output_shape))),
    **each("Add Average", _merged("Add")), "Subtract": _merged("Sub"), "Multiply": _merged("Mul"),
    "Maximum": _merged("Max"), "Minimum": _merged("Min"),
    "BatchNormalization": _batch_normalization, "GroupNormalization": _group_normalization,
    "Normalization": _normalization, "RMSNormalization": _rms_normalization,
    "UnitNormalization": _unit_normalization,
    "Dense": _dense, "Discretization": _discretized, "Dot": _dot,
    "GlobalAveragePooling1D": _pooled("ReduceMean"), "GlobalMaxPooling1D": _pooled("ReduceMax"),
    **each("IntegerLookup StringLookup", _looked_up),
    "CategoryEncoding": lambda layer, x: _encoded(layer, x.to("Cast", to=_INT64)),
    "Concatenate": lambda layer, x: x[0].to("Concat", *x[1:], axis=layer.axis),
    "Embedding": lambda layer, x: x.graph.add("Gather", layer.embeddings.value, x.to("Cast", to=_INT64)),
    "LayerNormalization": lambda layer, x: _scaled_and_centered(
        layer, _standardized(x, layer.normalized_axes(layer.input_shape), layer.epsilon)
    ),
    "PReLU": lambda layer, x: x.to("PRelu", layer.alpha.value),
    "Permute": lambda layer, x: x.to("Transpose", perm=[0, *layer.dims]),
    "RepeatVector": lambda layer, x: x.to("Unsqueeze", np.array([1])).to("Tile", np.array([1, layer.n, 1])),
    "Rescaling": lambda layer, x: x * np.asarray(layer.scale) + np.asarray(layer.offset),
}  # fmt: skip
