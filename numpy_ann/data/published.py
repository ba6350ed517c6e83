"""Keras' own data sets: files known by the hash that an installed Keras has for them.

Those of texts hold pickled lists, opened once the hash is right, by an unpickler that makes arrays and lists.
"""

import io
import os
import pickle
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular
from numpy_ann.data.files import DataFile
from numpy_ann.errors import DataFormatError
from numpy_ann.validation import checked_number

__all__ = ["Published", "TrainAndTest", "arrays_of", "houses", "load", "parted", "shuffled"]

TrainAndTest: TypeAlias = tuple[tuple[Array, Array], tuple[Array, Array]]
"""``(x_train, y_train), (x_test, y_test)``."""

FOLDER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_HEADERS: dict[tuple[int, int], Callable[[Any], Any]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


class Published(DataFile):
    """A file of at most so many bytes, known by its hash, SHA-256 or MD5, as it is published."""

    gzipped = False


def load(
    files: Sequence[Published], path: str | os.PathLike[str] | None, folder: str = FOLDER
) -> list[bytearray]:
    """Return the files' bytes: from ``path``, NUMPY_ANN_DATA, Keras' cache, our own, or the server's folder.

    ``path`` is a file's; a bare name, as in Keras' ``load_data(path="imdb.npz")``, is that of the one kept.
    """
    if path is not None and Path(path).expanduser().is_file():
        with open_regular(Path(path).expanduser()) as stream:
            return [files[0].read(stream, str(path))]
    from numpy_ann.data.download import Mirror
    from numpy_ann.data.sources import Cache, cache_folder, fetch

    contents: dict[DataFile, bytearray] = {}
    for place in os.environ.get("NUMPY_ANN_DATA"), "~/.keras/datasets", "~/.keras/datasets/fashion-mnist":
        if place:
            cache = Cache(Path(place).expanduser())
            contents |= {file: found for file in files if (found := cache.load(file)) is not None}
    lacking = [file for file in files if file not in contents]
    if lacking:
        contents |= fetch(lacking, [Mirror(folder)], Cache(cache_folder() / "keras"))
    return [contents[file] for file in files]


class _ArraysAlone(pickle.Unpickler):
    """Makes arrays, and what pickle makes without asking (numbers, strings, lists, dictionaries)."""

    def find_class(self, module: str, name: str) -> Any:
        """Return one of the three things that an array's pickle names; refuse all else."""
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return np.ndarray((0,), object).__reduce__()[0]
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise DataFormatError(f"Data files hold arrays and lists; this one names {module}.{name}.")


def arrays_of(content: bytes | bytearray) -> dict[str, Array]:
    """Return the arrays of an ``.npz`` file, those of pickled lists of numbers, strings and arrays too."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                with archive.open(member) as file:
                    shape, _, dtype = _HEADERS[np.lib.format.read_magic(file)](file)
                    if dtype.hasobject:
                        array = np.asarray(_ArraysAlone(file).load(), object).reshape(shape)
                    else:
                        array = np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False)
                found[member.removesuffix(".npy")] = array
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, pickle.UnpicklingError, TypeError) as error:
        raise DataFormatError(f"The data file is damaged: {error}") from error
    return found


def shuffled(random: np.random.RandomState, *arrays: Array) -> list[Array]:
    """Return arrays of one length with their rows in the same random order, as Keras draws it."""
    order = np.arange(len(arrays[0]))
    random.shuffle(order)
    return [array[order] for array in arrays]


def parted(x: Array, y: Array, test_split: float) -> TrainAndTest:
    """Return the first rows as a training set, the others as a test set."""
    end = int(len(x) * (1 - test_split))
    return (x[:end], y[:end]), (x[end:], y[end:])


def houses(
    file: Published, path: str | os.PathLike[str], test_split: float, seed: int, rows: int | None = None
) -> TrainAndTest:
    """Return a training and a test set of the first ``rows``, shuffled: what the houses' modules do."""
    checked_number("test_split", test_split, least=0, below=1)
    found = arrays_of(load([file], path)[0])
    x, y = shuffled(np.random.RandomState(seed), found["x"][:rows], found["y"][:rows])
    return parted(x, y, test_split)
