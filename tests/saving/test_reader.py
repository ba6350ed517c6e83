"""The first bytes decide what a file is, not its name."""

import shutil

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential, load_model
from numpy_ann.saving import read_model, read_weights
from tests.saving.files import edit_weights, good, trained_model


@pytest.mark.parametrize(("suffix", "other"), [(".keras", ".h5"), (".h5", ".keras"), (".h5", ".model")])
def test_a_misleading_suffix(suffix, other, tmp_path):
    path = good(tmp_path / f"a{suffix}")
    shutil.copy(path, tmp_path / f"b{other}")
    np.testing.assert_array_equal(load_model(tmp_path / f"b{other}").theta, trained_model().theta)


def test_a_record_without_compile_configuration(tmp_path):
    record = read_model(good(tmp_path / "m.keras"), compile=False)
    assert record.compiled is None
    assert record.state is None
    assert record.resume_state is not None


def test_weights_for_an_architecture(tmp_path):
    record = read_model(good(tmp_path / "m.keras"))
    for suffix in (".keras", ".h5"):
        weights, state = read_weights(good(tmp_path / f"n{suffix}"), record.architecture)
        assert state is None
        for a, b in zip(weights, record.weights, strict=True):
            assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_layers_are_matched_by_order_and_not_by_name(tmp_path):
    """Names are free; the number of layers and weights is not."""
    architecture = read_model(good(tmp_path / "m.keras")).architecture

    def rename(root):
        root["model_weights"].move("dense", "x")
        root["model_weights"].move("dense_1", "dense")
        root["model_weights"].attrs["layer_names"] = ["flatten", "x", "dropout", "dense"]

    path = edit_weights(good(tmp_path / "m.h5"), rename)
    weights, _ = read_weights(path, architecture)
    assert [array.shape for arrays in weights for array in arrays] == [(16, 5), (5,), (5, 3), (3,)]

    def shorten(root):
        root["model_weights"].attrs["layer_names"] = ["flatten", "x"]

    with pytest.raises(ModelFormatError, match="1 layers with weights, but the configuration has 2"):
        read_weights(edit_weights(path, shorten), architecture)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_many_small_layers(suffix, tmp_path):
    model = Sequential([Input((1,)), *(Dense(1) for _ in range(80))], seed=0)
    model.save(path := tmp_path / f"model{suffix}")
    np.testing.assert_array_equal(load_model(path).theta, model.theta)
