"""The command line on real files: in this process, but where the process is the point."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.__main__ import main
from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Flatten, Input, Normalization, Rescaling
from numpy_ann.models import Sequential, load_model

KERAS_FILES = Path(__file__).parent / "fixtures" / "keras_files"


@pytest.fixture
def run(capsys):
    """What a command prints and returns, without the start of a process each."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:  # how argparse ends
            status = end.code
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


@pytest.fixture
def model() -> Sequential:
    model = Sequential([Input((4,)), Dense(3, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.ones((6, 4)), [0, 1, 2, 0, 1, 2], epochs=2, verbose=0)
    return model


def test_summary_shows_layers_and_how_the_model_was_compiled(run, model, tmp_path):
    model.save(tmp_path / "m.keras")
    result = run("summary", tmp_path / "m.keras")
    assert result.returncode == 0
    assert result.stderr == ""
    assert "dense (Dense)" in result.stdout
    assert "Optimizer: Adam(learning_rate=0.001" in result.stdout
    assert "2 steps taken" in result.stdout
    assert "Loss: sparse_categorical_crossentropy" in result.stdout
    assert "Metrics: accuracy" in result.stdout


def test_summary_of_a_model_that_was_not_compiled(run, tmp_path):
    Sequential([Input((4,)), Dense(3)]).save(tmp_path / "m.h5")
    assert "Not compiled" in run("summary", tmp_path / "m.h5").stdout


@pytest.mark.parametrize(("first", "second"), [("m.h5", "m.keras"), ("m.keras", "m.h5")])
def test_convert_keeps_weights_and_optimizer(run, model, tmp_path, first, second):
    model.save(tmp_path / first)
    result = run("convert", tmp_path / first, tmp_path / second)
    assert result.returncode == 0, result.stderr
    converted = load_model(tmp_path / second)
    for a, b in zip(model.get_weights(), converted.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert converted.optimizer.iterations == 2
    np.testing.assert_array_equal(converted.optimizer.state["velocity"], model.optimizer.state["velocity"])


def test_convert_replaces_a_file_only_when_told_to(run, model, tmp_path):
    model.save(tmp_path / "m.h5")
    (tmp_path / "m.keras").write_text("precious")
    result = run("convert", tmp_path / "m.h5", tmp_path / "m.keras")
    assert (result.returncode, (tmp_path / "m.keras").read_text()) == (1, "precious")
    assert result.stderr.count("\n") == 1
    assert "--force" in result.stderr
    assert run("convert", "--force", tmp_path / "m.h5", tmp_path / "m.keras").returncode == 0


@pytest.mark.parametrize("scaling", [[], [Rescaling(1 / 255)], [Flatten(), Normalization()]])
def test_evaluate_on_mnist_hands_over_what_the_network_was_trained_on(run, monkeypatch, tmp_path, scaling):
    """Numbers from 0 to 255 where it begins with a scaling of its own, else from 0 to 1."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (50, 28, 28), dtype=np.uint8), rng.integers(0, 3, 50)
    monkeypatch.setattr(mnist, "load_data", lambda path=None: ((x, y), (x, y)))
    model = Sequential([Input((28, 28)), *scaling, Flatten(), Dense(3, activation="softmax")], seed=0)
    for layer in scaling:
        if isinstance(layer, Normalization):
            layer.adapt(x.reshape(50, -1).astype(float))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.save(tmp_path / "m.keras")
    loss = model.evaluate(x if scaling else x / 255, y, verbose=0)
    assert run("evaluate", tmp_path / "m.keras").stdout == f"samples: 50\nloss: {loss:.4f}\n"


def test_evaluate_on_arrays_of_ones_own(run, model, tmp_path):
    model.save(tmp_path / "m.h5")
    x, y = np.eye(4), np.array([0, 1, 2, 0])
    np.savez(tmp_path / "d.npz", x=x, y=y)
    result = run("evaluate", tmp_path / "m.h5", "--data", tmp_path / "d.npz")
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert result.stdout == f"samples: 4\naccuracy: {accuracy:.4f}\nloss: {loss:.4f}\n"
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])  # takes rows of the same numbers
    model.save(tmp_path / "m.h5")
    assert run("evaluate", tmp_path / "m.h5", "--data", tmp_path / "d.npz").stdout == result.stdout


def test_mistakes_are_one_line_and_status_1(run, model, tmp_path):
    (tmp_path / "junk.h5").write_bytes(b"junk")
    model.save(tmp_path / "m.h5")
    np.savez(tmp_path / "other.npz", a=1)
    for arguments, said in [
        (("summary", tmp_path / "nowhere.h5"), "nowhere.h5"),
        (("summary", tmp_path / "junk.h5"), "junk.h5"),
        (("evaluate", tmp_path / "m.h5"), "--data"),
        (("evaluate", tmp_path / "m.h5", "--data", tmp_path / "other.npz"), "x and y"),
        (("convert", tmp_path / "m.h5", tmp_path / "m.pb"), ".keras"),
    ]:
        result = run(*arguments)
        assert result.returncode == 1, arguments
        assert result.stderr.startswith("numpy_ann: ")
        assert result.stderr.count("\n") == 1
        assert said in result.stderr
        assert "Traceback" not in result.stderr


def test_wrong_usage_is_status_2_and_help_is_0(run):
    nothing = run()
    assert (nothing.returncode, nothing.stderr) == (0, "")
    assert "numpy_ann train houses.csv --target price" in nothing.stdout
    assert run("frobnicate").returncode == 2
    for arguments in [("--help",), ("summary", "--help"), ("evaluate", "--help"), ("convert", "--help")]:
        result = run(*arguments)
        assert result.returncode == 0
        assert "usage: python -m numpy_ann" in result.stdout


def test_data_that_are_no_arrays_x_and_y(run, model, tmp_path):
    model.save(tmp_path / "m.h5")
    (tmp_path / "notanpz").write_text("x,y\n1,2\n")
    np.save(tmp_path / "one.npy", np.ones(3))
    np.savez(tmp_path / "names.npz", x=np.ones((1, 4)), labels=[0])
    np.savez(tmp_path / "objects.npz", x=np.array([{}], dtype=object), y=[0])
    for name, message in (
        (
            "notanpz",
            "notanpz is no .npz file: --data takes a .csv file, or an .npz file with the arrays x and y",
        ),
        ("one.npy", "one.npy is no .npz file"),
        ("names.npz", "names.npz lacks y; it holds x, labels"),
        ("objects.npz", "can't be read as arrays of numbers"),
    ):
        result = run("evaluate", tmp_path / "m.h5", "--data", tmp_path / name)
        assert result.returncode == 1
        assert message in result.stderr
        assert "pickle" not in result.stderr


def test_damaged_data_are_an_error_of_one_line(run, model, tmp_path):
    model.save(tmp_path / "m.h5")
    np.savez(tmp_path / "data.npz", x=np.ones((4, 4)), y=np.ones(4))
    content = bytearray((tmp_path / "data.npz").read_bytes())
    content[200] ^= 1  # among the numbers: the archive's checksum tells
    (tmp_path / "data.npz").write_bytes(content)
    result = run("evaluate", tmp_path / "m.h5", "--data", tmp_path / "data.npz")
    assert result.returncode == 1
    assert "data.npz can't be read as arrays of numbers" in result.stderr


def test_a_model_without_a_loss_has_nothing_to_evaluate(run, tmp_path):
    model = Sequential([Input((4,)), Dense(3)])
    np.savez(tmp_path / "data.npz", x=np.ones((4, 4)), y=np.ones((4, 3)))
    for compiled in False, True:
        if compiled:
            model.compile("sgd")
        model.save(tmp_path / f"{compiled}.keras")
        result = run("evaluate", tmp_path / f"{compiled}.keras", "--data", tmp_path / "data.npz")
        assert result.returncode == 1
        why = f"{compiled}.keras has no compile configuration, so there is no loss to evaluate\n"
        assert result.stderr.endswith(why)


def test_a_playground_has_as_many_digits_as_asked_for(run, monkeypatch, tmp_path):
    x, y = np.zeros((5, 28, 28), np.uint8), np.array([7, 5, 3, 1, 9])
    asked = []
    monkeypatch.setattr(mnist, "load_data", lambda path=None: asked.append(path) or ((x, y), (x[:1], y[:1])))
    page = tmp_path / "page.html"
    assert run("playground", "--digits", 0, "-o", page).stdout.startswith(f"wrote {page}: ")
    assert not asked
    assert '"digits":{' not in page.read_text("utf-8")
    refused = run("playground", "-o", page)
    assert (refused.returncode, refused.stdout) == (1, "")
    for options, labels in [("--digits", 3, "--mnist", tmp_path), "7,5,3"], [(), "7,5,3,1,9"]:
        result = run("playground", *options, "--output", page, "--force")
        assert result.stdout.endswith(" bytes; open it in a browser\n")
        assert f'"labels":[{labels}]}}' in page.read_text("utf-8")
    assert asked == [tmp_path, None]
