"""One training step: forward, loss, backward, update; and the forward pass alone."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.communicator import group
from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Layer
from numpy_ann.losses import FunctionLoss
from numpy_ann.optimizers import Optimizer
from numpy_ann.part import ours
from numpy_ann.training.backpropagation import backpropagation
from numpy_ann.training.data.bundles import arrays_of
from numpy_ann.training.output_loss import ActivationThenLoss, OutputLoss
from numpy_ann.training.plan import as_plan
from numpy_ann.training.shared_gradient import SharedGradient


def predict_batch(layers: Sequence[Layer], x: Array, training: bool | None = False) -> Array:
    """Return the network's output for one batch, in new memory where a layer computes anything."""
    for layer in layers:
        x = layer.forward(x, training=bool(training))
    return x


class Buffers:
    """An array for each layer's output, or for its gradient; a smaller batch uses their first rows.

    None stands for those of open axes, which are made where they are needed.
    """

    def __init__(self, layers: Sequence[Any], batch_size: int, dtype: np.dtype[np.floating]) -> None:
        self._shapes = [layer.output_shape or () for layer in layers]
        self._dtype = dtype
        self.batch_size = 0
        self.rows(batch_size)

    def rows(self, samples: int) -> list[Any]:
        """Return the arrays for a batch of that many samples.

        A batch larger than any before, which only an iterable can bring, makes them anew.
        """
        if samples > self.batch_size:
            self.batch_size = samples
            self._arrays = [
                None if None in shape else np.empty((samples, *shape), dtype=self._dtype)
                for shape in self._shapes
            ]
        if samples == self.batch_size:
            return self._arrays
        return [array if array is None else array[:samples] for array in self._arrays]


class ForwardPass:
    """The forward pass over many batches, in memory made once; in training, for ``backpropagation`` too."""

    def __init__(
        self, layers: Sequence[Layer], batch_size: int, dtype: np.dtype[np.floating], *,
        training: bool = False,
    ) -> None:  # fmt: skip
        self._layers = list(layers)
        self._training = training
        self.buffers = Buffers(layers, batch_size, dtype)

    def __call__(self, x: Array) -> Array:
        """Return the network's output for one batch; it is written over by the next."""
        for layer, out in zip(self._layers, self.buffers.rows(len(x)), strict=True):
            x = layer.forward(x, training=self._training, out=out)
        return x

    joined = staticmethod(np.concatenate)

    def logits(self, x: Array) -> tuple[Array, Array]:
        """Return what the last activation function is applied to, and where its result may be written."""
        outputs = self.buffers.rows(len(x))
        for layer, out in zip(self._layers[:-1], outputs[:-1], strict=True):
            x = layer.forward(x, training=self._training, out=out)
        return self._layers[-1].pre_activation(x, training=self._training, out=outputs[-1]), outputs[-1]


