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
    "Architecture",
    "CompileArguments",
    "ModelContents",
    "ModelNumbers",
    "OptimizerState",
    "ResumeState",
    "WeightFormat",
]


class WeightFormat(NamedTuple):
    """What a file has for one parameter of a layer.

    ``trained`` says whether an optimizer changes it; ``kind`` is ``"f"`` for floats, ``"i"`` for an integer.
    """

    shape: Shape
    trained: bool = True
    kind: str = "f"


@dataclass(frozen=True)
class Architecture:
    """A chain of layers, whose weights are not there yet.

    Parameters
    ----------
    name : str
        The model's.
    dtype : str
        ``"float32"`` or ``"float64"``.
    input_shape : tuple of int
        Of one sample.
    input_name : str
        The input layer's.
    layers : list of Layer
        Without the input layer.
    weight_formats : list of list of WeightFormat
        For each layer, what its parameters are.
    batch_size : int, optional
        The one that the input layer declares.
    """

    name: str
    dtype: str
    input_shape: Shape
    input_name: str
    layers: list[Layer]
    weight_formats: list[list[WeightFormat]]
    batch_size: int | None = None


@dataclass(frozen=True)
class OptimizerState:
    """Where an optimizer has come to.

    Parameters
    ----------
    iterations : int
        Steps taken.
    slots : dict of str to list of ndarray
        For each slot, an array for each trainable parameter, in its shape; empty before the first step.
    learning_rate : float, optional
        As last set, where the file holds it beside the configuration.
    """

    iterations: int
    slots: dict[str, list[Array]]
    learning_rate: float | None = None


@dataclass(frozen=True)
class CompileArguments:
    """The arguments of ``compile``.

    Parameters
    ----------
    optimizer : Optimizer
        Not built.
    loss : str or Loss, optional
        As it was given.
    metrics, weighted_metrics : sequence of str or Metric
        As they were given.
    has_optimizer : bool
        Whether the file names the optimizer, whose state it may then hold.
    loss_weight : float
        What the loss is multiplied by.
    """

    optimizer: Optimizer
    loss: str | Loss | None
    metrics: Sequence[str | Metric]
    weighted_metrics: Sequence[str | Metric]
    has_optimizer: bool = True
    loss_weight: float = 1.0


@dataclass(frozen=True)
class ResumeState:
    """What Keras has no place for: it makes a resumed training the same to the last bit.

    Parameters
    ----------
    random_streams : dict
        The state of a ``RandomStreams``.
    epochs_trained : int
        Epochs that ``fit`` has run.
    """

    random_streams: dict[str, Any]
    epochs_trained: int


@dataclass(frozen=True)
class ModelNumbers:
    """The numbers of a model: for each layer its parameters, and the optimizer's state where there is one."""

    weights: list[list[Array]]
    optimizer: OptimizerState | None = None


@dataclass(frozen=True)
class ModelContents:
    """A whole model file.

    Parameters
    ----------
    architecture : Architecture
        The layers.
    numbers : ModelNumbers
        Their weights and the optimizer's state.
    compiled : CompileArguments, optional
        How it trains.
    resume_state : ResumeState, optional
        What only numpy_ann writes.
    notes : list of str
        What a user should be told: what the file had lost.
    """

    architecture: Architecture
    numbers: ModelNumbers
    compiled: CompileArguments | None = None
    resume_state: ResumeState | None = None
    notes: list[str] = field(default_factory=list)
