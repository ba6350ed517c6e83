import dataclasses
import gzip
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from numpy_ann.data.download import Mirror
from numpy_ann.data.npm import NpmPackage
from numpy_ann.data.sources import Cache, fetch
from tests.data import server as answers
from tests.data.samples import CONTENTS, FILES, IMAGES, LABELS
from tests.data.server import Answer, Server

EXPECTED = {file: CONTENTS[file.name] for file in FILES}
PACKED = {name: gzip.compress(content, mtime=0) for name, content in CONTENTS.items()}


def mirror(server: Server, folder: str, images: Answer | None = None, labels: Answer | None = None) -> Mirror:
    """Set up a mirror that serves both files, but for those that are told to misbehave."""
    for file, answer in ((IMAGES, images), (LABELS, labels)):
        server.answers[f"/{folder}/{file.name}.gz"] = answer or answers.content(PACKED[file.name])
    return Mirror(f"{server.url}{folder}/")


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


def test_the_first_source_is_enough_and_fills_the_cache(server, cache):
    sources = [mirror(server, "one"), mirror(server, "two")]
    assert fetch(FILES, sources, cache) == EXPECTED
    assert server.requests == [f"/one/{file.name}.gz" for file in FILES]
    assert {path.name: path.read_bytes() for path in cache.folder.iterdir()} == CONTENTS
    assert fetch(FILES, sources, cache) == EXPECTED
    assert len(server.requests) == 2  # the second time, nobody was asked


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (answers.status(403), "403"),
        (answers.status(500), "500"),
        (answers.truncated(PACKED[IMAGES.name]), "more expected"),
        (answers.content(b"<html>Sign in</html>"), "found 20"),
        (answers.content(PACKED[LABELS.name]), "found 48"),
        (answers.content(gzip.compress(bytes(10**7), mtime=0)), "found more"),
        (answers.silent, "timed out|in the last"),
        (answers.stalled(PACKED[IMAGES.name]), "timed out|in the last"),
    ],
)
def test_a_failing_source_is_left_for_the_next_with_a_log_line(server, cache, caplog, fault, reason):
    bad, good = mirror(server, "bad", images=fault), mirror(server, "good")
    if "timed out" in reason:
        bad = dataclasses.replace(bad, patience=0.5)
    assert fetch(FILES, [bad, good], cache) == EXPECTED
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("numpy_ann.data.sources", logging.WARNING)
    assert re.search(rf"^{re.escape(bad.url)} is left for the next source: .*({reason})", record.getMessage())
    assert "\n" not in record.getMessage()
    assert {path.name: path.read_bytes() for path in cache.folder.iterdir()} == CONTENTS


def test_what_a_source_gave_before_it_failed_is_kept(server, cache):
    sources = [mirror(server, "bad", labels=answers.status(500)), mirror(server, "good")]
    assert fetch(FILES, sources, cache) == EXPECTED
    assert server.requests == [f"/bad/{IMAGES.name}.gz", f"/bad/{LABELS.name}.gz", f"/good/{LABELS.name}.gz"]


def test_only_a_damaged_or_missing_cached_file_is_fetched_again(server, cache, caplog):
    source = mirror(server, "one")
    fetch(FILES, [source], cache)
    (cache.folder / LABELS.name).write_bytes(b"damaged")
    server.requests.clear()
    assert fetch(FILES, [source], cache) == EXPECTED
    assert server.requests == [f"/one/{LABELS.name}.gz"]
    assert "fetched again" in caplog.text
    assert (cache.folder / LABELS.name).read_bytes() == CONTENTS[LABELS.name]


def test_a_cache_that_cannot_be_written_does_not_stop_anybody(server, tmp_path, caplog):
    (tmp_path / "file").touch()
    assert fetch(FILES, [mirror(server, "one")], Cache(tmp_path / "file" / "cache")) == EXPECTED
    assert "used from memory" in caplog.text


def test_when_all_fail_one_error_lists_reasons_and_cure(server, cache, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    first = mirror(server, "one", labels=answers.status(403))
    second = mirror(server, "two", labels=answers.content(b"<html>"))
    with pytest.raises(ConnectionError) as caught:
        fetch(FILES, [first, second, NpmPackage("small-data", "1.0.0")], cache)
    lines = str(caught.value).splitlines()
    assert re.match(rf"  - {first.url}: 403 .*Forbidden", lines[1])
    assert re.match(rf"  - {second.url}: .* found 6\.", lines[2])
    assert lines[3] == "  - npm package small-data@1.0.0: npm is not on the PATH"
    assert f"    {LABELS.name}" in lines
    assert f"    {IMAGES.name}" not in lines  # that one came, and is in the cache
    for hint in ("load_data(path=FOLDER)", "NUMPY_ANN_DATA=FOLDER", str(cache.folder)):
        assert hint in str(caught.value)


def test_processes_that_start_together_end_with_one_whole_cache(server, cache):
    # No answer goes out before all four have asked: each of them found the cache empty and writes to it.
    both = {
        "images": answers.together(4, PACKED[IMAGES.name]),
        "labels": answers.together(4, PACKED[LABELS.name]),
    }
    source = mirror(server, "one", **both)
    code = (
        "import pathlib, sys; from numpy_ann.data.sources import Cache\n"
        "from numpy_ann.data.download import Mirror; from numpy_ann.data.sources import fetch\n"
        "from tests.data.samples import CONTENTS, FILES\n"
        "found = fetch(FILES, [Mirror(sys.argv[1], patience=60)], Cache(pathlib.Path(sys.argv[2])))\n"
        "assert found == {file: CONTENTS[file.name] for file in FILES}"
    )
    command = [sys.executable, "-W", "error", "-c", code, source.url, str(cache.folder)]
    root = Path(__file__).parents[2]
    processes = [subprocess.Popen(command, cwd=root, text=True, stderr=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert "cannot be written" not in errors
    assert len(server.requests) == 8
    assert {path.name: path.read_bytes() for path in cache.folder.iterdir()} == CONTENTS
