"""Names that come from a file steer nothing: they are shown escaped, wherever they are shown."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from numpy_ann.__main__ import main
from numpy_ann.callbacks import CSVLogger
from numpy_ann.errors import DataFormatError, ModelFormatError, escaped
from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Input
from numpy_ann.metrics import MeanAbsoluteError
from numpy_ann.models import Sequential, load_model
from numpy_ann.plots import plot_history, plot_trace

EVIL = "\x1b]0;title\x07\x1b[31mred\u202e\u2028\x9b"


def steers(text):
    return {c for c in text if not c.isprintable() and c != "\n"}


@pytest.fixture
def model():
    layers = [Input((4,)), Dense(3, "relu", name=EVIL), Dense(2, "softmax")]
    model = Sequential(layers, name=EVIL)
    model.compile("sgd", "categorical_crossentropy", metrics=[MeanAbsoluteError(name=EVIL)])
    return model


def test_escaped_spells_out_what_cannot_be_seen():
    assert escaped("größe 層 🙂") == "größe 層 🙂"
    assert escaped("a\nb\x1b\u202e\ud800") == r"a\nb\x1b\u202e\ud800"


def test_on_the_screen_in_logs_and_in_files(model, tmp_path, capsys):
    x, y = np.ones((8, 4)), np.eye(2)[np.arange(8) % 2]
    history = model.fit(x, y, validation_data=(x, y), callbacks=[CSVLogger(tmp_path / "log.csv")])
    model.evaluate(x, y, verbose=2)
    model.summary()
    print(model, model.layers[0], model.metrics, trace(model, x, y), repr(trace(model, x, y)))
    shown = capsys.readouterr().out + (tmp_path / "log.csv").read_text()
    assert "red" in shown
    assert not steers(shown)
    assert EVIL in history.history  # a key is what it is
    ax = plot_history(history, EVIL, ax=Figure().subplots())
    assert not steers(ax.get_title() + ax.get_ylabel())
    left, *_ = plot_trace(trace(model, x, y))
    assert not any(steers(text.get_text()) for text in left.get_yticklabels())
    pyplot.close(left.figure)


def test_on_the_command_line(model, tmp_path):
    x, y = np.ones((8, 4)), np.eye(2)[np.arange(8) % 2]
    model.save(tmp_path / "m.keras")
    np.savez(tmp_path / "data.npz", x=x, y=y)
    np.savez(tmp_path / "wide.npz", x=np.ones((8, 9)), y=y)
    for arguments in (
        ["summary", "m.keras"],
        ["evaluate", "m.keras", "--data", tmp_path / "data.npz"],
        ["evaluate", "m.keras", "--data", tmp_path / "wide.npz"],
        ["convert", "m.keras", tmp_path / "m.h5"],
        ["explore", "m.keras", "--data", tmp_path / "data.npz", "-o", tmp_path / "m.html"],
    ):
        command, file, *rest = arguments
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr), warnings.catch_warnings():
            main([command, str(tmp_path / file), *map(str, rest)])
        assert not steers(stdout.getvalue() + stderr.getvalue()), command


def test_in_errors(model):
    for call in (
        lambda: model.layers[0].set_weights([np.ones(3)]),
        lambda: model.layers[0](np.ones((2, 7))),
        lambda: model.layers[0].backward(np.ones((2, 3))),
        lambda: model.get_layer("no"),
        lambda: Sequential([Dense(2)], name=EVIL).count_params(),
        lambda: model.add(Dense(2, name=EVIL)),
    ):
        with pytest.raises(ValueError, match="red") as caught:
            call()
        assert not steers(str(caught.value)), caught.value
    for error in (DataFormatError, ModelFormatError):
        assert not steers(str(error(f"file: {EVIL}")))


def test_a_file_with_such_names_works(model, tmp_path):
    model.save(tmp_path / "m.keras")
    assert load_model(tmp_path / "m.keras").layers[0].name == EVIL
