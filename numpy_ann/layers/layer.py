"""What every layer is: a function, its derivative, and the parameters between them."""

import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import cached_property, wraps
from typing import Any, ClassVar, Self
from weakref import ref

import numpy as np

from numpy_ann import activations, constraints, initializers, regularizers
from numpy_ann._typing import Array, BatchShape, Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.constraints import ConstraintLike
from numpy_ann.errors import escaped
from numpy_ann.initializers import InitializerLike
from numpy_ann.keras_tensor import KerasTensor, Node, symbols_in
from numpy_ann.lookup import counted_name, snake_case
from numpy_ann.parameter import Parameter, assign_all
from numpy_ann.part import Part, accepted, arguments, ours, required, seen_as_ours
from numpy_ann.random_streams import drawing_from, new_seed
from numpy_ann.recording import here
from numpy_ann.regularizers import RegularizerLike

# isort: off
from numpy_ann.validation import (
    checked_batch_shape, checked_bool, checked_list_of_shapes, checked_name, checked_shape, closed,
    is_integer,
)  # fmt: skip

_EVERYONES = ("name", "trainable", "dtype", "input_shape", "activity_regularizer", "weights")


class Memory(dict[str, Any]):
    """What a layer's last forward pass in training keeps for the way back; asking before is an error."""

    __slots__ = ("_layer",)

    def __init__(self, layer: "Layer") -> None:
        super().__init__()
        self._layer = ref(layer)  # layers own their memory, and are freed as soon as nobody holds them

    def __missing__(self, name: str) -> Any:
        raise self.error()

    def error(self) -> ValueError:
        """Return the error of a way back without a way there."""
        return ValueError(
            f"Layer {getattr(self._layer(), 'name', '')!r} has no forward pass to go back through: "
            "call forward(x, training=True) before backward(dy)."
        )


