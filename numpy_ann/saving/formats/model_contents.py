"""What a model file holds, as plain data: between the files below and the models above."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy_ann._typing import Array, Shape
from numpy_ann.keras_tensor import leaves
from numpy_ann.layers import Layer
from numpy_ann.optimizers import Optimizer


class WeightFormat(NamedTuple):
    """What a file has for one parameter of a layer."""

    shape: Shape
    trained: bool = True  # whether an optimizer changes it
    kind: str = "f"  # floats; "i": an integer


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
    """What reads what in a graph; inputs and outputs are a ``Place``, or lists or dictionaries of such."""

    calls: list[Call]
    inputs: Any
    outputs: Any


@dataclass(frozen=True)
class Architecture:
    """A chain or a graph of layers, whose weights are not there yet."""

    name: str
    dtype: str  # float32 or float64
    input_shape: Shape  # of one sample
    input_name: str
    layers: list[Layer]  # without input layers, those of models in this one among them
    parts: "Sequence[Layer | Architecture]"  # models in this one as one; of a graph, its input layers too
    weight_formats: list[list[WeightFormat]]  # for each of the layers, what its parameters are
    batch_size: int | None = None
    connections: Connections | None = None  # what reads what, if each part doesn't read the one before
    input_dtype: str | None = None  # of a chain's input, if it isn't the model's
    own: Any = None  # the model itself, where its class is somebody's own; its body is the one part
    cls: Any = None  # of a chain or a graph, where that is somebody's own

    @property
    def kind(self) -> str:
        """Keras' class of models, or somebody's own."""
        if self.own is not None:
            return type(self.own).__name__
        known = "Sequential" if self.connections is None else "Functional"
        return known if self.cls is None else str(self.cls.__name__)

    @property
    def output_names(self) -> list[str]:
        """What dictionaries call a graph's outputs, as ``Model.output_names``; of a chain, none."""
        calls, _, ends = self.connections or ([], [], [])
        if isinstance(ends, dict):
            return sorted(ends)
        names = [self.parts[calls[place.call].part].name for place in leaves(ends)]
        before = [names[:i].count(name) for i, name in enumerate(names)]
        return [f"{name}_{n}" if n else name for name, n in zip(names, before, strict=True)]


@dataclass(frozen=True)
class OptimizerState:
    """Where an optimizer has come to."""

    iterations: int
    slots: dict[str, list[Array]]  # an array for each trainable parameter, in its shape; empty at first
    learning_rate: float | None = None  # as last set, where the file holds it beside the configuration


class OutputArguments(NamedTuple):
    """The arguments of ``compile`` for one output, as they were given."""

    loss: Any = None  # a name, a loss or a function
    loss_weights: float = 1.0
    metrics: Sequence[Any] = ()
    weighted_metrics: Sequence[Any] = ()


@dataclass(frozen=True)
class CompileArguments:
    """The arguments of ``compile``."""

    optimizer: Optimizer  # not built
    outputs: Any  # OutputArguments; of several outputs a list, or a dictionary by name
    has_optimizer: bool = True  # the file names it, and may hold its state


@dataclass(frozen=True)
class ResumeState:
    """What Keras has no place for: it makes a resumed training the same to the last bit."""

    random_streams: dict[str, Any]  # the state of a RandomStreams
    epochs_trained: int


@dataclass(frozen=True)
class ModelContents:
    """A whole model file."""

    architecture: Architecture
    weights: list[list[Array]]  # for each layer its parameters
    state: OptimizerState | None = None
    compiled: CompileArguments | None = None
    resume_state: ResumeState | None = None
    notes: list[str] = field(default_factory=list)  # what a user should be told: what the file had lost
