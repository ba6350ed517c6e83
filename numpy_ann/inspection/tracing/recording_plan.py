"""A pass through a plan that keeps all that passes through it, on the way forward and on the way back."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.layers import Activation, BatchNormalization, Layer
from numpy_ann.layers.dropout import NoiseLayer
from numpy_ann.training.plan import Plan, Use


def snapshot(array: Array) -> Array:
    """Return a copy that nobody can write to."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy


class RecordingPlan(Plan):
    """A plan that keeps, by a use's number, what its activation function is applied to, ``z``, and ``dz``.

    The layers are a model's copy: their activation functions are made to tell.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.shapes[: plan.inputs], plan.uses, plan.outputs)
        self._activations = plan.activations  # before they tell
        self.z: dict[int, Array] = {}
        self.dz: dict[int, Array] = {}
        self._numbers = {id(use): i for i, use in enumerate(self.uses, self.inputs)}
        self._heard: dict[int, list[Array]] = {}
        for layer in {id(use.layer): use.layer for use in self.uses}.values():
            if layer.activation != activations.linear and not layer.by_call:
                heard = self._heard[id(layer)] = []
                layer.activation = _listening(layer.activation, heard)

    @property
    def activations(self) -> list[Any]:
        return self._activations

    def forward(self, arrays: Sequence[Array], **options: Any) -> list[Any]:
        values = super().forward(arrays, **options)
        for i, use in enumerate(self.uses, self.inputs):
            if id(use.layer) in self._heard:
                self.z[i] = snapshot(values[i]) if i in self._ends else self._heard[id(use.layer)].pop(0)
        return values

    def _write(self, use: Use, dz: Array, *, again: bool) -> None:
        self.dz[self._numbers[id(use)]] = snapshot(dz)
        super()._write(use, dz, again=again)


def _listening(function: activations.ActivationFunction, heard: list[Array]) -> Any:
    def forward(z: Array, out: Array | None = None) -> Array:
        heard.append(snapshot(z))
        return function.forward(z, out)

    return function._replace(forward=forward)


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
        ``x`` and ``y``; where a layer reads several arrays, a tuple of them.
    pre_activation : ndarray or None
        ``z``, what the activation function is applied to; ``None`` where there is none.
    input_gradient, output_gradient, pre_activation_gradient : ndarray or None
        ``dx``, ``dy`` and ``dz``. ``output_gradient`` is ``None`` in a last layer whose activation function
        and loss go back in one step, ``input_gradient`` where the input is none that one could move a little.
        The gradient of an array that several layers read is the sum of theirs.
    parameters : mapping of str to ndarray
        Their values before the step: ``kernel``, ``bias``; none of a layer's second use.
    gradients : mapping of str to ndarray
        Of those that training would change, the regularizers' part included.
    penalty : float
        What the layer's regularizers add to the loss.
    reads : tuple of str
        What makes its input: an input's name, a layer's.

    >>> from numpy_ann import Sequential, inspection, layers
    >>> model = Sequential([layers.Input((2,)), layers.Dense(3)])
    >>> model.compile(loss="mse")
    >>> inspection.trace(model, np.ones((4, 2)), np.zeros((4, 3))).layers[0]
    <LayerTrace dense (Dense): (4, 2) -> (4, 3)>
    """

    name: str
    kind: str
    formula: tuple[str, ...]
    input: Any
    output: Array
    pre_activation: Array | None
    input_gradient: Any
    output_gradient: Array | None
    pre_activation_gradient: Array | None
    parameters: Mapping[str, Array]
    gradients: Mapping[str, Array]
    penalty: float
    reads: tuple[str, ...] = ("input",)

    @property
    def input_shape(self) -> Any:
        """Of the batch that came in; of several arrays a tuple."""
        return tuple(x.shape for x in self.input) if isinstance(self.input, tuple) else self.input.shape

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


def predicting(plan: Plan) -> Plan:
    """Return a plan, with copied layers, whose pass in training is one of predicting."""
    made: dict[int, Layer] = {}
    for layer in {id(use.layer): use.layer for use in plan}.values():
        same = copy(layer)
        if isinstance(layer, NoiseLayer):
            same = Activation("linear", name=layer.name, activity_regularizer=layer.activity_regularizer)
            same.join(np.random.default_rng(), layer.dtype or np.dtype(np.float32))
            same.build((None, *(layer.input_shape or ())))
        elif isinstance(layer, BatchNormalization):
            same.trainable = False  # as in Keras, it uses the moving averages then
        made[id(layer)] = same
    uses = [replace(use, layer=made[id(use.layer)], memory=None) for use in plan]
    return Plan(plan.shapes[: plan.inputs], uses, plan.outputs)


def without_noise(plan: Plan) -> Plan:
    """Return a plan without the layers that do nothing in predicting."""
    uses: list[Use] = []
    numbers = list(range(plan.inputs))
    for use in plan:
        read = [numbers[i] for i in use.inputs]
        if not isinstance(use.layer, NoiseLayer):
            uses.append(replace(use, inputs=read, memory=None))
            read = [plan.inputs + len(uses) - 1]
        numbers += read
    return Plan(plan.shapes[: plan.inputs], uses, [numbers[i] for i in plan.outputs])
