"""One whole pass forward and one back, for looking at gradients rather than training with them.

``TrainingStep`` does the same in memory made once, and leaves out the gradients that no update needs: those
of frozen layers, and of what lies below the first layer that learns.
"""

from collections.abc import Sequence

from numpy_ann._typing import Array
from numpy_ann.layers import Layer
from numpy_ann.training.head import Head

__all__ = ["pass_backward", "pass_forward"]


def pass_forward(
    layers: Sequence[Layer], head: Head, x: Array, y_true: Array, sample_weight: Array | None = None
) -> tuple[Array, float]:
    """Return the predictions and the loss, as in training; layers keep what ``pass_backward`` needs."""
    for layer in layers[:-1]:
        x = layer.forward(x, training=True)
    return head.forward(layers[-1].pre_activation(x, training=True), y_true, sample_weight)


def pass_backward(layers: Sequence[Layer], dz: Array) -> Array:
    """Write all parameters' gradients, from the head's ``dz`` of the last layer down; return the input's."""
    for i in range(len(layers) - 1, -1, -1):
        if i < len(layers) - 1:
            dz = layers[i].backward_activation(dz)
        layers[i].backward_parameters(dz)
        dz = layers[i].backward_input(dz)
    return dz
