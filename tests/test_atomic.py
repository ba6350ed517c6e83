"""Files that are there whole or not at all."""

import os
import stat

import pytest

from numpy_ann.atomic import write_atomically


def test_a_new_file_and_its_replacement(tmp_path):
    path = tmp_path / "x"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["x"]


def test_permissions(tmp_path):
    """A new file has the usual ones, a replaced one keeps its own."""
    plain, path = tmp_path / "plain", tmp_path / "x"
    plain.write_bytes(b"")
    write_atomically(path, b"old")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_failures_leave_no_trace(tmp_path):
    path = tmp_path / "x"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text is no bytes")  # type: ignore[arg-type]
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path, b"x")
    with pytest.raises(FileNotFoundError, match=r"x can't be written: the folder .*missing doesn't exist"):
        write_atomically(tmp_path / "missing" / "x", b"x")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x"]
