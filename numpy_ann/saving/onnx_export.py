"""Models as ONNX files, for any runtime of ONNX: a graph of standard operators around the weights."""

import os
from collections.abc import Callable, Sequence
from math import pi, sqrt
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
from numpy_ann.validation import size_of

__all__ = ["export_onnx"]

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
        self._layer = ""

    def enter(self, layer: Layer) -> None:
        """Name what follows after this layer."""
        self._layer = layer.name

    def add(self, operator: str, *inputs: Any, **attributes: Any) -> str:
        """Add an operator; return the name of its output. Inputs are names, or numbers for constants."""
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        output = f"{self._layer}/{operator}_{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(operator, names, [output], output, **attributes))
        return output

    def constant(self, value: Any) -> str:
        """Add an array, as float32 unless it holds integers; return its name."""
        array = np.asarray(value)
        array = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
        name = f"{self._layer}/constant_{len(self.constants)}"
        self.constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def affine(self, x: str, factor: Any, offset: Any) -> str:
        """Add ``x factor + offset``."""
        return self.add("Add", self.add("Mul", x, factor), offset)


def export_onnx(
    steps: Sequence[tuple[Layer, Sequence[int]]],
    inputs: Sequence[tuple[str, Shape, str]],
    outputs: Sequence[tuple[str, int]],
    path: str | os.PathLike[str],
) -> None:
    """Write the forward pass of built layers as an ONNX file, for batches of any size.

    What layers do in training alone (dropout, noise) isn't in it. Numbers are float32, whatever the model's
    are. ``steps`` are uses of layers, in order, each with the numbers of the arrays that it reads: first come
    the ``inputs``, of a name, a shape of samples and a dtype each, then what each step makes. ``outputs``
    have a name and such a number.

    Raises ``ImportError`` if the package ``onnx`` isn't installed; ``ValueError`` if ONNX has no operators
    for a layer (the message names it), or the file would pass 2 GiB, which is all that one can hold.

    Source: the ONNX specification, "Operators", opset 18.
    """
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "ONNX files are written with the package onnx, which isn't installed: "
            'pip install "numpy_ann[onnx]".'
        ) from None
    layers = {id(layer): layer for layer, _ in steps}.values()
    if sum(p.size for layer in layers for p in layer.parameters) * 4 > _LARGEST - 2**20:
        raise ValueError("The model has over 2 GiB of weights, and one ONNX file can't hold more.")
    graph = Graph(onnx)
    arrays, shapes = [name for name, _, _ in inputs], [shape for _, shape, _ in inputs]
    kinds = [
        onnx.helper.np_dtype_to_tensor_dtype(np.dtype(_STORED_AS.get(dtype, dtype))) for _, _, dtype in inputs
    ]
    for layer, reads in steps:
        write = LAYERS.get(type(layer).__name__)
        if write is None:
            raise ValueError(
                f"ONNX can't hold layer {layer.name!r}: {type(layer).__name__} has no form in its operators "
                f"here. Those that have one: {', '.join(sorted(LAYERS))}."
            )
        graph.enter(layer)
        cast = layer.input_kind == "float"
        x: Any = [
            graph.add("Cast", arrays[i], to=_FLOAT) if cast and kinds[i] != _FLOAT else arrays[i]
            for i in reads
        ]
        arrays.append(write(graph, layer, x if layer.several_inputs else x[0]))
        shapes.append(layer.output_shape or ())
        kinds.append(_kind_made(layer))
    helper = onnx.helper
    begin, end = [], []
    for (name, shape, _), kind in zip(inputs, kinds, strict=False):
        begin.append(helper.make_tensor_value_info(name, kind, ["batch", *shape]))
    for name, number in outputs:
        name = f"{name}_output" if name in arrays[: len(inputs)] else name
        graph.nodes.append(helper.make_node("Identity", [arrays[number]], [name], f"{name}/output"))
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


