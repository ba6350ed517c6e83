"""Small data files made up for the tests, in the form of the real ones."""

import hashlib
import struct

import numpy as np

from numpy_ann.data.files import DataFile

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def encode_idx(array: np.ndarray) -> bytes:
    """Write the format by its description, without a look at the reader's code."""
    head = bytes([0, 0, CODES[array.dtype.str[1:]], array.ndim]) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def data_file(name: str, content: bytes) -> DataFile:
    return DataFile(name, len(content), hashlib.sha256(content).hexdigest())


_random = np.random.default_rng(7)
CONTENTS = {
    "small-images-idx3-ubyte": encode_idx(_random.integers(0, 256, (40, 28, 28), dtype=np.uint8)),
    "small-labels-idx1-ubyte": encode_idx(_random.integers(0, 10, 40, dtype=np.uint8)),
}
FILES = tuple(data_file(name, content) for name, content in CONTENTS.items())
IMAGES, LABELS = FILES
