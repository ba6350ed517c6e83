"""A reader that refuses large single reads."""

import io

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader


def test_reads_within_the_bound():
    reader = BoundedReader(io.BytesIO(b"0123456789"), most=4)
    assert reader.size == 10
    reader.seek(3)
    assert reader.read(4) == b"3456"
    buffer = bytearray(4)
    assert reader.readinto(buffer) == 3  # the end of the file
    assert buffer[:3] == b"789"
    assert reader.tell() == 10
    assert reader.read() == b""


def test_reads_beyond_the_bound():
    reader = BoundedReader(io.BytesIO(b"0123456789"), most=4)
    reader.seek(0)
    for read in (lambda: reader.read(5), reader.read, lambda: reader.readinto(bytearray(5))):
        with pytest.raises(ModelFormatError, match="at once, where at most 4"):
            read()
    reader.most = 10
    assert reader.read() == b"0123456789"
