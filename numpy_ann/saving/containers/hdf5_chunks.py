"""Arrays that HDF5 holds in chunks, compressed or not, put together here and not by the HDF5 library.

It inflates a chunk to whatever it grows to, and runs out of stack in a table that is a circle of nodes. Keras
writes no chunks, but ``h5repack`` does.

Source: The HDF Group, "HDF5 File Format Specification Version 3.0", sections III.A.1, IV.A.2.i, VII.A to C.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader
from numpy_ann.saving.containers.hdf5_strings import messages, read_at
from numpy_ann.saving.containers.limits import HIGHEST_RATIO, METADATA_READ

_DEFLATE, _SHUFFLE, _FLETCHER32 = 1, 2, 3
_MOST_CHUNKS = 1 << 16
_LAYOUT = 0x08  # type of a header message
_NOWHERE = 2**64 - 1  # the address of what was never written
_SLACK = 1 << 16  # bytes of an array that may be compressed more: biases that are still 0
_DAMAGED = "a chunk is damaged"
_OTHER_TABLE = "has its chunks in a table that isn't read; h5repack --high=1 writes one that is"


def read_chunks(dataset: Any, reader: BoundedReader, place: str) -> Array:
    """Return a chunked dataset, whose shape and type have been checked; refuse what no weights need."""
    properties, itemsize, shape = dataset.id.get_create_plist(), dataset.dtype.itemsize, dataset.shape
    filters = [properties.get_filter(i)[0] for i in range(properties.get_nfilters())]
    chunk: tuple[int, ...] = properties.get_chunk()
    size, wanted = itemsize * prod(chunk), itemsize * prod(shape)
    offsets = [range(0, length, step) for length, step in zip(shape, chunk, strict=True)]
    count = prod(map(len, offsets))
    problem = None
    if unknown := set(filters) - {_DEFLATE, _SHUFFLE, _FLETCHER32}:
        problem = f"is filtered in a way that isn't read (HDF5's filter {min(unknown)})"
    elif len(set(filters)) < len(filters):
        problem = "is filtered twice in one way"
    elif size > max(wanted, METADATA_READ):
        problem = f"has chunks of {size:,} bytes, more than the whole array needs"
    elif count > _MOST_CHUNKS:
        problem = f"is cut into {count:,} chunks; at most {_MOST_CHUNKS:,} are read"
    if problem:
        raise ModelFormatError(f"{place}: {problem}")

    stored = _stored_chunks(dataset, reader, place, count)
    pieces = [(offset, *stored.get(offset, (0, 0, 0))) for offset in product(*offsets)]
    sizes = [length for _, length, _, _ in pieces]
    if min(sizes) == 0 or sum(sizes) > reader.size or (not filters and set(sizes) != {size}):
        raise ModelFormatError(f"{place}: does not hold as many bytes as its shape needs")
    if max(sizes) > size + size // 100 + 1024:
        raise ModelFormatError(f"{place}: {_DAMAGED}: larger than what it holds")
    if wanted > HIGHEST_RATIO * sum(sizes) + _SLACK:
        raise ModelFormatError(f"{place}: compressed more than {HIGHEST_RATIO} to 1, as no weights are")
    result = np.empty(shape, dataset.dtype)
    for offset, length, mask, address in pieces:
        data = read_at(reader, address, length)
        used = [code for i, code in enumerate(filters) if not mask >> i & 1]
        try:
            part = np.frombuffer(_unfiltered(data, used, size, itemsize), dataset.dtype).reshape(chunk)
        except (ValueError, zlib.error) as error:
            raise ModelFormatError(f"{place}: {_DAMAGED}: {error}") from None
        target = result[tuple(slice(a, a + step) for a, step in zip(offset, chunk, strict=True))]
        target[...] = part[tuple(slice(length) for length in target.shape)]
    return result


def _stored_chunks(
    dataset: Any, reader: BoundedReader, place: str, count: int
) -> dict[tuple[int, ...], tuple[int, int, int]]:
    """Return the size, the mask of unused filters and the address of each chunk, by where it begins."""
    import h5py

    header = h5py.h5g.get_objinfo(dataset.id).objno[0]
    axes = len(dataset.shape) + 1  # the last one is within a number
    message = next(messages(reader, header, _LAYOUT), b"")
    if len(message) >= 5 and message[0] in (4, 5) and message[1] == 2 and message[3] == axes:
        return _stored_in_a_row(dataset, message, reader, place)
    if len(message) < 11 or message[:3] != bytes((3, 2, axes)):
        raise ModelFormatError(f"{place}: {_OTHER_TABLE}")
    key = struct.Struct(f"<II{axes}QQ")  # size, mask, where it begins; and the address of a node below
    found: dict[tuple[int, ...], tuple[int, int, int]] = {}
    nodes = [(int.from_bytes(message[3:11], "little"), -1)]
    for visited, (address, level) in enumerate(nodes):  # which grows
        if address == _NOWHERE:
            break
        magic, kind, depth, entries = struct.unpack("<4sBBH", read_at(reader, address, 8))
        # Levels go down, so no node lies below itself.
        if magic != b"TREE" or kind != 1 or level not in (-1, depth) or visited > 2 * count + 8:
            raise ModelFormatError(f"{place}: the table of its chunks is damaged")
        for size, mask, *offset, below in key.iter_unpack(read_at(reader, address + 24, entries * key.size)):
            if depth:
                nodes.append((below, depth - 1))
            else:
                found[tuple(offset[:-1])] = size, mask, below
    return found


def _stored_in_a_row(
    dataset: Any, message: bytes, reader: BoundedReader, place: str
) -> dict[tuple[int, ...], tuple[int, int, int]]:
    """Return the same from the tables of HDF5 1.10 that have one place for each chunk, in order."""
    shape, chunk, itemsize = dataset.maxshape, dataset.chunks, dataset.dtype.itemsize
    if None in shape:
        raise ModelFormatError(f"{place}: {_OTHER_TABLE}")
    axes = [range(0, length, step) for length, step in zip(shape, chunk, strict=True)]
    if prod(map(len, axes)) > _MOST_CHUNKS:
        raise ModelFormatError(f"{place}: {_OTHER_TABLE}")
    offsets, size = list(product(*axes)), itemsize * prod(chunk)
    begin = 5 + message[3] * message[4]  # behind the length of a chunk's axes
    kind, filtered = message[begin : begin + 1], bool(message[2] & 2)
    begin += {b"\1": 1 + 12 * filtered, b"\2": 1, b"\3": 2}.get(kind, len(message))
    if len(message) < begin + 8:
        raise ModelFormatError(f"{place}: {_OTHER_TABLE}")
    address = int.from_bytes(message[begin : begin + 8], "little")
    if address == _NOWHERE:
        return {}
    if kind == b"\1":  # one chunk: its size and mask stand here
        length, mask = struct.unpack_from("<QI", message, begin - 12) if filtered else (size, 0)
        return {offsets[0]: (length, mask, address)}
    if kind == b"\2":  # implicit: one behind the other
        return {offset: (size, 0, address + i * size) for i, offset in enumerate(offsets)}
    damaged = ModelFormatError(f"{place}: the table of its chunks is damaged")
    table = read_at(reader, address, 24)
    magic, filtered, width, bits, count, address = struct.unpack("<4sx?BBQQ", table)
    long = width - 12 if filtered else 0  # bytes of a chunk's size
    fits = magic == b"FAHD" and count == len(offsets) and (2 <= long <= 8 if filtered else width == 8)
    if not fits or read_at(reader, address, 4) != b"FADB":
        raise damaged
    page = min(1 << min(bits, 62), count)
    paged = count > page
    start = address + 14 + (-(-count // page) + 7) // 8 * paged + 4 * paged  # behind which pages are used
    entries = b"".join(
        read_at(reader, start + i * width + 4 * (i // page), width * min(page, count - i))
        for i in range(0, count, page)
    )
    found = {}
    for i, offset in enumerate(offsets):
        entry = entries[i * width : (i + 1) * width]
        length = int.from_bytes(entry[8 : 8 + long], "little") if filtered else size
        mask = int.from_bytes(entry[8 + long :], "little")
        found[offset] = length, mask, int.from_bytes(entry[:8], "little")
    return {offset: at for offset, at in found.items() if at[2] not in (0, _NOWHERE)}


def _unfiltered(data: bytes, filters: Sequence[int], size: int, itemsize: int) -> bytes:
    """Undo the filters of a chunk that has ``size`` bytes, the last one first."""
    for code in reversed(filters):
        if code == _DEFLATE:
            inflater = zlib.decompressobj()
            data = inflater.decompress(data, size + 4)  # a checksum may be inside
            if not inflater.eof:
                raise ValueError("it inflates to more than it may, or its end is missing")
        elif code == _SHUFFLE:
            data = np.frombuffer(data, np.uint8).reshape(itemsize, -1).T.tobytes()
        else:
            data, checksum = data[:-4], int.from_bytes(data[-4:], "little")
            if _fletcher32(data) != checksum:
                raise ValueError("its checksum is wrong")
    return data


def _fletcher32(data: bytes) -> int:
    """Return Fletcher's checksum (1982) of 32 bits, over words of 16, the high byte first."""
    first = second = 0
    words = np.frombuffer(data + bytes(len(data) % 2), ">u2").astype(np.uint64)
    for block in np.split(words, range(1 << 16, len(words), 1 << 16)):  # whose sums fit into 64 bits
        second += len(block) * first + int(block @ np.arange(len(block), 0, -1, dtype=np.uint64))
        first += int(block.sum())
    # In ones' complement: 65535, not 0, for its multiples.
    low, high = ((total - 1) % 0xFFFF + 1 if total else 0 for total in (first, second))
    return high << 16 | low