def _erf_gelu(g: Graph, z: str, *, approximate: bool) -> str:
    if approximate:
        cube = g.add("Mul", g.add("Mul", z, z), z)
        u = g.add("Mul", g.add("Add", z, g.add("Mul", cube, 0.044715)), sqrt(2 / pi))
        bell = g.add("Tanh", u)
    else:
        bell = g.add("Erf", g.add("Mul", z, sqrt(0.5)))
    return g.add("Mul", z, g.affine(bell, 0.5, 0.5))


def _bent(g: Graph, z: str, *, negative_slope: float, max_value: float | None, threshold: float) -> str:
    """Write ReLU with its options: 0 up to the threshold, or a slope there, and no more than the most."""
    if not threshold and max_value is None:
        return g.add("LeakyRelu", z, alpha=float(negative_slope)) if negative_slope else g.add("Relu", z)
    above = z if max_value is None else g.add("Clip", z, 0.0, float(max_value))
    y = g.add("Where", g.add("Greater", z, float(threshold)), above, 0.0)
    if negative_slope:
        below = g.add("Min", g.add("Sub", z, float(threshold)), 0.0)
        y = g.add("Add", y, g.add("Mul", below, float(negative_slope)))
    return y


def _over_axes(logarithm: bool) -> Callable[..., str]:
    """Return what writes a softmax, or its logarithm, over one axis or several."""

    def write(g: Graph, z: str, *, axis: int | tuple[int, ...] = -1) -> str:
        if isinstance(axis, int):
            return g.add("LogSoftmax" if logarithm else "Softmax", z, axis=axis)
        axes = np.array(axis)
        e = g.add("Exp", g.add("Sub", z, g.add("ReduceMax", z, axes, keepdims=1)))
        return g.add("Div", e, g.add("ReduceSum", e, axes, keepdims=1))

    return write


def _sparse_plus(g: Graph, z: str) -> str:
    bend = g.add("Add", g.add("Clip", z, -1.0, 1.0), 1.0)
    return g.add("Add", g.add("Mul", g.add("Mul", bend, bend), 0.25), g.add("Relu", g.add("Sub", z, 1.0)))


def _squareplus(g: Graph, z: str, *, b: float) -> str:
    root = g.add("Sqrt", g.affine(g.add("Mul", z, z), 1.0, float(b)))
    return g.add("Mul", g.add("Add", z, root), 0.5)


_PLAIN_RELU: dict[str, Any] = {"negative_slope": 0.0, "max_value": None, "threshold": 0.0}
ACTIVATIONS: dict[str, Callable[..., str]] = {
    "celu": lambda g, z, alpha: g.add("Celu", z, alpha=float(alpha)),
    "elu": lambda g, z, alpha: g.add("Elu", z, alpha=float(alpha)),
    "exponential": lambda g, z: g.add("Exp", z),
    "gelu": _erf_gelu,
    "hard_shrink": lambda g, z, threshold: g.add("Shrink", z, lambd=float(threshold), bias=0.0),
    "hard_sigmoid": lambda g, z, slope=1 / 6: g.add("HardSigmoid", z, alpha=slope, beta=0.5),
    "hard_silu": lambda g, z: g.add("HardSwish", z),
    "hard_tanh": lambda g, z: g.add("Clip", z, -1.0, 1.0),
    "leaky_relu": lambda g, z, negative_slope: g.add("LeakyRelu", z, alpha=float(negative_slope)),
    "linear": lambda g, z: z,
    "log_sigmoid": lambda g, z: g.add("Neg", g.add("Softplus", g.add("Neg", z))),
    "log_softmax": _over_axes(logarithm=True),
    "mish": lambda g, z: g.add("Mul", z, g.add("Tanh", g.add("Softplus", z))),
    "relu": lambda g, z, **options: _bent(g, z, **{**_PLAIN_RELU, **options}),
    "relu6": lambda g, z: g.add("Clip", z, 0.0, 6.0),
    "selu": lambda g, z: g.add("Selu", z, alpha=SELU_ALPHA, gamma=SELU_SCALE),
    "sigmoid": lambda g, z: g.add("Sigmoid", z),
    "silu": lambda g, z: g.add("Mul", z, g.add("Sigmoid", z)),
    "soft_shrink": lambda g, z, threshold: g.add("Shrink", z, lambd=float(threshold), bias=float(threshold)),
    "softmax": _over_axes(logarithm=False),
    "softplus": lambda g, z: g.add("Softplus", z),
    "softsign": lambda g, z: g.add("Softsign", z),
    "sparse_plus": _sparse_plus,
    "sparse_sigmoid": lambda g, z: g.add("Clip", g.affine(z, 0.5, 0.5), 0.0, 1.0),
    "squareplus": _squareplus,
    "tanh": lambda g, z: g.add("Tanh", z),
    "tanh_shrink": lambda g, z: g.add("Sub", z, g.add("Tanh", z)),
}


