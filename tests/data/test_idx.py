import gzip
import io
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from numpy_ann.data import read_idx
from numpy_ann.data.idx import parse_idx
from numpy_ann.errors import DataFormatError
from tests.data.samples import CODES, encode_idx

arrays = hnp.arrays(
    st.sampled_from(sorted(CODES)).map(np.dtype),
    hnp.array_shapes(min_dims=1, max_dims=5, min_side=0, max_side=4),
)
GOOD = encode_idx(np.arange(6, dtype=np.int16).reshape(2, 3))


def read_bytes(folder, content: bytes) -> np.ndarray:
    path = folder / "file"
    path.write_bytes(content)
    return read_idx(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("idx")


def test_worked_by_hand(folder):
    # 00 00, type 0b (int16), two dimensions, sizes 1 and 2, then 0x0102 = 258 and 0xfffe = -2.
    array = read_bytes(folder, bytes.fromhex("00000b02 00000001 00000002 0102 fffe"))
    np.testing.assert_array_equal(array, [[258, -2]])
    assert array.dtype == np.int16


@given(array=arrays, packed=st.booleans())
def test_round_trip_of_every_type_code(folder, array, packed):
    content = encode_idx(array)
    for result in (
        read_bytes(folder, gzip.compress(content, 1) if packed else content),
        parse_idx(bytearray(content), "memory"),
    ):
        assert result.dtype == array.dtype
        assert result.dtype.isnative
        assert result.flags.writeable
        np.testing.assert_array_equal(result, array)


@given(array=arrays, data=st.data())
def test_every_truncation_is_refused(folder, array, data):
    content = encode_idx(array)
    shorter = content[: data.draw(st.integers(0, len(content) - 1))]
    with pytest.raises(DataFormatError, match="file"):
        read_bytes(folder, shorter)
    with pytest.raises(DataFormatError, match="file"):
        read_bytes(folder, gzip.compress(shorter, 1))
    with pytest.raises(DataFormatError, match="memory"):
        parse_idx(bytearray(shorter), "memory")


@given(array=arrays, more=st.binary(min_size=1, max_size=9), packed=st.booleans())
def test_trailing_bytes_are_refused(folder, array, more, packed):
    content = encode_idx(array) + more
    with pytest.raises(DataFormatError, match="at least one byte more"):
        read_bytes(folder, gzip.compress(content, 1) if packed else content)


@given(array=arrays, data=st.data())
def test_a_flipped_header_byte_gives_an_error_or_an_array_of_the_same_bytes(folder, array, data):
    content = bytearray(encode_idx(array))
    position = data.draw(st.integers(0, 3 + 4 * array.ndim))
    content[position] ^= data.draw(st.integers(1, 255))
    try:
        result = read_bytes(folder, bytes(content))
    except DataFormatError:
        return
    # Another type of the same width, or sizes that happen to fit: then what was read writes back to the file.
    assert encode_idx(result) == content


@given(data=st.data())
def test_a_flipped_byte_of_a_gzipped_file_is_found_or_harmless(folder, data):
    packed = bytearray(gzip.compress(GOOD))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        result = read_bytes(folder, bytes(packed))
    except DataFormatError:
        return
    assert encode_idx(result) == GOOD  # the time stamp, say, means nothing


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found nothing"),
        (b"\0\0\x08", "found 00 00 08"),
        (b"\0\x01\x08\x01", "found 00 01 08 01"),
        (b"\0\0\x0a\x01", "type code"),
        (b"\x89PNG", "found 89 50 4e 47"),
        (b"\0\0\x08\0", "1 to 32 dimensions; the header says 0"),
        (b"\0\0\x08\xff" + bytes(4 * 255), "1 to 32 dimensions; the header says 255"),
        (b"\0\0\x08\x03\0\0\0\x01", "ends within its header"),
        (b"\0\0\x08\x02" + b"\xff" * 8, "more than any array can hold"),
        (b"\0\0\x0e\x03" + bytes(4) + b"\xff" * 8, "more than any array can hold"),  # NumPy leaves the 0 out
        (b"\0\0\x08\x02" + struct.pack(">2I", 70_000, 60_000), "at most 12"),
    ],
)
def test_bad_headers_say_what_was_expected(folder, content, message):
    with pytest.raises(DataFormatError, match=message):
        read_bytes(folder, content)


def test_a_missing_file_is_an_ordinary_error(folder):
    with pytest.raises(FileNotFoundError):
        read_idx(folder / "nowhere")


def in_a_small_process(path) -> str:
    """Read in a process that may have 600 MB of addresses, and return what it prints."""
    code = (
        f"import resource; from numpy_ann.data import read_idx\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (600_000_000,) * 2)\n"
        f"try: read_idx({str(path)!r})\n"
        f"except ValueError as error: print(error)"
    )
    environment = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ":".join(filter(None, sys.path))}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_nothing_large_is_allocated_for_a_bomb_or_for_a_lie(tmp_path):
    # A gzipped gigabyte of zeros behind a header that declares ten of them.
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=1) as stream:
        stream.write(b"\0\0\x08\x01\0\0\0\x0a")
    zeros = gzip.compress(bytes(10_000_000), 1)
    for _ in range(100):  # members of one stream, as gzip reads them
        bomb.write(zeros)
    (tmp_path / "bomb").write_bytes(bomb.getvalue())
    assert "10 bytes, but behind it the file holds at least one byte more" in in_a_small_process(
        tmp_path / "bomb"
    )

    # Four gigabytes declared: the size of the file shows that they cannot be there.
    (tmp_path / "lie").write_bytes(gzip.compress(b"\0\0\x08\x01\xff\xff\xff\xff" + bytes(10_000)))
    assert "holds at most" in in_a_small_process(tmp_path / "lie")

    # One gigabyte declared, which random bytes could be packed from, but the stream ends early.
    noise = np.random.default_rng(0).bytes(2_000_000)
    (tmp_path / "short").write_bytes(gzip.compress(b"\0\0\x08\x01\x3f\xff\xff\xff" + noise))
    assert "holds 2,000,000" in in_a_small_process(tmp_path / "short")
