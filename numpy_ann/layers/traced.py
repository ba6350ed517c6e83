"""Layers that define ``call``, in Keras' way, run on the tape; and hand-derived layers as entries on it."""

from collections import OrderedDict
from collections.abc import Iterator
from copy import copy, deepcopy
from inspect import BoundArguments, signature
from inspect import Parameter as Argument
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.keras_tensor import KerasTensor, leaves, mapped, symbols_in
from numpy_ann.layers.activation import ActivationLayer
from numpy_ann.layers.batch_normalization import BatchNormalization
from numpy_ann.layers.dense import Dense
from numpy_ann.layers.dropout import Dropout, NoiseLayer
from numpy_ann.layers.layer import Layer, Memory
from numpy_ann.layers.reshape import Flatten
from numpy_ann.lookup import counted_name, snake_case
from numpy_ann.ops.array_protocol import OPS, op_for
from numpy_ann.ops.gradient_tape import GradientTape, by_hand
from numpy_ann.ops.tape import Traced, backward, plain, read
from numpy_ann.recording import here, unrecorded

_OF_SINGLE_NUMBERS = ("0-dimensional", "scalar index", "truth value", "bare numbers")  # in errors
_LENGTHS = (11, 13)  # of open axes, where a layer is tried


def run_by_call(cls: type[Layer]) -> None:
    """Make a class' passes those of its ``call``: forward by it, backward by the tape."""
    cls.takes_training = _takes(cls.call, "training")
    for name in ("forward", "backward_activation", "backward_parameters", "backward_input"):
        setattr(cls, name, globals()[name])
    cls.pre_activation = forward  # type: ignore[method-assign]
    cls.by_call = True
    cls.trainable_parameters = property(trainable_parameters)  # type: ignore[assignment]
    held = property(lambda self: bool(vars(self)["hold_noise"]), hold_noise, doc=hold_noise.__doc__)
    cls.hold_noise = held  # type: ignore[assignment]
    if "compute_output_shape" not in vars(cls):
        cls.compute_output_shape = compute_output_shape  # type: ignore[method-assign]


def _takes(method: Any, name: str) -> bool:
    takes = signature(method).parameters
    return name in takes or any(p.kind is Argument.VAR_KEYWORD for p in takes.values())


def trainable_parameters(self: Any) -> list[Any]:
    """Return the parameters that the optimizer changes: none of a sublayer that isn't trained."""
    inside = self.__dict__.get("_inside") or ()  # those that it was built with, whose parameters it has
    frozen = {id(p) for layer in inside for p in layer.parameters}
    frozen -= {id(p) for layer in inside for p in layer.trainable_parameters}
    return [p for p in self.parameters if self.trainable and p.trainable and id(p) not in frozen]


def hold_noise(self: Any, value: bool) -> None:
    """Have the layer, and its sublayers, use their last random numbers again, or not."""
    vars(self)["hold_noise"] = value
    for layer in sublayers(self) if "name" in vars(self) else ():
        layer.hold_noise = value


def _called(layer: Any, x: Any, training: bool) -> Any:
    """Return what the layer's ``call`` returns; what it draws by chance comes from the layer's stream."""
    inside = [
        getattr(use, "layer", use)
        for one in layer.__dict__.get("_inside") or ()
        for use in ([one] if isinstance(one, Layer) else one.plan)
    ]
    for one in inside:
        one.begin_losses()
    given = x if layer.spread and isinstance(x, list) else [x]
    named = dict(layer.named, training=training) if layer.takes_training else dict(layer.named)
    training_outside, stream_outside = here.training, here.stream
    here.training, here.stream = training, layer._stream
    try:
        y = layer.call(*given, **named)
    except (TypeError, ValueError) as error:
        if any(words in str(error) for words in _OF_SINGLE_NUMBERS):
            cure = (
                "np.tanh(x), not math.tanh(x), and ops.where(x > 0, a, b), not `if x > 0` or `x[x < 0] = a`"
            )
            raise TypeError(f"{type(layer).__name__}.call is given whole batches: {cure}. {error}") from error
        raise
    finally:
        here.training, here.stream = training_outside, stream_outside
    if y is None:
        raise TypeError(f"{type(layer).__name__}.call returned None: it must return what it computes.")
    if inside:  # what these add is the layer's
        penalties = [one._penalty for one in inside if one._penalty is not None]
        layer.add_loss([*(loss for one in inside for loss in one.added_losses), *penalties])
    return y


