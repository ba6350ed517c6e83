"""Backpropagation: the chain rule, from the last layer's ``dz`` down to the input.

::

    dz = dy f'(z)         layer.backward_activation(dy)
    dW = x^T dz           layer.backward_parameters(dz)
    dx = dz W^T           layer.backward_input(dz), which is dy of the layer below

Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", Nature 323
(1986), equations 4 to 7.
"""

from collections.abc import Sequence

from numpy_ann._typing import Array
from numpy_ann.layers import Layer


def backpropagation(
    layers: Sequence[Layer], dz: Array, *, out: Sequence[Array] | None = None,
    trained: Sequence[bool] | None = None, lowest: int | None = None,
) -> Array:  # fmt: skip
    """Write the parameters' gradients; return that of the input, or of the last array that was gone back to.

    Parameters
    ----------
    layers : sequence of Layer
        After a forward pass in training.
    dz : ndarray
        The gradient of the loss with respect to what the last layer's activation function is applied to.
    out : sequence of ndarray, optional
        Where the gradient with respect to each layer's output may be written.
    trained : sequence of bool, optional
        Of which layers the parameters' gradients are wanted; left out, of all.
    lowest : int, optional
        The first layer that learns: below it, nobody needs a gradient. Left out, it goes down to the input.
    """
    last = len(layers) - 1
    for i in range(last, (lowest or 0) - 1, -1):
        layer = layers[i]
        if i < last:
            dz = layer.backward_activation(dz, out=None if out is None else out[i])
        if trained is None or trained[i]:
            layer.backward_parameters(dz)
        if lowest is None or i > lowest:
            dz = layer.backward_input(dz, out=None if out is None or i == 0 else out[i - 1])
    return dz
