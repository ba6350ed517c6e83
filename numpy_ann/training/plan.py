"""The plan of a graph: its layers in the order in which they run, nested models unfolded, and the way back.

Every array has a number: the inputs come first, then what each use of a layer makes. On the way back the
gradients of an array that is read twice are summed, as are those of parameters that are used twice::

    dy = sum of the readers' dx         dW = sum over the uses of x^T dz
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from numpy_ann import activations
from numpy_ann._typing import Array, Shape
from numpy_ann.layers import Layer
from numpy_ann.layers.layer import Memory
from numpy_ann.parameter import Parameter


@dataclass
class Use:
    """One use of a layer."""

    layer: Layer  # what runs
    owner: Layer  # whose parameters it has; another where ``layer`` is a copy for another shape
    inputs: list[int]  # the numbers of the arrays that it reads
    path: str  # its name, behind those of the models that it is in
    training: bool | None = None  # what was said at the call, if nothing is said of the whole model
    memory: Memory | None = None  # its own, where the layer is used more than once

    @property
    def output_shape(self) -> Shape:
        """The shape of one sample of what it makes."""
        return self.layer.output_shape or ()

    @property
    def trained(self) -> list[Parameter]:
        """The parameters whose gradients are wanted."""
        return self.owner.trainable_parameters

    def reads(self, arrays: Sequence[Any]) -> Any:
        """Return what goes in."""
        several = self.layer.several_inputs
        return [arrays[i] for i in self.inputs] if several else arrays[self.inputs[0]]

    def penalty_gradient(self, y: Array) -> Array:
        """Return the gradient of what the activity regularizer makes of the outputs."""
        gradient: Array = self.layer.activity_regularizer.gradient(y)  # type: ignore[union-attr]
        gradient /= max(len(y), 1)
        return gradient

    def forget(self) -> None:
        """Let go of what training's last forward pass kept."""
        (self.layer._memory if self.memory is None else self.memory).clear()