def _activation(g: Graph, function: ActivationFunction, z: str) -> str:
    write = ACTIVATIONS.get(function.name)
    if write is None:
        raise ValueError(f"ONNX can't hold the activation function {function.name!r}.")
    return write(g, z, **function.options)


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


def _encoded(g: Graph, layer: Any, numbers: str) -> str:
    """Write numbers of categories in the layer's mode; those that are none make rows of 0."""
    if layer.output_mode == "int":
        return numbers
    if layer.output_mode != "one_hot" or layer.input_shape[-1:] != (1,):
        numbers = g.add("Unsqueeze", numbers, np.array([-1]))
    marks = g.add("Cast", g.add("Equal", numbers, np.arange(layer.depth())), to=_FLOAT)
    if layer.output_mode == "one_hot":
        return marks
    if layer.output_mode == "multi_hot":
        return g.add("ReduceMax", marks, np.array([1]), keepdims=0)
    counts = g.add("ReduceSum", marks, np.array([1]), keepdims=0)
    return g.add("Mul", counts, layer.weights_of_tokens) if layer.output_mode == "tf_idf" else counts


def _discretized(g: Graph, layer: Any, x: str) -> str:
    if layer.bin_boundaries is None:
        raise ValueError(
            f"Layer {layer.name!r} has no boundaries yet: call adapt(data) before it is exported."
        )
    reached = g.add(
        "GreaterOrEqual", g.add("Unsqueeze", x, np.array([-1])), np.array(layer.bin_boundaries, "f")
    )
    return _encoded(
        g, layer, g.add("ReduceSum", g.add("Cast", reached, to=_INT64), np.array([-1]), keepdims=0)
    )


def _looked_up(g: Graph, layer: Any, x: str) -> str:
    """Write a table from tokens to their numbers, or back; an unknown one has the remainder of several."""
    vocabulary, text = layer.get_vocabulary(), isinstance(layer, StringLookup)
    tokens, kind = layer.get_vocabulary(include_special_tokens=False), "strings" if text else "int64s"
    if layer.invert:
        one, options = g.add("Cast", x, to=_INT64), {f"default_{kind[:-1]}": layer.oov_token}
        options |= {"keys_int64s": range(len(vocabulary)), f"values_{kind}": vocabulary}
        return g.add("LabelEncoder", one, domain=_TABLES, **options)
    numbers = [layer._number(token) for token in tokens]
    if layer.mask_token is not None:
        tokens, numbers = [*tokens, layer.mask_token], [*numbers, layer._number(layer.mask_token)]
    x = x if text else g.add("Cast", x, to=_INT64)
    several = layer.num_oov_indices > 1
    default = -1 if several or not layer.num_oov_indices else layer._first_unknown()
    options = {f"keys_{kind}": tokens, "values_int64s": numbers, "default_int64": default}
    found = g.add("LabelEncoder", x, domain=_TABLES, **options)
    if several:
        unknown = g.add(
            "Add", g.add("Mod", x, np.array(layer.num_oov_indices)), np.array(layer._first_unknown())
        )
        found = g.add("Where", g.add("Equal", found, np.array(-1)), unknown, found)
    return _encoded(g, layer, found)