class Layer(Part):
    """A step of a network: ``y = f(x W + b)``, ``y = mask x``, ``y = x`` in another shape.

    A layer may end in an activation function, and its passes are split there, as textbooks split them::

        z  = layer.pre_activation(x)          y  = layer.activation(z)
        dz = layer.backward_activation(dy)    layer.backward_parameters(dz)    dx = layer.backward_input(dz)

    ``forward`` is the first line, ``backward`` the second. Training skips the input gradient of the first
    layer, which nobody needs, and treats the last activation together with the loss.

    Arrays are batch first. ``out=`` means what it means in NumPy: left out, the layer allocates; given, it
    may write there, and only the return value counts. Arguments are never modified, unless given as ``out``.
    ``forward(x)`` leaves no trace on the layer, so one layer can predict from many threads at once;
    ``forward(x, training=True)`` keeps references to what ``backward`` needs in ``self._memory``, a
    dictionary: copies of a layer have an empty one, and who asks it before there was a pass is told so.

    A new layer is a class with ``forward`` (or ``pre_activation`` and an ``activation``), ``backward_input``,
    where it has parameters ``build`` and ``backward_parameters``, and ``get_config``. ``build`` and
    ``compute_output_shape`` are those of Keras: of shapes with the batch axis, ``(None, 784)``. A class
    says what goes in and comes out, if it isn't this. **Input shape** any. **Output shape** the same.

    What isn't as a class' parameters say is a ``ValueError`` when a layer is made; a shape that it can't
    take, when it is built; numbers or words that it doesn't know, when it is called.

    A class says ``several_inputs = True`` if it takes a list of arrays, of which it is built for a list of
    shapes and returns a list of gradients; ``differentiable = False`` if its inputs take no gradient; and in
    ``input_kind`` whether they are cast to its dtype (``"float"``), whole numbers (``"integer"``) or
    anything, text too (``"any"``). Raises ``ValueError`` if the name is one that files can't hold (empty,
    ``.``, ``..``, with a ``/`` or a NUL), the shape holds no positive integers, or the dtype is another one.

    Parameters
    ----------
    name : str, optional
        Left out, it is the class name in snake case, numbered over the session.
    trainable : bool
        False: training leaves the parameters alone.
    dtype : str, optional
        ``"float32"`` or ``"float64"``; must agree with the model's. Left out, it is the model's, and float32
        for a layer used alone.
    input_shape : tuple of int, optional
        The shape of one sample, for a first layer without an ``Input`` before it; warned of, as by Keras 3.
    activity_regularizer : str or Regularizer, optional
        A penalty on the layer's outputs; divided by the size of the batch, it counts in the loss.

    Attributes
    ----------
    built : bool
        Whether the parameters exist.
    input_shape, output_shape : tuple of int
        Shapes of one sample, without the batch axis; known once built.
    activation : ActivationFunction
        What the layer ends in; ``linear`` where it ends in none.
    hold_noise : bool
        Set it to make a layer that draws random numbers in training use its last ones again.
    """

    _not_called: ClassVar[dict[str, str]] = {
        "__call__": "`call`", "compute_output_spec": "`compute_output_shape`",
        "backward": "`backward_input`, and `backward_parameters` where it has some",
        "get_build_config": "`get_config`", "build_from_config": "`from_config`",
        "load_own_variables": "`set_weights` after loading",
        "save_own_variables": "`get_weights` before saving",
        **dict.fromkeys(("trainable_variables", "trainable_weights"), "`trainable_parameters`"),
        **dict.fromkeys(("non_trainable_variables", "non_trainable_weights"), "`trainable_parameters`"),
        **dict.fromkeys(("variables", "weights"), "`parameters`"),
    }  # fmt: skip
    _together: ClassVar[dict[str, str]] = {"forward": "pre_activation"}
    _needed = "in_model"
    several_inputs: ClassVar[bool] = False
    differentiable: ClassVar[bool] = True
    input_kind: ClassVar[str] = "float"
    seed: int | None = None
    by_call: ClassVar[bool] = False  # whether `call` is what runs, on the tape
    takes_training: ClassVar[bool] = True
    output_dtype: str | None = None  # where it is another one than what the layer computes in
    unwritten: ClassVar[tuple[str, ...]] = ()  # options that a configuration hasn't
    spread = several_outputs = False  # whether `call` takes several arguments, and returns several arrays
    named: Any = ()  # what `call` is given by name
    added_losses: Sequence[Any] = ()  # by `add_loss`, in the last pass
    _building = False
    _penalty: Array | None = None  # of the outputs of the last call
    _parameters_before_build = 0
    _memory = cached_property(Memory)  # there once a pass keeps something

    def __init_subclass__(cls, **options: Any) -> None:
        """See to it that each ``build`` does what all have in common, whether it calls the base's or not."""
        super().__init_subclass__(**options)
        if "build" in vars(cls):
            cls.build = _with_the_common_part(cls.build)  # type: ignore[method-assign, assignment]
        if cls.call is not Layer.call and ("call" in vars(cls) or not cls.by_call):  # a mixin's, too
            from numpy_ann.layers.traced import run_by_call

            run_by_call(cls)

    def __init__(
        self, *, name: str | None = None, trainable: bool = True, dtype: str | None = None,
        input_shape: Sequence[int] | None = None, activity_regularizer: RegularizerLike = None,
    ) -> None:  # fmt: skip
        if dtype is not None and np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f'A layer computes in "float32" or "float64". Received: dtype={dtype!r}')
        self.named_by_user = name is not None
        self.in_model = False  # set by the first model that the layer is put into; it keeps its name then
        kind = snake_case(type(self).__name__)
        self.name = self.path = counted_name(kind) if name is None else checked_name("layer", name)
        self.trainable = checked_bool("trainable", trainable)
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.built = False
        self.input_shape: Shape | None = None
        if input_shape is not None:
            self.input_shape = checked_shape(type(self).__name__, "input_shape", input_shape)
            frame, level = sys._getframe(), 1  # where the layer is made, out of all constructors
            while frame.f_globals.get("__name__", "").startswith("numpy_ann.") and frame.f_back:
                frame, level = frame.f_back, level + 1
            warnings.warn(
                "A layer's `input_shape` and `input_dim` are Keras 2's names. In Keras 3 a model begins with "
                f"an Input, which says it: Sequential([Input(shape={self.input_shape}), ...]).",
                stacklevel=level,
            )
        self.output_shape: Shape | None = None
        self.parameters: list[Parameter] = []
        self.activation: ActivationFunction = activations.linear
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.hold_noise = False
        self.nodes: list[Node] = []
        self.home: Any = None  # asks for the Sequential that the layer is in, if it is in one

    def join(self, stream: np.random.Generator, dtype: np.dtype[np.floating]) -> None:
        """Live in a model: draw from its ``stream``, which a layer's own seed, if it has one, begins."""
        if self.seed is not None and stream is not vars(self).get("_stream"):
            stream.bit_generator.state = np.random.default_rng(self.seed).bit_generator.state
        self._stream, self.dtype = stream, dtype
        if self.built and self.by_call:
            from numpy_ann.layers.traced import join_sublayers

            join_sublayers(self)

    @cached_property
    def _stream(self) -> np.random.Generator:
        """What ``join`` was given; a layer that lives alone begins a stream of its own, and has a dtype."""
        stream = np.random.default_rng(new_seed())
        self.join(stream, self.dtype or np.dtype(np.float32))
        return stream

    def build(self, input_shape: BatchShape) -> None:
        """Make the parameters, by ``add_weight``, for batches of ``input_shape``: ``(None, 784)``.

        Raises ``ValueError`` if an axis is open that weights are bound to, or it can't take such samples.
        """

    def _build_sublayers(self, input_shape: Any) -> BatchShape:
        """Build the layers that are attributes, by a try of ``call``, and return the shape that it gives."""
        from numpy_ann.layers.traced import join_sublayers, shape_by_trial, sublayers

        join_sublayers(self)
        output_shape: BatchShape = shape_by_trial(self, input_shape)
        join_sublayers(self)  # those of models too, which are built by now
        self._inside = tuple(sublayers(self))
        own = sorted(self.parameters, key=lambda p: not p.trainable)  # as Keras lists them
        self.parameters = own + [p for layer in self._inside for p in layer.parameters]
        return output_shape

    def add_weight(
        self, shape: int | Sequence[int | None] | None = None, initializer: InitializerLike | None = None,
        dtype: Any = None, trainable: bool = True, autocast: bool = True,
        regularizer: RegularizerLike = None, constraint: ConstraintLike = None,
        aggregation: str | None = "none", overwrite_with_gradient: bool = False, name: str | None = None,
    ) -> Parameter:  # fmt: skip
        """Return a new parameter, which is one of the layer's from now on.

        Raises ``ValueError`` if the initializer gives another shape, a trainable parameter is one of
        integers, or an argument isn't supported.

        Parameters
        ----------
        shape : tuple of int or int, optional
            Left out, a single number.
        initializer : str, Initializer or callable
            Where it starts. What it draws comes from the layer's random stream, unless it has a seed of its
            own. Left out, ``"glorot_uniform"``, and ``"zeros"`` for integers.
        dtype : str, optional
            The layer's, or one of integers, for a count: in memory it is a float as the others.
        trainable : bool
            False for state that training changes by other means than its gradient.
        regularizer, constraint : str or object, optional
            A penalty in the loss; what the numbers are brought back to after a training step.
        autocast, aggregation, overwrite_with_gradient
            Keras' arguments: all is of one dtype here, and of the others only the defaults are supported.
        name : str, optional
            What files call it; left out, ``"variable"``.
        """
        if aggregation not in (None, "none") or overwrite_with_gradient:
            raise ValueError(
                "add_weight() supports the defaults of `aggregation` and `overwrite_with_gradient` alone: "
                "gradients are added up, and change weights through the optimizer. Received: "
                f"aggregation={aggregation!r}, overwrite_with_gradient={overwrite_with_gradient!r}"
            )
        if isinstance(shape, str):  # Keras 2 had the name first
            raise ValueError(
                f"add_weight() takes the name by its name: add_weight(shape=..., name={shape!r})."
            )
        stream, own = self._stream, np.dtype(self.dtype)
        kind = own if dtype is None else np.dtype(dtype)
        integer = kind.kind in "iub"
        if trainable if integer else kind != own:
            raise ValueError(
                f"A weight of layer {self.name!r} has the layer's dtype, {own}, or is one of integers that "
                f"isn't trained: trainable=False. Received: dtype={dtype!r}, trainable={trainable}"
            )
        given: Any = () if shape is None else (shape,) if is_integer(shape) else shape
        size = tuple(n if n is None else int(n) for n in given)
        if None in size:
            raise ValueError(
                f"Layer {self.name!r} makes a weight of shape {size}, and so needs inputs whose axes of that "
                "length are known, where None is any: Input(shape=(None, 8)) says the last one."
            )
        fill = initializers.get(initializer or ("zeros" if integer else "glorot_uniform"))
        if here.claimed:
            value = here.claimed(size, own)
        else:
            with drawing_from(stream):
                value = np.asarray(fill(size, dtype=own.name))
        if value.shape != size:
            raise ValueError(
                f"The initializer of a weight of layer {self.name!r} was asked for the shape {size}, "
                f"but gave {value.shape}."
            )
        if name is None:
            others = sum(p.name.startswith("variable") for p in self.parameters)
            name = f"variable_{others}" if others else "variable"
        # A function of the user's may give the same array again.
        copied = None if isinstance(fill, initializers.Initializer) or here.claimed else True
        parameter = Parameter(
            name, np.array(value, dtype=own, copy=copied), trainable=checked_bool("trainable", trainable),
            regularizer=regularizers.get(regularizer), constraint=constraints.get(constraint),
            integer=integer,
        )  # fmt: skip
        parameter.path = "/".join((*(here.scope if self._building else (self.name,)), name))
        self.parameters.append(parameter)
        return parameter

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        """Return the shape of a batch of outputs for one of inputs: the same, unless overridden."""
        return tuple(input_shape)

    def _needs(self, fits: bool, does: str, input_shape: Any) -> None:
        """Say what the layer does, if it can't do that to inputs of such a shape."""
        if not fits:
            shape = input_shape if self.several_inputs else tuple(input_shape)
            raise ValueError(f"Layer {self.name!r} {does}. Received: input_shape={shape}")

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``z``, what the activation function is applied to."""
        return self.forward(x, training=training, out=out)

    @required
    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``y`` of shape ``(batch, *output_shape)`` for ``x`` of shape ``(batch, *input_shape)``."""
        raise NotImplementedError

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Return ``y``, of arrays or on the tape; a class of one's own may define it, and need no more.

        ``call(inputs, training=False)`` is made of ``numpy_ann.ops``, NumPy's functions, operators, layers
        that are attributes, and ``super().call(inputs)``, what the class above computes; the tape derives it.
        """
        formula, (training, *more) = seen_as_ours(self), (*args, kwargs.pop("training", False))
        if (args and more != [False]) or any(value is not None for value in kwargs.values()):
            raise TypeError(f"{type(formula).__name__}.call takes inputs and training; received more.")
        if here.tapes:
            from numpy_ann.layers.traced import call_on_tape

            return call_on_tape(formula, inputs, bool(training))
        return formula.forward(inputs, training=bool(training))

    def add_loss(self, loss: Any) -> None:
        """Add a number to the loss of the pass; from ``call``, of ops, it is derived too."""
        self.added_losses = [*self.added_losses, *(loss if isinstance(loss, list | tuple) else [loss])]

    def begin_losses(self) -> None:
        """Forget what ``add_loss`` added in the last pass, and the outputs' penalty."""
        self.added_losses, self._penalty = (), None

    @property
    def output_activation(self) -> ActivationFunction:
        """What is left to apply to ``pre_activation``: where ``call`` is what runs, nothing."""
        return activations.linear if self.by_call else self.activation

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``, the gradient before the activation function; ``dy`` itself where there is none."""
        return dy

    def backward_parameters(self, dz: Array) -> None:
        """Write the gradient of the loss with respect to each parameter to its ``grad``."""

    @required
    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dx``, the gradient with respect to the input."""
        raise NotImplementedError

    def backward(self, dy: Array) -> Any:
        """Write the parameters' gradients and return the input's: of several a list, None where it has none.

        Raises ``ValueError`` if there was no ``forward(x, training=True)``, which keeps what the derivative
        reads, or ``dy`` doesn't have the shape of its output.
        """
        dy = np.asarray(dy, dtype=self.dtype)
        if not self.built:
            raise self._memory.error()
        if dy.shape[1:] != closed(self.output_shape or (), dy.shape[1:]):
            raise ValueError(
                f"Layer {self.name!r} expects gradients of shape {batch_of(self.output_shape)}, that of its "
                f"output, but received {dy.shape}."
            )
        dz = self.backward_activation(dy)
        self.backward_parameters(dz)
        return self.backward_input(dz) if self.differentiable else None

    def __call__(self, x: Any, *more: Any, training: bool | None = None, **named: Any) -> Any:
        """Return ``forward(x)``, or a symbolic tensor; what follows ``x`` is for a ``call`` of one's own."""
        if more or named:
            from numpy_ann.layers.traced import call_with

            return call_with(self, [x, *more], training, named)
        if isinstance(x, Layer):
            raise TypeError(
                f"Layer {self.name!r} was called on {x!r}, but layers are called on arrays, or on symbolic "
                "tensors, as Input(...) and other layers' calls give them."
            )
        if tensors := symbols_in(x):
            return self._use(x, tensors, training)
        training = here.training if training is None else bool(training)
        if here.tapes:
            from numpy_ann.layers.traced import call_on_tape

            return call_on_tape(self, x, training)
        return self._penalized(self.forward(x, training=training))

    def _use(self, given: Any, tensors: list[KerasTensor], training: bool | None) -> KerasTensor:
        """Note a use of the layer on symbolic tensors; build it for them, if it isn't built yet."""
        several = self.takes_several(given)
        if isinstance(given, KerasTensor) == several or not (several or len(tensors) == 1):
            raise ValueError(
                f"Layer {self.name!r} takes {'a list of tensors' if several else '1 tensor'}, but received "
                f"{len(tensors)}: {', '.join(repr(tensor.name) for tensor in tensors)}."
            )
        samples = tuple(tensor.shape[1:] for tensor in tensors)
        sample: Any = samples if several else samples[0]
        shape: Any = [(None, *one) for one in samples] if several else (None, *samples[0])
        if self.by_call and not self.built:
            self.build(shape)
        if self.several_outputs:
            raise ValueError(
                f"Layer {self.name!r} returns several arrays: call it inside the `call` of another layer or "
                "model, or make it a model."
            )
        if not self.built:
            self.build(shape)
        runs = self.running_on(shape, tensors[0].name)
        output = runs.output_shape or ()
        if sample != runs.input_shape:
            output = tuple(self.compute_output_shape(shape)[1:])
        self.in_model = runs.in_model = True
        made = (next((t.shape[0] for t in tensors if t.shape[0]), None), *output)
        return Node(self, tensors, [(made, runs.output_dtype or str(self.dtype))], training, runs).outputs[0]

    def running_on(self, input_shape: Any, whose: str) -> "Layer":
        """Return the layer, or for a shape that it isn't built for, a copy with the same parameters.

        Raises ``ValueError`` if weights are bound to the shape that it is built for.
        """
        several = self.several_inputs
        sample: Any = tuple(s[1:] for s in input_shape) if several else tuple(input_shape[1:])
        fits = self.parameters and not several and closed(self.input_shape or (), sample) == sample
        if fits or sample == self.input_shape:
            return self
        runs, claimed = copy(self), here.claimed
        if self.parameters:
            here.claimed = lambda shape, dtype: np.broadcast_to(np.zeros((), dtype), shape)
        try:
            if not self.parameters or (ours(type(self).build) and not self.by_call):
                runs.build(input_shape)
        finally:
            here.claimed = claimed
        shapes = [[p.value.shape for p in layer.parameters] for layer in (self, runs)]
        if shapes[0] != shapes[1] or (self.parameters and runs.parameters is self.parameters):
            raise ValueError(
                f"Layer {self.name!r} has weights for inputs of shape {batch_of(self.input_shape)}, but was "
                f"called on {whose!r}, of shape {batch_of(sample)}. Make a new layer for it."
            )
        bound = {name: vars(self)[name] for name, p in vars(runs).items() if isinstance(p, Parameter)}
        vars(runs).update(bound, parameters=self.parameters)
        return runs

    def takes_several(self, given: Any) -> bool:
        """Return whether the layer takes a list; one by call does if the first thing given to it is one."""
        if self.by_call and not self.built and isinstance(given, list | tuple):
            self.several_inputs = True  # type: ignore[misc]
        return self.several_inputs

    def _penalized(self, y: Array) -> Array:
        """Return outputs, whose penalty ``losses`` then has."""
        if self.activity_regularizer is not None:
            penalty: Any = self.activity_regularizer(y) / len(y)
            self._penalty = penalty if here.tapes else np.asarray(penalty)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer anew, under Keras' names."""
        dtype = "float32" if self.dtype is None else str(self.dtype)
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": dtype}
        if self.activity_regularizer is not None:  # Keras 3 writes it only then
            config["activity_regularizer"] = self.activity_regularizer
        own = {name: value for name, value in arguments(self).items() if name not in _EVERYONES}
        if isinstance(own.get("activation"), ActivationFunction):
            own["activation"] = activations.serialize(own["activation"])
        config = accepted(type(self), config | own)
        return {name: value for name, value in config.items() if name not in self.unwritten}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the layer that ``get_config`` described."""
        return cls(**config)

    @property
    def trainable_parameters(self) -> list[Parameter]:
        """The parameters that the optimizer changes."""
        return [p for p in self.parameters if self.trainable and p.trainable]

    weights = property(lambda self: list(self.parameters), doc="Keras' name for ``parameters``.")
    trainable_weights = property(lambda self: self.trainable_parameters, doc="``trainable_parameters``.")

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        """Those of the parameters that the optimizer leaves alone."""
        return [p for p in self.parameters if not (self.trainable and p.trainable)]

    @property
    def input(self) -> Any:
        """What goes in: the symbolic tensor, or the list of them, that the layer was first called on."""
        return self._tensor("input", self.input_shape)

    @property
    def output(self) -> Any:
        """What came out of the layer's first call."""
        return self._tensor("output", self.output_shape)

    def _tensor(self, which: str, shape: Shape | None) -> Any:
        if not self.built or shape is None:
            raise AttributeError(f"Layer {self.name!r} isn't built and thus has no defined {which}.")
        chain = None if self.nodes or self.home is None else self.home()
        if chain is not None and chain.built:
            chain.tensors()  # notes the uses
        if not self.nodes:
            return KerasTensor((None, *shape), str(self.dtype), self.name)
        tensors = self.nodes[0].inputs if which == "input" else self.nodes[0].outputs
        return tensors[0] if len(tensors) == 1 else list(tensors)

    @property
    def losses(self) -> list[Array]:
        """The penalty of the outputs of the last call, and those of the trained weights' regularizers."""
        weights = penalties(self.trainable_parameters)
        return weights if self._penalty is None else [self._penalty, *weights]

    variables, trainable_variables = weights, trainable_weights
    non_trainable_variables = non_trainable_weights

    def count_params(self) -> int:
        """Return how many numbers the parameters hold; ``ValueError`` if the layer isn't built yet."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer {self.name!r}, but the layer isn't built. "
                "Give it an input shape, or call it on some data first."
            )
        return sum(p.size for p in self.parameters)

    def get_weights(self) -> list[Array]:
        """Return copies of the parameters' values, the kernel before the bias."""
        return [p.value.copy() for p in self.parameters]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Copy ``weights``, in the order of ``get_weights``, into the parameters.

        Raises ``ValueError`` if their number or a shape differs; then nothing has changed.
        """
        hint = "" if self.built else " The layer isn't built yet: call it on some data first."
        assign_all(f"Layer {self.name!r}", self.parameters, weights, hint)

    def _checked(self, x: Array) -> Array:
        """Return ``x`` in the layer's dtype if it fits; build the layer first if nobody has (at a prompt)."""
        if not self.built:
            x = np.asarray(x)
            if (self.input_shape or (None,))[-1:] in ((None,), x.shape[-1:]):  # Keras', too, is but a hint
                self.build((None, *x.shape[1:]))
        elif not (self.in_model or self.parameters) and np.shape(x)[1:] != self.input_shape:
            self.build((None, *np.shape(x)[1:]))  # at a prompt, too: no weight is bound to the shape
        x = np.asarray(x, dtype=self.dtype if self.input_kind == "float" else None)
        if x.shape[1:] != self.input_shape and x.shape[1:] != closed(self.input_shape or (), x.shape[1:]):
            raise ValueError(
                f"Layer {self.name!r} expects inputs of shape {batch_of(self.input_shape)}, "
                f"but received {x.shape}."
            )
        return x

    def forget(self) -> None:
        """Let go of what training's last forward pass kept for ``backward``."""
        self._memory.clear()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the last batch left, and the models that the layer is in, which its copy isn't."""
        kept = {name: value for name, value in vars(self).items() if name != "_memory"}
        return {**kept, "in_model": False, "nodes": [], "home": None}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={escaped(self.name)}, built={self.built}>"


