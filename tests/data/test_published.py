"""Keras' data sets: known by their hashes, opened without trust, shuffled and encoded as Keras does it."""

import gzip
import hashlib
import io
import json
import os
import pickle

import numpy as np
import pytest

from numpy_ann.data import boston_housing, california_housing, fashion_mnist, imdb, reuters
from numpy_ann.data.published import Published, arrays_of, load
from numpy_ann.errors import DataFormatError
from tests.data import server as answers

TEXTS = [[1, 2, 3], [4, 5], [1], [2, 2], [9, 8, 7, 6]]


def objects(lists):
    array = np.empty(len(lists), object)
    array[:] = lists
    return array


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.fixture
def placed(tmp_path, monkeypatch):
    """Put a file, known by its own hash, in place of a published one, where NUMPY_ANN_DATA says."""
    monkeypatch.setenv("NUMPY_ANN_DATA", str(tmp_path))

    def place(module, content, attribute="FILE"):
        file = getattr(module, attribute)
        (tmp_path / file.name).write_bytes(content)
        stand_in = Published(file.name, 10**6, hashlib.sha256(content).hexdigest())
        monkeypatch.setattr(module, attribute, stand_in)
        return tmp_path / file.name

    return place


def test_reviews_are_keras_own(placed):
    labels = np.arange(5)
    content = npz(x_train=objects(TEXTS), y_train=labels, x_test=objects(TEXTS), y_test=labels)
    placed(imdb, content)
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=8)
    # From Keras 3.15's own imdb.load_data(num_words=8) of this file.
    assert x_train.tolist() == [[1, 7, 2], [1, 4, 5, 6], [1, 5, 5], [1, 4], [1, 2, 2, 2, 2]]
    assert y_train.tolist() == [1, 0, 3, 2, 4]
    assert x_test.tolist() == [[1, 5, 5], [1, 4, 5, 6], [1, 7, 2], [1, 2, 2, 2, 2], [1, 4]]
    assert y_test.tolist() == [3, 0, 1, 4, 2]


@pytest.mark.parametrize(
    ("options", "longest"),
    [
        ({"start_char": None, "oov_char": None, "index_from": None}, [9, 8, 7, 6]),
        ({"start_char": None, "index_from": 0, "skip_top": 8}, [9, 8, 2, 2]),
        ({"index_from": 10}, [1, 19, 18, 17, 16]),
    ],
)
def test_words_are_numbered_as_asked(placed, options, longest):
    placed(reuters, npz(x=objects(TEXTS), y=np.arange(5)))
    (x_train, _), (x_test, _) = reuters.load_data(num_words=100, test_split=0.4, **options)
    assert (len(x_train), len(x_test)) == (3, 2)
    assert longest in [*x_train, *x_test]


def test_long_texts_are_left_out(placed):
    placed(reuters, npz(x=objects(TEXTS), y=np.arange(5)))
    (x_train, y_train), _ = reuters.load_data(maxlen=4, test_split=0)
    assert sorted(y_train) == [1, 2, 3]  # with the start they have three numbers at most
    assert all(len(x) < 4 for x in x_train)
    with pytest.raises(ValueError, match="maxlen=1"):
        reuters.load_data(maxlen=1)


def test_word_index(placed):
    placed(reuters, json.dumps({"oil": 7}).encode(), "WORDS")
    assert reuters.get_word_index() == {"oil": 7}
    assert len(reuters.get_label_names()) == 46
    placed(imdb, json.dumps({"film": 19}).encode(), "WORDS")
    assert imdb.get_word_index() == {"film": 19}


def test_what_no_folder_has_is_fetched_once(server, tmp_path, monkeypatch):
    for name in "HOME", "NUMPY_ANN_CACHE":
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("NUMPY_ANN_DATA", str(tmp_path / "data"))
    contents = {"here": b"lies here", "there": b"is served"}
    files = [Published(name, 9, hashlib.sha256(text).hexdigest()) for name, text in contents.items()]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "here").write_bytes(contents["here"])
    server.answers["/there"] = answers.content(contents["there"])
    for _ in range(2):
        assert load(files, None, server.url) == [b"lies here", b"is served"]
    assert server.requests == ["/there"]
    assert [path.name for path in (tmp_path / "NUMPY_ANN_CACHE" / "keras").iterdir()] == ["there"]
    assert load(files, tmp_path / "data" / "here", server.url) == [b"lies here"]


@pytest.mark.parametrize("module", [boston_housing, california_housing])
def test_houses(placed, module):
    x = np.arange(20.0).reshape(10, 2)
    path = placed(module, npz(x=x, y=np.arange(10.0)))
    (x_train, y_train), (x_test, _) = module.load_data(path=path, test_split=0.3)
    assert (x_train.shape, x_test.shape) == ((7, 2), (3, 2))
    order = np.arange(10)
    np.random.RandomState(113).shuffle(order)
    assert y_train.tolist() == order[:7].tolist()
    np.testing.assert_array_equal(x_train, x[order[:7]])
    with pytest.raises(ValueError, match="test_split"):
        module.load_data(test_split=1.0)


def test_clothes(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMPY_ANN_DATA", str(tmp_path))
    files = []
    for file, header, count in zip(fashion_mnist.FILES, (3, 1, 3, 1), (2, 2, 1, 1), strict=True):
        shape = (count, 28, 28)[:header]
        content = b"\0\0\x08" + bytes([header]) + b"".join(n.to_bytes(4, "big") for n in shape)
        content = gzip.compress(content + bytes(int(np.prod(shape))), mtime=0)
        (tmp_path / file.name).write_bytes(content)
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files.append(Published(file.name, file.size, digest))
    monkeypatch.setattr(fashion_mnist, "FILES", tuple(files))
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == (
        (2, 28, 28),
        (2,),
        (1, 28, 28),
        (1,),
    )
    assert x_train.dtype == y_test.dtype == np.uint8


def test_another_file_is_refused(placed):
    path = placed(imdb, npz(x=np.arange(3)))
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(DataFormatError, match="damaged, or another file"):
        imdb.load_data(path)
    small = Published("small", 3, "0" * 64)
    with pytest.raises(DataFormatError, match="at most 3 bytes"):
        small.read(io.BytesIO(b"four"), "here")


class Harmful:
    def __reduce__(self):
        return os.system, ("true",)


def test_only_lists_and_arrays_are_unpickled():
    assert arrays_of(npz(x=objects(TEXTS)))["x"].tolist() == TEXTS
    with pytest.raises(DataFormatError, match=r"this one names (posix|nt)\.system"):
        arrays_of(npz(x=objects([Harmful()])))
    with pytest.raises(DataFormatError, match="damaged"):
        arrays_of(b"PK nothing")
    with pytest.raises(DataFormatError):
        arrays_of(pickle.dumps(1))
