"""A layer that keeps copies of all that passes through it, on the way forward and on the way back."""

import numpy as np

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.training.regularized import RegularizedLayer

__all__ = ["RecordedLayer", "snapshot"]


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

    Parameters
    ----------
    layer : Layer
        A layer of a model's copy: its activation function is made to tell what it is applied to.
    passes : Layer
        What the passes are asked of: the layer, or what wraps it for its regularizers.

    Attributes
    ----------
    records : dict of str to ndarray
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
        """Return the layer's ``z``; the last layer is asked for no more than this."""
        self.records["input"] = snapshot(x)
        z = self._passes.pre_activation(x, training=training, out=out)
        if self._ends_in_function:
            self.records["pre_activation"] = snapshot(z)
        return z

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return the layer's ``y``."""
        self.records["input"] = snapshot(x)
        y = self._passes.forward(x, training=training, out=out)
        self.records["output"] = snapshot(y)
        return y

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        """Return the layer's ``dz``."""
        if self._ends_in_function:
            self.see_output_gradient(dy)
        return self._passes.backward_activation(dy, out=out)

    def backward_parameters(self, dz: Array) -> None:
        """Write the parameters' gradients."""
        of = "pre_activation" if self._ends_in_function else "output"
        self.records[f"{of}/gradient"] = snapshot(dz)
        self._passes.backward_parameters(dz)

    def see_output_gradient(self, dy: Array) -> None:
        """Keep ``dy``, and in it what a penalty of the outputs adds."""
        penalty = self._passes.output_gradient() if isinstance(self._passes, RegularizedLayer) else None
        self.records["output/gradient"] = snapshot(dy if penalty is None else dy + penalty)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return the layer's ``dx``."""
        dx = self._passes.backward_input(dz, out=out)
        self.records["input/gradient"] = snapshot(dx)
        return dx
