"""What every layer is: a function, its derivative, and the parameters between them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from numpy_ann import activations, regularizers
from numpy_ann._typing import Array, Shape
from numpy_ann.activations import ActivationFunction
from numpy_ann.lookup import snake_case
from numpy_ann.parameter import Parameter
from numpy_ann.random_streams import new_seed
from numpy_ann.regularizers import Regularizer
from numpy_ann.validation import checked_name, checked_shape

__all__ = ["Layer"]

T = TypeVar("T")


class Layer(ABC):
    """A step of a network: ``y = f(x W + b)``, ``y = mask x``, ``y = x`` in another shape.

    A layer may end in an activation function, and its passes are split there, as textbooks split them::

        z  = layer.pre_activation(x)          y  = layer.activation(z)
        dz = layer.backward_activation(dy)    layer.backward_parameters(dz)    dx = layer.backward_input(dz)

    ``forward`` is the first line, ``backward`` the second. Training takes the parts one by one: it skips the
    input gradient of the first layer, which nobody needs, and treats the last activation together with the
    loss.

    Arrays are batch first. ``out=`` means what it means in NumPy: left out, the layer allocates; given, it
    may write there, and only the return value counts. Arguments are never modified, unless given as ``out``.
    ``forward(x)`` leaves no trace on the layer, so one layer can predict from many threads at once;
    ``forward(x, training=True)`` keeps references to what ``backward`` needs.

    A new layer is a class with ``forward`` (or ``pre_activation`` and an ``activation``), ``backward_input``,
    where it has parameters ``build`` and ``backward_parameters``, and ``get_config``.

    Parameters
    ----------
    name : str, optional
        Left out, it is the class name in snake case, numbered within its model.
    trainable : bool
        False: training leaves the parameters alone.
    dtype : str, optional
        ``"float32"`` or ``"float64"``; must agree with the model's. Left out, it is the model's, and float32
        for a layer used alone.
    input_shape : tuple of int, optional
        The shape of one sample, for a first layer without an ``Input`` before it.
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
    kept : tuple of str
        The names of the attributes in which a forward pass in training keeps what ``backward`` needs. Copies
        of the layer leave them out; a class with others of its own extends the tuple.
    hold_noise : bool
        Set it to make a layer that draws random numbers in training use its last ones again.

    Raises
    ------
    ValueError
        If the name is one that files can't hold (empty, ``.``, ``..``, with a ``/`` or a NUL), the input
        shape holds anything but positive integers, or the dtype is another one.
    """

    kept: ClassVar[tuple[str, ...]] = ("_x", "_kept_activation", "_last_noise", "_normalized", "_inverse")

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: str | None = None,
        input_shape: Sequence[int] | None = None,
        activity_regularizer: str | Regularizer | None = None,
    ) -> None:
        if dtype is not None and np.dtype(dtype) not in (np.float32, np.float64):
            raise ValueError(f'A layer computes in "float32" or "float64". Received: dtype={dtype!r}')
        self.named_by_user = name is not None
        self.in_model = False  # set by the first model that the layer is put into; it keeps its name then
        self.name = snake_case(type(self).__name__) if name is None else checked_name("layer", name)
        self.trainable = trainable
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.built = False
        self.input_shape: Shape | None = None
        if input_shape is not None:
            self.input_shape = checked_shape(type(self).__name__, "input_shape", input_shape)
        self.output_shape: Shape | None = None
        self.parameters: list[Parameter] = []
        self.activation: ActivationFunction = activations.linear
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.hold_noise = False

    def build(self, input_shape: Shape, rng: np.random.Generator, dtype: np.dtype[np.floating]) -> Shape:
        """Make the parameters for samples of ``input_shape``; return the shape of one output.

        ``rng`` is the layer's own random stream: initial weights come from it, and masks.
        """
        self.input_shape = input_shape
        self.dtype = dtype
        self.output_shape = self.compute_output_shape(input_shape)
        self.built = True
        return self.output_shape

    def take_stream(self, rng: np.random.Generator) -> None:  # noqa: B027  (most layers draw no numbers)
        """Draw the random numbers of training from ``rng``, the stream of the model that the layer joins."""

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of one output for inputs of ``input_shape``: the same, unless overridden."""
        return input_shape

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``z``, what the activation function is applied to."""
        return self.forward(x, training=training, out=out)

    @abstractmethod
    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return ``y`` of shape ``(batch, *output_shape)`` for ``x`` of shape ``(batch, *input_shape)``."""

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        """Return ``dz``, the gradient before the activation function; ``dy`` itself where there is none."""
        return dy

    def backward_parameters(self, dz: Array) -> None:  # noqa: B027  (most layers have no parameters)
        """Write the gradient of the loss with respect to each parameter to its ``grad``."""

    @abstractmethod
    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return ``dx``, the gradient with respect to the input."""

    def backward(self, dy: Array) -> Array:
        """Write the parameters' gradients and return the input's.

        Needs ``forward(x, training=True)`` first: it keeps what the derivative reads.

        Raises
        ------
        ValueError
            If there was no such forward pass, or ``dy`` doesn't have the shape of its output.
        """
        dy = np.asarray(dy, dtype=self.dtype)
        if self.built and dy.shape[1:] != self.output_shape:
            raise ValueError(
                f"Layer '{self.name}' expects gradients of shape {_batch_of(self.output_shape)}, that of its "
                f"output, but received {dy.shape}."
            )
        dz = self.backward_activation(dy)
        self.backward_parameters(dz)
        return self.backward_input(dz)

    def __call__(self, x: Array, *, training: bool = False) -> Array:
        """Return ``forward(x)``."""
        return self.forward(x, training=training)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer anew, under Keras' names."""
        dtype = "float32" if self.dtype is None else str(self.dtype)
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": dtype}
        if self.activity_regularizer is not None:  # Keras 3 writes it only then
            config["activity_regularizer"] = self.activity_regularizer
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the layer that ``get_config`` described."""
        return cls(**config)

    @property
    def trainable_parameters(self) -> list[Parameter]:
        """The parameters that the optimizer changes."""
        return [p for p in self.parameters if self.trainable and p.trainable]

    @property
    def weights(self) -> list[Parameter]:
        """Keras' name for ``parameters``."""
        return list(self.parameters)

    @property
    def trainable_weights(self) -> list[Parameter]:
        """Keras' name for ``trainable_parameters``."""
        return self.trainable_parameters

    @property
    def non_trainable_weights(self) -> list[Parameter]:
        """Those of the parameters that the optimizer leaves alone."""
        return [p for p in self.parameters if not (self.trainable and p.trainable)]

    def count_params(self) -> int:
        """Return how many numbers the parameters hold.

        Raises
        ------
        ValueError
            If the layer isn't built, and so has no parameters yet.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. "
                "Give it an input shape, or call it on some data first."
            )
        return sum(p.size for p in self.parameters)

    def get_weights(self) -> list[Array]:
        """Return copies of the parameters' values, the kernel before the bias."""
        return [p.value.copy() for p in self.parameters]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Copy ``weights``, in the order of ``get_weights``, into the parameters.

        Raises
        ------
        ValueError
            If their number or a shape differs; then nothing has changed.
        """
        arrays = [np.asarray(w) for w in weights]
        expected = [p.shape for p in self.parameters]
        if [a.shape for a in arrays] != expected:
            hint = "" if self.built else " The layer isn't built yet: call it on some data first."
            raise ValueError(
                f"Layer '{self.name}' has weights of the shapes {expected}, "
                f"but set_weights() received {[a.shape for a in arrays]}.{hint}"
            )
        for parameter, array in zip(self.parameters, arrays, strict=True):
            parameter.assign(array)

    def _checked(self, x: Array) -> Array:
        """Return ``x`` in the layer's dtype if it fits; build the layer first if nobody has (at a prompt)."""
        if not self.built:
            x = np.asarray(x)
            if self.input_shape in (None, x.shape[1:]):
                dtype = self.dtype or np.dtype(np.float32)
                self.build(x.shape[1:], np.random.default_rng(new_seed()), dtype)
        x = np.asarray(x, dtype=self.dtype)  # itself, in training and predicting
        if x.shape[1:] != self.input_shape:
            raise ValueError(
                f"Layer '{self.name}' expects inputs of shape {_batch_of(self.input_shape)}, "
                f"but received {x.shape}."
            )
        return x

    def _kept(self, value: T | None) -> T:
        """Return what a training forward pass kept; complain if there was none."""
        if value is None:
            raise ValueError(
                f"Layer '{self.name}' has no forward pass to go back through: "
                "call forward(x, training=True) before backward(dy)."
            )
        return value

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what the last batch left, and that the layer is in a model, which its copy isn't."""
        return {**self.__dict__, **dict.fromkeys(self._kept_names()), "in_model": False}

    def forget(self) -> None:
        """Let go of what training's last forward pass kept for ``backward``."""
        self.__dict__.update(dict.fromkeys(self._kept_names()))

    def _kept_names(self) -> list[str]:
        return [name for name in self.kept if name in self.__dict__]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _batch_of(shape: Shape | None) -> str:
    """Return how a batch of samples of that shape is written: ``(batch, 28, 28)``."""
    return "(" + ", ".join(map(str, ("batch", *(shape or ())))) + ")"
