"""``python -m numpy_ann check``: the names that a script uses, found without running it."""

import json

import pytest

from numpy_ann.__main__ import main
from numpy_ann.as_keras.check import check

SCRIPT = """
import keras as k
import tensorflow.keras.layers as kl
from tensorflow import keras
from keras import backend as K, layers
from keras.models import Sequential as S
from keras.layers import *
import os
from os import path
from .keras.layers import Conv2D
from . import keras_tuner
K2 = keras.backend
layers.Dense(3)
kl.LSTM(4)
K2.epsilon()
keras.layers.Dense.from_config({})
k.nothing_like_this
open("never run", "w").write("x")
"""


def test_names_are_followed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    found = {(use.line, use.name): not use.missing for use in check(path)}
    assert found[2, "keras"]
    assert found[3, "tensorflow.keras.layers"]
    assert found[5, "keras.backend"]
    assert found[6, "keras.models.Sequential"]
    assert not {line for line, _ in found} & {8, 9, 10, 11}
    assert found[13, "keras.layers.Dense"]
    assert not found[14, "tensorflow.keras.layers.LSTM"]
    assert found[15, "tensorflow.keras.backend.epsilon"]
    assert found[16, "tensorflow.keras.layers.Dense"]
    assert not found[17, "keras.nothing_like_this"]
    assert not (tmp_path / "never run").exists()


def test_the_command_counts(tmp_path, capsys):
    path = tmp_path / "train.py"
    path.write_text("from keras.layers import Dense\n")
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out.endswith(
        "1 uses of Keras' and TensorFlow's names, 0 of them of names that aren't here\n"
    )
    path.write_text("from keras.layers import Dense, LSTM\n")
    assert main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert f"{path}:1: keras.layers.LSTM: numpy_ann stands in for Keras here" in out
    assert "keras.layers.Dense" not in out
    assert main(["check", "--all", str(path)]) == 1
    out = capsys.readouterr().out
    assert f"{path}:1: keras.layers.Dense: here" in out
    assert f"{path}:1: keras.layers.LSTM: numpy_ann stands in" in out


def test_a_module_with_nothing_here_is_missing(tmp_path):
    path = tmp_path / "train.py"
    modules = [
        "tensorflow.keras.mixed_precision",
        "keras.tree",
        "keras.datasets",
        "keras.datasets.mnist",
    ]
    path.write_text("\n".join(f"import {name}" for name in [*modules, "scikeras", "tensorflow.compat"]))
    found = [bool(use.missing) for use in check(path)]
    assert found == [True, True, False, False, False, False]


OLD = """
from keras.models import Sequential
from keras.layers import Dense
from keras.optimizers import Adam
from keras import backend as K, ops
def build(units, dense=Dense):
    made = Sequential()
    made.add(dense(output_dim=units))
    made.add(Dense(output_dim=units, name="last", dtype="float32", input_shape=(3,), trainable=True))
    made.compile(
        Adam(lr=0.1, clipnorm=1.0),
        metric=[],
    )
    return made
model = build(3)
model.fit(x, y, nb_epoch=3, verbose=0)
model.predict_classes(x)
model.layers[0].get_weights(now=True)
made.fit(nb_epoch=1)
Dense(1, "relu").activation(x)
ops.sum(x, axis=0, keepdim=True)
model = something()
model.predict_classes(x)
"""


def test_methods_and_options_are_followed(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(OLD)
    found = {(use.line, use.name): use.missing for use in check(path)}
    missing = {key: said for key, said in found.items() if said}
    assert missing == {
        (9, "Dense(output_dim=)"): "Dense has no option `output_dim`, a name of older versions of Keras: say "
        "units=units instead.",
        (11, "Adam(lr=)"): "Adam has no option `lr`, a name of older versions of Keras: say "
        "learning_rate=0.1 instead.",
        (10, "Sequential.compile(metric=)"): "compile() has no option `metric`. Did you mean 'metrics'?",
        (16, "Sequential.fit(nb_epoch=)"): "fit() has no option `nb_epoch`, a name of older versions of "
        "Keras: say epochs=3 instead.",
        (17, "Sequential.predict_classes"): "Sequential has no method `predict_classes`, a name of older "
        "versions of Keras: say predict(x).argmax(axis=-1), or predict(x) > 0.5 of one output, instead.",
        (21, "sum(keepdim=)"): "sum() has no option `keepdim`. Did you mean 'keepdims'?",
    }
    assert found[16, "Sequential.fit"] == ""


def test_what_keras_2_had_is_there_with_its_option(tmp_path, capsys):
    path = tmp_path / "train.py"
    path.write_text(OLD + "from keras.layers.core import Dropout\n")
    assert {use.name for use in check(path, keras2=True) if use.missing} == {
        "Sequential.compile(metric=)",
        "sum(keepdim=)",
    }
    assert main(["check", "--keras2", str(path)]) == 1
    assert capsys.readouterr().out.count("\n") == 3
    assert any(use.name == "keras.layers.core.Dropout" for use in check(path) if use.missing)


def test_a_notebook_is_read(tmp_path):
    path = tmp_path / "lesson.ipynb"
    cells = [{"cell_type": "code", "source": ["!pip install keras\n", "import keras\n", "keras.layers.GRU"]}]
    path.write_text(json.dumps({"cells": cells}))
    assert [(use.line, use.name, bool(use.missing)) for use in check(path)] == [
        (2, "keras", False),
        (3, "keras.layers.GRU", True),
    ]


def test_not_python(tmp_path, capsys):
    path = tmp_path / "train.py"
    path.write_text("def f(:\n")
    with pytest.raises(SyntaxError):
        check(path)
    assert main(["check", str(path)]) == 1
    assert "invalid syntax" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff\xfe", b"PK\0\0"])
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_file_of_another_kind_is_named(command, content, tmp_path, capsys):
    path = tmp_path / "new_data.npz"
    path.write_bytes(content)
    assert main([command, str(path)]) == 1
    error = capsys.readouterr().err
    assert f"{path} is no Python script or notebook" in error
    assert error.count("\n") == 1
