"""Reading files that may be gzipped, and never further than the caller allows.

A gzip stream of a few kilobytes can unpack to gigabytes. Every reader in this package therefore says how many
bytes it expects, and asks for one more than that only to see that nothing follows.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from numpy_ann.errors import DataFormatError

__all__ = ["MAX_RATIO", "Stream", "decompressed", "is_gzipped", "read_at_most"]

MAX_RATIO = 1032
"""The most bytes that one byte of deflate can unpack to (the "zlib Technical Details" page)."""

_PIECE = 1 << 20


class Stream(Protocol):
    """The part of a binary file that is used here; files, ``BytesIO`` and archive members all have it."""

    def read(self, size: int = ..., /) -> bytes:
        """Read up to ``size`` bytes."""

    def seek(self, offset: int, whence: int = ..., /) -> int:
        """Move to ``offset``."""


def is_gzipped(stream: Stream) -> bool:
    """Tell by its first two bytes whether a stream is gzipped; leaves it at its start."""
    magic = stream.read(2)
    stream.seek(0)
    return magic == b"\x1f\x8b"


@contextmanager
def decompressed(stream: Stream, origin: str) -> Iterator[Stream]:
    """Give the stream as it is, or unpacked as it is read where it is gzipped.

    Parameters
    ----------
    stream : Stream
        A binary file at its start.
    origin : str
        What messages call it.

    Raises
    ------
    DataFormatError
        The gzip stream is cut short or damaged.

    Examples
    --------
    >>> import gzip, io
    >>> with decompressed(io.BytesIO(gzip.compress(b"seven")), "example") as plain:
    ...     plain.read(5)
    b'seven'
    """
    plain: Stream = gzip.GzipFile(fileobj=stream) if is_gzipped(stream) else stream
    try:
        yield plain
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataFormatError(
            f"{origin}: the gzip stream is cut short or damaged ({error}). Fetch the file again."
        ) from error


def read_at_most(stream: Stream, limit: int) -> bytearray:
    """Read to the end of the stream, but no further than ``limit`` bytes.

    The buffer grows with the bytes that come, not with what is hoped for, and is writable, so that an array
    can stand on it without a copy.

    >>> import io
    >>> read_at_most(io.BytesIO(b"0123456789"), 4)
    bytearray(b'0123')
    """
    content = bytearray()
    while piece := stream.read(min(_PIECE, limit - len(content))):
        content += piece
    return content
