"""Good model files to spoil: a small trained model in both formats, and ways to change what they hold."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np

from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.lookup import clear_session
from numpy_ann.models import Sequential, load_model

X = np.random.default_rng(1).random((12, 4, 4), dtype=np.float32)
Y = np.eye(3, dtype=np.float32)[np.arange(12) % 3]


def trained_model(seed: int = 0, **options: Any) -> Sequential:
    """Return a model that has trained for two epochs, with dropout."""
    model = Sequential(
        [
            Input((4, 4)),
            Flatten(),
            Dense(5, activation="relu"),
            Dropout(0.25),
            Dense(3, activation="softmax"),
        ],
        seed=seed,
        **options,
    )
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    return model


def good(path: Path) -> Path:
    """Write the model there, in the format of the suffix."""
    path.write_bytes(saved(path.suffix))
    return path


@cache
def saved(suffix: str) -> bytes:
    """Return the file of the trained model, which loads."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"model{suffix}"
        clear_session()  # its layers are called the same, whoever asks first
        trained_model().save(path)
        clear_session()
        load_model(path)
        return path.read_bytes()


def members(path: Path) -> dict[str, bytes]:
    """Return the members of a ``.keras`` file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(path: Path, content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """Write a ``.keras`` file of these members."""
    with zipfile.ZipFile(path, "w", compression, compresslevel=1) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def read_config(path: Path) -> str:
    """Return the text of the model configuration."""
    if path.suffix == ".keras":
        return members(path)["config.json"].decode()
    with h5py.File(path) as root:
        return str(root.attrs["model_config"])


def write_config(path: Path, text: str | bytes) -> Path:
    """Put another text in the place of the model configuration."""
    if path.suffix == ".keras":
        data = text if isinstance(text, bytes) else text.encode()
        return repack(path, {**members(path), "config.json": data})
    with h5py.File(path, "r+") as root:
        root.attrs["model_config"] = text
    return path


def edit_config(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change the model configuration as an object."""
    config = json.loads(read_config(path))
    change(config)
    return write_config(path, json.dumps(config))


def edit_layer(path: Path, **options: Any) -> Path:
    """Change options of the first dense layer."""
    return edit_config(path, lambda config: dense(config).update(options))


def dense(config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of the first dense layer."""
    return next(e["config"] for e in config["config"]["layers"] if e["class_name"] == "Dense")


def edit_weights(path: Path, change: Callable[[Any], None], **options: Any) -> Path:
    """Change the HDF5 file, opened with ``options``, which in a ``.keras`` file is a member."""
    if path.suffix == ".h5":
        with h5py.File(path, "r+", **options) as root:
            change(root)
        return path
    content = members(path)
    buffer = io.BytesIO(content["model.weights.h5"])
    with h5py.File(buffer, "r+", **options) as root:
        change(root)
    return repack(path, {**content, "model.weights.h5": buffer.getvalue()})


def kernel_path(path: Path) -> str:
    """Return where the first dense layer's kernel lies."""
    return "layers/dense/vars/0" if path.suffix == ".keras" else "model_weights/dense/dense/kernel:0"


def replace_kernel(path: Path, make: Callable[[Any, str], None]) -> Path:
    """Remove the first dense layer's kernel and let ``make(group, name)`` put something else in its place."""

    def change(root: Any) -> None:
        parent, _, name = kernel_path(path).rpartition("/")
        del root[parent][name]
        make(root[parent], name)

    return edit_weights(path, change)
