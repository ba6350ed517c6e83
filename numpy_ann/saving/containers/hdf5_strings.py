"""Strings of variable length in HDF5 attributes, read here byte by byte and not by the HDF5 library.

It trusts references and heaps: damage can keep it busy for ever, or make it allocate a gigabyte. Here lengths
are added up before anything is read, and every step goes forward.

Source: The HDF Group, "HDF5 File Format Specification Version 3.0", sections III.E, IV.A.1 and IV.A.2.m.
"""

import struct
from collections.abc import Iterator

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader
from numpy_ann.saving.containers.limits import METADATA_READ

_CONTINUATION, _ATTRIBUTE = 0x10, 0x0C  # types of header messages
_REFERENCE = struct.Struct("<IQI")  # length of the string; address of its heap; number of its object there
_MOST_BLOCKS = 100  # of one object header
_MOST_HEAP_BYTES = 2 * METADATA_READ  # for one attribute


def read_strings(reader: BoundedReader, header: int, attribute: str, count: int, most: int) -> list[bytes]:
    """Return ``count`` strings, of ``most`` bytes in all, of an attribute of the object at ``header``."""
    stored = _attribute_data(reader, header, attribute)
    if len(stored) < count * _REFERENCE.size:
        raise ModelFormatError(f"the attribute {attribute!r} is cut off")
    references = list(_REFERENCE.iter_unpack(stored[: count * _REFERENCE.size]))
    if sum(length for length, _, _ in references) > most:
        raise ModelFormatError(f"the strings of the attribute {attribute!r} are longer than {most:,} bytes")

    heaps: dict[int, dict[int, bytes]] = {}
    heap_bytes, strings = 0, []
    for length, address, number in references:
        if length and address not in heaps:
            heaps[address], size = _heap(reader, address)
            heap_bytes += size
            if heap_bytes > _MOST_HEAP_BYTES:
                raise ModelFormatError(f"the attribute {attribute!r} is spread over too many heaps")
        string = heaps[address].get(number, b"") if length else b""
        if len(string) < length:
            raise ModelFormatError(f"the attribute {attribute!r} refers to a string that isn't there")
        strings.append(string[:length].rstrip(b"\0"))
    return strings


def read_at(reader: BoundedReader, address: int, size: int) -> bytes:
    """Return so many bytes from an address on; refuse those that aren't there."""
    if address + size > reader.size:
        raise ModelFormatError("an HDF5 structure lies beyond the end of the file")
    reader.seek(address)
    return reader.read(size)


def _heap(reader: BoundedReader, address: int) -> tuple[dict[int, bytes], int]:
    magic, size = struct.unpack("<4s4xQ", read_at(reader, address, 16))
    if magic != b"GCOL":
        raise ModelFormatError("a string lies outside of the HDF5 file's heaps")
    data = read_at(reader, address, size)
    objects: dict[int, bytes] = {}
    position = 16
    while position + 16 <= size:
        number, length = struct.unpack_from("<H6xQ", data, position)
        if number == 0:  # the free space at the end
            break
        objects[number] = data[position + 16 : position + 16 + length]
        position += 16 + -(-length // 8) * 8
    return objects, size


def _attribute_data(reader: BoundedReader, header: int, attribute: str) -> bytes:
    for message in messages(reader, header, _ATTRIBUTE):
        if len(message) < 9 or message[0] not in (1, 2, 3):
            continue
        version = message[0]
        sizes = struct.unpack_from("<HHH", message, 2)  # of name, type and shape
        start = 9 if version == 3 else 8
        if message[start : start + sizes[0]].rstrip(b"\0") == attribute.encode():
            return message[start + sum([-(-size // 8) * 8 if version == 1 else size for size in sizes]) :]
    raise ModelFormatError(f"the attribute {attribute!r} is stored in a way that Keras doesn't use")


def messages(reader: BoundedReader, header: int, wanted: int) -> Iterator[bytes]:
    """Yield the messages of one type in an object header, of version 1 (what Keras writes) or 2."""
    start = read_at(reader, header, 16)
    if start[:4] == b"OHDR":
        flags = start[5]
        position = header + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        size = int.from_bytes(read_at(reader, position, width), "little")
        prefix = struct.Struct("<BHB2x" if flags & 0x04 else "<BHB")
        blocks, frame = [(position + width, size)], 4  # around later blocks: a signature, a checksum
    else:
        prefix = struct.Struct("<HHB3x")
        blocks, frame = [(header + 16, struct.unpack_from("<I", start, 8)[0])], 0
    for number, (address, size) in enumerate(blocks):  # which grows as continuations are found
        if number > _MOST_BLOCKS:
            raise ModelFormatError("an HDF5 object has a header of too many parts")
        data = read_at(reader, address, size)
        position, end = (frame, size - frame) if number else (0, size)
        while position + prefix.size <= end:
            kind, length, _ = prefix.unpack_from(data, position)
            message = data[position + prefix.size : position + prefix.size + length]
            position += prefix.size + length
            if kind == _CONTINUATION and len(message) >= 16:
                blocks.append(struct.unpack_from("<QQ", message))
            elif kind == wanted:
                yield message
