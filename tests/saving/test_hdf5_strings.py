"""Our reading of HDF5 strings equals the library's, on headers of both versions."""

import io
import re
import struct

import h5py
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader
from numpy_ann.saving.containers.hdf5_strings import read_strings

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300)
WAYS = [{}, {"libver": "latest"}, {"libver": "v110"}, {"track_order": True}]


def written(attributes, **way):
    """Write attributes to a group; return a reader of the file, and the address of the group's header."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **way) as root:
        group = root.create_group("x", track_order=way.get("track_order"))
        for name, value in attributes.items():
            group.attrs[name] = value
        header = h5py.h5o.get_info(group.id).addr
    return BoundedReader(buffer), header


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=6), st.sampled_from(WAYS))
def test_single_strings(attributes, way):
    reader, header = written(attributes, **way)
    for name, value in attributes.items():
        assert read_strings(reader, header, name, 1, 10_000) == [value.encode()]


@given(st.lists(TEXT, min_size=1, max_size=200), st.sampled_from(WAYS))
def test_lists_of_strings(values, way):
    reader, header = written({"before": "b" * 5000, "names": values, "after": "a"}, **way)
    found = read_strings(reader, header, "names", len(values), 1_000_000)
    assert found == [value.encode() for value in values]


def test_a_header_with_times_and_attribute_storage():
    """Both optional fields stand before the messages then: 16 bytes of times, 4 of attribute storage."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as root:
        storage = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
        storage.set_attr_phase_change(6, 4)
        group = h5py.h5g.create(root.id, b"x", gcpl=storage)
        h5py.Group(group).attrs["names"] = ["one", "two"]
        header = h5py.h5o.get_info(group).addr
    assert buffer.getvalue()[header + 5] & 0x30 == 0x30
    assert read_strings(BoundedReader(buffer), header, "names", 2, 10) == [b"one", b"two"]


def test_bounds():
    reader, header = written({"names": ["12345", "67890"]})
    assert read_strings(reader, header, "names", 2, 10) == [b"12345", b"67890"]
    with pytest.raises(ModelFormatError, match="longer than 9 bytes"):
        read_strings(reader, header, "names", 2, 9)
    with pytest.raises(ModelFormatError, match="cut off"):
        read_strings(reader, header, "names", 3, 100)
    with pytest.raises(ModelFormatError, match="stored in a way that Keras doesn't use"):
        read_strings(reader, header, "other", 1, 100)
    with pytest.raises(ModelFormatError, match="beyond the end of the file"):
        read_strings(reader, reader.size - 8, "names", 2, 100)


def test_the_heaps_of_an_attribute_hold_eight_megabytes_together():
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        root.attrs["names"] = ["one", "two", "three"]
        for i, size in enumerate((2**22 - 32, 2**22 - 32, 4000)):  # heaps of 4 MiB, 4 MiB and 4 KiB
            root.attrs[f"large {i}"] = f"large {i}" + "x" * (size - 7)
        header = h5py.h5o.get_info(root.id).addr
    data = buffer.getvalue()
    heaps = {data[found.start() + 32 :][:7]: found.start() for found in re.finditer(b"GCOL", data)}
    start = data.index(struct.pack("<IQ", 3, min(heaps.values())))  # "one", in the first heap
    references = b"".join(struct.pack("<IQI", 7, heaps[b"large %d" % i], 1) for i in range(3))
    data = data[:start] + references + data[start + len(references) :]
    reader = BoundedReader(io.BytesIO(data))
    assert read_strings(reader, header, "names", 2, 100) == [b"large 0", b"large 1"]
    with pytest.raises(ModelFormatError, match="'names' is spread over too many heaps"):
        read_strings(reader, header, "names", 3, 100)


def header_of(parts):
    """Return an object's header of version 1, continued so many times; the last part has an attribute."""
    data = struct.pack("<B7xI4x", 1, 24)
    for number in range(1, parts + 1):
        data += struct.pack("<HHB3xQQ", 0x10, 16, 0, 16 + 24 * number, 24 if number < parts else 56)
    sizes = struct.pack("<BxHHH", 1, 8, 8, 8)
    return data + struct.pack("<HHB3x", 0x0C, 48, 0) + sizes + b"name\0\0\0\0" + bytes(32)


def test_a_header_has_a_hundred_parts_beside_its_first():
    read = [read_strings(BoundedReader(io.BytesIO(header_of(100))), 0, "name", 1, 9)]
    assert read == [[b""]]
    with pytest.raises(ModelFormatError, match="a header of too many parts"):
        read_strings(BoundedReader(io.BytesIO(header_of(101))), 0, "name", 1, 9)


def test_attributes_of_an_unknown_version_are_passed_over():
    reader, header = written({"first": "1", "second": "2"})
    data = bytearray(reader._file.getvalue())
    start = data.index(b"first") - 8
    assert data[start] == 1
    data[start] = 4
    reader = BoundedReader(io.BytesIO(data))
    assert read_strings(reader, header, "second", 1, 9) == [b"2"]
    with pytest.raises(ModelFormatError, match="'first' is stored in a way that Keras doesn't use"):
        read_strings(reader, header, "first", 1, 9)
