"""Scripts run as Python runs them: arguments, ``__main__``, exit statuses, tracebacks, notebooks, modules."""

import json
import os
import sys
import textwrap
from types import SimpleNamespace

import pytest

from numpy_ann.__main__ import main
from numpy_ann.as_keras import install, installed, uninstall
from numpy_ann.as_keras.keras2 import today
from numpy_ann.as_keras.run import run
from numpy_ann.layers import Dense
from numpy_ann.models import Model, load_model
from numpy_ann.optimizers import SGD


@pytest.fixture
def script(tmp_path):
    def write(text, name="train.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return path

    return write


def test_a_script_finds_what_python_would_give_it(script, capsys):
    path = script(
        """
        import sys
        import helper
        from tensorflow import keras
        print(sys.argv[1:], __name__, __file__.endswith("train.py"), helper.VALUE, keras.__name__)
        """
    )
    (path.parent / "helper.py").write_text("VALUE = 3\n")
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    assert main(["run", str(path), "--rate", "0.1"]) == 0
    assert capsys.readouterr().out == "['--rate', '0.1'] __main__ True 3 tensorflow.keras\n"
    assert (sys.argv, sys.path, sys.modules["__main__"]) == before
    assert "keras" not in sys.modules


def test_classes_of_the_script_are_pickled(script, capsys):
    path = script(
        """
        import pickle
        class Point:
            pass
        print(type(pickle.loads(pickle.dumps(Point()))) is Point)
        """
    )
    assert run(path) == 0
    assert capsys.readouterr().out == "True\n"


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("raise SystemExit(7)", 7, ""),
        ("raise SystemExit", 0, ""),
        ("raise SystemExit('no data')", 1, "no data\n"),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import keras; keras.layers.Dense(0)", 1, "ValueError"),
        ("def f(:", 1, "SyntaxError"),
    ],
)
def test_exit_status(script, capsys, line, status, said):
    assert run(script(line)) == status
    assert said in capsys.readouterr().err


def test_a_traceback_begins_in_the_script(script, capsys):
    path = script("from keras.layers import Dense\n\n\ndef make():\n    return Dense(-1)\n\n\nmake()\n")
    run(path)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('train.py", line 8, in <module>')
    assert not any("as_keras" in line for line in lines)


def test_a_missing_name_shows_the_scripts_line_last(script, capsys):
    run(script("from keras.layers import Conv2D\n"))
    *_, place, line, error = capsys.readouterr().err.splitlines()
    assert place.endswith('train.py", line 1, in <module>')
    assert line == "    from keras.layers import Conv2D"
    assert error.startswith(
        "ImportError: numpy_ann stands in for Keras here and has no keras.layers.Conv2D: "
    )


def test_no_script(capsys):
    assert main(["run", "nowhere.py"]) == 1
    assert main(["run"]) == 1
    assert "nowhere.py" in (said := capsys.readouterr().err)
    assert "run takes a script" in said


def test_a_module(tmp_path, monkeypatch, capsys):
    package = tmp_path / "experiment"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import sys\nfrom experiment import rate\nprint(rate.RATE, sys.argv[1:])\n"
    )
    (package / "rate.py").write_text("RATE = 0.5\nprint(__name__)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["run", "-m", "experiment", "fast"]) == 0
    assert capsys.readouterr().out == "experiment.rate\n0.5 ['fast']\n"
    assert main(["run", "-m", "experiment.missing"]) == 1
    assert main(["run", "-m", "no_experiment.at_all"]) == 1
    assert capsys.readouterr().err == (
        "numpy_ann: There is no module experiment.missing to run.\n"
        "numpy_ann: There is no module no_experiment.at_all to run.\n"
    )
    for name in [name for name in sys.modules if name.startswith("experiment")]:
        del sys.modules[name]
    monkeypatch.syspath_prepend(package)  # the folder where it is run comes first all the same
    for folder in tmp_path, package:
        (folder / "of_two_folders.py").write_text(f"print({folder.name!r})")
    assert main(["run", "-m", "of_two_folders"]) == 0
    assert capsys.readouterr().out == f"{tmp_path.name}\n"


def test_a_notebook_runs_cell_by_cell(tmp_path, capsys):
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install keras\n", "import keras\n"]},
        {"cell_type": "code", "source": "units = 3\nkeras.layers.Dense(units).units"},
        {"cell_type": "code", "source": "units + 1;"},
        {"cell_type": "code", "source": "units / 0"},
    ]
    path = tmp_path / "lesson.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert run(path) == 1
    out, err = capsys.readouterr()
    assert out == "3\n"
    assert "passed over: %matplotlib inline" in err
    assert 'lesson.ipynb, cell 4", line 1' in err
    assert "    units / 0" in err
    path.write_text(json.dumps({"cells": [*cells[:1], {"cell_type": "code", "source": "1 / 0"}]}))
    assert run(path) == 1
    assert 'lesson.ipynb", line 1' in capsys.readouterr().err


