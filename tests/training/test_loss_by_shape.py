"""``loss="crossentropy"``: whatever the first targets are, training is that of the loss they mean."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import check_gradients
from numpy_ann.__main__ import main
from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Input
from numpy_ann.lookup import snake_case
from numpy_ann.metrics import Metric
from numpy_ann.models import Sequential, load_model

X = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
LABELS = np.random.default_rng(1).integers(0, 3, 20)

# The targets, the last layer, and the loss that they mean.
CASES: dict[str, tuple[Any, tuple[int, str], str]] = {
    "labels": (LABELS, (3, "softmax"), "sparse_categorical_crossentropy"),
    "labels in a column": (LABELS[:, np.newaxis], (3, "softmax"), "sparse_categorical_crossentropy"),
    "one-hot": (np.eye(3)[LABELS], (3, "softmax"), "categorical_crossentropy"),
    "bits": (LABELS % 2, (1, "sigmoid"), "binary_crossentropy"),
    "bits in a column": (LABELS[:, np.newaxis] % 2, (1, "sigmoid"), "binary_crossentropy"),
}
every_case = pytest.mark.parametrize(("y", "last", "meaning"), CASES.values(), ids=CASES)


def model_of(last: tuple[int, str], loss: str, *, known: bool = True) -> Sequential:
    model = Sequential([*([Input((4,))] if known else []), Dense(5, "tanh"), Dense(*last)], seed=1)
    model.compile("adam", loss, metrics=["accuracy"])
    return model


@every_case
@pytest.mark.parametrize("known", [True, False])
def test_fit(y: Any, last: tuple[int, str], meaning: str, known: bool) -> None:
    a, b = model_of(last, "crossentropy", known=known), model_of(last, meaning, known=known)
    options: dict[str, Any] = {"epochs": 2, "batch_size": 8, "validation_split": 0.2, "verbose": 0}
    assert a.loss is None
    assert a.fit(X, y, **options).history == b.fit(X, y, **options).history
    assert a.loss is not None
    assert a.loss.name == meaning
    assert a.evaluate(X, y, verbose=0) == b.evaluate(X, y, verbose=0)


@every_case
def test_batches(y: Any, last: tuple[int, str], meaning: str) -> None:
    def batches() -> Any:
        return ((X[i : i + 8], y[i : i + 8]) for i in range(0, 20, 8))

    a, b = model_of(last, "ce"), model_of(last, meaning)
    assert a.fit(batches(), verbose=0).history == b.fit(batches(), verbose=0).history
    a, b = model_of(last, "ce"), model_of(last, meaning)
    assert a.evaluate(batches(), verbose=0) == b.evaluate(batches(), verbose=0)
    a, b = model_of(last, "ce"), model_of(last, meaning)
    assert a.test_on_batch(X, y) == b.test_on_batch(X, y)
    assert a.train_on_batch(X, y) == b.train_on_batch(X, y)


@every_case
def test_a_check_of_gradients_decides_nothing(y: Any, last: tuple[int, str], meaning: str) -> None:
    model = model_of(last, "ce")
    assert check_gradients(model, X, y).passed
    assert model.loss is None


@every_case
def test_a_trace_decides_nothing(y: Any, last: tuple[int, str], meaning: str) -> None:
    model = model_of(last, "ce")
    assert trace(model, X, y).loss == model_of(last, meaning).train_on_batch(X, y, return_dict=True)["loss"]
    assert model.loss is None


def test_compile_asks_anew() -> None:
    model = model_of((3, "softmax"), "ce")
    model.evaluate(X, LABELS, verbose=0)
    with pytest.raises(ValueError, match=r"to_categorical|one-hot"):
        model.evaluate(X, np.eye(3)[LABELS], verbose=0)
    model.compile("adam", "ce")
    model.evaluate(X, np.eye(3)[LABELS], verbose=0)
    assert model.loss is not None
    assert model.loss.name == "categorical_crossentropy"


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_files_say_what_it_has_come_to_mean(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"model{suffix}"
    model = model_of((3, "softmax"), "ce")
    model.save(path)
    undecided = load_model(path)
    assert undecided.configuration is not None
    assert (undecided.loss, undecided.configuration.loss_argument) == (None, "ce")
    assert main(["summary", str(path)]) == 0
    assert "Loss: ce" in capsys.readouterr().out
    assert undecided.evaluate(X, LABELS, verbose=0) == model.evaluate(X, LABELS, verbose=0)
    model.fit(X, LABELS, verbose=0)
    model.save(path)
    again = load_model(path)
    assert again.loss is not None
    assert again.loss.name == "sparse_categorical_crossentropy"
    options: dict[str, Any] = {"epochs": 2, "verbose": 0}
    assert again.fit(X, LABELS, **options).history == model.fit(X, LABELS, **options).history


@every_case
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_metric_of_that_name_stands_in_files_as_what_it_means(
    y: Any, last: tuple[int, str], meaning: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"model{suffix}"
    model = model_of(last, meaning)
    model.compile("adam", meaning, metrics=["ce", "acc"], weighted_metrics=["crossentropy"])
    model.save(path)
    assert load_model(path).evaluate(X, y, verbose=0) == model.evaluate(X, y, verbose=0)
    model.save(path)
    again = load_model(path)
    assert again.configuration is not None
    first = again.configuration.metrics[0]
    assert isinstance(first, Metric)
    assert (snake_case(type(first).__name__), first.name) == (meaning, "ce")
    assert again.evaluate(X, y, verbose=0, return_dict=True) == model.evaluate(
        X, y, verbose=0, return_dict=True
    )


def test_the_command_line_evaluates_what_is_undecided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model_of((3, "softmax"), "ce").save(tmp_path / "model.keras")
    np.savez(tmp_path / "data.npz", x=X, y=LABELS)
    assert main(["evaluate", str(tmp_path / "model.keras"), "--data", str(tmp_path / "data.npz")]) == 0
    assert "loss: " in capsys.readouterr().out
