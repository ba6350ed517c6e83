"""The zip container: three members, bounded."""

import io
import zipfile

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import CONFIG, METADATA, WEIGHTS, Archive, pack

MEMBERS = {METADATA: b"{}", CONFIG: b"[1]", WEIGHTS: bytes(range(256)) * 20}


def test_what_is_packed_is_read():
    archive = Archive(io.BytesIO(pack(MEMBERS)))
    assert {name: archive.read(name, 10_000) for name in MEMBERS} == MEMBERS
    assert CONFIG in archive
    assert "other" not in archive


def test_packing_is_repeatable_and_plain():
    data = pack(MEMBERS)
    assert data == pack(MEMBERS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == list(MEMBERS)
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}


def test_deflated_members_are_read():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    assert Archive(buffer).read(WEIGHTS, 10_000) == MEMBERS[WEIGHTS]


def test_bounds():
    archive = Archive(io.BytesIO(pack(MEMBERS)))
    assert len(archive.read(WEIGHTS, 5120)) == 5120
    with pytest.raises(ModelFormatError, match="5,120 bytes, where at most 5,119"):
        archive.read(WEIGHTS, 5119)
