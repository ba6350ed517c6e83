import gzip
import io

import pytest

from numpy_ann.data.files import MAX_RATIO, decompressed, is_gzipped, read_at_most
from numpy_ann.errors import DataFormatError

TEXT = b"the quick brown fox jumps over the lazy dog " * 50


def test_gzip_is_seen_from_the_content_and_the_stream_is_left_at_its_start():
    for content, expected in [
        (gzip.compress(TEXT, mtime=0), True),
        (TEXT, False),
        (b"", False),
        (b"\x1f", False),
    ]:
        stream = io.BytesIO(content)
        assert is_gzipped(stream) is expected
        assert stream.tell() == 0


@pytest.mark.parametrize(
    "packed",
    [TEXT, gzip.compress(TEXT, mtime=0), gzip.compress(TEXT[:9], mtime=0) + gzip.compress(TEXT[9:], mtime=0)],
)
def test_plain_gzipped_and_gzipped_in_two_members_read_alike(packed):
    with decompressed(io.BytesIO(packed), "fox") as plain:
        assert read_at_most(plain, 10**6) == TEXT


def flip(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]


@pytest.mark.parametrize(
    "damaged",
    [
        gzip.compress(TEXT, mtime=0)[:-9],  # cut in the data
        gzip.compress(TEXT, mtime=0)[:-1],  # cut in the checksum
        gzip.compress(TEXT, mtime=0)[:5],  # cut in the header
        flip(gzip.compress(TEXT, mtime=0), 12),
        flip(gzip.compress(TEXT, mtime=0), -5 + len(gzip.compress(TEXT, mtime=0))),  # the checksum itself
        gzip.compress(TEXT, mtime=0) + b"more",
    ],
)
def test_damaged_gzip_names_the_file(damaged):
    with (
        pytest.raises(DataFormatError, match=r"fox: the gzip stream"),
        decompressed(io.BytesIO(damaged), "fox") as plain,
    ):
        read_at_most(plain, 10**6)


def test_a_bomb_is_read_no_further_than_the_limit():
    bomb = io.BytesIO(gzip.compress(bytes(200_000_000), 1))  # packed, longer than what is read ahead
    with decompressed(bomb, "bomb") as plain:
        assert len(read_at_most(plain, 1000)) == 1000
    assert bomb.tell() < len(bomb.getvalue())  # most of it was never touched


def test_nothing_packs_better_than_the_maximal_ratio():
    zeros = 10_000_000
    assert 0.95 * MAX_RATIO < zeros / len(gzip.compress(bytes(zeros))) < MAX_RATIO