def _arrays(layer: Any, given: Any) -> list[Array]:
    """Return the arrays of a list; build the layer for them, if nobody has."""
    xs = [np.asarray(one) for one in given]
    if not layer.built:
        layer.build([(None, *x.shape[1:]) for x in xs])
    return xs


def forward(self: Any, x: Array, *, training: bool = False, out: Array | None = None) -> Any:
    """Return what ``call`` returns; in training, the tape keeps what the way back needs."""
    several = self.takes_several(x)
    xs = _arrays(self, x) if several else [self._checked(x)]
    self.begin_losses()
    if not training:
        y = _called(self, xs if several else xs[0], False)
    else:
        self._memory.pop("call", None)  # its arrays make room for the new ones
        with GradientTape() as tape:
            leaves = [Traced(one) if one.dtype.kind == "f" else one for one in xs]
            y = _called(self, leaves if several else leaves[0], True)
        self._memory.update(call=(leaves, y, tape), dx=(None, []))
    if self.several_outputs:  # for the `call` of another
        return type(y)(plain(one) for one in y)
    y = np.asarray(plain(y))
    y = y.astype(self.dtype, copy=False) if y.dtype.kind == "f" else y
    if y.shape[:1] != xs[0].shape[:1]:
        raise ValueError(
            f"{type(self).__name__}.call must return a row for each of {len(xs[0])} samples. It returned the "
            f"shape {y.shape}."
        )
    return y


def backward_activation(self: Any, dy: Array, *, out: Array | None = None) -> Array:
    """Return ``dy``: the activation function is part of ``call``."""
    return dy


def _gradients(self: Any, dz: Array, sources: list[Any]) -> list[Any]:
    """Return the gradients of the loss, with what ``add_loss`` added, by the sources."""
    output = self._memory["call"][1]
    targets = [y for y in (output, *self.added_losses) if isinstance(y, Traced)]
    given = [dz if y is output else np.ones_like(y.value) for y in targets]
    return backward(targets, sources, given)


def backward_parameters(self: Any, dz: Array) -> None:
    """Write the gradient of each parameter that ``call`` read, its own and the sublayers'."""
    trained = self.trainable_parameters
    xs, _, tape = self._memory["call"]
    leaves = [tape.leaf_of(p) for p in trained]
    # Where the last batch's input gradient was asked for, this one's will be: both in one go.
    xs = [x for x in xs if isinstance(x, Traced)] if "input" in self._memory else []
    found = _gradients(self, dz, [*leaves, *xs])
    self._memory["dx"] = dz if xs else None, found[len(leaves) :]
    for p, d in zip(trained, found, strict=False):
        p.grad[...] = 0 if d is None else d


def backward_input(self: Any, dz: Array, *, out: Array | None = None) -> Any:
    """Return ``dx``."""
    leaves, (of, done) = self._memory["call"][0], self._memory["dx"]
    self._memory["input"] = True
    found = iter(done if of is dz else _gradients(self, dz, [x for x in leaves if isinstance(x, Traced)]))
    dxs = [next(found) if isinstance(x, Traced) else None for x in leaves]
    dxs = [np.zeros(np.shape(x), self.dtype) if d is None else d for x, d in zip(leaves, dxs, strict=True)]
    return dxs if self.several_inputs else dxs[0]


