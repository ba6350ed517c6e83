"""The files of a data set: their names, their hashes, and how people spell them in folders of their own."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numpy_ann.data.compression import Stream, decompressed, read_at_most
from numpy_ann.errors import DataFormatError

__all__ = ["DataFile", "read_folder"]


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, known by its content before it is fetched.

    Parameters
    ----------
    name : str
        Its published name, without ``.gz``: ``"train-images-idx3-ubyte"``.
    size : int
        Bytes, uncompressed.
    sha256 : str
        Of the uncompressed bytes, in lower-case hexadecimal.
    """

    name: str
    size: int
    sha256: str

    @property
    def spellings(self) -> tuple[str, ...]:
        """The names it goes by: unpacking programs write a dot for the hyphen before ``idx``."""
        plain = (self.name, self.name.replace("-idx", ".idx"))
        return plain + tuple(name + ".gz" for name in plain)

    def read(self, stream: Stream, origin: str) -> bytearray:
        """Read the file, gzipped or not, and return its uncompressed bytes once they are proved right.

        Raises
        ------
        DataFormatError
            Size or SHA-256 differ from the published file's, or the gzip stream is damaged.

        Examples
        --------
        >>> import hashlib, io
        >>> file = DataFile("greeting", 5, hashlib.sha256(b"hello").hexdigest())
        >>> file.read(io.BytesIO(b"hello"), "example")
        bytearray(b'hello')
        >>> file.read(io.BytesIO(b"hell"), "example")
        Traceback (most recent call last):
        ...
        numpy_ann.errors.DataFormatError: example: expected the 5 bytes of greeting (uncompressed), found 4.
        """
        with decompressed(stream, origin) as plain:
            content = read_at_most(plain, self.size + 1)
        if len(content) != self.size:
            count = "more" if len(content) > self.size else f"{len(content):,}"
            raise DataFormatError(
                f"{origin}: expected the {self.size:,} bytes of {self.name} (uncompressed), found {count}."
            )
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise DataFormatError(
                f"{origin}: expected {self.name} with SHA-256 {self.sha256} (uncompressed), found {found}: "
                "damaged, or another file."
            )
        return content


def read_folder(folder: str | os.PathLike[str], files: Sequence[DataFile]) -> dict[DataFile, bytearray]:
    """Read every file from a folder that someone filled by hand, gzipped or not, in either spelling.

    Raises
    ------
    FileNotFoundError
        The folder or some of its files are not there; the message lists them all.
    NotADirectoryError
        It is a file.
    DataFormatError
        A file in it is not the published one.
    """
    folder = Path(folder).expanduser()
    if not folder.exists():
        raise FileNotFoundError(f"The data folder {str(folder)!r} does not exist.")
    if not folder.is_dir():
        raise NotADirectoryError(f"Expected a folder that holds the data files, received {str(folder)!r}.")
    paths = {file: path for file in files if (path := _find(folder, file)) is not None}
    if lacking := [file.name for file in files if file not in paths]:
        raise FileNotFoundError(
            f"The data folder {str(folder)!r} lacks {', '.join(lacking)} (with or without .gz). "
            "Put the files there, or name no folder to have them downloaded."
        )
    contents = {}
    for file, path in paths.items():
        with open(path, "rb") as stream:
            contents[file] = file.read(stream, str(path))
    return contents


def _find(folder: Path, file: DataFile) -> Path | None:
    return next((folder / name for name in file.spellings if (folder / name).is_file()), None)
