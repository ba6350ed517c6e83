"""Reading Keras' model files: configuration first, then exactly the arrays that it calls for."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular
from numpy_ann.errors import ModelFormatError
from numpy_ann.layers.vocabulary import LookupLayer
from numpy_ann.optimizers import Optimizer
from numpy_ann.saving.containers import archive
from numpy_ann.saving.containers.archive import Archive
from numpy_ann.saving.containers.hdf5 import Group, open_hdf5
from numpy_ann.saving.containers.limits import JSON_BYTES, Limits
from numpy_ann.saving.containers.strict_json import ConfigValue, parse_json
from numpy_ann.saving.formats.architecture import read_architecture
from numpy_ann.saving.formats.compile_config import RESUME_KEY, read_compiled, read_resume_state
from numpy_ann.saving.formats.model_contents import Architecture, ModelContents, OptimizerState
from numpy_ann.saving.formats.optimizers import read_state
from numpy_ann.saving.formats.vocabularies import fill_vocabularies
from numpy_ann.saving.formats.weight_groups import Partly, read_named_weights, read_numbered_weights

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK"
_LARGEST_NUMBER = 8  # bytes of a float64
_MOST_SLOTS = 4  # arrays that an optimizer keeps for each weight
_VERSION = re.compile(r"[\w.+-]{1,32}", re.ASCII)  # of Keras, as a message may show it
_UNCOUNTED = (
    "The file does not say how many steps its optimizer took (Keras before 2.3 leaves that out for some). "
    "Its learning rate falls from the beginning again, as it does in that Keras."
)
# Keras of its own, before it became tf.keras (which states 2.2.4-tf).
_SUMMED = re.compile(r"(1\.2|2\.[0-3])(\.\d{1,3})?")
_SUMMED_NOTE = (
    "summed the activity penalty of a batch; here, as in every Keras since, it is divided by the batch's "
    "size. To go on as there, multiply the penalty by that size."
)
_BY_NAME = re.compile(r"1\.|2\.0\.[0-5]$")  # sorted the trained weights by name before the optimizer saw them
_OVERHEAD = 1 << 20, 1 << 14  # bytes of an HDF5 file beside its arrays: at all, and for each layer


def read_model(
    path: str | os.PathLike[str], *, compile: bool = True,  # noqa: A002  (Keras' name)
    allow_nonfinite: bool = False, limits: Limits | None = None,
) -> ModelContents:  # fmt: skip
    """Return what a ``.keras`` or ``.h5`` file holds; which of the two it is, its first bytes say.

    Options and errors are those of ``models.load_model``.
    """
    limits = limits or Limits()
    with _opened(path) as (members, metadata, version):
        if isinstance(members, Group):
            return _read_hdf5_model(members, version, compile, allow_nonfinite, limits)
        data = members.read(archive.CONFIG, JSON_BYTES)
        config, state = ConfigValue(parse_json(data, archive.CONFIG), archive.CONFIG), None
        if b"Lookup" in data:
            fill_vocabularies(
                config.value,
                lambda name, most: members.read(name, most) if name in members else None,
                lambda place: _idf_weights(members, place),
            )
        architecture = read_architecture(config, limits, version, lambda: _normalized_width(members))
        with _weights_of(members, architecture) as root:
            weights = read_numbered_weights(root, architecture, allow_nonfinite=allow_nonfinite)
            with stating(compiled=True):
                training = config.get("compile_config") if compile else None
                compiled, notes = read_compiled(
                    training, architecture.connections and architecture.output_names
                )
                if compiled and compiled.has_optimizer and "optimizer" in root:
                    group = root.group("optimizer/vars")
                    state = read_state(group, compiled.optimizer, architecture)
        more = metadata.get(RESUME_KEY)
        resumed = None if more is None else read_resume_state(more)
        return ModelContents(architecture, weights, state, compiled, resumed, notes)


def read_weights(
    path: str | os.PathLike[str], architecture: Architecture, optimizer: Optimizer | None = None, *,
    allow_nonfinite: bool = False, partly: Partly | None = None,
) -> tuple[list[list[Array]], OptimizerState | None]:  # fmt: skip
    """Return the weights in a file of any kind, for layers that are known already, and a state.

    That of an ``optimizer`` is read from a ``.weights.h5`` that has one. With ``partly``, not everything
    needs to fit. Errors are those of ``models.load_weights``.
    """
    options: Any = {"allow_nonfinite": allow_nonfinite, "partly": partly}
    with _opened(path) as (file, *_):
        if isinstance(file, Archive):
            _refuse_by_name(path, partly)
            with _weights_of(file, architecture) as root:
                return read_numbered_weights(root, architecture, **options), None
        if "model_weights" in file:
            return read_named_weights(file.group("model_weights"), architecture, **options), None
        if file.has_attribute("layer_names"):
            return read_named_weights(file, architecture, **options), None
        _refuse_by_name(path, partly)
        weights, state = read_numbered_weights(file, architecture, **options), None
        try:
            if optimizer is not None and "optimizer" in file:
                state = read_state(file.group("optimizer/vars"), optimizer, architecture)
        except ModelFormatError as error:
            if partly is None or not partly.skip_mismatch:
                raise
            partly.skipped.append(f"the optimizer's state: {error}")
        return weights, state


def _refuse_by_name(path: str | os.PathLike[str], partly: Partly | None) -> None:
    if partly is not None and partly.by_name:
        raise ValueError(
            "`by_name` only supports loading legacy '.h5' or '.hdf5' files: others don't hold the layers' "
            f"names. Without by_name, layers are matched by their order. Received: {os.fspath(path)!r}"
        )


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[tuple[Archive | Group, Any, str | None]]:
    """Open a file: its archive and metadata, or its root group; and what version of Keras it states, if any.

    What it says decides words alone, and what a few names mean; whatever else stands there is nothing.
    """
    if Path(path).is_dir():
        raise ModelFormatError(f"{path}: a folder (a TensorFlow SavedModel?); .keras and .h5 files are read")
    with open_regular(path) as file, stating(path=path):
        start = file.read(len(_HDF5))
        file.seek(0)
        if start == _HDF5:
            with open_hdf5(file, "") as root:
                version = None
                with suppress(ModelFormatError):
                    version = root.text("keras_version")
                with stating(version):
                    yield root, None, version
        elif start.startswith(_ZIP):
            members = Archive(file)
            metadata = parse_json(members.read(archive.METADATA, JSON_BYTES, b"null"), archive.METADATA)
            found = metadata.get("keras_version") if isinstance(metadata, dict) else None
            version = found if isinstance(found, str) else None
            with stating(version):
                yield members, ConfigValue(metadata, archive.METADATA), version
        else:
            what = "empty" if not start else f"beginning with {start!r}"
            raise ModelFormatError(f"neither a .keras (zip) nor an .h5 (HDF5) file, but {what}")


@contextmanager
def stating(
    version: str | None = None, *, path: str | os.PathLike[str] | None = None, compiled: bool = False
) -> Iterator[None]:
    """Say where it is wrong, and what Keras the file states; and of how it was ``compiled``, the cure."""
    try:
        yield
    except ModelFormatError as error:
        text = str(error)
        if compiled and "compile=False" not in text:
            text += ". With compile=False, the model loads without it."
        if version is not None and _VERSION.fullmatch(version):
            text += f" (The file states Keras {version}.)"
        raise ModelFormatError(text if path is None else f"{path}: {text}") from error.__cause__


def _read_hdf5_model(
    root: Group, version: str | None, compile_it: bool, allow_nonfinite: bool, limits: Limits
) -> ModelContents:
    config = _json_attribute(root, "model_config")
    if config is None:
        raise ModelFormatError(
            "no model configuration; if this is a file of weights alone, build the model and use load_weights"
        )
    fill_vocabularies(config.value, lambda *_: None, lambda _: [])
    more = _json_attribute(root, RESUME_KEY)
    # A file of ours states the Keras 2 that reads it, but means what numpy_ann and Keras 3 mean.
    means = (version or "1") if more is None else None
    stored = root.group("model_weights")
    architecture = read_architecture(config, limits, means, lambda: _first_width(stored))
    weights, state = read_named_weights(stored, architecture, allow_nonfinite=allow_nonfinite), None
    with stating(compiled=True):
        training = _json_attribute(root, "training_config") if compile_it else None
        compiled, notes = read_compiled(
            training, architecture.output_names if architecture.connections else ()
        )
        penalized = any(layer.activity_regularizer is not None for layer in architecture.layers)
        if compiled and penalized and _SUMMED.fullmatch(version or ""):
            notes = [*notes, f"Keras {version} {_SUMMED_NOTE}"]
        if compiled and compiled.has_optimizer and "optimizer_weights" in root:
            order = _order_of_names(stored, architecture) if _BY_NAME.match(version or "") else None
            group, optimizer = root.group("optimizer_weights"), compiled.optimizer
            state = read_state(group, optimizer, architecture, named=True, places=order)
            if state.slots and not state.iterations and optimizer.schedule is not None:
                notes = [*notes, _UNCOUNTED]
    resumed = None if more is None else read_resume_state(more)
    return ModelContents(architecture, weights, state, compiled, resumed, notes)


def _order_of_names(stored: Group, architecture: Architecture) -> list[int]:
    """Return which of the trained weights comes first by its name, which second, ..."""
    names = stored.texts("layer_names", 2 * len(architecture.parts) + 16)
    weights = [name for layer in map(stored.group, names) for name in layer.texts("weight_names", 1024)]
    formats = chain(*architecture.weight_formats)
    trained = [name for name, weight in zip(weights, formats, strict=True) if weight.trained]
    if len(set(trained)) < len(trained):
        raise stored.error("the state is in the order of the weights' names, of which two are the same")
    return sorted(range(len(trained)), key=trained.__getitem__)


def _first_width(group: Group) -> int | None:
    for layer in map(group.group, group.texts("layer_names", Limits().layers + 1)):
        if names := layer.texts("weight_names", 16):
            found = layer.shape(names[0])
            return int(found[0]) if found else None
    return None


def _normalized_width(members: Archive) -> int | None:
    """Return how many features a Normalization was built for, which the configuration of Keras 2.12 omits."""
    with _weights_of(members) as root:
        if "_layer_checkpoint_dependencies" not in root:
            return None
        layers = root.group("_layer_checkpoint_dependencies")
        found = layers.group("normalization/vars").shape("0") if "normalization" in layers else None
        return found[0] if found else None


def _idf_weights(members: Archive, place: str) -> list[float]:
    with _weights_of(members) as root:
        group = root.group(place)
        numbers = group.array("idf_weights", group.shape("idf_weights") or (), "f", "float32")
        return numbers.reshape(-1).tolist()


def _json_attribute(root: Group, name: str) -> ConfigValue | None:
    text = root.text(name)
    return None if text is None else ConfigValue(parse_json(text, name), name)


@contextmanager
def _weights_of(members: Archive, architecture: Architecture | None = None) -> Iterator[Group]:
    """Open the archive's weights, which can be no larger than the configuration makes them.

    Where that doesn't say it yet, they are smaller than the file, stored as Keras stores them.
    """
    most = members.size
    if architecture is not None:
        layers, formats = architecture.layers, architecture.weight_formats
        numbers = sum(prod(weight.shape) for weight in chain(*formats))
        numbers += sum(layer.vocabulary_size() for layer in layers if isinstance(layer, LookupLayer))
        at_all, each = _OVERHEAD
        most = numbers * _LARGEST_NUMBER * (1 + _MOST_SLOTS) + at_all + each * len(layers)
    with open_hdf5(io.BytesIO(members.read(archive.WEIGHTS, most)), archive.WEIGHTS) as root:
        yield root
