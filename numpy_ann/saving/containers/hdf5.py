"""HDF5 read with distrust: expected names only, hard links only, arrays of expected sizes only.

A file can point outside itself, pretend to sizes that it doesn't have, and describe graphs of objects.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.archive import BoundedReader
from numpy_ann.saving.containers.hdf5_chunks import read_chunks
from numpy_ann.saving.containers.hdf5_strings import read_strings
from numpy_ann.saving.containers.limits import JSON_BYTES, METADATA_READ

_MOST_NUMBERED = 1 << 17  # entries of a group


@contextmanager
def open_hdf5(file: BinaryIO, place: str) -> Iterator["Group"]:
    """Open an HDF5 file and give its root group; whatever damage does is a ``ModelFormatError``."""
    import h5py  # a tenth of a second, which only model files need

    reader = BoundedReader(file)
    try:
        with h5py.File(reader, "r") as root:
            yield Group(h5py, root, place, reader)
    except ModelFormatError:
        raise
    except (OSError, RuntimeError, LookupError, ValueError, TypeError, OverflowError, MemoryError) as error:
        prefix = f"{place}: " if place else ""
        raise ModelFormatError(f"{prefix}not a readable HDF5 file: {error}") from error


@dataclass(frozen=True)
class Group:
    """A group of an open file: arrays, texts and further groups, by known name."""

    _h5py: Any
    _group: Any
    place: str
    _reader: BoundedReader

    def __contains__(self, name: str) -> bool:
        return bool(self._group.id.links.exists(name.encode()))

    def __len__(self) -> int:
        """Return how many entries are named 0, 1, 2, ... on end; none is looked at."""
        return next((n for n in range(_MOST_NUMBERED) if str(n) not in self), _MOST_NUMBERED)

    def error(self, problem: str) -> ModelFormatError:
        """Return the error that names this group."""
        return ModelFormatError(f"{self.place or '/'}: {problem}")

    def group(self, path: str) -> "Group":
        """Return the group at a path below this one, whose steps are hard links."""
        group = self
        if path.count("/") > 31:
            raise self.error(f"{path[:80]!r} is not a path of names")
        for name in path.split("/"):
            group = Group(self._h5py, *group._member(name, self._h5py.Group), self._reader)
        return group

    def array(
        self, path: str, shape: Shape, kind: str = "f", dtype: str | None = None,
        allow_nonfinite: bool = False,
    ) -> Array:  # fmt: skip
        """Return the dataset at a path, of exactly ``shape`` and kind: "f", float, "i", integer, or "if".

        It comes in ``dtype``, where NaN, infinity and what becomes infinite are refused; or as it is stored.
        """
        h5d, h5s, h5t = self._h5py.h5d, self._h5py.h5s, self._h5py.h5t
        dataset, place = self._member(path, self._h5py.Dataset)
        stored, properties, found = dataset.id.get_type(), dataset.id.get_create_plist(), dataset.shape
        own, layout, problem = dataset.dtype, properties.get_layout(), None
        if found is None:
            problem = "is empty"
        elif found != shape:
            problem = f"has the shape {found}, but the configuration makes it {shape}"
        elif (
            own.kind not in kind
            or own.itemsize not in ((2, 4, 8) if own.kind == "f" else (4, 8))
            or not stored.equal(h5t.py_create(own))  # of IEEE 754, or of two's complement
        ):
            expected = "an integer of 32 or 64 bits" if kind == "i" else "a float of 16, 32 or 64 bits"
            problem = f"holds {own}, not {expected}"
        elif properties.get_external_count():
            problem = "is stored in another file"
        elif layout not in (h5d.CONTIGUOUS, h5d.COMPACT, h5d.CHUNKED):
            problem = "is virtual: what it holds is in other datasets"
        elif layout != h5d.CHUNKED and dataset.id.get_storage_size() != stored.get_size() * prod(shape):
            problem = "does not hold as many bytes as its shape needs"
        if problem:
            raise ModelFormatError(f"{place}: {problem}")
        self._reader.most = max(METADATA_READ, own.itemsize * prod(shape))
        try:
            if layout == h5d.CHUNKED:
                values = read_chunks(dataset, self._reader, place)
            else:
                values = np.empty(shape, own)
                dataset.id.read(h5s.ALL, h5s.ALL, values)
        finally:
            self._reader.most = METADATA_READ
        if dtype is None:
            return values
        with np.errstate(over="ignore"):
            values = values.astype(dtype, copy=False)
        if not allow_nonfinite and not np.isfinite(values).all():
            cure = "To look at such a model, load it with allow_nonfinite=True."
            what = "holds NaN or infinity, from which nothing can be computed"
            raise ModelFormatError(f"{place}: {what}. {cure}")
        return values

    def shape(self, path: str) -> Shape | None:
        """Return the shape that a dataset claims; nothing is read."""
        return self._member(path, self._h5py.Dataset)[0].shape  # type: ignore[no-any-return]

    def has_attribute(self, name: str) -> bool:
        """Return whether there is such an attribute, or its first part."""
        return name in self._group.attrs or f"{name}0" in self._group.attrs

    def text(self, name: str) -> str | None:
        """Return the attribute of that name, one string of UTF-8; None if it isn't there."""
        values = self._attribute(name, 0)
        return None if values is None else self._decoded(values[0], name)

    def texts(self, name: str, most: int) -> list[str]:
        """Return an attribute of at most ``most`` names, which may be cut into ``name0``, ``name1``."""
        if not self.has_attribute(name):
            raise self.error(f"the attribute {name!r} is missing")
        values, part = self._attribute(name, most) or [], 0
        while name not in self._group.attrs and (more := self._attribute(f"{name}{part}", most)) is not None:
            values += more
            part += 1
            if len(values) > most:
                raise self.error(f"more than {most} names in {name!r}")
        return [self._decoded(value, name) for value in values]

    def _member(self, path: str, kind: type[Any]) -> tuple[Any, str]:
        """Return the object of that kind at the end of a path of hard links, and its place."""
        h5py, (above, separator, name) = self._h5py, path.rpartition("/")
        parent = self.group(above) if separator and path != "/iterations" else self
        if path == "/iterations":  # Keras 2.0 on Theano means to put it into its group, and misses
            parent = Group(h5py, self._group.file, "", self._reader)
        if name in ("", ".", "..") or "\0" in name:
            raise parent.error(f"{name[:80]!r} is not a path of names")
        what = "group" if kind is h5py.Group else "dataset"
        if name not in parent:
            raise parent.error(f"the {what} {name!r} is missing")
        identifier = parent._group.id
        if identifier.links.get_info(name.encode()).type != h5py.h5l.TYPE_HARD:
            raise parent.error(f"{name!r} is a link to elsewhere; links are not followed")
        # h5py's own look at the class also counts up what the object holds, and a table that is a circle of
        # nodes makes HDF5 count without end: so it does wherever it is asked for a length.
        found = h5py.h5g.get_objinfo(identifier, name.encode()).type
        if found != (h5py.h5g.GROUP if kind is h5py.Group else h5py.h5g.DATASET):
            raise parent.error(f"{name!r} is not a {what}")
        return parent._group[name], f"{parent.place}/{name}"

    def _attribute(self, name: str, most: int) -> list[bytes] | None:
        """Return an attribute's checked strings: at most ``most``, or one for 0; None if there is none."""
        h5py = self._h5py
        if name not in self._group.attrs:
            return None
        attribute = self._group.attrs.get_id(name)
        type_class, shape = attribute.get_type().get_class(), attribute.shape
        if attribute.get_space().get_simple_extent_type() == h5py.h5s.NULL:
            raise self.error(f"the attribute {name!r} is empty")
        if most and shape == (0,):
            return []
        if type_class != h5py.h5t.STRING:
            raise self.error(f"the attribute {name!r} is not text")
        if len(shape) != (1 if most else 0):
            raise self.error(f"the attribute {name!r} has the shape {shape}")
        if prod(shape) > max(most, 1):
            raise self.error(f"the attribute {name!r} holds {prod(shape)} names; at most {most} are expected")
        if attribute.get_storage_size() > JSON_BYTES:
            raise self.error(f"the attribute {name!r} is larger than {JSON_BYTES:,} bytes")
        if attribute.get_type().is_variable_str():
            header = h5py.h5g.get_objinfo(self._group.id).objno[0]
            try:
                return read_strings(self._reader, header, name, prod(shape), JSON_BYTES)
            except ModelFormatError as error:
                raise self.error(str(error)) from None
        return [bytes(value).rstrip(b"\0") for value in np.ravel(self._group.attrs[name]).tolist()]

    def _decoded(self, value: bytes, name: str) -> str:
        try:
            return value.decode("utf-8")
        except UnicodeError:
            raise self.error(f"the attribute {name!r} is not UTF-8") from None