def _dense(g: Graph, layer: Any, x: str) -> str:
    z = g.add("MatMul", x, layer.kernel.value)
    if layer.use_bias:
        z = g.add("Add", z, layer.bias.value)
    return _activation(g, layer.activation, z)


def _spread(layer: Any, values: Array) -> Array:
    """Return per-feature numbers in a shape that goes with a batch."""
    axes = layer.normalized_axes(layer.input_shape)
    return values.reshape([n if i in axes else 1 for i, n in enumerate((1, *layer.input_shape))])


def _scaled_and_centered(g: Graph, layer: Any, y: str) -> str:
    if layer.scale:
        y = g.add("Mul", y, _spread(layer, layer.gamma.value))
    return g.add("Add", y, _spread(layer, layer.beta.value)) if layer.center else y


def _batch_normalization(g: Graph, layer: Any, x: str) -> str:
    mean, variance = (_spread(layer, p.value) for p in (layer.moving_mean, layer.moving_variance))
    y = g.add("Mul", g.add("Sub", x, mean), 1 / np.sqrt(variance + layer.epsilon))
    return _scaled_and_centered(g, layer, y)


def _standardized(g: Graph, x: str, axes: tuple[int, ...], epsilon: float) -> str:
    """Write ``(x - mean) / sqrt(variance + epsilon)``, both along the axes of a batch."""
    centered = g.add("Sub", x, g.add("ReduceMean", x, np.array(axes), keepdims=1))
    return g.add("Div", centered, _root_mean_square(g, centered, axes, epsilon))


def _root_mean_square(g: Graph, x: str, axes: tuple[int, ...], epsilon: float) -> str:
    square = g.add("ReduceMean", g.add("Mul", x, x), np.array(axes), keepdims=1)
    return g.add("Sqrt", g.add("Add", square, float(epsilon)))


def _layer_normalization(g: Graph, layer: Any, x: str) -> str:
    y = _standardized(g, x, layer.normalized_axes(layer.input_shape), layer.epsilon)
    return _scaled_and_centered(g, layer, y)