def compute_output_shape(self: Any, input_shape: Any) -> Any:
    """Return the shape of what ``call`` returns: of a copy's, where the layer isn't built yet."""
    if self.built or self._building:
        return shape_by_trial(self, input_shape)
    trial = deepcopy(self)
    trial.join(np.random.default_rng(0), self.dtype or np.dtype(np.float32))
    trial.build(input_shape)
    return (None, *trial.output_shape)


def shape_by_trial(self: Any, input_shape: Any, rows: int = 2) -> Any:
    """Return the shape of what ``call`` returns, of samples of zeros; twice, to see where it is open."""
    _ = self._stream  # a layer that lives alone has a dtype from here on
    dtype = self.dtype if self.input_kind == "float" else np.int64
    shapes = [tuple(shape[1:]) for shape in (input_shape if self.several_inputs else [input_shape])]
    dtypes = getattr(self, "dtypes", [dtype] * len(shapes))
    found = []
    for length in _LENGTHS[: 1 + any(None in shape for shape in shapes)]:
        xs = [
            np.zeros((rows, *(length if n is None else n for n in shape)), dtype)
            for shape, dtype in zip(shapes, dtypes, strict=True)
        ]
        y = _called(self, xs if self.several_inputs else xs[0], False)
        self.several_outputs = isinstance(y, list | tuple)
        y = np.asarray(plain(y[0] if self.several_outputs else y))
        if not rows:  # an op on symbolic tensors
            made = "several arrays" if self.several_outputs else f"{y.dtype} of shape {y.shape}"
            if self.several_outputs or y.shape[:1] != (0,) or y.dtype.kind not in "biuf":
                raise ValueError(f"of 0 samples it makes {made}")
            self.output_dtype = None if y.dtype.kind == "f" else str(y.dtype)
        found.append(y.shape[1:])
    return (None, *(n if n == m else None for n, m in zip(found[0], found[-1], strict=True)))


def tracked(layer: Layer) -> Iterator[tuple[str, Any]]:
    """Yield the layers that are attributes of a layer, also in lists and dictionaries, and where they are."""
    known = getattr(layer, "before", ("_memory", "holder", "_made_with", "_inside"))
    for name, thing in vars(vars(layer).get("holder", layer)).items():
        if name not in known and hasattr(type(thing), "trainable_parameters"):  # models too
            yield name, thing
        elif name not in known and type(thing) in (list, tuple, dict):
            yield from _inside(thing, name, set())


