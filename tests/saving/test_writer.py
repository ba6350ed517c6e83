"""What is written: the forms that Keras 2.15, 3.3 and 3.15 were seen to read."""

import json
import zipfile

import h5py
import numpy as np
import pytest

from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.saving.containers.hdf5 import open_hdf5
from numpy_ann.saving.writer import _write_names
from tests.saving.files import members, trained_model

# The options of Keras 2.15's layers, and of Keras 3.3's; neither passes over one that it doesn't know.
DENSE = {
    "name", "trainable", "dtype", "units", "activation", "use_bias", "kernel_initializer", "bias_initializer",
    "kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint",
}  # fmt: skip


def test_keras_file(tmp_path):
    model = trained_model()
    model.save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
    content = members(tmp_path / "m.keras")
    assert {"keras_version", "date_saved"} <= json.loads(content["metadata.json"]).keys()
    config = json.loads(content["config.json"])
    first, *layers = config["config"]["layers"]
    assert first["config"] == {
        "batch_shape": [None, 4, 4], "dtype": "float32", "sparse": False, "name": "input_layer"
    }  # fmt: skip
    assert all(entry["module"] == "keras.layers" for entry in layers)
    assert layers[1]["config"].keys() == DENSE
    assert layers[1]["build_config"] == {"input_shape": [None, 16]}
    assert config["compile_config"]["steps_per_execution"] == 1  # null would stop Keras 3

    (tmp_path / "w.h5").write_bytes(content["model.weights.h5"])
    with h5py.File(tmp_path / "w.h5") as root:
        assert set(root) == {"layers", "optimizer", "vars"}
        assert set(root["layers"]) == {"flatten", "dense", "dropout", "dense_1"}
        state = root["optimizer/vars"]
        assert [state[str(i)].shape for i in range(10)] == [
            (), (), (16, 5), (16, 5), (5,), (5,), (5, 3), (5, 3), (3,), (3,)
        ]  # fmt: skip
        assert state["0"][()] == 4
        assert state["1"].dtype == np.float32


def test_h5_file(tmp_path):
    trained_model().save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as root:
        config = json.loads(root.attrs["model_config"])
        training = json.loads(root.attrs["training_config"])
        assert list(root["model_weights"].attrs["layer_names"]) == ["flatten", "dense", "dropout", "dense_1"]
        assert list(root["model_weights/dense"].attrs["weight_names"]) == ["dense/kernel:0", "dense/bias:0"]
        names = list(root["optimizer_weights"].attrs["weight_names"])
    assert config["config"].keys() == {"name", "layers"}
    assert config["config"]["layers"][0]["config"]["batch_input_shape"] == [None, 4, 4]
    assert config["config"]["layers"][2]["config"].keys() == DENSE
    assert {"loss", "loss_weights", "optimizer_config"} <= training.keys()
    assert training["optimizer_config"]["config"].keys() == {
        "name", "learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad"
    }  # fmt: skip
    parameters = ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    assert names == [
        "Adam/iter:0",
        *(f"Adam/{p}/m:0" for p in parameters),
        *(f"Adam/{p}/v:0" for p in parameters),
    ]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("mse", "mean_squared_error"),
        ("MAPE", "mean_absolute_percentage_error"),
        ("kld", "kl_divergence"),
        ("huber_loss", "huber"),
        ("categorical_crossentropy", "categorical_crossentropy"),
        (None, None),
    ],
)
def test_h5_files_name_losses_in_full(tmp_path, given, written):
    model = Sequential([Input((2,)), Dense(2)])
    model.compile("sgd", given)
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as root:
        assert json.loads(root.attrs["training_config"])["loss"] == written


@pytest.mark.parametrize("count", [1, 4000, 4001, 9000])
def test_long_lists_of_names(count, tmp_path):
    names = [f"layer_{i}" for i in range(count)]
    with h5py.File(tmp_path / "m.h5", "w") as root:
        _write_names(root, "layer_names", names)
        assert ("layer_names" in root.attrs) == (count <= 4000)
    with open(tmp_path / "m.h5", "rb") as file, open_hdf5(file, "") as root:
        assert root.texts("layer_names", count) == names
