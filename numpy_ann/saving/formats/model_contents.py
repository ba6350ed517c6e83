"""What a model file holds, as plain data: between the files below and the models above."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy_ann._typing import Array, Shape
from numpy_ann.layers import Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer

__all__ = [
    "Architecture", "CompileArguments", "ModelContents", "ModelNumbers", "OptimizerState", "ResumeState",
    "WeightFormat",
]  # fmt: skip


class WeightFormat(NamedTuple):
    """What a file has for one parameter of a layer.

    ``trained`` says whether an optimizer changes it; ``kind`` is ``"f"`` for floats, ``"i"`` for an integer.
    """

    shape: Shape
    trained: bool = True
    kind: str = "f"


@dataclass(frozen=True)
class Architecture:
    """A chain of layers, whose weights are not there yet."""

    name: str
    dtype: str  # float32 or float64
    input_shape: Shape  # of one sample
    input_name: str
    layers: list[Layer]  # without the input layer
    weight_formats: list[list[WeightFormat]]  # for each layer, what its parameters are
    batch_size: int | None = None


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