class Plan:
    """What a step runs through; ``list`` it for the uses, each behind those whose outputs it reads.

    ``inputs`` are shapes of samples, ``outputs`` numbers of arrays; ``ends`` says of each output if it is
    nobody's input, so that its activation function and its loss are taken together.
    """

    def __init__(self, inputs: Sequence[Shape], uses: list[Use], outputs: list[int]) -> None:
        self.inputs, self.uses, self.outputs = len(inputs), uses, outputs
        self.shapes = [*inputs, *(use.output_shape for use in uses)]
        running = [id(use.layer) for use in uses]
        for use in uses:
            if running.count(id(use.layer)) > 1:
                use.memory = Memory(use.layer)
        read = {i for use in uses for i in use.inputs}
        self.ends = [i >= self.inputs and i not in read and outputs.count(i) == 1 for i in outputs]
        self._ends = {i for i, end in zip(outputs, self.ends, strict=True) if end}

    def __iter__(self) -> Iterator[Use]:
        return iter(self.uses)

    @property
    def output_shapes(self) -> list[Shape]:
        """The shapes of one sample of each output."""
        return [self.shapes[i] for i in self.outputs]

    def shapes_on(self, inputs: Sequence[Shape]) -> list[Shape]:
        """Return the shapes of the outputs for inputs of other shapes, where the model's are open."""
        made = list(inputs)
        for use in self.uses:
            shapes: Any = use.reads([(None, *shape) for shape in made])
            made.append(tuple(use.layer.compute_output_shape(shapes)[1:]))
        return [made[i] for i in self.outputs]

    @property
    def input_kinds(self) -> list[str]:
        """What goes into each input: ``"any"`` or ``"integer"`` where a layer that reads it says so."""
        kinds = [{use.layer.input_kind for use in self.uses if i in use.inputs} for i in range(self.inputs)]
        return [next((kind for kind in ("any", "integer") if kind in found), "float") for found in kinds]

    def at_ends(self, arrays: Sequence[Array]) -> list[Array | None]:
        """Return those of the uses' arrays that belong to outputs that are ends, None for the others."""
        pairs = zip(self.outputs, self.ends, strict=True)
        return [arrays[i - self.inputs] if end else None for i, end in pairs]

    def chain(self) -> list[Layer] | None:
        """Return the layers, if each reads what the one before it makes, and nothing else is there."""
        layers = [use.layer for use in self.uses]
        straight = self.inputs == 1 and self.outputs == [len(layers)]
        if not straight or not layers or layers[0].input_kind != "float":
            return None
        for i, use in enumerate(self.uses):
            alone = use.memory is None and use.layer is use.owner and not use.training
            if use.inputs != [i] or use.layer.several_inputs or not alone:
                return None
        return layers

    @property
    def activations(self) -> list[Any]:
        """What each output ends in, where it is taken together with its loss; else ``linear``."""
        return [
            self.uses[i - self.inputs].layer.output_activation if end else activations.linear
            for i, end in zip(self.outputs, self.ends, strict=True)
        ]

    def forward(
        self, arrays: Sequence[Array], *, training: bool | None = False, out: Sequence[Array] | None = None,
        logits: bool = False,
    ) -> list[Any]:  # fmt: skip
        """Return all arrays, by their numbers; with ``logits``, outputs that are ends without activation."""
        values: list[Any] = list(arrays)
        for i, use in enumerate(self.uses, self.inputs):
            active = bool(use.training if training is None else training)
            if active and use.memory is not None:
                use.layer._memory = use.memory
            if use.layer is not use.owner and use.layer.input_shape != use.owner.input_shape:
                use.layer.trainable = use.owner.trainable  # a copy for another shape
            run = use.layer.pre_activation if logits and i in self._ends else use.layer.forward
            room = None if out is None else out[i - self.inputs]
            values.append(run(use.reads(values), training=active, out=room))
        return values

    def backward(
        self, gradients: Sequence[Array | None], values: Sequence[Array], needed: Sequence[bool], *,
        out: Sequence[Array] | None = None,
    ) -> list[Array | None]:  # fmt: skip
        """Write the parameters' gradients; return those of all arrays that were gone back to, by number.

        ``gradients`` are the loss's by each output, ``dz`` where it is an end, else ``dy``; ``values`` and
        ``needed`` what the methods of these names returned; ``out`` where those of uses may be written.
        """
        found: list[Array | None] = [None] * len(values)

        def add(i: int, gradient: Array) -> None:
            before, room = found[i], None if out is None or i < self.inputs else out[i - self.inputs]
            found[i] = gradient if before is None else np.add(before, gradient, out=room)

        for i, gradient in zip(self.outputs, gradients, strict=True):
            if gradient is not None:
                add(i, gradient)
        summed: set[int] = set()
        for i in range(len(values) - 1, self.inputs - 1, -1):
            use, dz = self.uses[i - self.inputs], found[i]
            layer = use.layer
            if needed[i] and i not in self._ends and layer.activity_regularizer is not None:
                of_penalty = use.penalty_gradient(values[i])
                dz = found[i] = of_penalty if dz is None else dz + of_penalty
            if dz is None or not needed[i]:
                continue
            if use.memory is not None:
                layer._memory = use.memory
            if i not in self._ends:
                dz = layer.backward_activation(dz, out=None if out is None else out[i - self.inputs])
            self._write(use, dz, again=id(use.owner) in summed)
            summed.add(id(use.owner))
            if not (layer.differentiable and any(needed[j] for j in use.inputs)):
                continue
            if layer.several_inputs:
                for j, dx in zip(use.inputs, layer.backward_input(dz), strict=True):
                    if needed[j]:
                        add(j, dx)
            else:
                (j,) = use.inputs
                free = out is not None and j >= self.inputs and found[j] is None
                room = out[j - self.inputs] if free and out is not None else None
                add(j, layer.backward_input(dz, out=room))
        return found

    def _write(self, use: Use, dz: Array, *, again: bool) -> None:
        """Write the gradients of a use's parameters, or add them to those of the uses behind it."""
        trained = use.owner.parameters and use.trained
        if trained:
            before = [p.grad.copy() for p in trained] if again else []
            use.layer.backward_parameters(dz)
            for p, gradient in zip(trained, before, strict=False):
                p.grad += gradient

    def needed(self, *, inputs: bool = False) -> list[bool]:
        """Return whose gradients are needed: of what depends on trained parameters, or also on the inputs."""
        needed = [inputs and kind == "float" for kind in self.input_kinds]
        for use in self.uses:
            needed.append(bool(use.trained) or any(needed[i] for i in use.inputs))
        return needed

    def penalties(self) -> list[tuple[Any, Any]]:
        """Return the regularizers of trained parameters with these, each once."""
        trained = dict.fromkeys(p for use in self.uses for p in use.trained)
        return [(p.regularizer, p) for p in trained if p.regularizer is not None]

    def penalties_by_use(self, values: Sequence[Array], predictions: Sequence[Array] = ()) -> list[float]:
        """Return what each use adds to the loss: its first, with the weights; its outputs; by ``add_loss``.

        ``predictions`` stand in ``values`` in the place of the outputs that are ends.
        """
        made = {i: y for i, y in zip(self.outputs, predictions, strict=False) if i in self._ends}
        found, seen = [], set()
        for i, use in enumerate(self.uses, self.inputs):
            layer, total = use.layer, 0.0
            if layer.parameters and id(use.owner) not in seen:
                seen.add(id(use.owner))
                for p in use.trained:
                    total += 0.0 if p.regularizer is None else float(p.regularizer(p.value))
            total += sum(float(getattr(loss, "value", loss)) for loss in layer.added_losses)
            if layer.activity_regularizer is not None:
                y = made.get(i, values[i])
                total += float(layer.activity_regularizer(y)) / max(len(y), 1)
            found.append(total)
        return found


def as_plan(layers: "Plan | Sequence[Layer]") -> Plan:
    """Return the plan of a chain of layers; a plan itself."""
    if isinstance(layers, Plan):
        return layers
    uses = [Use(layer, layer, [i], layer.name) for i, layer in enumerate(layers)]
    return Plan([layers[0].input_shape or ()], uses, [len(uses)])
