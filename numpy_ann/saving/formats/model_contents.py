"""What a model file holds, as plain data: between the files below and the models above."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy_ann._typing import Array, Shape
from numpy_ann.layers import InputLayer, Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer

__all__ = [
    "Architecture", "Call", "CompileArguments", "Connections", "ModelContents", "ModelNumbers",
    "OptimizerState", "Place", "ResumeState", "WeightFormat", "formats_of", "mapped",
]  # fmt: skip


class WeightFormat(NamedTuple):
    """What a file has for one parameter of a layer.

    ``trained`` says whether an optimizer changes it; ``kind`` is ``"f"`` for floats, ``"i"`` for an integer.
    """

    shape: Shape
    trained: bool = True
    kind: str = "f"


class Place(NamedTuple):
    """Where an array comes from: which of the calls makes it, and as which of its outputs."""

    call: int
    output: int = 0


class Call(NamedTuple):
    """One use of a layer or a model in a graph; an input layer is called on nothing."""

    part: int  # its number among the graph's parts
    inputs: list[Place]
    training: bool | None = None  # what was said at the call


class Connections(NamedTuple):
    """What reads what in a graph: its calls, in an order in which they can run, its inputs, its outputs.

    Inputs and outputs are a ``Place``, or lists or dictionaries of such, as the model was made with.
    """

    calls: list[Call]
    inputs: Any
    outputs: Any


def formats_of(layer: Layer) -> list[WeightFormat]:
    """Return what files have for each parameter of a layer."""
    trained = set(map(id, layer.trainable_parameters))
    return [WeightFormat(p.shape, id(p) in trained, "i" if p.integer else "f") for p in layer.parameters]


def mapped(structure: Any, function: Callable[[Any], Any]) -> Any:
    """Return a structure of lists and dictionaries with what a function makes of its leaves.

    >>> mapped({"a": [Place(1)]}, lambda place: place.call)
    {'a': [1]}
    """
    if isinstance(structure, Mapping):
        return {key: mapped(part, function) for key, part in structure.items()}
    if isinstance(structure, list):
        return [mapped(part, function) for part in structure]
    return function(structure)


@dataclass(frozen=True)
class Architecture:
    """A chain or a graph of layers, whose weights are not there yet."""

    name: str
    dtype: str  # float32 or float64
    input_shape: Shape  # of one sample
    input_name: str
    layers: list[Layer]  # without input layers, those of models in this one among them
    weight_formats: list[list[WeightFormat]]  # for each layer, what its parameters are
    batch_size: int | None = None
    # What the model itself is made of, models in it as one and input layers of graphs too, if that isn't the
    # layers; and what reads what, if each doesn't read the one before.
    children: "list[Layer | Architecture] | None" = None
    connections: Connections | None = None
    input_dtype: str | None = None  # of a chain's input, if it isn't the model's
    own: Any = None  # the model itself, where its class is somebody's own; its body is the one layer
    cls: Any = None  # of a chain or a graph, where that is somebody's own

    @property
    def kind(self) -> str:
        """Keras' class of models, or somebody's own."""
        if self.own is not None:
            return type(self.own).__name__
        known = "Sequential" if self.connections is None else "Functional"
        return known if self.cls is None else str(self.cls.__name__)

    @property
    def outputs(self) -> int:
        """How many outputs the model has."""
        found: list[Place] = []
        if self.connections is not None:
            mapped(self.connections.outputs, found.append)
        return max(len(found), 1)

    @property
    def parts(self) -> "Sequence[Layer | Architecture]":
        """The children, or the layers, if there is no other."""
        return self.layers if self.children is None else self.children

    def weights_by_part(self) -> list[list[tuple[int, int]]]:
        """Return, for each part, which weights it has in ``.h5`` files: numbers of layers and of weights.

        Those of a model come as Keras has them there: first what is trained.
        """
        first, found, formats = 0, [], self.weight_formats
        for part in self.parts:
            inner = isinstance(part, Architecture) or getattr(part, "by_call", False)
            count = len(part.layers) if isinstance(part, Architecture) else not isinstance(part, InputLayer)
            weights = [(i, k) for i in range(first, first + count) for k in range(len(formats[i]))]
            if inner:
                weights.sort(key=lambda at: not formats[at[0]][at[1]].trained)
            found.append(weights)
            first += count
        return found


@dataclass(frozen=True)
class OptimizerState:
    """Where an optimizer has come to."""

    iterations: int
    slots: dict[str, list[Array]]  # an array for each trainable parameter, in its shape; empty at first
    learning_rate: float | None = None  # as last set, where the file holds it beside the configuration


@dataclass(frozen=True)
class CompileArguments:
    """The arguments of ``compile``."""

    optimizer: Optimizer  # not built
    loss: str | Loss | None  # this and the metrics as they were given
    metrics: Sequence[str | Metric]
    weighted_metrics: Sequence[str | Metric]
    has_optimizer: bool = True  # the file names it, and may hold its state
    loss_weight: float = 1.0
    # For each of several outputs those of its own, in their order or by their names.
    parts: "list[CompileArguments] | dict[str, CompileArguments] | None" = None

    def for_compile(self) -> tuple[Any, ...]:
        """Return optimizer, loss, loss weights, metrics, weighted metrics in the form of ``compile``."""

        def gathered(part: CompileArguments) -> tuple[Any, ...]:
            return part.loss, part.loss_weight, part.metrics, part.weighted_metrics

        if self.parts is None:
            return (self.optimizer, *gathered(self))
        if isinstance(self.parts, list):
            return (self.optimizer, *map(list, zip(*map(gathered, self.parts), strict=True)))
        named = {name: gathered(part) for name, part in self.parts.items()}
        return (self.optimizer, *({name: found[i] for name, found in named.items()} for i in range(4)))


@dataclass(frozen=True)
class ResumeState:
    """What Keras has no place for: it makes a resumed training the same to the last bit."""

    random_streams: dict[str, Any]  # the state of a RandomStreams
    epochs_trained: int


@dataclass(frozen=True)
class ModelNumbers:
    """The numbers of a model: for each layer its parameters, and the optimizer's state where there is one."""

    weights: list[list[Array]]
    optimizer: OptimizerState | None = None


@dataclass(frozen=True)
class ModelContents:
    """A whole model file."""

    architecture: Architecture
    numbers: ModelNumbers
    compiled: CompileArguments | None = None
    resume_state: ResumeState | None = None
    notes: list[str] = field(default_factory=list)  # what a user should be told: what the file had lost
