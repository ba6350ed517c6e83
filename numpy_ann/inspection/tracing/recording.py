"""A layer that keeps copies of all that passes through it, on the way forward and on the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.layers import Activation, BatchNormalization, Layer
from numpy_ann.layers.dropout import NoiseLayer
from numpy_ann.training.regularized import RegularizedLayer

__all__ = ["LayerTrace", "RecordedLayer", "snapshot", "use_moving_averages", "without_noise"]


def snapshot(array: Array) -> Array:
    """Return a copy that nobody can write to.

    >>> snapshot(np.zeros(2)).flags.writeable
    False
    """
    copy = np.array(array)
    copy.flags.writeable = False
    return copy


class RecordedLayer(Layer):
    """Passes everything on to a layer, and keeps it.

    The layer is one of a model's copy: its activation function is made to tell what it is applied to. Passes
    are asked of ``passes``: the layer, or what wraps it for its regularizers. ``records`` keeps
    ``input``, ``output``, ``pre_activation``, and ``.../gradient`` of each.
    """

    def __init__(self, layer: Layer, passes: Layer) -> None:
        super().__init__(name=layer.name)
        self.layer, self.parameters = layer, layer.parameters
        self._passes = passes
        self.records: dict[str, Array] = {}
        self._ends_in_function = layer.activation != activations.linear
        function = layer.activation

        def listening(z: Array, out: Array | None = None) -> Array:
            self.records["pre_activation"] = snapshot(z)
            return function.forward(z, out)

        if self._ends_in_function:
            layer.activation = function._replace(forward=listening)

    @property
    def penalty(self) -> float:
        """What the layer's regularizers add to the loss."""
        return float(self._passes.penalty) if isinstance(self._passes, RegularizedLayer) else 0.0

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        self.records["input"] = snapshot(x)
        z = self._passes.pre_activation(x, training=training, out=out)
        if self._ends_in_function:
            self.records["pre_activation"] = snapshot(z)
        return z

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        self.records["input"] = snapshot(x)
        y = self._passes.forward(x, training=training, out=out)
        self.records["output"] = snapshot(y)
        return y

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        if self._ends_in_function:
            self.see_output_gradient(dy)
        return self._passes.backward_activation(dy, out=out)

    def backward_parameters(self, dz: Array) -> None:
        of = "pre_activation" if self._ends_in_function else "output"
        self.records[f"{of}/gradient"] = snapshot(dz)
        self._passes.backward_parameters(dz)

    def see_output_gradient(self, dy: Array) -> None:
        """Keep ``dy``, and in it what a penalty of the outputs adds."""
        penalty = self._passes.output_gradient() if isinstance(self._passes, RegularizedLayer) else None
        self.records["output/gradient"] = snapshot(dy if penalty is None else dy + penalty)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        dx = self._passes.backward_input(dz, out=out)
        self.records["input/gradient"] = snapshot(dx)
        return dx


@dataclass(frozen=True, eq=False, repr=False)
class LayerTrace:
    """One layer's part of a ``Trace``: what went in and out of it, forward and back.

    All arrays are read-only copies. Gradients are those of the loss with respect to the array they are named
    after, and have its shape.

    Parameters
    ----------
    name, kind : str
        The layer's name and class.
    formula : tuple of str
        What it computes, from its docstring; ``f`` is its activation function.
    input, output : ndarray, shape (batch, ...)
        ``x`` and ``y``.
    pre_activation : ndarray or None
        ``z``, what the activation function is applied to; ``None`` where there is none.
    input_gradient, output_gradient, pre_activation_gradient : ndarray or None
        ``dx``, ``dy`` and ``dz``. ``output_gradient`` is ``None`` in a last layer whose activation function
        and loss go back in one step.
    parameters : mapping of str to ndarray
        Their values before the step: ``kernel``, ``bias``.
    gradients : mapping of str to ndarray
        Of those that training would change, the regularizers' part included.
    penalty : float
        What the layer's regularizers add to the loss.

    Examples
    --------
    >>> import numpy as np
    >>> from numpy_ann.inspection import trace
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3)])
    >>> model.compile(loss="mse")
    >>> layer = trace(model, np.ones((4, 2)), np.zeros((4, 3))).layers[0]
    >>> layer
    <LayerTrace dense (Dense): (4, 2) -> (4, 3)>
    >>> layer.gradients["kernel"].shape
    (2, 3)
    """

    name: str
    kind: str
    formula: tuple[str, ...]
    input: Array
    output: Array
    pre_activation: Array | None
    input_gradient: Array
    output_gradient: Array | None
    pre_activation_gradient: Array | None
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    penalty: float

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of the batch that came in."""
        return self.input.shape

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Of the batch that went out."""
        return self.output.shape

    def pairs(self) -> dict[str, tuple[Array, Array | None]]:
        """Return each array with its gradient, by its name within the layer."""
        pairs = {name: (value, self.gradients.get(name)) for name, value in self.parameters.items()}
        if self.pre_activation is not None:
            pairs["pre_activation"] = (self.pre_activation, self.pre_activation_gradient)
        return {**pairs, "output": (self.output, self.output_gradient)}

    def __repr__(self) -> str:
        return f"<LayerTrace {escaped(self.name)} ({self.kind}): {self.input_shape} -> {self.output_shape}>"


def without_noise(layer: Layer) -> Layer:
    """Return a layer without the noise of training: ``y = x`` in a noise layer's place."""
    if not isinstance(layer, NoiseLayer):
        return layer
    same = Activation("linear", name=layer.name, activity_regularizer=layer.activity_regularizer)
    same.join(np.random.default_rng(), layer.dtype or np.dtype(np.float32))
    same.build((None, *(layer.input_shape or ())))
    return same


def use_moving_averages(layers: Sequence[Layer]) -> None:
    """Make batch normalization use its moving averages in training: as in Keras, frozen ones do."""
    for layer in layers:
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