def _with_the_common_part(build: Callable[[Layer, BatchShape], None]) -> Callable[[Layer, BatchShape], None]:
    """Return a class's ``build`` with what all do before and after it, whether it calls its base's or not."""

    @wraps(build)
    def building(self: Layer, input_shape: BatchShape | None = None) -> None:
        if input_shape is None and build.__defaults__:  # no weight is bound to the shape
            input_shape = (None, 1)
        if self._building:  # called by the one of a subclass
            build(self, input_shape)  # type: ignore[arg-type]
            return
        sample: Any
        whose = f"Layer {self.name!r}"
        if self.several_inputs:
            sample = tuple(checked_batch_shape(whose, s) for s in checked_list_of_shapes(whose, input_shape))
            whole: Any = [(None, *shape) for shape in sample]
        else:
            sample = checked_batch_shape(whose, input_shape)
            whole = (None, *sample)
        output_shape = () if self.by_call else self.compute_output_shape(whole)
        _ = self._stream  # if the layer lives alone, it begins here
        before = self.parameters
        if not self.built:
            self._parameters_before_build = len(before)  # made where the layer was
        self.parameters = before[: self._parameters_before_build]
        self._building, outer = True, here.scope
        here.scope = (*outer, self.name)
        self.path = "/".join(here.scope)
        try:
            build(self, whole)
            if self.by_call:
                self.input_shape, self.built = sample, True  # as far as `super().call` can know
                output_shape = self._build_sublayers(whole)
        except BaseException:
            self.parameters, self.built = before, False
            raise
        finally:
            here.scope = outer
            del self._building
        self.input_shape = sample
        self.output_shape = tuple(n if n is None else int(n) for n in output_shape[1:])
        self.built = True
        if not self.by_call and self.activation == activations.softmax and self.output_shape[-1:] == (1,):
            warnings.warn(
                f"You are using a softmax over axis -1 of outputs of shape {(None, *self.output_shape)}. "
                "This axis has size 1. The softmax operation will always return the value 1, which is likely "
                "not what you intended. Did you mean to use a sigmoid instead?",
                stacklevel=3,
            )

    return building


Layer.build = _with_the_common_part(Layer.build)  # type: ignore[method-assign, assignment]


def _operate(name: str, given: Any, named: dict[str, Any]) -> Any:
    from numpy_ann.layers.traced import operate

    return operate(name, given, named)


KerasTensor.operate = _operate  # type: ignore[method-assign]


def penalties(parameters: Iterable[Parameter]) -> list[Any]:
    """Return what the parameters' regularizers add to the loss; where a tape records, on the tape."""
    from numpy_ann.ops.tape import read

    return [
        p.regularizer(read(p)) if here.tapes else np.asarray(p.regularizer(p.value))
        for p in parameters
        if p.regularizer is not None
    ]


def batch_of(shape: Shape | None) -> str:
    """Return how a batch of samples of that shape is written: ``(batch, 28, 28)``."""
    return "(" + ", ".join(map(str, ("batch", *(shape or ())))) + ")"
