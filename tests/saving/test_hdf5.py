"""HDF5 read with distrust; the ways to harm it are in test_hostile_files.py."""

import io
from functools import partial

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader
from numpy_ann.saving.containers.hdf5 import open_hdf5
from numpy_ann.saving.containers.hdf5_chunks import _stored_in_a_row


@pytest.fixture
def file():
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        root["a/b/x"] = np.arange(6, dtype=">f8").reshape(2, 3)
        root["a/half"] = np.ones(3, "f2")
        root["a/steps"] = np.int64(7)
        root["a/rate"] = np.float32(0.5)
        root.attrs["fixed"] = np.bytes_(b"fixed length")
        root.attrs["text"] = "größer"
        root.attrs["names"] = ["a", "b/c"]
        root.attrs["none"] = np.zeros(0)
        root.attrs["long0"] = ["a", "b"]
        root.attrs["long1"] = ["c"]
    return buffer


def test_arrays(file):
    with open_hdf5(file, "") as root:
        np.testing.assert_array_equal(root.array("a/b/x", (2, 3)), [[0, 1, 2], [3, 4, 5]])
        assert root.group("a").array("half", (3,)).dtype == np.float16
        assert root.array("a/steps", (), "i") == 7
        assert root.group("a").shape("rate") == ()
        assert len(root.group("a")) == 0  # named 0, 1, 2, ...
        assert "a" in root
        assert "z" not in root


def test_texts(file):
    with open_hdf5(file, "") as root:
        assert root.text("text") == "größer"
        assert root.text("fixed") == "fixed length"
        assert root.text("missing") is None
        assert root.texts("names", 2) == ["a", "b/c"]
        assert root.texts("none", 2) == []
        assert root.texts("long", 3) == ["a", "b", "c"]
        for name, most in (("long", 2), ("names", 1)):
            with pytest.raises(ModelFormatError, match="names"):
                root.texts(name, most)


@pytest.mark.parametrize("path", ["../a", "a/../a", "a//b", "/a", "a/.", "", "a/b\0", "/".join("a" * 40)])
def test_paths_are_made_of_names(file, path):
    with open_hdf5(file, "") as root, pytest.raises(ModelFormatError, match="is not a path of names"):
        root.array(path, ())


def test_messages_say_where(file):
    with open_hdf5(file, "m.h5") as root:
        with pytest.raises(ModelFormatError, match=r"^m\.h5/a/b/x: has the shape"):
            root.array("a/b/x", (3, 2))
        with pytest.raises(ModelFormatError, match=r"^m\.h5/a: the group 'z' is missing"):
            root.group("a/z/x")


def test_a_text_of_a_megabyte_is_read_and_not_one_byte_more():
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as root:
        for more in (0, 1):
            root.attrs[f"text{more}"] = np.bytes_(b"x" * (2**20 + more))
    with open_hdf5(buffer, "m.h5") as root:
        assert root.text("text0") == "x" * 2**20
        with pytest.raises(ModelFormatError, match="'text1' is larger than 1,048,576 bytes"):
            root.text("text1")


def stored(data, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver=options.pop("libver", "earliest")) as root:
        root.create_dataset("x", data=data, **options)
    return buffer


def test_the_layout_that_hdf5_1_4_wrote_of_chunks_is_refused_with_the_cure():
    data = stored(np.arange(5, dtype="f4"), chunks=(5,)).getvalue()
    start = data.index(bytes((3, 2, 2)))  # version, class, axes; an address, and their lengths
    older = bytes((2, 2, 2, 0, 0, 0, 0, 0)) + data[start + 3 : start + 19]
    data = data[:start] + older + data[start + 24 :]
    with h5py.File(io.BytesIO(data)) as root:
        np.testing.assert_array_equal(root["x"], np.arange(5))
    with open_hdf5(io.BytesIO(data), "") as root, pytest.raises(ModelFormatError, match="h5repack --high=1"):
        root.array("x", (5,))


@pytest.mark.parametrize(("most", "problem"), [(2**16, None), (2**16 + 1, "in a table that isn't read")])
def test_a_table_has_room_for_65536_chunks(most, problem):
    file = stored(np.arange(5.0), chunks=(1,), maxshape=(most,), libver="v110")
    with open_hdf5(file, "") as root:
        if problem is None:
            np.testing.assert_array_equal(root.array("x", (5,)), np.arange(5))
        else:
            with pytest.raises(ModelFormatError, match=problem):
                root.array("x", (5,))


@pytest.mark.parametrize("options", [{"chunks": (4,)}, {"chunks": (2,)}, {"chunks": (4,), "compression": 1}])
def test_chunks_that_were_never_written_are_missed(options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="v110") as root:
        root.create_dataset("x", (4,), "f4", **options)
    with open_hdf5(buffer, "") as root, pytest.raises(ModelFormatError, match="not hold as many bytes"):
        root.array("x", (4,))


@pytest.mark.parametrize(("more", "problem"), [(0, "while decompressing"), (1, "larger than what it holds")])
def test_a_compressed_chunk_is_at_most_a_little_larger_than_what_it_holds(more, problem):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        dataset = root.create_dataset("x", (100,), "f4", chunks=(100,), compression=1)
        dataset.id.write_direct_chunk((0,), bytes(400 + 4 + 1024 + more))
    with open_hdf5(buffer, "") as root, pytest.raises(ModelFormatError, match=problem):
        root.array("x", (100,))


@pytest.mark.parametrize(
    ("more", "problem"), [(0, "while decompressing"), (1, "compressed more than 100 to 1")]
)
def test_a_thousand_bytes_hold_a_hundred_thousand_and_64_kib_at_most(more, problem):
    numbers = (100 * 1000 + 2**16) // 4 + more
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        dataset = root.create_dataset("x", (numbers,), "f4", chunks=(numbers,), compression=1)
        dataset.id.write_direct_chunk((0,), bytes(1000))
    with open_hdf5(buffer, "") as root, pytest.raises(ModelFormatError, match=problem):
        root.array("x", (numbers,))


@pytest.mark.parametrize(("cut", "found"), [(0, True), (1, False)])
@pytest.mark.parametrize("kind", [1, 2, 3, 4, 5])
def test_tables_in_a_row_are_known_by_their_kind_and_whole(kind, cut, found):
    """After the layout's head of 5 bytes and the lengths of two axes: kind, what it needs, an address."""
    needs = {1: b"", 2: b"", 3: bytes(1)}.get(kind, b"")
    message = bytes((4, 2, 0, 2, 1, 2, 4, kind)) + needs + b"\xff" * 8
    file = stored(np.arange(4, dtype="f4"), chunks=(2,), libver="v110")
    with h5py.File(file) as root:
        read = partial(_stored_in_a_row, root["x"], message[: len(message) - cut], BoundedReader(file), "x")
        if found and kind < 4:
            assert read() == {}
        else:
            with pytest.raises(ModelFormatError, match="in a table that isn't read"):
                read()


def test_damage_is_one_kind_of_error():
    with (
        pytest.raises(ModelFormatError, match=r"^m\.h5: not a readable HDF5 file"),
        open_hdf5(io.BytesIO(b"\x89HDF\r\n\x1a\n" + bytes(100)), "m.h5"),
    ):
        pass
