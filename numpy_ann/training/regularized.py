"""Regularizers in training: what they add to the loss, and to the gradients.

::

    L = loss + sum of R(w) over the trained parameters + sum of R(y) / batch over the layers' outputs

Layers with regularizers are wrapped, and so is the output's loss; a model without any trains as if this file
weren't there.
"""

from collections.abc import Sequence

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.parameter import Parameter
from numpy_ann.regularizers import Regularizer
from numpy_ann.training.output_loss import OutputLoss

__all__ = ["regularized"]


def regularized(layers: Sequence[Layer], output_loss: OutputLoss) -> tuple[list[Layer], OutputLoss]:
    """Return the layers and the output's loss, wrapped where penalties are due."""
    wrapped: list[Layer] = []
    for layer in layers:
        weights = [(p.regularizer, p) for p in layer.trainable_parameters if p.regularizer is not None]
        penalized = weights or layer.activity_regularizer is not None or layer.by_call
        wrapped.append(RegularizedLayer(layer, weights) if penalized else layer)
    found = [layer for layer in wrapped if isinstance(layer, RegularizedLayer)]
    return wrapped, RegularizedOutputLoss(output_loss, found, wrapped[-1]) if found else output_loss


class RegularizedLayer(Layer):
    """A layer whose penalty is worked out beside its outputs, and whose gradients hold the penalty's.

    Parameters
    ----------
    layer : Layer
        Built.
    weights : list of (Regularizer, Parameter)
        Its trained parameters that have one.

    Attributes
    ----------
    penalty : float
        What the last forward pass adds to the loss.
    """

    def __init__(self, layer: Layer, weights: Sequence[tuple[Regularizer, Parameter]]) -> None:
        super().__init__(name=layer.name, trainable=layer.trainable)
        self.activation, self.parameters = layer.output_activation, layer.parameters
        self.built, self.dtype = layer.built, layer.dtype
        self.input_shape, self.output_shape = layer.input_shape, layer.output_shape
        self._layer = layer
        self._weights = list(weights)
        self._of_output = layer.activity_regularizer
        self.penalty = 0.0

    def pre_activation(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return the layer's ``z``; the penalty is that of the weights."""
        z = self._layer.pre_activation(x, training=training, out=out)
        self.penalty = self._of_weights()
        return z

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        """Return the layer's ``y``; the penalty is that of weights and outputs."""
        y = self._layer.forward(x, training=training, out=out)
        self.penalty = self._of_weights()
        self.see_output(y)
        return y

    def _of_weights(self) -> float:
        """Return the penalties of the weights, and what ``call`` added, whose derivative is the tape's."""
        added = (float(getattr(loss, "value", loss)) for loss in self._layer.added_losses)
        return sum((regularizer(p.value) for regularizer, p in self._weights), sum(added))

    def see_output(self, y: Array) -> None:
        """Add the penalty of the outputs, and keep them for the gradient."""
        if self._of_output is not None:
            self.penalty += self._of_output(y) / max(len(y), 1)
            self._memory["y"] = y

    def output_gradient(self) -> Array | None:
        """Return the gradient of the penalty with respect to the outputs."""
        if self._of_output is None or "y" not in self._memory:
            return None
        gradient = self._of_output.gradient(self._memory["y"])
        gradient /= max(len(gradient), 1)
        return gradient

    def backward_activation(self, dy: Array, *, out: Array | None = None) -> Array:
        """Return the layer's ``dz``, the penalty of the outputs included."""
        of_penalty = self.output_gradient()
        dy = dy if of_penalty is None else dy + of_penalty
        return self._layer.backward_activation(dy, out=out)

    def backward_parameters(self, dz: Array) -> None:
        """Write the parameters' gradients, the penalty of the weights included."""
        self._layer.backward_parameters(dz)
        for regularizer, p in self._weights:
            p.grad += regularizer.gradient(p.value)

    def backward_input(self, dz: Array, *, out: Array | None = None) -> Array:
        """Return the layer's ``dx``."""
        return self._layer.backward_input(dz, out=out)


class RegularizedOutputLoss:
    """An output's loss that has the penalties of all layers in it.

    Parameters
    ----------
    output_loss : OutputLoss
        The last activation function and the loss.
    penalized : sequence of RegularizedLayer
        Those with penalties.
    last : Layer
        The last layer, whose outputs are made here.
    """

    def __init__(self, output_loss: OutputLoss, penalized: Sequence[RegularizedLayer], last: Layer) -> None:
        self._output_loss, self.loss = output_loss, output_loss.loss
        self._penalized = penalized
        self._last = last if isinstance(last, RegularizedLayer) else None

    def forward(
        self, z: Array, y_true: Array, sample_weight: Array | None = None, *, out: Array | None = None
    ) -> tuple[Array, float]:
        """Return the predictions and the loss."""
        y, loss = self._output_loss.forward(z, y_true, sample_weight, out=out)
        if self._last is not None:
            self._last.see_output(y)
            self._kept = y if self._last.activation.reads == "output" else z
        return y, loss + sum(layer.penalty for layer in self._penalized)

    def backward(self, *, out: Array | None = None) -> Array:
        """Return ``dz``."""
        dz = self._output_loss.backward(out=out)
        of_penalty = None if self._last is None else self._last.output_gradient()
        if self._last is None or of_penalty is None:
            return dz
        return dz + self._last.activation.backward(of_penalty, self._kept)
