"""Files that real Keras wrote, of 1.2 to 3.15: the same predictions, evaluation and further training."""

import json
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Input
from numpy_ann.losses import BinaryCrossentropy
from numpy_ann.models import load_model, model_from_json
from numpy_ann.models.sequential import Sequential

FOLDER = Path(__file__).parents[1] / "fixtures" / "keras_files"
INDEX = json.loads((FOLDER / "index.json").read_text())
BATCH, FURTHER_EPOCHS = 8, 3  # as in the recording

JSON = [e for e in INDEX if e["file"].endswith(".json")]
LOADS = [e for e in INDEX if e["verdict"] == "loads" and ".weights" not in e["file"] and e not in JSON]
WEIGHTS = [e for e in INDEX if e["verdict"] == "loads" and ".weights" in e["file"]]
REFUSED = [e for e in INDEX if e["verdict"] == "refused"]


def name(entry):
    return entry["file"]


def load(entry) -> Sequential:
    with warnings.catch_warnings():
        if ".after_h5" in entry["file"]:  # the optimizer is missing there, and the loader says so
            warnings.simplefilter("ignore", UserWarning)
        return load_model(FOLDER / entry["file"])


def numbers(entry):
    return np.load(FOLDER / entry["numbers"])


def saved_weights(data, prefix="saved/"):
    return {key.removeprefix(prefix): data[key] for key in data.files if key.startswith(prefix)}


def weights_of(model):
    return {f"{layer.name}/{i}": w for layer in model.layers for i, w in enumerate(layer.get_weights())}


def comparable(entry) -> bool:
    """Whether the file holds all that training needs: Keras drops an optimizer's state from some files."""
    complete = {"optimizer", "optimizer state"} <= set(entry["holds"])
    return complete and "final_predictions" in numbers(entry).files


@pytest.mark.parametrize("entry", LOADS, ids=name)
def test_it_predicts_evaluates_and_trains_on_as_in_keras(entry):
    data, model = numbers(entry), load(entry)
    predicts(entry, data, model)
    assert (model.optimizer is not None) == ("loss" in entry["holds"])
    weight = data["sample_weight"] if "sample_weight" in data.files else None
    if model.optimizer is not None:
        evaluates(entry, data, model, weight)
    if comparable(entry):
        trains(entry, data, model, weight)


def predicts(entry, data, model):
    found, expected = weights_of(model), saved_weights(data)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value)  # float16 fits into float32
    predictions = model.predict(data["x"], verbose=0)
    np.testing.assert_allclose(predictions, data["predictions"], atol=entry["tolerance"], rtol=0)


def evaluates(entry, data, model, weight):
    result = model.evaluate(data["x"], data["y"], sample_weight=weight, verbose=0, return_dict=True)
    assert sorted(result) == sorted(data["evaluation_names"].tolist())
    for key, value in zip(data["evaluation_names"], data["evaluation"], strict=True):
        if key == "loss" and entry["losses"] != "mean over samples":
            continue  # Keras 3.0 and 3.1 report the mean over batches
        assert result[key] == pytest.approx(value, abs=1e-6), key


def trains(entry, data, model, weight):
    options = {"batch_size": BATCH, "epochs": FURTHER_EPOCHS, "shuffle": False, "verbose": 0}
    history = model.fit(data["x"], data["y"], sample_weight=weight, **options)
    if entry["losses"] == "mean over samples":  # Keras 3.0 and 3.1 report the mean over batches
        np.testing.assert_allclose(history.history["loss"], data["epoch_losses"], atol=1e-6, rtol=0)
    predictions = model.predict(data["x"], verbose=0)
    np.testing.assert_allclose(predictions, data["final_predictions"], atol=1e-6, rtol=0)
    found, expected = weights_of(model), saved_weights(data, "final/")
    for key, value in expected.items():
        np.testing.assert_allclose(found[key], value, atol=1e-6, rtol=0)


@pytest.mark.parametrize("entry", WEIGHTS, ids=name)
def test_files_of_weights(entry):
    data = numbers(entry)
    model = load(next(e for e in LOADS if e["numbers"] == entry["numbers"]))
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    model.load_weights(FOLDER / entry["file"])
    for key, value in saved_weights(data).items():
        np.testing.assert_array_equal(weights_of(model)[key], value)


@pytest.mark.parametrize("entry", JSON, ids=name)
def test_json_beside_weights(entry):
    path, data = FOLDER / entry["file"], numbers(entry)
    model = model_from_json(path.read_text())
    model.load_weights(path.with_suffix(".weights_only.h5"))
    predictions = model.predict(data["x"], verbose=0)
    np.testing.assert_allclose(predictions, data["predictions"], atol=entry["tolerance"], rtol=0)


@pytest.mark.parametrize("entry", REFUSED, ids=name)
def test_what_is_not_supported_is_refused_by_name(entry):
    named = {
        "code": "'Lambda'",
        "conv2d": "'Conv2D'",
        "custom_layer": "Doubling'",
        "custom_loss": "'squares'",
    }
    if entry["case"] in ("branch", "nested"):  # were refused when the files were made
        model = load(entry)
        assert np.isfinite(model.predict(np.ones((2, *model.input_shape[1:])), verbose=0)).all()
        return
    with pytest.raises(ModelFormatError, match=named[entry["case"]]) as caught:
        load(entry)
    assert entry["file"] in str(caught.value).replace("\\", "/")


def row_of(entry) -> str:
    """Return how the page's row of a file begins."""
    folder, file = entry["file"].split("/")
    suffix = f".{file.rpartition('.')[2]}"
    if suffix == ".json":
        return "JSON of Keras 1.2 and 2.2"
    if ".weights" in file:
        return "`.weights.h5`"
    if folder == "tensorflow_1_and_2_0":
        return "`.h5` of TensorFlow 1.10 and 2.0"
    if folder.endswith("_windows"):
        return "the same of 2.13 to 2.15, of Windows"
    if re.fullmatch(r"keras_[12]_\d_\d", folder):
        return f"`{suffix}` of Keras 1.2 to 2.3"
    return f"`{suffix}` of Keras {'3.0' if folder.startswith('keras_3_') else '2.12'} to "


def test_the_page_counts_the_files_of_each_row():
    page = (Path(__file__).parents[2] / "docs/keras_files.md").read_text()
    table = page.partition("| file | how many |")[2].partition("\n\n")[0]
    stated = dict(re.findall(r"\n\| ([^|]+) \| (\d+)", table))
    counts = Counter(map(row_of, (*LOADS, *WEIGHTS, *JSON)))
    for begin, count in counts.items():
        assert [int(n) for row, n in stated.items() if row.startswith(begin)] == [count], begin
    assert len(stated) == len(counts)
    assert f"on {counts.total()}\n[stored files]" in page
    assert f"Kerases of {len({entry['library'] for entry in INDEX})} versions" in page


def test_every_keras_3_wrote_a_file_of_each_kind():
    written = {
        (entry["library"].partition(".")[2].split(".")[0], entry["file"].rpartition(".")[2])
        for entry in LOADS
        if "keras 3" in entry["library"]
    }
    assert written == {(str(minor), suffix) for minor in range(16) for suffix in ("keras", "h5")}


def test_a_loss_given_as_a_class_is_written_as_a_loss(tmp_path):
    model = Sequential([Input((2,)), Dense(1, activation="sigmoid")])
    model.compile("adam", BinaryCrossentropy)
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert isinstance(loaded.configuration.loss, BinaryCrossentropy)
