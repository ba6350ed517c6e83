"""The IDX file format, in which MNIST and its relatives are published: a header, then one array."""

import io
import math
import os
import struct
import sys
from typing import IO, Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.atomic import open_regular
from numpy_ann.data.files import MAX_RATIO, decompressed, is_gzipped, read_at_most
from numpy_ann.errors import DataFormatError

__all__ = ["parse_idx", "read_idx"]

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""Type code to NumPy's name of it; every number in the file is big-endian."""

MAX_DIMENSIONS = 32  # the most axes that an array can have in every NumPy since 1.0


def _read_header(stream: IO[bytes], origin: str) -> tuple[np.dtype[Any], Shape, int]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES:
        codes = ", ".join(f"{code:02x}" for code in TYPES)
        raise DataFormatError(
            f"{origin}: expected an IDX file, which begins with 00 00, a type code ({codes}) and the number "
            f"of dimensions; found {magic.hex(' ') or 'nothing'}."
        )
    dtype, dimensions = np.dtype(TYPES[magic[2]]), magic[3]
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        wanted = f"1 to {MAX_DIMENSIONS} dimensions"
        raise DataFormatError(f"{origin}: expected {wanted}; the header says {dimensions}.")
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataFormatError(f"{origin}: the file ends within its header, in the {dimensions} sizes.")
    shape = struct.unpack(f">{dimensions}I", sizes)
    # NumPy counts bytes in a signed word, and leaves axes of length 0 out of the count.
    if math.prod(max(size, 1) for size in shape) * dtype.itemsize > sys.maxsize:
        raise DataFormatError(f"{origin}: the header declares shape {shape}, more than any array can hold.")
    return dtype, shape, math.prod(shape) * dtype.itemsize


def _array(dtype: np.dtype[Any], shape: Shape, body: bytearray | memoryview, origin: str) -> Array:
    if len(body) != (size := math.prod(shape) * dtype.itemsize):
        found = "at least one byte more" if len(body) > size else f"{len(body):,}"
        declared = f"{origin}: the header declares shape {shape} of {dtype.name}, {size:,} bytes"
        raise DataFormatError(f"{declared}, but behind it the file holds {found}. Fetch the file again.")
    return np.frombuffer(body, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def read_idx(path: str | os.PathLike[str]) -> Array:
    """Read an IDX file, gzipped or not, into a writable array of its type and shape, in native byte order.

    The format is ``00 00 type ndim``, then ``ndim`` sizes of 4 bytes, then the values, all big-endian. The
    type is one of 08 (uint8), 09 (int8), 0b (int16), 0c (int32), 0d (float32), 0e (float64).

    Whether it is gzipped is seen from its content, not from its name. The header is checked against the bytes
    that are there before anything large is allocated, and a gzipped file is unpacked no further than its
    header declares, so a truncated, damaged or hostile file costs neither time nor memory.

    Raises ``DataFormatError`` if the file is not exactly one IDX array; the message names file, expectation
    and finding; ``OSError`` if the file is not there or cannot be read.

    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", section "File formats".

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "labels-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 0x08, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    origin = os.fspath(path)
    with open_regular(path) as file:
        there = os.fstat(file.fileno()).st_size * (MAX_RATIO if is_gzipped(file) else 1)
        with decompressed(file, origin) as stream:
            dtype, shape, size = _read_header(stream, origin)
            if size > there:
                declared = f"{origin}: the header declares shape {shape} of {dtype.name}, {size:,} bytes"
                raise DataFormatError(f"{declared}; a file of this size holds at most {there:,}.")
            body = read_at_most(stream, size + 1)
    return _array(dtype, shape, body, origin)


def parse_idx(content: bytearray, origin: str) -> Array:
    """Read IDX bytes that are in memory already; the array stands on them, without a copy where it can."""
    # A header is at most this long; slicing first keeps the copy small.
    dtype, shape, _ = _read_header(io.BytesIO(content[: 4 + 4 * MAX_DIMENSIONS]), origin)
    return _array(dtype, shape, memoryview(content)[4 + 4 * len(shape) :], origin)