def _group_normalization(g: Graph, layer: Any, x: str) -> str:
    (axis,), shape = layer.normalized_axes(layer.input_shape), layer.input_shape
    groups = [layer.groups, shape[axis - 1] // layer.groups]
    x = g.add("Reshape", x, _dims(layer, (*shape[: axis - 1], *groups, *shape[axis:])))
    over = tuple(i for i in range(1, len(shape) + 2) if i != axis)
    y = g.add("Reshape", _standardized(g, x, over, layer.epsilon), _dims(layer, shape))
    return _scaled_and_centered(g, layer, y)


def _rms_normalization(g: Graph, layer: Any, x: str) -> str:
    axes = layer.normalized_axes(layer.input_shape)
    y = g.add("Div", x, _root_mean_square(g, x, axes, layer.epsilon))
    return g.add("Mul", y, layer.scale.value)


def _normalization(g: Graph, layer: Any, x: str) -> str:
    mean, scale = layer.mean, np.maximum(np.sqrt(layer.variance), SMALLEST_DEVIATION)
    return g.affine(x, scale, mean) if layer.invert else g.add("Div", g.add("Sub", x, mean), scale)


def _repeated(g: Graph, layer: Any, x: str) -> str:
    return g.add("Tile", g.add("Unsqueeze", x, np.array([1])), np.array([1, layer.n, 1]))


def _unit_normalization(g: Graph, layer: Any, x: str) -> str:
    axes = np.array(layer.axis).reshape(-1)
    square = g.add("ReduceSum", g.add("Mul", x, x), axes, keepdims=1)
    return g.add("Div", x, g.add("Sqrt", g.add("Max", square, 1e-12)))


def _merged(operator: str) -> Callable[[Graph, Any, Any], str]:
    """Return what writes arrays, spread to each other, as one."""

    def write(g: Graph, layer: Any, x: Any) -> str:
        axes, spread = len(layer.output_shape), []
        for name, shape in zip(x, layer.input_shape, strict=True):
            missing = axes - len(shape)
            spread.append(g.add("Unsqueeze", name, np.arange(1, missing + 1)) if missing else name)
        y: str = spread[0]
        for name in spread[1:]:
            y = g.add(operator, y, name)
        return g.add("Div", y, float(len(x))) if type(layer).__name__ == "Average" else y

    return write


def _dot(g: Graph, layer: Any, x: Any) -> str:
    """Write the product of two, each brought to (batch, others, summed)."""
    matrices = []
    samples = layer.input_shape
    for name, shape, axis in zip(x, samples, layer.summed_axes(samples), strict=True):
        others = [i for i in range(1, len(shape) + 1) if i != axis]
        rows = g.add("Transpose", name, perm=[0, *others, axis])
        lengths = [shape[i - 1] for i in others]
        size = None if None in lengths else size_of(tuple(lengths))
        rows = g.add("Reshape", rows, _dims(layer, (size, shape[axis - 1])))
        if layer.normalize:
            square = g.add("ReduceSum", g.add("Mul", rows, rows), np.array([2]), keepdims=1)
            rows = g.add("Div", rows, g.add("Max", g.add("Sqrt", square), 1e-12))
        matrices.append(rows)
    y = g.add("MatMul", matrices[0], g.add("Transpose", matrices[1], perm=[0, 2, 1]))
    return g.add("Reshape", y, _dims(layer, layer.output_shape))


def _pooled(operator: str) -> Callable[[Graph, Any, str], str]:
    return lambda g, layer, x: g.add(
        operator, x, np.array([1 + (layer.data_format != "channels_last")]), keepdims=int(layer.keepdims)
    )


LAYERS: dict[str, Callable[[Graph, Any, Any], str]] = {
    **{name: _merged("Add") for name in ("Add", "Average")},
    "CategoryEncoding": lambda g, layer, x: _encoded(g, layer, g.add("Cast", x, to=_INT64)),
    "Concatenate": lambda g, layer, x: g.add("Concat", *x, axis=layer.axis),
    "Discretization": _discretized,
    "Dot": _dot,
    "Embedding": lambda g, layer, x: g.add("Gather", layer.embeddings.value, g.add("Cast", x, to=_INT64)),
    "GlobalAveragePooling1D": _pooled("ReduceMean"),
    "GlobalMaxPooling1D": _pooled("ReduceMax"),
    **dict.fromkeys(("IntegerLookup", "StringLookup"), _looked_up),
    "Maximum": _merged("Max"),
    "Minimum": _merged("Min"),
    "Multiply": _merged("Mul"),
    "Subtract": _merged("Sub"),
    **dict.fromkeys(
        ("Activation", "ELU", "LeakyReLU", "ReLU", "Softmax"),
        lambda g, layer, x: _activation(g, layer.activation, x),
    ),
    **dict.fromkeys(
        (
            *("ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"),
            *("Identity", "SpatialDropout1D"),
        ),
        lambda g, layer, x: x,
    ),
    **dict.fromkeys(
        ("Flatten", "Reshape"), lambda g, layer, x: g.add("Reshape", x, _dims(layer, layer.output_shape))
    ),
    "BatchNormalization": _batch_normalization,
    "Dense": _dense,
    "GroupNormalization": _group_normalization,
    "LayerNormalization": _layer_normalization,
    "Normalization": _normalization,
    "PReLU": lambda g, layer, x: g.add("PRelu", x, layer.alpha.value),
    "Permute": lambda g, layer, x: g.add("Transpose", x, perm=[0, *layer.dims]),
    "RMSNormalization": _rms_normalization,
    "RepeatVector": _repeated,
    "Rescaling": lambda g, layer, x: g.affine(x, np.asarray(layer.scale), np.asarray(layer.offset)),
    "UnitNormalization": _unit_normalization,
}
