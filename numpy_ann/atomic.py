"""Files that are there whole or not at all."""

import os
import secrets
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: str | os.PathLike[str], data: bytes | memoryview) -> None:
    """Write a file so that a crash at any moment leaves the old file or the new one, never half of one.

    The bytes go to a new file beside the target, are forced to the disk, and only then take the target's
    name, in one step of the file system. A full disk, an exception or a signal leaves the old file as it was.
    A process killed outright may leave its unfinished neighbour, ``.NAME.*.part``, behind.

    Raises
    ------
    OSError
        If the folder is missing or may not be written, or the disk is full.

    Source: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014, section 3: why the flush must
    come before the renaming.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/x", b"new")
    ...     os.listdir(folder)
    ['x']
    """
    target = Path(os.path.realpath(path))  # a link stays a link; what it points to is replaced
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a folder; a file's name is needed")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path} can't be written: the folder {target.parent} doesn't exist")
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """Force the folder's new entry to the disk, where folders can be opened for that (not on Windows)."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
