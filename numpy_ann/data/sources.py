"""Where data comes from: the cache first, then one source after another until every file is there."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from numpy_ann.data.cache import Cache
from numpy_ann.data.files import DataFile
from numpy_ann.errors import DataFormatError

__all__ = ["Source", "fetch"]

log = logging.getLogger(__name__)


class Source(Protocol):
    """Something that files can be fetched from."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def fetch(self, files: Sequence[DataFile]) -> Iterable[tuple[DataFile, bytearray]]:
        """Yield the files in turn, each verified; raise OSError or DataFormatError where one fails."""


def fetch(files: Sequence[DataFile], sources: Iterable[Source], cache: Cache) -> dict[DataFile, bytearray]:
    """Return the verified bytes of every file, from the cache where it has them.

    A source that fails is left, with a line in the log, and the next one is asked for what is still lacking;
    what it gave before it failed is kept. ``sources`` is read no further than it takes.

    Raises
    ------
    ConnectionError
        No source is left. The message lists each with its reason and says how to place the files by hand.
    """
    contents = {file: content for file in files if (content := cache.load(file)) is not None}
    reasons: list[str] = []
    sources = iter(sources)
    while lacking := [file for file in files if file not in contents]:
        if (source := next(sources, None)) is None:
            raise ConnectionError("\n".join(_advice(lacking, reasons, cache)))
        try:
            for file, content in source.fetch(lacking):
                cache.store(file, content)
                contents[file] = content
        except (OSError, DataFormatError) as error:
            log.warning("%s is left for the next source: %s", source.name, error)
            reasons.append(f"{source.name}: {error}")
    return contents


def _advice(lacking: Iterable[DataFile], reasons: Iterable[str], cache: Cache) -> Iterator[str]:
    yield "Some data files are neither in the cache nor to be had from any source."
    yield from (f"  - {reason}" for reason in reasons)
    yield "To place them by hand, put these files, gzipped (.gz) or not, into one folder,"
    yield from (f"    {file.name}" for file in lacking)
    yield "and name that folder: load_data(path=FOLDER), or the environment variable NUMPY_ANN_DATA=FOLDER."
    yield f"Uncompressed, they may also go into the cache folder, {cache.folder}."
