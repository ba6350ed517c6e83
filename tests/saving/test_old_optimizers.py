"""Files of each optimizer of Keras before 2.11, as real Kerases wrote them: training goes on as there."""

import json
import warnings
import zipfile
from functools import cache
from pathlib import Path

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.models import load_model
from numpy_ann.optimizers import legacy

FOLDER = Path(__file__).parents[1] / "fixtures" / "keras_files" / "optimizers"
INDEX = json.loads((FOLDER / "index.json").read_text())
FILES = [(name, case) for name, entry in INDEX.items() for case in entry["optimizers"]]


def stored(name, case, tmp_path):
    """Return the path of a file, and the numbers of its further steps."""
    numbers = numbers_of(name)
    with zipfile.ZipFile(FOLDER / name) as archive:
        path = tmp_path / f"{case}.h5"
        path.write_bytes(archive.read(path.name))
    own = {key.removeprefix(f"{case}/"): numbers[key] for key in numbers if key.startswith(f"{case}/")}
    return path, {"x": numbers["x"], "y": numbers["y"], **own}


@cache
def numbers_of(name):
    """Return the numbers of all files in an archive."""
    with zipfile.ZipFile(FOLDER / name) as archive, archive.open("numbers.npz") as file:
        return dict(np.load(file))


def go_on(model, numbers):
    """Take the further steps, and compare losses and weights with the writer's."""
    losses = [float(model.train_on_batch(x, y)) for x, y in zip(numbers["x"], numbers["y"], strict=True)]
    np.testing.assert_allclose(losses, numbers["losses"], atol=1e-6, rtol=0)
    for i, weight in enumerate(model.get_weights()):
        np.testing.assert_allclose(weight, numbers[f"weight_{i}"], atol=1e-6, rtol=0)


@pytest.mark.parametrize(("name", "case"), FILES)
def test_training_goes_on_as_in_the_keras_that_wrote_the_file_and_saved_again_the_same(name, case, tmp_path):
    path, numbers = stored(name, case, tmp_path)
    model = load_model(path)
    kind = INDEX[name]["optimizers"][case].partition("(")[0]
    assert type(model.optimizer) is getattr(legacy, kind)
    assert repr(model.optimizer).startswith("legacy.") == (kind in ("RMSprop", "Adagrad", "Nadam"))
    saved = tmp_path / "again.h5"
    model.save(saved)
    again = load_model(saved)
    assert repr(again.optimizer) == repr(model.optimizer)
    go_on(model, numbers)
    go_on(again, numbers)
    # Its numbers have Keras 2's names; Ftrl is written as Keras 2's newer one, which has names of its own.
    if name == "keras_2_15_0.zip" and "ftrl" not in case:
        names = []
        for file in (path, saved):
            with h5py.File(file) as root:
                names.append(root["optimizer_weights"].attrs["weight_names"].tolist())
        assert names[1] == names[0]


@pytest.mark.parametrize(
    "case", ["sgd_decay", "adam_decay", "adamax", "adadelta_decay", "ftrl_decay", "rmsprop_both"]
)
def test_where_keras_3_computes_the_same_its_files_go_on_too(case, tmp_path):
    path, numbers = stored("keras_2_15_0.zip", case, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_model(path).save(tmp_path / "again.keras")
    go_on(load_model(tmp_path / "again.keras"), numbers)


def test_each_version_and_layout_is_there():
    assert [entry["library"] for entry in INDEX.values()] == [
        f"keras {version}" for version in ("1.2.2", "2.0.9", "2.12.0", "2.15.0", "2.1.6", "2.2.4", "2.3.1")
    ]
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 300_000


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_a_number_of_steps_that_the_file_lacks(decay, tmp_path):
    path, numbers = stored("keras_2_0_9.zip", "rmsprop", tmp_path)
    with h5py.File(path, "r+") as file:
        training = json.loads(file.attrs["training_config"])
        training["optimizer_config"]["config"]["decay"] = decay
        file.attrs["training_config"] = json.dumps(training)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = load_model(path)
    assert ["how many steps" in str(warning.message) for warning in caught] == [True] * bool(decay)
    assert model.optimizer.iterations == 0
    if not decay:
        go_on(model, numbers)


def test_adagrad_is_written_with_its_decay_and_not_as_a_schedule(tmp_path):
    path, _ = stored("keras_2_15_0.zip", "adagrad_decay", tmp_path)
    load_model(path).save(tmp_path / "again.h5")
    with h5py.File(tmp_path / "again.h5") as file:  # Keras 2.15 can't read a schedule of Adagrad's
        config = json.loads(file.attrs["training_config"])["optimizer_config"]["config"]
    assert (config["learning_rate"], config["decay"]) == pytest.approx((0.05, 0.1))


def test_what_cannot_be_read_says_the_version_and_the_way_out(tmp_path):
    path, _ = stored("keras_2_0_9.zip", "sgd", tmp_path)
    with h5py.File(path, "r+") as file:
        training = json.loads(file.attrs["training_config"])
        training["optimizer_config"]["class_name"] = "TFOptimizer"
        file.attrs["training_config"] = json.dumps(training)
    with pytest.raises(ModelFormatError, match=r"'TFOptimizer' is not .*compile=False.*Keras 2\.0\.9"):
        load_model(path)
    assert load_model(path, compile=False).optimizer is None


# TensorFlow's names for what Theano calls otherwise, from Keras 1 to tf.keras in a graph.
@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("Adam/iterations:0", "training/Adam/Variable_{}:0"),
        ("Variable_99:0", "Variable_{}:0"),
        ("training/Adam/iter:0", "training/Adam/dense_{}/kernel/m:0"),
        ("param_0", "param_1{}"),
    ],
)
@pytest.mark.parametrize("name", ["keras_2_0_9.zip", "keras_2_3_1.zip"])
def test_the_order_counts_and_not_the_names(name, first, others, tmp_path):
    path, numbers = stored(name, "adam_decay", tmp_path)
    with h5py.File(path, "r+") as file:
        group = file["optimizer_weights"]
        names = [str(text, "ascii") for text in group.attrs["weight_names"].tolist()]
        arrays = [group[key][()] for key in names]
        del file["optimizer_weights"]
        new = [first, *(others.format(i) for i in range(len(names) - 1))]
        group = file.create_group("optimizer_weights")
        group.attrs["weight_names"] = np.array([text.encode() for text in new])
        for key, array in zip(new, arrays, strict=True):
            group[key] = array
    go_on(load_model(path), numbers)
