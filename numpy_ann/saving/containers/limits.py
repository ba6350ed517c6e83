"""How large a model file may be before it is refused, and a reader that holds the file to it."""

import io
from dataclasses import dataclass
from typing import Any, BinaryIO

from numpy_ann.errors import ModelFormatError

__all__ = ["HIGHEST_RATIO", "JSON_BYTES", "METADATA_READ", "BoundedReader", "Limits"]

HIGHEST_RATIO = 100
"""Of compressed weights; real ones, even with all of Adam's still 0, stay far below."""

JSON_BYTES = 1 << 20
"""Bytes of one JSON text. A thousand layers fit; parsed, the worst text of that size takes some 30 MB."""

METADATA_READ = 4 << 20
"""Bytes read in one go of anything but weights: names, tables of contents, configurations."""


@dataclass(frozen=True)
class Limits:
    """What a file may ask for; a larger model needs larger limits, given by whoever trusts the file.

    Parameters
    ----------
    layers : int
        Layers of a model.
    units : int
        Numbers in one sample, at the input or behind any layer.
    parameters : int
        Numbers in all weights together; 2^28 of them are 1 GiB in float32.

    Examples
    --------
    >>> Limits(parameters=2**31).layers
    1000
    """

    layers: int = 1000
    units: int = 1 << 24
    parameters: int = 1 << 28


class BoundedReader(io.RawIOBase):
    """A readable file that refuses large single reads.

    A container's own tables say how much to read next, and a hostile table says 4 GB. The zip and the HDF5
    library read through this object, so a lie is refused before memory is filled.

    Parameters
    ----------
    file : binary file
        What is read.
    most : int
        Bytes of the largest single read. Whoever knows an array's size raises it for that array.
    """

    def __init__(self, file: BinaryIO, most: int = METADATA_READ) -> None:
        self._file = file
        self.most = most
        self.size = file.seek(0, io.SEEK_END)
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable  # type: ignore[method-assign]

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` from the file."""
        self._check(len(buffer))
        return int(self._file.readinto(buffer))  # type: ignore[attr-defined]  # every binary file has it

    def read(self, size: int | None = -1) -> bytes:
        """Return ``size`` bytes, fewer only at the end; all the rest for -1."""
        wanted = self.size - self.tell() if size is None or size < 0 else min(size, self.size)
        self._check(wanted)
        return self._file.read(wanted)

    def _check(self, wanted: int) -> None:
        if wanted > self.most:
            raise ModelFormatError(
                f"the container asks to read {wanted:,} bytes at once, where at most {self.most:,} make sense"
            )

    def readable(self) -> bool:
        """Return True."""
        return True
