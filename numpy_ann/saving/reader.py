"""Reading Keras' model files: configuration first, then exactly the arrays that it calls for."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import BinaryIO

from numpy_ann.atomic import open_regular
from numpy_ann.errors import ModelFormatError
from numpy_ann.optimizers import Optimizer
from numpy_ann.saving.containers import archive
from numpy_ann.saving.containers.archive import Archive
from numpy_ann.saving.containers.hdf5 import Group, open_hdf5
from numpy_ann.saving.containers.limits import JSON_BYTES, Limits
from numpy_ann.saving.containers.strict_json import parse_json
from numpy_ann.saving.formats import resume_state
from numpy_ann.saving.formats.architecture import read_architecture
from numpy_ann.saving.formats.compile_config import read_compiled
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.model_contents import (
    Architecture,
    CompileArguments,
    ModelContents,
    ModelNumbers,
    OptimizerState,
)
from numpy_ann.saving.formats.optimizers import read_named_state, read_numbered_state
from numpy_ann.saving.formats.weights import read_named_weights, read_numbered_weights

__all__ = ["read_model", "read_weights"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK"
_LARGEST_NUMBER = 8  # bytes of a float64
_MOST_SLOTS = 4  # arrays that an optimizer keeps for each weight
_OVERHEAD = 1 << 20, 1 << 14  # bytes of an HDF5 file beside its arrays: at all, and for each layer


def read_model(
    path: str | os.PathLike[str],
    *,
    compile: bool = True,  # noqa: A002  (Keras' name)
    allow_nonfinite: bool = False,
    limits: Limits | None = None,
) -> ModelContents:
    """Return what a ``.keras`` or ``.h5`` file holds; which of the two it is, its first bytes say.

    Parameters
    ----------
    path : path
        The file.
    compile : bool
        Whether to read the compile configuration and the optimizer's state.
    allow_nonfinite : bool
        Whether weights may be NaN or infinite.
    limits : Limits, optional
        How large the model may be.

    Raises
    ------
    ModelFormatError
        If the file isn't what it claims to be, or holds something that numpy_ann doesn't have.
    FileNotFoundError
        If there is no file.
    """
    limits = limits or Limits()
    with _opened(path) as (file, kind):
        if kind == _HDF5:
            with open_hdf5(file, "") as root:
                return _read_hdf5_model(root, compile, allow_nonfinite, limits)
        return _read_archive_model(Archive(file), compile, allow_nonfinite, limits)


def read_weights(
    path: str | os.PathLike[str],
    architecture: Architecture,
    optimizer: Optimizer | None = None,
    *,
    allow_nonfinite: bool = False,
) -> ModelNumbers:
    """Return the weights in a file, for layers that are known already.

    Parameters
    ----------
    path : path
        ``.weights.h5``, Keras 2's ``.h5`` of weights alone, or a whole model's ``.h5`` or ``.keras``.
    architecture : Architecture
        The layers that the weights are for.
    optimizer : Optimizer, optional
        If given, its state is read from a ``.weights.h5`` that has one; otherwise the result has none.
    allow_nonfinite : bool
        Whether weights may be NaN or infinite.

    Raises
    ------
    ModelFormatError, FileNotFoundError
        As ``read_model``, and if the weights don't fit the layers.
    """
    weights, dtype = architecture.weight_formats, architecture.dtype
    with _opened(path) as (file, kind):
        if kind == _ZIP:
            return _read_numbered(Archive(file), architecture, None, allow_nonfinite)
        with open_hdf5(file, "") as root:
            group = root.group("model_weights") if "model_weights" in root else root
            if group is not root or not ("layers" in root or "_layer_checkpoint_dependencies" in root):
                return ModelNumbers(
                    read_named_weights(group, weights, dtype, allow_nonfinite=allow_nonfinite)
                )
            return _read_numbered_group(root, architecture, optimizer, allow_nonfinite)


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[BinaryIO, bytes]]:
    """Open the file and tell its container; put its name before what is wrong with it."""
    if Path(path).is_dir():
        raise ModelFormatError(f"{path}: a folder (a TensorFlow SavedModel?); .keras and .h5 files are read")
    with open_regular(path) as file:
        start = file.read(len(_HDF5))
        file.seek(0)
        kind = _HDF5 if start == _HDF5 else _ZIP
        try:
            if kind == _ZIP and not start.startswith(_ZIP):
                what = "empty" if not start else f"beginning with {start!r}"
                raise ModelFormatError(f"neither a .keras (zip) nor an .h5 (HDF5) file, but {what}")
            yield file, kind
        except ModelFormatError as error:
            raise ModelFormatError(f"{path}: {error}") from error.__cause__


def _read_hdf5_model(root: Group, compile_it: bool, allow_nonfinite: bool, limits: Limits) -> ModelContents:
    config = _json_attribute(root, "model_config")
    if config is None:
        raise ModelFormatError(
            "no model configuration; if this is a file of weights alone, build the model and use load_weights"
        )
    architecture = read_architecture(config, limits)
    compiled: CompileArguments | None = None
    notes: list[str] = []
    state: OptimizerState | None = None
    training = _json_attribute(root, "training_config") if compile_it else None
    if training is not None:
        compiled, notes = read_compiled(training)

    weights = read_named_weights(
        root.group("model_weights"),
        architecture.weight_formats,
        architecture.dtype,
        allow_nonfinite=allow_nonfinite,
    )
    if compiled and compiled.has_optimizer and "optimizer_weights" in root:
        group = root.group("optimizer_weights")
        state = read_named_state(group, compiled.optimizer, architecture.parameters, architecture.dtype)
    more = _json_attribute(root, resume_state.KEY)
    return ModelContents(
        architecture,
        ModelNumbers(weights, state),
        compiled,
        None if more is None else resume_state.read_resume_state(more),
        notes,
    )


def _json_attribute(root: Group, name: str) -> ConfigValue | None:
    text = root.text(name)
    return None if text is None else ConfigValue(parse_json(text, name), name)


def _read_archive_model(
    members: Archive, compile_it: bool, allow_nonfinite: bool, limits: Limits
) -> ModelContents:
    config = ConfigValue(parse_json(members.read(archive.CONFIG, JSON_BYTES), archive.CONFIG), archive.CONFIG)
    architecture = read_architecture(config, limits)
    compiled: CompileArguments | None = None
    notes: list[str] = []
    training = config.get("compile_config") if compile_it else None
    if training is not None:
        compiled, notes = read_compiled(training)
    optimizer = compiled.optimizer if compiled and compiled.has_optimizer else None
    numbers = _read_numbered(members, architecture, optimizer, allow_nonfinite)
    more = None
    if archive.METADATA in members:  # the metadata themselves (version, date) decide nothing
        data = members.read(archive.METADATA, JSON_BYTES)
        more = ConfigValue(parse_json(data, archive.METADATA), archive.METADATA).get(resume_state.KEY)
    state = None if more is None else resume_state.read_resume_state(more)
    return ModelContents(architecture, numbers, compiled, state, notes)


def _read_numbered(
    members: Archive, architecture: Architecture, optimizer: Optimizer | None, allow_nonfinite: bool
) -> ModelNumbers:
    """Read the archive's weights, which can be no larger than the configuration makes them."""
    numbers = sum(prod(weight.shape) for weights in architecture.weight_formats for weight in weights)
    at_all, each = _OVERHEAD
    most = numbers * _LARGEST_NUMBER * (1 + _MOST_SLOTS) + at_all + each * len(architecture.layers)
    data = members.read(archive.WEIGHTS, most)
    with open_hdf5(io.BytesIO(data), archive.WEIGHTS) as root:
        return _read_numbered_group(root, architecture, optimizer, allow_nonfinite)


def _read_numbered_group(
    root: Group, architecture: Architecture, optimizer: Optimizer | None, allow_nonfinite: bool
) -> ModelNumbers:
    weights = read_numbered_weights(
        root,
        architecture.layers,
        architecture.weight_formats,
        architecture.dtype,
        allow_nonfinite=allow_nonfinite,
    )
    state: OptimizerState | None = None
    if optimizer is not None and "optimizer" in root:
        group = root.group("optimizer/vars")
        state = read_numbered_state(group, optimizer, architecture.parameters, architecture.dtype)
    return ModelNumbers(weights, state)
