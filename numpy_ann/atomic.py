"""Files that are there whole or not at all; and what isn't a file is neither waited for nor replaced."""

import errno
import os
import re
import secrets
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_regular", "write_atomically"]

_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device", stat.S_IFSOCK: "a socket",
}  # fmt: skip
# What refuses a new name in a folder though the file there may be written: the folder's permissions, its
# sticky bit, a file that is a mount of its own.
_NO_NEW_NAME = (errno.EACCES, errno.EPERM, errno.EBUSY)


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file for reading, at once or not at all.

    Opening a named pipe waits until somebody writes to it, and some devices never end; a path that somebody
    else names may hold either. Raises ``OSError`` if there is no such file, or one that can't be read.

    >>> open_regular(os.devnull)
    Traceback (most recent call last):
        ...
    OSError: /dev/null is a character device, where a file is needed
    """
    if not stat.S_ISREG(mode := os.stat(path).st_mode):
        raise _no_file(path, mode)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(mode := os.fstat(handle).st_mode):  # another thing may have come in between
            raise _no_file(path, mode)
        return open(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def write_atomically(path: str | os.PathLike[str], data: bytes | memoryview) -> None:
    """Write a file so that a crash at any moment leaves the old file or the new one, never half of one.

    The bytes go to a new file beside the target, are forced to the disk, and only then take the target's
    name, in one step of the file system. A full disk, an exception or a signal leaves the old file as it was.
    A process killed outright may leave its unfinished neighbour, ``.NAME.*.part``, behind; the next call for
    that name takes it away. The file that is replaced hands on its mode, owner, group and extended
    attributes, as far as the process may; what is unfinished can be read by the process' user alone.

    A file that may be written in a folder that may not is written where it is: there an exception leaves the
    old file, but a crash may leave half of the new one.

    Raises ``OSError`` if the folder is missing or may not be written, the disk is full, or the target is no
    regular file: a folder, a device, a named pipe, a circle of links.

    Source: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014, section 3: why it is flushed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/x", b"new")
    ...     os.listdir(folder)
    ['x']
    """
    target = _target(path)
    old = target.stat() if target.exists() else None
    if old is not None and not stat.S_ISREG(old.st_mode):
        raise _no_file(path, old.st_mode)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path} can't be written: the folder {target.parent} doesn't exist")
    try:
        _replace(target, data, old)
    except OSError as error:
        if old is None or error.errno not in _NO_NEW_NAME:
            raise
        _write_in_place(target, data)
    _flush_folder(target.parent)


def _no_file(path: str | os.PathLike[str], mode: int) -> OSError:
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    error = IsADirectoryError if stat.S_ISDIR(mode) else OSError
    return error(f"{os.fspath(path)} is {kind}, where a file is needed")


def _target(path: str | os.PathLike[str]) -> Path:
    """Return what is to be replaced: a link stays a link, and what it points to is written anew."""
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        return Path(os.path.realpath(path))
    except OSError as error:
        circle = f"{os.fspath(path)} can't be written: its links go in a circle"
        raise (OSError(errno.ELOOP, circle) if error.errno == errno.ELOOP else error) from None


def _replace(target: Path, data: bytes | memoryview, old: os.stat_result | None) -> None:
    longest = os.pathconf(target.parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    name = os.fsencode(target.name)
    room = len(name) + 23 <= longest  # for what comes before and after it
    prefix = f".{target.name if room else sha256(name).hexdigest()[:32]}."
    part, handle = _new_part(target.parent, prefix, 0o666 if old is None else 0o600)
    try:
        with open(handle, "wb") as file:  # its lock, gone with the process, says that somebody is at work
            file.write(data)
            file.flush()
            if old is not None:
                _hand_on(target, old, part, handle)
            os.fsync(handle)
            if os.name != "nt":  # where a file that is open can't be renamed
                part.replace(target)
        if os.name == "nt":
            part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _remove_leftovers(target.parent, prefix)


def _new_part(folder: Path, prefix: str, mode: int) -> tuple[Path, int]:
    """Return a new file and its handle, which holds its lock."""
    while True:
        part = folder / f"{prefix}{secrets.token_hex(8)}.part"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(part, flags, mode)
        _lock(handle, wait=True)
        if os.fstat(handle).st_nlink:
            return part, handle
        os.close(handle)  # taken for a leftover, in the moment before it was locked


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock an open file; return whether that could be done."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows, which doesn't remove a file that somebody has open
        return True
    try:
        flock(handle, LOCK_EX if wait else LOCK_EX | LOCK_NB)
    except OSError:  # somebody has it, or the file system knows no locks
        return False
    return True


def _hand_on(target: Path, old: os.stat_result, part: Path, handle: int) -> None:
    """Give the new file what its user set on the old one, as far as the process may."""
    mode = stat.S_IMODE(old.st_mode)
    if hasattr(os, "fchown"):
        for owner, group in ((old.st_uid, old.st_gid), (-1, old.st_gid)):
            with suppress(OSError):
                os.fchown(handle, owner, group)
                break
        new = os.fstat(handle)
        if new.st_gid != old.st_gid:  # another group gets what everybody had
            mode = mode & ~(stat.S_ISGID | stat.S_IRWXG) | (mode & stat.S_IRWXO) << 3
        if new.st_uid != old.st_uid:
            mode &= ~stat.S_ISUID
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(target):
                with suppress(OSError):
                    os.setxattr(handle, name, os.getxattr(target, name))
    part.chmod(mode)


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """Take away the unfinished files of that name whose processes are gone."""
    pattern = re.compile(re.escape(prefix) + r"[0-9a-f]{16}\.part")
    with suppress(OSError):  # a folder that may be written but not listed
        for name in filter(pattern.fullmatch, os.listdir(folder)):
            with suppress(OSError), open_regular(folder / name) as leftover:
                if os.name != "nt" and _lock(leftover.fileno(), wait=False):
                    os.unlink(folder / name)
            if os.name == "nt":
                with suppress(OSError):
                    os.unlink(folder / name)


def _write_in_place(target: Path, data: bytes | memoryview) -> None:
    def overwrite(data: bytes | memoryview) -> None:
        file.seek(0)
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())

    with open(target, "r+b") as file:
        old = file.read()
        try:
            overwrite(data)
        except BaseException:
            overwrite(old)
            raise


def _flush_folder(folder: Path) -> None:
    """Force the folder's new entry to the disk, where folders can be opened for that (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(PermissionError):  # a folder that may be written but not listed
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
