"""A file that hands out no more at once than its reader can mean."""

import io
from typing import Any, BinaryIO

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import METADATA_READ

__all__ = ["BoundedReader"]


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
