"""What trains a chain of layers, and what trains a graph: two sets of the same classes."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers import Optimizer
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.data.adapter import DataAdapter
from numpy_ann.training.data.bundles import Bundle, BundleAdapter, arrays_of
from numpy_ann.training.outputs import OutputLosses, configuration_by_output
from numpy_ann.training.plan import Plan
from numpy_ann.training.step import Buffers, ForwardPass, TrainingStep, predict_batch


class GraphPass:
    """The forward pass through a graph over many batches, in memory made once; see ``ForwardPass``."""

    def __init__(
        self, plan: Plan, batch_size: int, dtype: np.dtype[np.floating], *, training: bool = False
    ) -> None:
        self._plan, self._training = plan, training
        self.buffers = Buffers(plan.uses, batch_size, dtype)
        self.values: list[Array] = []

    def __call__(self, x: Any) -> Bundle:
        """Return the outputs for one batch; they are written over by the next."""
        values = self._plan.forward(arrays_of(x), training=self._training, out=self.buffers.rows(len(x)))
        return Bundle([values[i] for i in self._plan.outputs])

    def logits(self, x: Any) -> tuple[list[Array], list[Array | None]]:
        """Return all arrays, before the ends' activation functions, and where predictions may be written."""
        plan, out = self._plan, self.buffers.rows(len(x))
        self.values = plan.forward(arrays_of(x), training=self._training, out=out, logits=True)
        return self.values, plan.at_ends(out)

    @staticmethod
    def joined(parts: list[Bundle]) -> Bundle:
        """Return the outputs of all batches, one behind the other."""
        return Bundle([*map(np.concatenate, zip(*(part.arrays for part in parts), strict=True))])


def graph_outputs(plan: Plan, x: Any, training: bool | None = False) -> Bundle:
    """Return the outputs for one batch, in new memory."""
    arrays = arrays_of(x)
    values = plan.forward(arrays, training=training)
    outputs = [values[i] for i in plan.outputs]
    return Bundle([y.copy() if any(np.may_share_memory(x, y) for x in arrays) else y for y in outputs])


class GraphStep(TrainingStep):
    """Changes a graph's parameters by one batch; see ``TrainingStep``."""

    def __init__(
        self, plan: Plan, output_loss: OutputLosses, optimizer: Optimizer, theta: Array, gradient: Array,
        batch_size: int,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._layers: Any = plan
        self._output_loss: Any = output_loss
        self._forward: Any = GraphPass(plan, batch_size, theta.dtype, training=True)
        self._gradients = Buffers(plan.uses, batch_size, theta.dtype)
        self._optimizer, self._theta, self._gradient = optimizer, theta[: gradient.size], gradient
        self._claimed = theta
        owners = list(dict.fromkeys(use.owner for use in plan))
        self._parameters = [p for owner in owners for p in owner.parameters]
        trained = [p for owner in owners for p in owner.trainable_parameters]
        self._constrained = [(p.constraint, p) for p in trained if p.constraint is not None]
        self._needed, self._penalties = plan.needed(), plan.penalties()
        self._lowest = 0 if trained else None
        gradient[...] = 0  # what no loss depends on keeps that

    def _backward(self, samples: int) -> None:
        plan, out = self._plan, self._gradients.rows(samples)
        gradients = self._output_loss.backward(out=plan.at_ends(out))
        plan.backward(gradients, self._forward.values, self._needed, out=out)
        for regularizer, p in self._penalties:
            p.grad += regularizer.gradient(p.value)


class Workings(NamedTuple):
    """The classes and functions that train a model, of which there are two sets.

    A chain's plan is the list of its layers, and arrays go in and come out. A graph's is a ``Plan``, and
    ``Bundle``s of arrays go in and come out, an array for each input and output.
    """

    adapter: Any
    configuration: Callable[..., Any]
    forward_pass: Any
    outputs: Callable[..., Any]
    output_shape: Callable[[Any], Any]


CHAIN = Workings(
    DataAdapter, lambda model, *arguments: Configuration(*arguments), ForwardPass, predict_batch,
    lambda layers: layers[-1].output_shape or (),
)  # fmt: skip
GRAPH = Workings(
    BundleAdapter, configuration_by_output, GraphPass, graph_outputs, lambda plan: plan.output_shapes
)
