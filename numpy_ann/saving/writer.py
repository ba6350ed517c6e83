"""Writing Keras' model files, so that Keras reads them."""

import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.atomic import write_atomically
from numpy_ann.layers import InputLayer
from numpy_ann.layers.traced import Operation
from numpy_ann.layers.vocabulary import LookupLayer
from numpy_ann.saving.containers import archive
from numpy_ann.saving.formats import compile_config
from numpy_ann.saving.formats.architecture import entry_of, keras_config
from numpy_ann.saving.formats.model_contents import Architecture, ModelContents
from numpy_ann.saving.formats.optimizers import named_arrays, numbered_arrays
from numpy_ann.saving.formats.vocabularies import take_vocabularies
from numpy_ann.saving.formats.weight_groups import class_group_names, places, weights_by_part

_json = partial(json.dumps, allow_nan=False)
KERAS_VERSION = "3.3.3"  # whose form the configuration has
_VERSIONS = {"keras_version": "2.15.0", "backend": "tensorflow"}  # of .h5 files
_LONGEST_LIST = 4000  # names in one attribute: HDF5 has room for 64 kB, at 16 bytes a name


def write_keras(path: str | os.PathLike[str], contents: ModelContents) -> None:
    """Write a ``.keras`` file in the form that Keras 3.3 and later read, and continue training from.

    Raises ``ValueError`` if the model has a part that the file can't hold; then nothing was written;
    ``OSError`` if the file can't be written; then the old one, if any, is unchanged.
    """
    saved = datetime.now(UTC).strftime("%Y-%m-%d@%H:%M:%S")
    metadata: dict[str, Any] = {"keras_version": KERAS_VERSION, "date_saved": saved}
    if contents.resume_state is not None:
        metadata[compile_config.RESUME_KEY] = compile_config.write_resume_state(contents.resume_state)
    compiled = contents.compiled
    config = keras_config(
        contents.architecture, compile_config.keras_compile_config(compiled) if compiled else None
    )
    vocabularies = take_vocabularies(config)
    members = {archive.METADATA: _json(metadata).encode(), archive.CONFIG: _json(config).encode()}
    members[archive.WEIGHTS] = _numbered_weights(contents)
    write_atomically(path, archive.pack(members | vocabularies))


def write_h5(path: str | os.PathLike[str], contents: ModelContents) -> None:
    """Write an ``.h5`` file in the form that Keras 2.15 and Keras 3 read, and Keras 2.15 continues from."""
    architecture, compiled = contents.architecture, contents.compiled

    def fill(root: Any) -> None:
        root.attrs.update(_VERSIONS)
        root.attrs["model_config"] = _json(entry_of(architecture, keras2=True))
        if contents.resume_state is not None:
            root.attrs[compile_config.RESUME_KEY] = _json(
                compile_config.write_resume_state(contents.resume_state)
            )
        _named_weights(root.create_group("model_weights"), architecture, contents.weights)
        if compiled is not None:
            root.attrs["training_config"] = _json(compile_config.h5_training_config(compiled))
            if (state := contents.state) is not None:  # as Keras 2 has it
                layers = architecture.layers
                names = [f"{layer.name}/{p.name}" for layer in layers for p in layer.trainable_parameters]
                if len({*names}) < len(names):  # of layers in a layer of one's own
                    names = [f"{i}/{name}" for i, name in enumerate(names)]
                arrays = named_arrays(compiled.optimizer, state, names)
                _arrays(root.create_group("optimizer_weights"), arrays)

    write_atomically(path, _hdf5(fill))


def write_weights(path: str | os.PathLike[str], contents: ModelContents) -> None:
    """Write a ``.weights.h5`` file, of the weights and the optimizer's state alone."""
    write_atomically(path, _numbered_weights(contents))


