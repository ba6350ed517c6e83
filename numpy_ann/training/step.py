"""One training step: forward, loss, backward, update."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Layer
from numpy_ann.optimizers import Optimizer
from numpy_ann.training.head import Head
from numpy_ann.training.regularized import regularized
from numpy_ann.training.workspace import Workspace

__all__ = ["TrainingStep", "blame"]


class TrainingStep:
    """Changes a network's parameters by one batch.

    Parameters
    ----------
    layers : sequence of Layer
        Built, first to last.
    head : Head
        The last activation function and the loss.
    optimizer : Optimizer
        Turns the gradient into a step.
    theta, gradient : ndarray
        The flat vectors that the layers' parameters are views into; ``gradient`` covers the trainable ones,
        which come first in ``theta``.
    batch_size : int
        The largest batch.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        head: Head,
        optimizer: Optimizer,
        theta: Array,
        gradient: Array,
        batch_size: int,
    ) -> None:
        self._layers, self._head = regularized(layers, head)
        self._optimizer = optimizer
        self._theta = theta[: gradient.size]
        self._gradient = gradient
        self._claimed = theta
        self._parameters = [p for layer in layers for p in layer.parameters]
        trained = [bool(layer.trainable_parameters) for layer in layers]
        self._trained = trained
        parameters = [p for layer in layers for p in layer.trainable_parameters]
        self._constrained = [(p.constraint, p) for p in parameters if p.constraint is not None]
        # Below the first layer that learns, nobody needs a gradient.
        self._first = trained.index(True) if any(trained) else len(layers)
        self.workspace = Workspace(layers, batch_size, theta.dtype, gradients=True)

    @np.errstate(all="ignore")  # the loss tells whether a number overflowed; NumPy would only say it twice
    def __call__(self, x: Array, y_true: Array, sample_weight: Array | None) -> tuple[Array, float]:
        """Take one step; return the predictions, made with dropout active, and the loss before the step.

        Raises
        ------
        NonFiniteError
            If the loss isn't finite. The step is not taken.
        """
        outputs = self.workspace.outputs(len(x))
        z = self.forward(x, outputs)
        y_pred, loss = self._head.forward(z, y_true, sample_weight, out=outputs[-1])
        if not isfinite(loss):
            raise NonFiniteError(f"The loss is {loss}: {blame(self._layers, x, y_true)}", loss)
        if self._first < len(self._layers):
            self.backward(len(x))
            self._optimizer.step(self._theta, self._gradient)
            for constraint, parameter in self._constrained:
                parameter.value[...] = constraint(parameter.value)
        return y_pred, loss

    def has_parameters(self) -> bool:
        """Return whether the parameters still are where this step writes: no other model has claimed them."""
        theta = self._claimed
        return all(p.value.base is theta for p in self._parameters)

    def finish(self) -> None:
        """End a training: where the optimizer keeps an average of the parameters, it takes their place."""
        self._optimizer.finalize_variable_values(self._theta)

    def forward(self, x: Array, outputs: Sequence[Array]) -> Array:
        """Return the logits: what the last activation function is applied to."""
        for layer, out in zip(self._layers[:-1], outputs[:-1], strict=True):
            x = layer.forward(x, training=True, out=out)
        return self._layers[-1].pre_activation(x, training=True, out=outputs[-1])

    def backward(self, samples: int) -> None:
        """Write the gradient of the loss with respect to every trainable parameter."""
        gradients = self.workspace.gradients(samples)
        last = len(self._layers) - 1
        dy = self._head.backward(out=gradients[last])
        for i in range(last, self._first - 1, -1):
            layer = self._layers[i]
            # The head went back through the last layer's activation function already.
            dz = dy if i == last else layer.backward_activation(dy, out=gradients[i])
            if self._trained[i]:
                layer.backward_parameters(dz)
            if i > self._first:
                dy = layer.backward_input(dz, out=gradients[i - 1])


def blame(layers: Sequence[Layer], x: Array, y_true: Array) -> str:
    """Say where the first number that isn't finite comes from."""
    if not np.all(np.isfinite(x)):
        return (
            f"the input of the first layer, '{layers[0].name}', holds NaN or infinity. "
            "Look for missing values in x."
        )
    for layer in layers:
        for parameter in layer.parameters:
            if not np.all(np.isfinite(parameter.value)):
                return (
                    f"the {parameter.name} of layer '{layer.name}' is no longer finite. "
                    "A smaller learning rate usually helps."
                )
        x = layer.forward(x)
        if not np.all(np.isfinite(x)):
            return (
                f"the output of layer '{layer.name}' is not finite. Scaling the inputs (x / 255.0) or a "
                "smaller learning rate usually helps."
            )
    if y_true.dtype.kind == "f" and not np.all(np.isfinite(y_true)):
        return "the targets hold NaN or infinity. Look for missing values in y."
    return (
        f"every layer's output up to the last, '{layers[-1].name}', is finite, but the loss of it is not. "
        "A cross-entropy of probabilities needs rows that sum to more than 0, as a softmax gives them."
    )
