"""HDF5 read with distrust; the ways to harm it are in test_hostile_files.py."""

import io

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.hdf5 import open_hdf5


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


def test_damage_is_one_kind_of_error():
    with (
        pytest.raises(ModelFormatError, match=r"^m\.h5: not a readable HDF5 file"),
        open_hdf5(io.BytesIO(b"\x89HDF\r\n\x1a\n" + bytes(100)), "m.h5"),
    ):
        pass
