"""Where data comes from: the cache first, then one source after another until every file is there.

The cache holds verified, uncompressed files, each moved into place at once, so that no lock is needed.
"""

import logging
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from numpy_ann.atomic import open_regular
from numpy_ann.data.files import DataFile
from numpy_ann.errors import DataFormatError

__all__ = ["Cache", "cache_folder", "fetch"]

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
    """Verified files in one folder, which is made when the first is stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, file: DataFile) -> bytearray | None:
        """Return the file's bytes, or None where they are not there, not readable or not right."""
        path = self.folder / file.name
        try:
            with open_regular(path) as stream:
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
            # No fsync: should the machine go down before the bytes are on the disk, the hash will tell.
            part.write_bytes(content)
            os.replace(part, self.folder / file.name)
        except OSError as error:
            log.warning(
                f"{file.name} is used from memory and will be fetched again next time: the cache folder "
                f"{self.folder} cannot be written ({error}). Set NUMPY_ANN_CACHE to a folder that can."
            )
        finally:
            with suppress(OSError):
                part.unlink()


def fetch(files: Sequence[DataFile], sources: Iterable[Any], cache: Cache) -> dict[DataFile, bytearray]:
    """Return the verified bytes of every file, from the cache where it has them, else from the sources.

    A source, such as a ``Mirror``, has a name and fetches files; what it gives before it fails is kept.

    Raises ``ConnectionError`` if none is left, with the reasons and how to place the files by hand.
    """
    contents = {file: content for file in files if (content := cache.load(file)) is not None}
    reasons: list[str] = []
    sources = iter(sources)
    while lacking := [file for file in files if file not in contents]:
        if (source := next(sources, None)) is None:
            raise ConnectionError(
                "Some data files are neither in the cache nor to be had from any source.\n"
                + "".join(f"  - {reason}\n" for reason in reasons)
                + "To place them by hand, put these files, gzipped (.gz) or not, into one folder,\n"
                + "".join(f"    {file.name}\n" for file in lacking)
                + "and name that folder: load_data(path=FOLDER), or the environment variable NUMPY_ANN_DATA="
                f"FOLDER.\nUncompressed, they may also go into the cache folder, {cache.folder}."
            )
        try:
            for file, content in source.fetch(lacking):
                cache.store(file, content)
                contents[file] = content
        except (OSError, DataFormatError) as error:
            log.warning("%s is left for the next source: %s", source.name, error)
            reasons.append(f"{source.name}: {error}")
    return contents