def _hdf5(fill: Callable[[Any], None]) -> bytes:
    """Return an HDF5 file's bytes, made in memory: so the one step that a disk can fail is a plain write."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        fill(root)
    return buffer.getvalue()


def _numbered_weights(contents: ModelContents) -> bytes:
    """Return the HDF5 file whose layout ``weights.read_numbered_weights`` describes."""
    architecture, compiled, state = contents.architecture, contents.compiled, contents.state

    def fill(root: Any) -> None:
        _number_parts(root, architecture, iter(_as_stored(architecture, contents.weights)))
        if state is not None and compiled is not None:
            group = root.create_group("optimizer/vars")
            group.attrs["name"] = compiled.optimizer.name
            for i, array in enumerate(numbered_arrays(compiled.optimizer, state)):
                group.create_dataset(str(i), data=array)

    return _hdf5(fill)


def _number_parts(root: Any, architecture: Architecture, weights: Iterator[list[Array]]) -> None:
    parts = architecture.parts
    names = [f"layers/{name}/" for name in class_group_names(parts)]
    for name, part in zip(names if architecture.own is None else [""], parts, strict=True):
        if isinstance(part, Architecture):
            _number_parts(root.create_group(name), part, weights)
            continue
        if isinstance(part, Operation):  # of which Keras has no group
            next(weights)
            continue
        root.require_group(f"{name}vars").attrs["name"] = part.name
        arrays = [] if isinstance(part, InputLayer) else next(weights)
        for path, own in places(part) if part.by_call else [("vars", range(len(arrays)))]:
            for i, number in enumerate(own):
                root.create_dataset(f"{name}{path}/{i}", data=arrays[number])
        if isinstance(part, LookupLayer) and part.weights_of_tokens.size:
            root.create_dataset(f"{name}vars/idf_weights", data=part.weights_of_tokens.astype(np.float32))
    root.require_group("vars").attrs["name"] = architecture.name


def _as_stored(architecture: Architecture, weights: Sequence[Sequence[Array]]) -> list[list[Array]]:
    """Return the weights, counts as integers of 64 bits, as Keras on TensorFlow has them."""
    found = []
    for arrays, formats in zip(weights, architecture.weight_formats, strict=True):
        kinds = zip(arrays, formats, strict=True)
        found.append([array.astype(np.int64) if of.kind == "i" else array for array, of in kinds])
    return found


def _named_weights(group: Any, architecture: Architecture, weights: Sequence[Sequence[Array]]) -> None:
    """Fill the group whose layout ``weights.read_named_weights`` describes."""
    group.attrs.update(_VERSIONS)
    _write_names(group, "layer_names", [part.name for part in architecture.parts])
    stored = _as_stored(architecture, weights)
    for part, spots in zip(architecture.parts, weights_by_part(architecture), strict=True):
        owners = [architecture.layers[i] for i, _ in spots]
        found = zip(owners, spots, strict=True)
        names = [f"{layer.name}/{layer.parameters[k].name}:0" for layer, (_, k) in found]
        for which in (0, 1):  # layers of one name in models in this one, or in a layer of one's own
            if len({*names}) < len(names):
                names = [f"{spot[which]}/{name}" for spot, name in zip(spots, names, strict=True)]
        arrays = [stored[i][k] for i, k in spots]
        _arrays(group.create_group(part.name), dict(zip(names, arrays, strict=True)))


def _arrays(group: Any, arrays: dict[str, Any]) -> None:
    _write_names(group, "weight_names", list(arrays))
    for name, array in arrays.items():
        group.create_dataset(name, data=array)


def _write_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    """Write a list of names; one too long for an attribute is cut into several, as Keras does."""
    import h5py

    for i, start in enumerate(range(0, max(len(names), 1), _LONGEST_LIST)):
        part = np.array(names[start : start + _LONGEST_LIST], dtype=object)
        name = f"{attribute}{i}" if len(names) > _LONGEST_LIST else attribute
        group.attrs.create(name, part, dtype=h5py.string_dtype())