def test_cells_of_another_language_are_passed_over_and_timed_ones_run(tmp_path, capsys):
    cells = [
        "%%html\n<b>bold</b>",
        "%%time\nprint(1)",
        "%%capture\nif 1:\n    %matplotlib inline\nprint(2)",
    ]
    path = tmp_path / "lesson.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}))
    assert run(path) == 0
    assert capsys.readouterr() == ("1\n2\n", "numpy_ann: passed over: %matplotlib inline\n")


def test_a_reader_that_is_gone_ends_it_silently(script, tmp_path, monkeypatch, capsys):
    path = script("raise BrokenPipeError")
    with pytest.raises(BrokenPipeError):
        run(path)
    with open(tmp_path / "out", "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["run", str(path)]) == 141
        assert os.path.samestat(os.fstat(out.fileno()), os.stat(os.devnull))
    monkeypatch.undo()
    assert capsys.readouterr() == ("", "")


def test_a_damaged_notebook(tmp_path):
    path = tmp_path / "lesson.ipynb"
    path.write_text("{}")
    with pytest.raises(ValueError, match="no notebook of format 4"):
        run(path)


def test_old_spellings(script, capsys):
    path = script(
        """
        import numpy as np
        from keras.layers.core import Activation, Dense, Dropout
        from keras.models import Sequential
        from keras.optimizers import Adam
        from keras.utils import np_utils

        x = np.random.default_rng(0).normal(size=(40, 4))
        y = np_utils.to_categorical(x.sum(axis=1) > 0, 2)
        model = Sequential()
        model.add(Dense(output_dim=8, init="uniform", input_dim=4, activation="relu"))
        model.add(Dropout(p=0.25))
        model.add(Dense(2, W_regularizer="l2"))
        model.add(Activation("softmax"))
        adam = Adam(lr=0.01, decay=0.5)
        model.compile(loss="categorical_crossentropy", optimizer=adam, metrics=["accuracy"])
        history = model.fit(x, y, nb_epoch=2, batch_size=20, verbose=0, validation_split=0.5)
        dense = model.layers[0]
        print(dense.units, type(dense.kernel_initializer).__name__, model.layers[1].rate)
        print(history.history["acc"] == history.history["accuracy"], len(history.history["val_acc"]))
        print(model.predict_classes(x).shape, round(float(model.optimizer.learning_rate), 4))
        """
    )
    assert main(["run", "--keras2", str(path)]) == 0
    # After two steps of one batch each: 0.01 / (1 + 0.5 * 2).
    assert capsys.readouterr().out == "8 RandomUniform 0.25\nTrue 2\n(40,) 0.005\n"
    assert run(path) == 1
    assert "say keras.layers, or run the script with" in capsys.readouterr().err


def test_old_spellings_of_values(script):
    path = script(
        """
        import numpy as np
        from keras.layers import Dense
        from keras.models import Sequential
        model = Sequential([Dense(2, input_dim=3, activation="ReLU"), Dense(1)])
        model.compile("sgd", "mse", show_accuracy=True)
        model.fit(np.ones((4, 3)), np.ones((4, 1)), nb_epoch=1, verbose=0)
        assert model.layers[0].activation.__name__ == "relu"
        assert model.history.history["acc"]
        """
    )
    assert run(path, keras2=True) == 0
    assert run(path) == 1


def test_old_spellings_are_refused_with_todays(script, capsys):
    run(script("from keras.layers import Dense\nDense(output_dim=3)\n"))
    assert "say units=3 instead" in capsys.readouterr().err
    run(script("import keras.utils.np_utils\n"))
    assert (
        "say keras.utils, or run the script with `python -m numpy_ann run --keras2`"
        in capsys.readouterr().err
    )


def test_a_real_keras_is_not_replaced(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", sys)
    with pytest.raises(RuntimeError, match="keras is already imported"):
        install()


def test_a_star_brings_what_is_here(script, capsys):
    path = script(
        """
        from keras.layers import *
        from keras.backend import *
        print(Dense(2).units, floatx(), "Conv2D" in globals())
        """
    )
    assert run(path) == 0
    assert capsys.readouterr().out == "2 float32 False\n"


def test_names_hold_within_a_block():
    with installed():
        import keras

        assert keras.layers.Dense.__module__ == "numpy_ann.layers.dense"
    assert "keras" not in sys.modules
    uninstall()  # again does no harm


def test_weights_in_one_h5_file_as_in_keras_2(script, tmp_path):
    path = script(
        f"""
        import numpy as np
        from keras.models import Sequential
        from keras.layers import Dense
        from keras.callbacks import ModelCheckpoint
        from keras.constraints import maxnorm
        from keras.optimizers import Adam
        model = Sequential([Dense(1, input_dim=2, W_constraint=maxnorm(3))])
        model.compile(Adam(lr=0.1, epsilon=None, decay=0.0), "mse")
        model.save_weights({str(tmp_path / "w.h5")!r})
        other = Sequential([Dense(1, input_dim=2)])
        other.load_weights({str(tmp_path / "w.h5")!r})
        assert np.array_equal(model.get_weights()[0], other.get_weights()[0])
        model.save_weights({str(tmp_path / "m.weights.h5")!r})
        for path, alone in ({str(tmp_path / "best.hdf5")!r}, False), ({str(tmp_path / "w.hdf5")!r}, True):
            kept = ModelCheckpoint(path, monitor="loss", save_weights_only=alone)
            model.fit(np.ones((4, 2)), np.ones(4), callbacks=[kept], verbose=0)
            other.load_weights(path)
        """
    )
    assert run(path, keras2=True) == 0
    assert load_model(tmp_path / "w.h5").input_shape == (None, 2)
    with pytest.raises(ValueError, match="weights"):
        load_model(tmp_path / "m.weights.h5")
    assert run(path) == 1


def test_a_notebook_that_asks_for_ipython(tmp_path, capsys, monkeypatch):
    """The shell is IPython's own, and sees the notebook's names."""

    class InteractiveShell:
        @classmethod
        def instance(cls, user_module):
            return SimpleNamespace(run_cell=lambda cell: exec(cell, vars(user_module)))  # noqa: S102

    for name in "IPython", "IPython.core", "IPython.core.interactiveshell":
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(InteractiveShell=InteractiveShell))
    sources = ["twice = lambda n: 2 * n", "get_ipython().run_cell('print(twice(4))')"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    path = tmp_path / "lesson.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert run(path) == 0
    assert capsys.readouterr().out == "8\n"


def test_estimators_of_keras_2(script, capsys):
    path = script(
        """
        import numpy as np
        from keras.layers import Dense
        from keras.models import Sequential
        from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
        from sklearn.base import clone
        from sklearn.model_selection import GridSearchCV
        def network(outputs, activation, loss, units=4):
            model = Sequential([Dense(units, input_dim=3), Dense(outputs, activation=activation)])
            model.compile("sgd", loss, metrics=["accuracy"] if activation else [])
            return model
        x = np.random.default_rng(0).normal(size=(60, 3))
        y = np.where(x[:, 0] > 0, "yes", "no")
        def sigmoid(units=4):
            return network(1, "sigmoid", "binary_crossentropy", units)
        two = KerasClassifier(sigmoid, nb_epoch=3, verbose=0)
        history = two.fit(x, y)
        print(type(history).__name__, len(history.history["acc"]))
        print(two.predict(x).shape, two.predict_proba(x).shape)
        accuracy = two.model.evaluate(x, y == "yes", verbose=0)[1]
        print(np.isclose(two.score(x, y), accuracy), two.classes_, clone(two).model)
        search = GridSearchCV(two, {"units": [2, 3], "epochs": [1]}, cv=2).fit(x, y)
        print(search.best_estimator_.model.layers[0].units == search.best_params_["units"])
        def softmax():
            return network(3, "softmax", "categorical_crossentropy")
        several = KerasClassifier(build_fn=softmax, verbose=0)
        labels = np.arange(60) % 3
        print(several.fit(x, np.eye(3)[labels], epochs=2).epoch, several.predict(x).shape)
        print(np.isclose(several.score(x, np.eye(3)[labels]), np.mean(several.predict(x) == labels)))
        line = KerasRegressor(build_fn=lambda: network(1, None, "mse"), epochs=2, verbose=0)
        line.fit(x, x[:, 0], validation_split=0.5)
        print(np.isclose(line.score(x, x[:, 0]), -np.mean((line.predict(x=x) - x[:, 0]) ** 2)))
        """
    )
    assert run(path, keras2=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "History 3",
        "(60, 1) (60, 2)",
        "True ['no' 'yes'] None",
        "True",
        "[0, 1] (60,)",
        "True",
        "True",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "model.predict_classes(x)",
            "has no method `predict_classes`, a name of older versions of Keras: say",
        ),
        ("model.fit_generator(x)", "say fit() instead"),
        ("model.nothing", "'Sequential' object has no attribute 'nothing'"),
        ("history.history['acc']", "acc: Keras 3 calls it 'accuracy'"),
        ("history.history['val_acc']", "KeyError: 'val_acc'"),
        ("model.export('folder')", "say export('folder.onnx')"),
        ("import keras.distribution; keras.distribution.ModelParallel", "DataParallel() shares the batches"),
        ("from keras.distribution import ModelParallel", "DataParallel() shares the batches"),
    ],
)
def test_what_a_model_has_no_more_is_named(line, said, script, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    begin = """
        import numpy as np
        from keras import Sequential, layers
        model = Sequential([layers.Input((2,)), layers.Dense(2, "softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        x = np.ones((4, 2))
        history = model.fit(x, [0, 1, 1, 0], verbose=0)
    """
    assert run(script(f"{begin}    {line}\n")) == 1
    assert said in capsys.readouterr().err


def test_weights_are_saved_by_a_function(script, tmp_path):
    path = script(
        f"""
        import keras, numpy as np
        file = {str(tmp_path / "a.weights.h5")!r}
        one, two = (keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]) for _ in range(2))
        keras.saving.save_weights(one, file)
        keras.saving.load_weights(two, file)
        assert all(np.array_equal(a, b) for a, b in zip(one.get_weights(), two.get_weights()))
        """
    )
    assert run(path) == 0


@pytest.mark.parametrize(
    ("method", "old", "new"),
    [
        (Model.compile, {"optimizer": "sgd", "class_mode": "categorical"}, {"optimizer": "sgd"}),
        (Model.compile, {"show_accuracy": False}, {}),
        (Model.compile, {"show_accuracy": True}, {"metrics": ["accuracy"]}),
        (Model.compile, {"show_accuracy": True, "metrics": ["mae"]}, {"metrics": ["mae", "accuracy"]}),
        (Model.compile, {"optimizer": "sgd"}, None),
        (Model.fit, {"nb_epoch": 2}, {"epochs": 2}),
        (SGD.__init__, {"lr": 0.5, "decay": 0.0}, {"learning_rate": 0.5}),
        (Dense.__init__, {"batch_input_shape": (8, 3)}, {"input_shape": (3,)}),
        (Dense.__init__, {"activation": "ReLU"}, {"activation": "relu"}),
    ],
)
def test_old_options_are_these_of_today(method, old, new):
    assert today(method, old) == new
