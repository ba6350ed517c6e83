"""The ``.keras`` container: a zip, of which three members and vocabularies are read; and a bounded reader."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import HIGHEST_RATIO, METADATA_READ

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"

_VOCABULARY = re.compile(r"assets/.+/vocabulary\.txt", re.DOTALL)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date of zip; Keras writes it too


class BoundedReader(io.RawIOBase):
    """A readable file that refuses the large single reads of a hostile zip's or HDF5 file's tables."""

    def __init__(self, file: BinaryIO, most: int = METADATA_READ) -> None:
        self._file = file
        self.most = most
        self.size = file.seek(0, io.SEEK_END)
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable  # type: ignore[method-assign]

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` from the file."""
        if len(buffer) > self.most:
            raise self._too_much(len(buffer))
        return int(self._file.readinto(buffer))  # type: ignore[attr-defined]  # every binary file has it

    def read(self, size: int | None = -1) -> bytes:
        """Return ``size`` bytes, fewer only at the end; all the rest for -1."""
        wanted = self.size - self.tell() if size is None or size < 0 else min(size, self.size)
        if wanted > self.most:
            raise self._too_much(wanted)
        return self._file.read(wanted)

    def _too_much(self, wanted: int) -> ModelFormatError:
        return ModelFormatError(
            f"the container asks to read {wanted:,} bytes at once, where at most {self.most:,} make sense"
        )


class Archive:
    """A ``.keras`` file, whose members are read by their exact names; others are passed over."""

    def __init__(self, file: BinaryIO) -> None:
        reader = BoundedReader(file)
        self.size = reader.size
        try:
            self._zip = zipfile.ZipFile(reader)
        except ModelFormatError:
            raise
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
            raise ModelFormatError(f"not a readable zip file: {error}") from None
        members = self._zip.infolist()
        names = [member.filename for member in members]
        if names and all(name.endswith(".npy") for name in names):
            cure = "take them with numpy.load, and give them to the model with set_weights"
            raise ModelFormatError(f"arrays of NumPy (.npz), not a Keras file: {cure}")
        for member in members:
            name = member.filename
            if "\0" in name or ".." in re.split(r"[/\\]", name) or re.match(r"[/\\]|[A-Za-z]:", name):
                raise ModelFormatError(f"the member {name[:80]!r} lies outside of the archive")
            if name not in (METADATA, CONFIG, WEIGHTS) and not _VOCABULARY.fullmatch(name):
                continue  # other assets, folders, what a file manager adds: never looked at
            if names.count(name) > 1:
                raise ModelFormatError(f"{name}: there are {names.count(name)} members of this name")
            if member.flag_bits & 0x1:
                raise ModelFormatError(f"{name}: encrypted")
            if (method := member.compress_type) not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ModelFormatError(f"{name}: compressed by method {method}, not stored or deflated")
        self._members = dict(zip(names, members, strict=True))

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, most: int, otherwise: bytes | None = None) -> bytes:
        """Return a member's bytes, at most so many, whatever the archive itself says of their number."""
        if name not in self._members:
            if otherwise is not None:
                return otherwise
            npz = f"{WEIGHTS.removesuffix('h5')}npz"
            also = f"; it holds {npz}, which isn't read: save again with h5py installed" * (npz in self)
            raise ModelFormatError(f"{name}: missing from the archive{also}")
        member = self._members[name]
        if member.file_size > most:
            raise ModelFormatError(f"{name}: {member.file_size:,} bytes, where at most {most:,} make sense")
        if member.file_size > HIGHEST_RATIO * member.compress_size + 10_000:
            raise ModelFormatError(f"{name}: compressed more than {HIGHEST_RATIO} to 1, as no weights are")
        try:
            parts: list[bytes] = []
            with self._zip.open(member) as file:
                while part := file.read(METADATA_READ // 4):  # which ends at the size that was checked
                    parts.append(part)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
            raise ModelFormatError(f"{name}: damaged: {error}") from None
        return b"".join(parts)


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of these members, stored as they are, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), data)
    return buffer.getvalue()
