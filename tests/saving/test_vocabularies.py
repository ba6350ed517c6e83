"""What ``adapt`` found lies beside the configuration, as in Keras' files; real ones are read and written."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Embedding, Flatten, Input, IntegerLookup, StringLookup
from numpy_ann.models import Model, Sequential, clone_model, load_model
from numpy_ann.saving.containers.limits import VOCABULARY_BYTES
from numpy_ann.saving.formats.vocabularies import fill_vocabularies

FOLDER = Path(__file__).parents[1] / "fixtures/vocabularies"
X = {"city": np.array([["red"], ["blue"], ["zzz"]]), "code": np.array([[5], [7], [9]])}


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(path, changed):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in changed.items():
            archive.writestr(name, data)


def test_a_real_file_is_read_and_written_as_it_was(tmp_path):
    model = load_model(FOLDER / "lookups.keras")
    expected = np.load(FOLDER / "lookups.npy")
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    model.save(tmp_path / "again.keras")
    model.save(tmp_path / "again.h5")
    ours, theirs = members(tmp_path / "again.keras"), members(FOLDER / "lookups.keras")
    assert {name: data for name, data in ours.items() if name.startswith("assets/")} == {
        name: data for name, data in theirs.items() if name.startswith("assets/")
    }
    for path in ("again.keras", "again.h5"):
        again = load_model(tmp_path / path)
        np.testing.assert_allclose(again.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    copy = clone_model(model)
    copy.set_weights(model.get_weights())
    assert np.array_equal(copy.predict(X, verbose=0), model.predict(X, verbose=0))


def test_what_was_found_can_be_found_anew_and_what_was_given_cannot(tmp_path):
    found, given = IntegerLookup(), IntegerLookup(vocabulary=[5])
    found.adapt([3, 3, 4])
    for layer in (found, given):
        x = Input((1,), dtype="int64")
        Model(x, Dense(1)(Flatten()(Embedding(4, 2)(layer(x))))).save(tmp_path / "m.keras")
        again = load_model(tmp_path / "m.keras").layers[1]
        assert again.get_vocabulary() == layer.get_vocabulary()
        if layer is found:
            again.adapt([8])
            assert again.get_vocabulary() == [-1, 8]
        else:
            with pytest.raises(ValueError, match="was given a vocabulary"):
                again.adapt([8])


def model_of(words, **options):
    layer = StringLookup(output_mode="multi_hot", **options)
    layer.adapt([words])
    return Sequential([Input((2,), dtype="string"), layer, Dense(1)])


@pytest.mark.parametrize("odd", ["two\nlines", "a\u2028b", ""])
def test_tokens_that_no_line_can_hold_stand_in_the_configuration(odd, tmp_path):
    model = model_of([odd, "plain"])
    model.save(tmp_path / "m.keras")
    assert not any(name.startswith("assets") for name in members(tmp_path / "m.keras"))
    again = load_model(tmp_path / "m.keras")
    assert again.layers[0].get_vocabulary() == model.layers[0].get_vocabulary()


NAME = "assets/layers/string_lookup/vocabulary.txt"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "layers/string_lookup: the vocabulary of 3 entries isn't in the file.*save as .keras there"),
        (b"[UNK]\n\xff\xfe", "not text in UTF-8"),
        (b"[UNK]\na\na", r"repeats \['a'\]"),
        (b"", "no vocabulary yet|the vocabulary is empty|The vocabulary is empty"),
        (b"[UNK]\n" + b"x" * 2000, "at most 1024 are read"),
        (b"[UNK]\na\nb\nc", "shape"),
        (b"a\n" * (VOCABULARY_BYTES // 2 + 1), "where at most .* make sense|compressed more than"),
        (
            lambda: b"\n".join(b"%d" % i for i in range(1 << 20)) + b"\nz\nzz",
            "1048578 entries|at most 1048576",
        ),
    ],
)
def test_hostile_vocabularies(data, message, tmp_path):
    path = tmp_path / "m.keras"
    model_of(["a", "b"]).save(path)
    data = data() if callable(data) else data
    changed = {name: part for name, part in members(path).items() if name != NAME}
    repack(path, changed if data is None else {**changed, NAME: data})
    with pytest.raises(ModelFormatError, match=message):
        load_model(path)


def test_whole_numbers_are_read_whole(tmp_path):
    layer = IntegerLookup(output_mode="one_hot")
    layer.adapt([-(2**63), 2**62])
    path = tmp_path / "m.keras"
    Sequential([Input((1,), dtype="int64"), layer, Dense(1)]).save(path)
    assert load_model(path).layers[0].get_vocabulary() == [-1, 2**62, -(2**63)]
    name = NAME.replace("string", "integer")
    for bad in (b"-1\n1\n" + b"9" * 21, b"-1\n1\nx", b"-1\n1\n" + b"9" * 20):
        repack(path, {**members(path), name: bad})
        with pytest.raises(ModelFormatError, match=r"not whole numbers|is not between"):
            load_model(path)


def test_odd_configurations_lead_nowhere(tmp_path):
    path = tmp_path / "m.keras"
    model_of(["a", "b"]).save(path)
    whole = members(path)
    for odd in ([1, None, {"class_name": 3}], [{"class_name": "StringLookup", "config": []}], "layers", None):
        config = json.loads(whole["config.json"])
        config["config"]["layers"] = odd
        repack(path, {**whole, "config.json": json.dumps(config)})
        with pytest.raises(ModelFormatError):
            load_model(path)


def test_empty_lines_at_the_end_are_no_tokens(tmp_path):
    path = tmp_path / "m.keras"
    model = model_of(["a", "b"])
    model.save(path)
    repack(path, {**members(path), NAME: b"[UNK]\nb\na\n\n\n"})
    assert load_model(path).layers[0].get_vocabulary() == ["[UNK]", "b", "a"]


@pytest.mark.parametrize("unknown", [1, 2])
def test_an_h5_file_needs_a_vocabulary_only_of_what_was_found(unknown):
    def fill(size):
        config = {"vocabulary": None, "vocabulary_size": size, "num_oov_indices": unknown}
        layer = {"class_name": "StringLookup", "config": config}
        model = {"config": {"layers": [layer, layer]}}
        fill_vocabularies(model, lambda *_: None, lambda _: [])
        return config

    for size in (None, unknown, unknown + 1):  # those of unknown tokens, and that of the mask
        assert fill(size)["vocabulary"] is None
    with pytest.raises(ModelFormatError, match=f"string_lookup: the vocabulary of {unknown + 2} entries"):
        fill(unknown + 2)


def test_tokens_are_whole_numbers_of_64_bits(tmp_path):
    extremes = [2**63 - 1, -(2**63)]
    model = Sequential([Input((1,), dtype="int64"), IntegerLookup(vocabulary=extremes)])
    model.save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").layers[-1].get_vocabulary() == [-1, *extremes]
