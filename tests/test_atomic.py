"""Files that are there whole or not at all."""

import errno
import fcntl
import os
import stat
import subprocess
import sys
import tempfile
import threading

import pytest

from numpy_ann.atomic import open_regular, write_atomically

AS_ROOT = os.getuid() == 0


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


def test_what_the_user_set_on_a_file_is_kept(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    if AS_ROOT:
        os.chown(path, 1234, 2345)
        path.chmod(0o6640)
    else:
        path.chmod(0o4640)
    os.setxattr(path, "user.origin", b"here")
    before = path.stat()
    write_atomically(path, b"new")
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert os.getxattr(path, "user.origin") == b"here"


def test_what_is_unfinished_can_be_read_by_its_user_alone(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o604)
    seen = []
    chmod = type(path).chmod

    def watched(part, mode):
        seen.append(part.stat().st_mode)
        chmod(part, mode)

    monkeypatch.setattr(type(path), "chmod", watched)
    write_atomically(path, b"new")
    assert [stat.S_IMODE(mode) for mode in seen] == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_group_that_cannot_be_kept_gets_what_everybody_has(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o2664)

    def refuse(*_):
        raise PermissionError

    real = os.fstat
    monkeypatch.setattr(os, "fchown", refuse)
    other = path.stat().st_gid + 1

    def of_another_group(handle):
        values = list(real(handle))
        values[5] = other
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", of_another_group)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_an_owner_that_cannot_be_kept_lends_nobody_his_rights(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    path.chmod(0o4755)
    owner, group, real, asked = path.stat().st_uid, path.stat().st_gid, os.fstat, []

    def of_another_owner(handle):
        values = list(real(handle))
        values[4] = owner + 1
        return os.stat_result(values)

    def refuse_the_owner(handle, *ids):
        asked.append(ids)
        if ids[0] == owner:
            raise PermissionError

    monkeypatch.setattr(os, "fstat", of_another_owner)
    monkeypatch.setattr(os, "fchown", refuse_the_owner)
    write_atomically(path, b"new")
    assert asked == [(owner, group), (-1, group)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_what_comes_in_between_is_neither_waited_for_nor_left_open(tmp_path, monkeypatch):
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    file.write_bytes(b"")
    looked_at, opened, real = os.stat(file), [], os.open
    monkeypatch.setattr(os, "stat", lambda path: looked_at)
    monkeypatch.setattr(os, "open", lambda *given: opened.append(real(*given)) or opened[-1])
    with pytest.raises(OSError, match="pipe is a named pipe, where a file is needed"):
        open_regular(pipe)
    monkeypatch.undo()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(number, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(number, "no more")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no more"):
        write_atomically(tmp_path / "new", b"new")
    assert os.listdir(tmp_path) == []
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(OSError, match="no more"):
        write_atomically(tmp_path / "x", b"longer than before")
    assert (os.listdir(tmp_path), (tmp_path / "x").read_bytes()) == (["x"], b"old")


def test_a_new_name_that_a_folder_refuses_is_an_error(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "no new names here")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError, match="no new names here"):
        write_atomically(tmp_path / "x", b"new")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("length", [200, 240, 255])
def test_names_up_to_the_file_systems_limit(tmp_path, length):
    path = tmp_path / ("n" * length)
    for data in (b"old", b"new"):
        write_atomically(path, data)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == [path.name]


def test_what_is_no_file_is_neither_replaced_nor_read(tmp_path):
    pipe, one, other = tmp_path / "pipe", tmp_path / "one", tmp_path / "other"
    os.mkfifo(pipe)
    one.symlink_to(other)
    other.symlink_to(one)
    with pytest.raises(OSError, match="pipe is a named pipe, where a file is needed"):
        write_atomically(pipe, b"x")
    with pytest.raises(OSError, match="pipe is a named pipe, where a file is needed"):
        open_regular(pipe)
    with pytest.raises(OSError, match="links go in a circle"):
        write_atomically(one, b"x")
    with pytest.raises(OSError, match="null is a character device"):
        write_atomically("/dev/null", b"x")
    with pytest.raises(IsADirectoryError):
        open_regular(tmp_path)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert sorted(os.listdir(tmp_path)) == ["one", "other", "pipe"]


def test_a_link_to_nothing_makes_what_it_points_to(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "target")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_leftovers_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    path = tmp_path / "x"
    dead, living = tmp_path / f".x.{'0' * 16}.part", tmp_path / f".x.{'1' * 16}.part"
    others = [tmp_path / f".y.{'0' * 16}.part", tmp_path / ".x.part", tmp_path / ".x.no.part"]
    for file in (dead, living, *others):
        file.write_bytes(b"half")
    with open(living, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write_atomically(path, b"new")
        assert not dead.exists()
        assert living.exists()
    write_atomically(path, b"newer")
    assert sorted(os.listdir(tmp_path)) == sorted(["x", *(file.name for file in others)])


def test_many_savers_of_one_name(tmp_path):
    """Nobody takes away what another is writing."""
    path = tmp_path / "x"
    errors = []

    def save(data):
        try:
            for _ in range(40):
                write_atomically(path, data)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=save, args=(bytes([n]) * 1000,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(set(path.read_bytes())) == 1
    assert os.listdir(tmp_path) == ["x"]


def test_a_file_that_may_be_written_in_a_folder_that_may_not(tmp_path):
    """Root may do anything, so another user tries."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "x"
    path.write_bytes(b"something long")
    path.chmod(0o666)
    folder.chmod(0o555)
    for above in (tmp_path, *tmp_path.parents):
        if str(above).startswith(tempfile.gettempdir() + os.sep):
            above.chmod(0o755)
    script = (
        "import os, sys\nfrom numpy_ann.atomic import write_atomically\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "write_atomically(sys.argv[1], b'new')\n"
        "try: write_atomically(sys.argv[1] + 'y', b'new')\n"
        "except PermissionError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "refused", done.stderr
    assert path.read_bytes() == b"new"
    assert os.listdir(folder) == ["x"]


def test_a_write_in_place_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def refuse(*_):
        raise PermissionError(13, "no new names here")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr("numpy_ann.atomic._flush_folder", lambda folder: None)
    calls = iter([OSError(28, "No space left on device"), None])

    def full_once(handle):
        error = next(calls)
        if error:
            raise error

    monkeypatch.setattr(os, "fsync", full_once)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"something longer")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
