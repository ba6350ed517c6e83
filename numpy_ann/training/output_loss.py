"""The network's output and the loss, taken together: the last activation function, and what judges it.

The network ends in logits ``z``. An ``OutputLoss`` turns them into predictions ``y = f(z)`` and the loss
``L(y)``, and on the way back gives ``dz = dL/dz``.

Cross-entropy behind a softmax or sigmoid is computed from the logits, as by Keras on TensorFlow: 40 for
a logit of 40 against 0. Keras on JAX bounds the probabilities at 1e-7, and gives 16.1, with a gradient of 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from numpy_ann._typing import Array
from numpy_ann.activations import ActivationFunction, sigmoid, softmax
from numpy_ann.losses.targets import as_labels

# isort: off
from numpy_ann.losses import (
    BinaryLoss, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy, softmax_crossentropy,
    softmax_crossentropy_gradient,
)  # fmt: skip

Weight: TypeAlias = Array | None
Room: TypeAlias = Array | None


class OutputLoss(Protocol):
    """The last activation function and the loss."""

    loss: Any

    def forward(self, z: Array, y_true: Array, w: Weight = None, *, out: Room = None) -> tuple[Array, float]:
        """Return the predictions, written to ``out`` if it is given, and the loss; keeps what is needed.

        ``out`` may be ``z``; ``w`` are the sample weights.
        """
        ...

    def backward(self, *, out: Room = None) -> Array:
        """Return ``dz`` of the last ``forward``."""
        ...


@dataclass
class ActivationThenLoss(OutputLoss):
    """Any activation and any loss: ``y = f(z)``, ``L(y)``; ``dz = dL/dy f'(z)``."""

    activation: ActivationFunction
    loss: Loss

    def forward(self, z: Array, y_true: Array, w: Weight = None, *, out: Room = None) -> tuple[Array, float]:
        keeps_z = out is z and self.activation.reads == "input"
        y = self.activation(z, None if keeps_z else out)
        self._kept = y if self.activation.reads == "output" else z
        return y, self.loss.forward(y, y_true, w)

    def backward(self, *, out: Room = None) -> Array:
        dy = self.loss.backward(out=out)
        return self.activation.backward(dy, self._kept, dy)


@dataclass
class SoftmaxWithCrossentropy(OutputLoss):
    """Softmax and cross-entropy fused: ``dz = (p - y) / n``, L the mean of n; see ``losses/logits.py``."""

    loss: CategoricalCrossentropy | SparseCategoricalCrossentropy

    def forward(self, z: Array, y_true: Array, w: Weight = None, *, out: Room = None) -> tuple[Array, float]:
        loss = self.loss
        y = loss.smoothed(y_true) if isinstance(loss, CategoricalCrossentropy) else as_labels(y_true, z.ndim)
        losses, p = softmax_crossentropy(z, y, out=out)
        self._last = p, y, w
        return p, loss.reduce(losses, w)

    def backward(self, *, out: Room = None) -> Array:
        p, y, w = self._last
        return self.loss.scale_gradient(softmax_crossentropy_gradient(p, y, out=out), w)


@dataclass
class SigmoidWithCrossentropy(OutputLoss):
    """Sigmoid and binary cross-entropy fused: ``dz = (p - y) / n``; derived in ``losses/logits.py``."""

    loss: BinaryLoss

    def forward(self, z: Array, y_true: Array, w: Weight = None, *, out: Room = None) -> tuple[Array, float]:
        losses, elements = self.loss.of_logits(z, y_true, out=out)
        self._last = elements, w
        return elements.p, self.loss.reduce(losses, w)

    def backward(self, *, out: Room = None) -> Array:
        elements, w = self._last
        return self.loss.scale_gradient(self.loss.gradient_of(elements, out=out), w)


# Activation functions and losses that the mathematics knows a shorter way for, taken together.
_FUSED: tuple[tuple[ActivationFunction, tuple[type[Any], ...], Callable[[Any], OutputLoss]], ...] = (
    (softmax, (CategoricalCrossentropy, SparseCategoricalCrossentropy), SoftmaxWithCrossentropy),
    (sigmoid, (BinaryLoss,), SigmoidWithCrossentropy),
)


def output_loss_of(activation: ActivationFunction, loss: Loss) -> OutputLoss:
    """Return an activation and a loss as one: fused where there is a shorter way.

    A loss ``from_logits`` takes the activation's outputs for logits, whatever they are.
    """
    for function, losses, fused in _FUSED:
        # The formula of a user's subclass is its own.
        known = any(isinstance(loss, cls) and type(loss).per_sample is cls.per_sample for cls in losses)
        # Equal, not identical: a copied or unpickled model has a copy of the function's tuple.
        if known and activation == function and not getattr(loss, "from_logits", False):
            return fused(loss)
    return ActivationThenLoss(activation, loss)