def _inside(held: Any, place: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield the layers in a list, tuple or dictionary, and in those that it holds, under Keras' names."""
    if id(held) in seen:
        return
    seen.add(id(held))
    counts: dict[str, int] = {}
    for one in held.values() if isinstance(held, dict) else held:
        is_layer = hasattr(type(one), "trainable_parameters")
        if is_layer or type(one) in (list, tuple, dict):
            kind = getattr(one, "_kind", snake_case(type(one).__name__)) if is_layer else "container"
            number = counts[kind] = counts.get(kind, -1) + 1
            there = f"{place}/{kind}_{number}" if number else f"{place}/{kind}"
            yield from [(there, one)] if is_layer else _inside(one, there, seen)


def sublayers(layer: Layer) -> Iterator[Any]:
    """Yield the layers that are attributes of a layer, in their order."""
    return (one for _, one in tracked(layer))


def join_sublayers(layer: Layer) -> None:
    """Have the layers in a layer draw from its stream, in its dtype."""
    waiting = list(sublayers(layer))
    for one in waiting:
        if isinstance(one, Layer):
            one.join(layer._stream, np.dtype(layer.dtype))
        else:
            waiting += one._layers


def call_on_tape(layer: Layer, x: Any, training: bool) -> Any:
    """Return what a layer makes of an array that may be traced, as part of what the tape records."""
    x = [read(one) for one in x] if isinstance(x, list | tuple) else read(x)
    if not layer.built:
        if layer.takes_several(x):
            _arrays(layer, [plain(one) for one in x])
        else:
            layer._checked(np.asarray(plain(x)))
    if layer.by_call:
        layer.begin_losses()
    way = _called if layer.by_call else _by_ops if len(here.tapes) > 1 else _entry
    return layer._penalized(way(layer, x, training))


def call_with(layer: Any, given: list[Any], training: bool | None, named: dict[str, Any]) -> Any:
    """Return what a layer makes of several arguments, as its ``call`` takes them."""
    if not layer.by_call or (named and symbols_in(given)):
        alone = "no arguments by name where it is called on symbolic tensors"
        raise TypeError(
            f"Layer {layer.name!r} takes {alone if layer.by_call else 'one argument'}, and `training`. "
            f"Received: {len(given)} and {list(named)}."
        )
    layer.named, layer.spread = named, layer.spread or len(given) > 1
    try:
        return layer(given if len(given) > 1 else given[0], training=training)
    finally:
        del layer.named


def plan_on_tape(plan: Any, arrays: list[Any], training: bool | None) -> list[Any]:
    """Return what a model's layers make of arrays that may be traced: a chain's, or a graph's."""
    if isinstance(plan, list):
        x = arrays[0]
        for layer in plan:
            x = call_on_tape(layer, x, bool(training))
        return [x]
    values = list(arrays)
    for use in plan:
        said = use.training if training is None else training
        values.append(call_on_tape(use.layer, use.reads(values), bool(said)))
    return [values[i] for i in plan.outputs]


def _by_ops(layer: Layer, x: Any, training: bool) -> Any:
    """Return what a layer makes of ``x`` by ops, which derive it twice, as a penalty on gradients asks."""
    if type(layer) is Dropout and training:
        with unrecorded():  # the mask, of 0 and 1 / (1 - rate)
            return x * layer.forward(np.ones_like(plain(x)), training=True)
    if type(layer) is Flatten:
        return OPS["reshape"](x, (len(plain(x)), *(layer.output_shape or ())))
    if type(layer) is Dense:
        z = OPS["matmul"](x, read(layer.kernel))
        return layer.activation(z + read(layer.bias) if layer.use_bias else z)
    return layer.activation(x) if isinstance(layer, ActivationLayer) else _entry(layer, x, training)


def _entry(layer: Layer, x: Any, training: bool) -> Any:
    """Return what a hand-derived layer makes of ``x``, as one entry with the layer's own way back."""
    if not training and isinstance(layer, NoiseLayer):
        return x
    trained = layer.trainable_parameters
    if not training and isinstance(layer, BatchNormalization):  # frozen, it uses its moving averages
        layer = copy(layer)
        layer.trainable = False
    before, layer._memory = layer._memory, Memory(layer)
    with unrecorded():
        y = np.array(layer.forward(plain(x), training=True))
    memory, layer._memory = layer._memory, before

    def derivative(g: Any) -> list[Any]:
        now, layer._memory = layer._memory, memory
        dz = layer.backward_activation(np.asarray(g, y.dtype))
        kept = [p.grad.copy() for p in trained]
        layer.backward_parameters(dz)
        own = [p.grad.copy() for p in trained]
        for p, old in zip(trained, kept, strict=True):
            p.grad[...] = old
        dx = layer.backward_input(dz) if layer.differentiable else None
        layer._memory = now
        ends = dx if isinstance(dx, list) else [dx]
        return [*(np.zeros_like(n) if d is None else d for n, d in zip(inputs, ends, strict=True)), *own]

    xs = x if isinstance(x, list) else [x]
    inputs = [plain(one) for one in xs]
    return by_hand(layer.name, y, [*xs, *map(read, trained)], derivative)


class Lambda(Layer):
    """A function as a layer: ``y = function(x)``, made of ops, NumPy's functions and operators.

    Raises ``TypeError`` if ``function`` is no function.

    Parameters
    ----------
    function : callable
        Takes a batch; ``training`` too, if it names it.
    output_shape : tuple of int, optional
        The shape of one sample of what it returns; left out, it is found by a try.
    mask : None
        Keras' argument for masks, which there are none of here.
    arguments : dict, optional
        What else the function is given, by name.

    Notes
    -----
    A file doesn't hold functions: a model with such a layer is loaded by handing the function over, under its
    name or the layer's: ``load_model(path, custom_objects={"double": double})``.

    >>> Lambda(lambda x: x**2)(np.array([[1.0, 3.0]], dtype=np.float32))
    array([[1., 9.]], dtype=float32)
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: None = None,
        arguments: dict[str, Any] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        if not callable(function) or mask is not None:
            raise TypeError(f"A Lambda takes a function, and no mask. Received: {function!r}, mask={mask!r}")
        super().__init__(**options)
        self.function, self.arguments = function, dict(arguments or {})
        self._shape = output_shape

    def call(self, inputs: Any, training: bool = False) -> Any:
        given = {"training": training} if _takes(self.function, "training") else {}
        return self.function(inputs, **given, **self.arguments)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return compute_output_shape(self, input_shape) if self._shape is None else (None, *self._shape)


class Operation(Layer):
    """An op on symbolic tensors, ``a + b``, ``x[:, 0]``, ``ops.relu(x)``, as a layer of a graph.

    ``op`` is its name; of its ``arguments``, by their names, the symbolic tensors, also in lists, are what
    goes in. Raises ``ValueError`` if it can't be computed of them, or mixes the samples of a batch.
    """

    def __init__(
        self, op: str, arguments: dict[str, Any], name: str | None = None, **options: Any
    ) -> None:  # fmt: skip
        super().__init__(name=counted_name(op) if name is None else name, **options)
        self.op = op
        self.arguments = replaced(arguments, lambda tensor: KerasTensor((), tensor.dtype, "slot"))
        self.dtypes = [tensor.dtype for tensor in tensors_in(arguments)]
        self.several_inputs = len(self.dtypes) > 1  # type: ignore[misc]
        if not all(dtype.startswith("float") for dtype in self.dtypes):
            self.input_kind = "any"  # type: ignore[misc]

    @property
    def kind(self) -> str:
        """What Keras calls the class of such operations: ``GetItem`` of ``get_item``."""
        return "".join(map(str.capitalize, self.op.split("_")))

    def call(self, inputs: Any) -> Any:
        arrays = iter(inputs if self.several_inputs else [inputs])
        given = replaced(self.arguments, lambda _: next(arrays))
        bound = BoundArguments(signature(OPS[self.op]), OrderedDict(given))
        return OPS[self.op](*bound.args, **bound.kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        try:  # of no samples, which takes no memory, whatever the shape
            return shape_by_trial(self, input_shape, 0)
        except Exception as error:
            raise ValueError(
                f"ops.{self.op} can't be computed, sample by sample, of shape {input_shape}: {error}"
            ) from error

    _build_sublayers = compute_output_shape


def replaced(given: Any, change: Any) -> Any:
    """Return an op's arguments in which ``change`` has replaced each symbolic tensor."""
    return mapped(given, lambda one: change(one) if isinstance(one, KerasTensor) else one)


def tensors_in(given: Any) -> list[KerasTensor]:
    """Return the symbolic tensors among an op's arguments."""
    return [one for one in leaves(given) if isinstance(one, KerasTensor)]


def operate(op: str, given: Any, named: dict[str, Any]) -> Any:
    """Return the symbolic tensor of what an op would make."""
    bound = signature(op_for(op)).bind(*given, **named)
    bound.apply_defaults()
    bound.arguments.pop("options", None)  # of einsum, which only say how it is computed
    layer, tensors = Operation(op, bound.arguments), tensors_in(bound.arguments)
    return layer(tensors if layer.several_inputs else tensors[0])
