"""``get_file``: a file from the network, fetched once, checked, and unpacked where it is an archive."""

import os
import tarfile
import zipfile
from pathlib import Path

from numpy_ann.atomic import write_atomically
from numpy_ann.data.files import hash_of
from numpy_ann.errors import DataFormatError
from numpy_ann.validation import checked_choice

__all__ = ["get_file"]

_MOST = 4 << 30


def get_file(
    fname: str | None = None, origin: str | None = None, untar: bool = False, md5_hash: str | None = None,
    file_hash: str | None = None, cache_subdir: str = "datasets", hash_algorithm: str = "auto",
    extract: bool = False, archive_format: str = "auto", cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:  # fmt: skip
    """Return the path of a file, fetching it from ``origin`` where it isn't there yet.

    Raises ``ValueError`` if there is no origin, or a name that leads out of the folder; ``DataFormatError``
    if the hash is another one, the archive is damaged, or a member would land outside of its folder;
    ``OSError`` if it can't be fetched.

    Parameters
    ----------
    fname : str, optional
        What the file is called; left out, the last part of ``origin``.
    origin : str
        URL, HTTP or HTTPS.
    untar, extract : bool
        Unpack a tar (``untar``), or a tar or ZIP archive, and return the folder.
    md5_hash, file_hash : str, optional
        What the file's hash must be, in hexadecimal.
    cache_subdir, cache_dir : str
        Folder for it below the cache; the cache, by default this package's (see ``NUMPY_ANN_CACHE``).
    hash_algorithm, archive_format : {"auto", "sha256", "md5"}, {"auto", "tar", "zip"}
        Which hash ``file_hash`` is, and what is unpacked; ``"auto"``: by its length, and as the file says.
    force_download : bool
        Fetch it though it is there.
    """
    from numpy_ann.data.download import download
    from numpy_ann.data.sources import cache_folder

    if not origin:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    checked_choice("hash_algorithm", hash_algorithm, ("auto", "sha256", "md5"))
    checked_choice("archive_format", archive_format, ("auto", "tar", "zip"))
    name = fname or origin.partition("?")[0].rstrip("/").rpartition("/")[2]
    if not name or Path(name).name != name:
        raise ValueError(f"`fname` must be a file's name, without folders. Received: fname={name!r}")
    folder = (cache_folder() if cache_dir is None else Path(cache_dir).expanduser()) / cache_subdir
    path, expected = folder / name, (file_hash or md5_hash or "").lower()

    def wrong(content: bytes) -> bool:
        return bool(expected) and hash_of(content, expected)[1] != expected

    if force_download or not path.is_file() or wrong(path.read_bytes()):
        content = download(origin, _MOST)
        if wrong(content):
            raise DataFormatError(f"{origin} hasn't the hash {expected}: damaged, or another file.")
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    if not (extract or untar):
        return str(path)
    unpacked = folder / f"{name.partition('.')[0]}_extracted"
    unpacked.mkdir(parents=True, exist_ok=True)
    try:
        if not untar and archive_format != "tar" and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                archive.extractall(unpacked)  # noqa: S202  (it takes ".." and leading slashes out of names)
        else:
            with tarfile.open(path) as tar:
                tar.extractall(unpacked, filter="data")  # which refuses members that would leave the folder
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise DataFormatError(f"{path} can't be unpacked: {error}") from error
    return str(unpacked)