class TrainingStep:
    """Changes a network's parameters by one batch.

    They are views into the flat vector ``theta``, the trainable ones first, whose ``gradient`` the other is.
    ``output_loss`` is the last activation function and the loss, taken together.
    """

    def __init__(
        self, layers: Sequence[Layer], output_loss: OutputLoss, optimizer: Optimizer, theta: Array,
        gradient: Array, batch_size: int,
    ) -> None:  # fmt: skip
        self._layers, self._output_loss = list(layers), output_loss
        self._forward = ForwardPass(self._layers, batch_size, theta.dtype, training=True)
        self._gradients = Buffers(layers, batch_size, theta.dtype)
        self._optimizer = optimizer
        self._theta = theta[: gradient.size]
        self._gradient = gradient
        self._claimed = theta
        self._parameters = [p for layer in layers for p in layer.parameters]
        trained = [layer.trainable_parameters for layer in layers]
        self._trained = [bool(parameters) for parameters in trained]
        self._lowest = self._trained.index(True) if any(self._trained) else None
        found = [(p.constraint, p) for parameters in trained for p in parameters]
        self._constrained = [(constraint, p) for constraint, p in found if constraint is not None]

    _shared: SharedGradient | None = None  # made when several processes share the batches

    @property
    def batch_size(self) -> int:
        """The largest batch so far."""
        return self._forward.buffers.batch_size

    @np.errstate(all="ignore")  # the loss tells whether a number overflowed; NumPy would only say it twice
    def __call__(self, x: Array, y_true: Array, sample_weight: Array | None) -> tuple[Array, float]:
        """Take one step; return the predictions, made with dropout active, and the loss before the step.

        Raises ``NonFiniteError`` if the loss isn't finite. The step is not taken.
        """
        alone = group().size == 1
        if self._shared is None and not alone:
            owners = dict.fromkeys(use.owner for use in as_plan(self._layers) if use.owner.trainable)
            moving = [p for layer in owners for p in layer.parameters if not p.trainable]
            self._shared = SharedGradient(self._gradient, moving)
        z, out = self._forward.logits(x)
        y_pred, loss = self._output_loss.forward(z, y_true, sample_weight, out=out)
        if alone and not isfinite(loss):
            raise NonFiniteError(self._why(x, y_true, loss), loss)
        learns = self._lowest is not None
        if learns:
            self._backward(len(x))
        gradient = self._gradient if alone else self._gradient_of_all(x, y_true, loss)
        if not learns:
            return y_pred, loss
        self._optimizer.step(self._theta, gradient)
        for constraint, parameter in self._constrained:
            parameter.value[...] = constraint(parameter.value)
        return y_pred, loss

    def _backward(self, samples: int) -> None:
        gradients = self._gradients.rows(samples)
        dz = self._output_loss.backward(out=gradients[-1])
        backpropagation(self._layers, dz, out=gradients, trained=self._trained, lowest=self._lowest)

    def _gradient_of_all(self, x: Array, y_true: Array, loss: float) -> Array:
        """Return the gradient of the batch of which this process, as others, had its rows."""
        gradient, finite = self._shared.total(len(x), loss if len(x) else 0.0)  # type: ignore[union-attr]
        if not finite:
            found = None if isfinite(loss) else (loss, self._why(x, y_true, loss))
            loss, text = next(one for one in group().gather(found) if one is not None)
            raise NonFiniteError(text, loss)
        return gradient

    def _why(self, x: Array, y_true: Array, loss: float) -> str:
        return f"The loss is {loss}: {blame(self._layers, x, y_true, self._output_loss)}"

    def has_parameters(self) -> bool:
        """Return whether the parameters still are where this step writes: no other model has claimed them."""
        return {id(p.value.base) for p in self._parameters} <= {id(self._claimed)}

    def finish(self) -> None:
        """End a training: where the optimizer keeps an average of the parameters, it takes their place."""
        self._optimizer.finalize_variable_values(self._theta)


@np.errstate(all="ignore")
def blame(layers: Any, x: Any, y_true: Any, output_loss: Any = None) -> str:
    """Say where the first number that isn't finite comes from; ``layers`` are a chain's, or a plan."""
    plan, arrays = as_plan(layers), arrays_of(x)
    rate = "A smaller learning rate usually helps."
    for i, array in enumerate(arrays):
        if not _finite(array):
            path = next((use.path for use in plan if i in use.inputs), "")
            first = "the first layer, " if plan.inputs == 1 else "layer "
            return f"the input of {first}{path!r}, holds NaN or infinity. Look for missing values in x."
    for use, y in zip(plan, plan.forward(arrays)[plan.inputs :], strict=True):
        bad = next((p.name for p in use.owner.parameters if not _finite(p.value)), None)
        if bad is not None:
            return f"the {bad} of layer {use.path!r} is no longer finite. {rate}"
        if not _finite(y):
            large = any(array.dtype.kind == "f" and np.abs(array).max() > 10 for array in arrays)
            scaled = " So do inputs of about 1: x / 255.0 of pictures, Normalization() of a table."
            return f"the output of layer {use.path!r} is not finite. {rate}{scaled if large else ''}"
    if not all(y is None or _finite(y) for y in arrays_of(y_true)):
        return "the targets hold NaN or infinity. Look for missing values in y."
    judges = [one for one in getattr(output_loss, "losses", [output_loss]) if one is not None]
    losses = [judge.loss for judge in judges if isinstance(judge, ActivationThenLoss)]
    own = [loss.name for loss in losses if isinstance(loss, FunctionLoss) or not ours(type(loss))]
    if own:
        rate = f"Look in your loss {own[0]!r} for a logarithm, root or quotient of what has none."
    elif any("crossentropy" in loss.name for loss in losses):
        rate = f"Probabilities need rows that sum to more than 0, as a softmax gives them. {rate}"
    elif losses and any(y is not None and np.abs(y).max(initial=0) > 10 for y in arrays_of(y_true)):
        rate = f"Smaller targets usually help: (y - y.mean()) / y.std(). {rate}"
    ends = ", ".join(repr(plan.uses[i - plan.inputs].path) for i in plan.outputs if i >= plan.inputs)
    return f"every layer's output up to the last, {ends}, is finite, but the loss of it is not. {rate}"


def _finite(array: Array) -> bool:
    return array.dtype.kind != "f" or bool(np.all(np.isfinite(array)))
