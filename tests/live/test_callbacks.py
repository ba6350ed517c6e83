"""Each callback beside an installed Keras, from the same weights: printed text, history, files, weights."""

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann.callbacks
import numpy_ann.layers
import numpy_ann.models
import numpy_ann.optimizers
from tests.parts import Case, parametrized
from tests.parts.callbacks import CASES, in_folder
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

# Keras 3.15 with NumPy 2; and CSVLogger of Keras holds its file open for longer than it needs to.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation", "ignore:You are saving your model")

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 6)).astype("float32"), RNG.integers(0, 3, 40)
VALIDATION = RNG.normal(size=(20, 6)).astype("float32"), RNG.integers(0, 3, 20)
NUMBER = re.compile(r"\d+\.\d+(?:e-?\d+)?")


def model_of(library: Any, optimizer: Any) -> Any:
    """Return the model, of either library."""
    layers = library.layers
    stack = [layers.Input((6,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")]
    model = library.models.Sequential(stack)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def numbers_apart(text: str) -> tuple[str, list[float]]:
    """Return the text without its numbers, and the numbers."""
    return NUMBER.sub("#", text), [float(number) for number in NUMBER.findall(text)]


def compare(case: Case, tmp_path: Path, capsys: Any) -> tuple[str, dict[str, list[float]], list[str]]:
    """Hold text, history, files and weights of both against each other, and return Keras'."""
    averages = {"use_ema": True, "ema_momentum": 0.9} if "EMA" in case.part.path else {}
    theirs = model_of(keras, keras.optimizers.Adam(0.05, **averages))
    start = theirs.get_weights()
    ours = model_of(numpy_ann, numpy_ann.optimizers.Adam(0.05, **averages))
    ours.set_weights(start)
    seen = []
    for library, model in ((keras, theirs), (numpy_ann, ours)):
        folder = tmp_path / library.__name__
        folder.mkdir()
        callback = in_folder(case, folder).make(library.__name__)
        history = model.fit(
            X, Y, 16, epochs=12, shuffle=False, verbose=0, validation_data=VALIDATION, callbacks=[callback]
        ).history
        files = sorted(path.name for path in folder.iterdir())
        seen.append((capsys.readouterr().out.replace(str(folder), ""), history, files))

    (their_text, their_history, their_files), (text, history, files) = seen
    (their_words, their_numbers), (words, numbers) = numbers_apart(their_text), numbers_apart(text)
    assert words == their_words
    np.testing.assert_allclose(numbers, their_numbers, atol=2e-5)
    assert list(history) == list(their_history)
    for figure, values in their_history.items():
        np.testing.assert_allclose(history[figure], values, rtol=3e-5, atol=3e-5, err_msg=figure)
    assert files == their_files
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    return their_text, their_history, their_files


@parametrized(CASES)
def test_the_same_text_history_files_and_weights(case, tmp_path, capsys):
    compare(case, tmp_path, capsys)


def test_the_same_csv_file(tmp_path):
    rows = []
    for library, optimizer in (
        (keras, keras.optimizers.SGD(0.0)),
        (numpy_ann, numpy_ann.optimizers.SGD(0.0)),
    ):
        path = Path(tmp_path / f"{library.__name__}.csv")
        model = model_of(library, optimizer)
        model.set_weights([np.full(w.shape, 0.1, w.dtype) for w in model.get_weights()])
        model.fit(X, Y, epochs=2, verbose=0, callbacks=[library.callbacks.CSVLogger(path)])
        with open(path, newline="") as file:
            rows.append(list(csv.reader(file)))
        assert path.read_bytes().count(b"\r\n") == 3
    assert [row[0] for row in rows[1]] == [row[0] for row in rows[0]] == ["epoch", "0", "1"]
    assert rows[1][0] == rows[0][0]
    assert [row[3:] for row in rows[1][1:]] == [row[3:] for row in rows[0][1:]] == [["NA", "NA"]] * 2


def test_what_the_checkpoint_saves_keras_goes_on_with(tmp_path):
    ours = model_of(numpy_ann, numpy_ann.optimizers.Adam(0.05))
    checkpoint = numpy_ann.callbacks.ModelCheckpoint(tmp_path / "m.keras")
    ours.fit(X, Y, 16, epochs=2, shuffle=False, verbose=0, callbacks=[checkpoint])
    theirs = keras.models.load_model(tmp_path / "m.keras")
    for model in (ours, theirs):
        model.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_keras_reads_the_json_and_we_read_that_of_keras():
    ours = model_of(numpy_ann, "adam")
    theirs = keras.models.model_from_json(ours.to_json())
    assert [layer.name for layer in theirs.layers] == [layer.name for layer in ours.layers]
    again = numpy_ann.models.model_from_json(theirs.to_json())
    assert again.get_config() == ours.get_config()


def test_steps_on_single_batches():
    theirs, ours = (
        model_of(keras, keras.optimizers.Adam(0.05)),
        model_of(numpy_ann, numpy_ann.optimizers.Adam(0.05)),
    )
    ours.set_weights(theirs.get_weights())
    for _ in range(3):
        np.testing.assert_allclose(ours.train_on_batch(X, Y), theirs.train_on_batch(X, Y), rtol=1e-5)
        np.testing.assert_allclose(ours.test_on_batch(X, Y), theirs.test_on_batch(X, Y), rtol=1e-5)
    np.testing.assert_allclose(ours.predict_on_batch(X), theirs.predict_on_batch(X), atol=1e-6)
