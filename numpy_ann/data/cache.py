"""The cache: one folder of verified, uncompressed files, so that loading is reading and hashing.

Files arrive whole: they are written under a name of their own and moved into place, which is atomic.
Processes that fill an empty cache at the same time each move the same bytes there, and the last one wins: no
lock is needed, so none can be left behind.
"""

import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

from numpy_ann.data.files import DataFile
from numpy_ann.errors import DataFormatError

__all__ = ["Cache", "cache_folder"]

log = logging.getLogger(__name__)


def cache_folder() -> Path:
    r"""Return the folder in NUMPY_ANN_CACHE, else the operating system's place for caches.

    On Linux that is ``~/.cache/numpy_ann``, on macOS ``~/Library/Caches/numpy_ann``, on Windows
    ``%LOCALAPPDATA%\numpy_ann\numpy_ann\Cache``.
    """
    folder = os.environ.get("NUMPY_ANN_CACHE")
    if not folder:
        import pooch

        folder = str(pooch.os_cache("numpy_ann"))
    return Path(os.path.expanduser(folder))


class Cache:
    """Verified files in one folder, which is made when the first is stored.

    >>> import hashlib, tempfile
    >>> file = DataFile("greeting", 5, hashlib.sha256(b"hello").hexdigest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = Cache(Path(folder))
    ...     before = cache.load(file)
    ...     cache.store(file, bytearray(b"hello"))
    ...     before, cache.load(file)
    (None, bytearray(b'hello'))
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, file: DataFile) -> bytearray | None:
        """Return the file's bytes, or None where they are not there, not readable or not right."""
        path = self.folder / file.name
        try:
            with open(path, "rb") as stream:
                return file.read(stream, str(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, DataFormatError) as error:
            log.warning("A cached file cannot be used and is fetched again: %s", error)
            return None

    def store(self, file: DataFile, content: bytearray) -> None:
        """Write the file, whole or not at all; a folder that cannot be written is a warning, not an error."""
        # Not tempfile: its files are readable by their owner alone, and a cache may be shared.
        part = self.folder / f"{file.name}.{secrets.token_hex(8)}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                # No fsync: should the machine go down before the bytes are on the disk, the hash will tell.
                part.write_bytes(content)
                os.replace(part, self.folder / file.name)
            finally:
                with suppress(OSError):
                    part.unlink()
        except OSError as error:
            log.warning(
                "%s is used from memory and will be fetched again next time: the cache folder %s cannot be "
                "written (%s). Set NUMPY_ANN_CACHE to a folder that can.",
                file.name,
                self.folder,
                error,
            )
