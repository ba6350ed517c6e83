import logging
import subprocess
import sys
from pathlib import Path

import pytest

from numpy_ann.data.sources import Cache, cache_folder
from tests.data.samples import CONTENTS, IMAGES, LABELS

LABEL_BYTES = bytearray(CONTENTS[LABELS.name])


def test_the_environment_variable_places_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMPY_ANN_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("NUMPY_ANN_CACHE", "~/there")
    assert cache_folder() == tmp_path / "there"


def test_without_it_the_system_does(monkeypatch):
    for value in ("", None):
        monkeypatch.setenv("NUMPY_ANN_CACHE", value) if value is not None else monkeypatch.delenv(
            "NUMPY_ANN_CACHE"
        )
        assert "numpy_ann" in cache_folder().parts
        assert cache_folder().is_absolute()


def test_what_is_stored_is_loaded_and_nothing_else_is_left(tmp_path):
    cache = Cache(tmp_path / "made" / "as needed")
    assert cache.load(LABELS) is None
    cache.store(LABELS, LABEL_BYTES)
    assert cache.load(LABELS) == LABEL_BYTES
    assert cache.load(IMAGES) is None
    assert [path.name for path in cache.folder.iterdir()] == [LABELS.name]


def test_stored_files_can_be_shared(tmp_path):
    Cache(tmp_path).store(LABELS, LABEL_BYTES)
    (tmp_path / "ordinary").touch()
    assert (tmp_path / LABELS.name).stat().st_mode == (tmp_path / "ordinary").stat().st_mode


@pytest.mark.parametrize("damage", [b"", LABEL_BYTES[:-1], LABEL_BYTES + b"\0", bytes(len(LABEL_BYTES))])
def test_a_damaged_file_is_not_loaded_but_logged_and_replaced(tmp_path, caplog, damage):
    cache = Cache(tmp_path)
    (tmp_path / LABELS.name).write_bytes(damage)
    assert cache.load(LABELS) is None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "fetched again" in record.getMessage()
    assert str(tmp_path / LABELS.name) in record.getMessage()
    cache.store(LABELS, LABEL_BYTES)
    assert cache.load(LABELS) == LABEL_BYTES


def test_a_folder_in_the_files_place_is_survived(tmp_path, caplog):
    (tmp_path / LABELS.name).mkdir()
    cache = Cache(tmp_path)
    assert cache.load(LABELS) is None
    cache.store(LABELS, LABEL_BYTES)
    assert "fetched again" in caplog.messages[0]
    assert "cannot be written" in caplog.messages[1]
    assert [path.name for path in tmp_path.iterdir()] == [LABELS.name]


def test_a_cache_that_cannot_be_written_is_a_warning_with_the_cure(tmp_path, caplog):
    (tmp_path / "file").touch()  # holds for root too, whom permissions don't stop
    cache = Cache(tmp_path / "file" / "mnist")
    cache.store(LABELS, LABEL_BYTES)
    assert cache.load(LABELS) is None
    (message,) = caplog.messages
    assert "used from memory" in message
    assert "NUMPY_ANN_CACHE" in message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_leaves_nothing_behind_and_the_old_file_whole(tmp_path):
    (tmp_path / IMAGES.name).write_bytes(b"old")
    code = (
        "import pathlib, resource; from numpy_ann.data.sources import Cache\n"
        "from tests.data.samples import *\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"Cache(pathlib.Path({str(tmp_path)!r})).store(IMAGES, CONTENTS[IMAGES.name])"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "cannot be written" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == [IMAGES.name]
    assert (tmp_path / IMAGES.name).read_bytes() == b"old"
