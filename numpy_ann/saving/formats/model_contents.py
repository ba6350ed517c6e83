"""What a model file holds, as plain data: between the files below and the models above.

And what Keras' files have no place for: written where Keras doesn't look, read as strictly as the rest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy_ann._typing import Array, Shape
from numpy_ann.layers import Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.optimizers import Optimizer
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.options import read_options

__all__ = [
    "RESUME_KEY",
    "Architecture",
    "CompileArguments",
    "ModelContents",
    "ModelNumbers",
    "OptimizerState",
    "ResumeState",
    "WeightFormat",
    "read_resume_state",
    "write_resume_state",
]


RESUME_KEY = "numpy_ann"
"""The name of an attribute of ``.h5`` files, and of an entry of ``.keras`` files' ``metadata.json``."""

_VERSION = 1
_MOST_STREAMS = 10_000
_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,64}")
_WIDE = ("state", "inc")  # of the generator PCG64: 128 bits each, more than JSON readers promise to keep


class WeightFormat(NamedTuple):
    """What a file has for one parameter of a layer.

    ``trained`` says whether an optimizer changes it, while its layer is trainable; ``kind`` is ``"f"`` for
    floats and ``"i"`` for an integer.
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

    @property
    def parameters(self) -> list[tuple[Shape, bool]]:
        """The shape of each parameter, in order, and whether the optimizer changes it."""
        return [
            (weight.shape, layer.trainable and weight.trained)
            for layer, weights in zip(self.layers, self.weight_formats, strict=True)
            for weight in weights
        ]


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


def write_resume_state(state: ResumeState) -> dict[str, Any]:
    """Return the JSON object; large integers are hexadecimal strings."""
    streams = state.random_streams
    return {
        "version": _VERSION,
        "epochs_trained": state.epochs_trained,
        "seed": hex(streams["seed"]),
        "streams": {
            name: {**stream, "state": {key: hex(stream["state"][key]) for key in _WIDE}}
            for name, stream in streams["streams"].items()
        },
    }


def read_resume_state(item: ConfigValue) -> ResumeState | None:
    """Read the object; None if it is of a later version, for nothing in it is needed to use the model."""
    if item["version"].integer(1, 2**31) != _VERSION:
        return None
    fields = read_options(
        item,
        {
            "version": lambda value: value.integer(1, _VERSION),
            "epochs_trained": lambda value: value.integer(0, 2**31),
            "seed": _hexadecimal,
            "streams": _streams,
        },
        {},
    )
    state = {"seed": fields.get("seed", 0), "streams": fields.get("streams", {})}
    return ResumeState(state, fields.get("epochs_trained", 0))


def _hexadecimal(item: ConfigValue) -> int:
    text = item.string()
    if not _HEXADECIMAL.fullmatch(text):
        raise item.unexpected("a hexadecimal number such as '0x1f'")
    return int(text, 16)


def _streams(item: ConfigValue) -> dict[str, Any]:
    """Read the state of each PCG64 generator."""
    streams = item.fields()
    if len(streams) > _MOST_STREAMS:
        raise item.error(f"{len(streams)} random streams; at most {_MOST_STREAMS} are read")
    states = {}
    for name, stream in streams.items():
        wide = {key: _hexadecimal(stream["state"][key]) for key in _WIDE}
        if max(wide.values()) >= 2**128 or not wide["inc"] % 2:
            raise stream["state"].unexpected("the state of a PCG64 generator")
        if stream["bit_generator"].string() != "PCG64":
            raise stream["bit_generator"].unexpected("'PCG64'")
        states[name] = {
            "bit_generator": "PCG64",
            "state": wide,
            "has_uint32": stream["has_uint32"].integer(0, 1),
            "uinteger": stream["uinteger"].integer(0, 2**32 - 1),
        }
    return states
