"""Data files: read no further than the caller allows, unpacked where they are gzipped, known by their hashes.

A gzip stream of kilobytes can unpack to gigabytes: readers ask for one byte more than they expect.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar

from numpy_ann.atomic import open_regular
from numpy_ann.errors import DataFormatError

__all__ = [
    "MAX_RATIO", "DataFile", "decompressed", "hash_of", "is_gzipped", "read_at_most", "read_folder",
]  # fmt: skip

MAX_RATIO = 1032  # bytes, at most, that one of deflate can unpack to (the "zlib Technical Details" page)


def is_gzipped(stream: IO[bytes]) -> bool:
    """Tell by its first two bytes whether a stream is gzipped; leaves it at its start."""
    magic = stream.read(2)
    stream.seek(0)
    return magic == b"\x1f\x8b"


@contextmanager
def decompressed(stream: IO[bytes], origin: str) -> Iterator[IO[bytes]]:
    """Give the stream, unpacked as it is read where it is gzipped; messages call it ``origin``."""
    plain: Any = gzip.GzipFile(fileobj=stream) if is_gzipped(stream) else stream
    try:
        yield plain
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataFormatError(
            f"{origin}: the gzip stream is cut short or damaged ({error}). Fetch the file again."
        ) from error


def read_at_most(stream: IO[bytes], limit: int) -> bytearray:
    """Read to the end of the stream, but no further than ``limit``, to a buffer for an array to stand on."""
    content = bytearray()
    while piece := stream.read(min(1 << 20, limit - len(content))):
        content += piece
    return content


def hash_of(content: bytes | bytearray, expected: str) -> tuple[str, str]:
    """Return which hash ``expected`` is, SHA-256 or MD5, by its length; and that of the content."""
    kind = "sha256" if len(expected) == 64 else "md5"
    return kind, hashlib.new(kind, content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, known by its content before it is fetched."""

    name: str  # as published, without .gz: "train-images-idx3-ubyte"
    size: int  # bytes, uncompressed
    sha256: str  # of the uncompressed bytes, in lower-case hexadecimal
    gzipped: ClassVar[bool] = True

    @property
    def published(self) -> str:
        """What it is called on a server."""
        return f"{self.name}.gz" if self.gzipped else self.name

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names it goes by: unpacking programs write a dot for the hyphen before ``idx``."""
        plain = (self.name, self.name.replace("-idx", ".idx"))
        return plain + tuple(name + ".gz" for name in plain)

    def read(self, stream: IO[bytes], origin: str) -> bytearray:
        """Return the file's uncompressed bytes, once size and hash are right; else ``DataFormatError``."""
        with decompressed(stream, origin) if self.gzipped else nullcontext(stream) as plain:
            content = read_at_most(plain, self.size + 1)
        form = " (uncompressed)" * self.gzipped
        if len(content) > self.size or (self.gzipped and len(content) < self.size):
            count = "more" if len(content) > self.size else f"{len(content):,}"
            wanted = f"the {self.size:,} bytes" if self.gzipped else f"at most {self.size:,} bytes"
            raise DataFormatError(f"{origin}: expected {wanted} of {self.name}{form}, found {count}.")
        kind, found = hash_of(content, self.sha256)
        if found != self.sha256:
            wanted = f"{kind.replace('sha', 'SHA-').replace('md', 'MD')} {self.sha256}{form}"
            found += ": damaged, or another file."
            raise DataFormatError(f"{origin}: expected {self.name} with {wanted}, found {found}")
        return content


def read_folder(folder: str | os.PathLike[str], files: Sequence[DataFile]) -> dict[DataFile, bytearray]:
    """Read every file from a folder that someone filled by hand, gzipped or not, in either spelling."""
    folder = Path(folder).expanduser()
    if not folder.exists():
        raise FileNotFoundError(f"The data folder {str(folder)!r} does not exist.")
    if not folder.is_dir():
        raise NotADirectoryError(f"Expected a folder that holds the data files, received {str(folder)!r}.")
    found = {file: [path for name in file.spellings if (path := folder / name).is_file()] for file in files}
    if lacking := [file.name for file, paths in found.items() if not paths]:
        lost = f"{', '.join(lacking)} (with or without .gz)"
        cure = "Put the files there, or name no folder to have them downloaded."
        raise FileNotFoundError(f"The data folder {str(folder)!r} lacks {lost}. {cure}")
    contents = {}
    for file, (path, *_) in found.items():
        with open_regular(path) as stream:
            contents[file] = file.read(stream, str(path))
    return contents
