"""Every public name of Keras' is here, or refused by name; what is here is this package's own object."""

import importlib
import re
import sys
from pathlib import Path

import pytest

import numpy_ann
import numpy_ann.layers
from numpy_ann.as_keras import installed, names

MODULES = [module for module in names.keras_names() if module != "version"]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_of_keras_is_here_or_refused_by_name(module):
    for name in names.keras_names()[module]:
        try:
            value = names.look_up(module, name)
        except AttributeError as error:
            assert f"has no {module}.{name}" in str(error)  # noqa: PT017
        else:
            assert (getattr(value, "__module__", None) or "numpy_ann").startswith("numpy_ann")


@pytest.mark.parametrize(
    "module", ["keras.callbacks", "keras.constraints", "keras.initializers", "keras.losses", "keras.metrics"]
)
def test_nearly_all_of_a_room_is_here(module):
    known = names.keras_names()[module]
    assert len(set(names.present(module)) & known) >= 0.8 * len(known)


@pytest.mark.parametrize("prefix", ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"])
def test_all_prefixes_mean_the_same(prefix):
    assert names.look_up(f"{prefix}.layers", "Dense") is numpy_ann.layers.Dense
    assert names.look_up(prefix, "Sequential") is numpy_ann.models.Sequential


def test_what_is_said_of_a_name_that_isnt_here():
    with pytest.raises(
        AttributeError, match=r"Keras 3.15.1 has no keras.layers.Dens, nor has numpy_ann. Did you mean 'Dense"
    ):
        names.look_up("keras.layers", "Dens")
    with pytest.raises(AttributeError, match=r"nor has numpy_ann. keras.layers has it."):
        names.look_up("keras.models", "Dense")
    with installed():
        import keras

        assert not hasattr(keras.layers, "Conv2D")
        assert "Dense" in dir(keras.layers)
        with pytest.raises(
            ImportError, match=r"has no keras.layers.Conv2D: numpy_ann is for fully connected"
        ):
            from keras.layers import Conv2D  # noqa: F401
        with pytest.raises(ModuleNotFoundError, match=r"keras.src is the inside of the real Keras"):
            import keras.src.layers
        with pytest.raises(ModuleNotFoundError, match=r"has no keras.layer. Did you mean 'keras.layers'"):
            import keras.layer


def test_the_page_counts_the_names():
    text = (Path(__file__).parents[2] / "docs/keras_scripts.md").read_text()
    counts = re.findall(r"`(keras\.[\w.]+)` \| (\d+) \| (\d+) \|", text)
    assert len(counts) == 18
    for module, here, of in counts:
        known = names.keras_names()[module]
        assert int(of) == len(known), module
        assert int(here) == len(known & {*names.present(module)}), module


def test_what_is_offered_is_near_or_does_the_same():
    with pytest.raises(AttributeError, match=r"has no tensorflow.lite. What it has is Keras"):
        names.look_up("tensorflow", "lite")
    with pytest.raises(AttributeError, match=r"has no tensorflow.distribute. .*mpiexec .*--data-parallel"):
        names.look_up("tensorflow", "distribute")
    assert "--data-parallel" in names.no_module("tensorflow.distribute.experimental")


def test_names_of_tensorflows_own_modules_are_listed():
    with installed():
        import tensorflow as tf

        assert tf.math.__all__ == sorted(tf.math.__all__)
        assert {"reduce_variance", "l2_normalize"} < {*dir(tf.math)}
        assert "Dense" not in dir(tf.math)
        with pytest.raises(AttributeError, match=r"'tensorflow.math' has no attribute '__wrapped__'"):
            tf.math.__wrapped__  # noqa: B018


def test_an_old_module_asked_for_as_a_name_is_said_to_be_one():
    with pytest.raises(AttributeError, match=r"keras.layers.core is a module of Keras 1 and 2, .* say keras"):
        names.look_up("keras.layers", "core")


@pytest.fixture
def without_scikit_learn(monkeypatch):
    monkeypatch.setattr(numpy_ann, "wrappers", None, raising=False)
    monkeypatch.delitem(sys.modules, "numpy_ann.wrappers", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    yield importlib.import_module("numpy_ann.wrappers")
    del sys.modules["numpy_ann.wrappers"]


def test_what_scikit_learn_would_bring_is_said_to_need_it(without_scikit_learn):
    cure = "needs scikit-learn, which isn't installed: python -m pip install scikit-learn"
    with pytest.raises(AttributeError, match=rf"wrappers.SKLearnRegressor: SKLearnRegressor {cure}\.$"):
        names.look_up("keras.wrappers", "SKLearnRegressor")
    assert not hasattr(without_scikit_learn, "KerasClassifier")
    with pytest.raises(AttributeError, match=f"^KerasClassifier {cure}$"):
        without_scikit_learn.KerasClassifier  # noqa: B018
    with pytest.raises(ImportError, match=f"^NeuralNetworkClassifier {cure}$"):
        from numpy_ann.wrappers import NeuralNetworkClassifier  # noqa: F401
    with pytest.raises(AttributeError, match=r"^module 'numpy_ann.wrappers' has no attribute 'nothing'$"):
        without_scikit_learn.nothing  # noqa: B018


@pytest.mark.parametrize("name", ["checked_choice", "KerasTensor", "annotations", "Any"])
def test_what_a_module_only_uses_is_no_name_of_its_own(name):
    with pytest.raises(AttributeError, match=f"has no keras.config.{name}"):
        names.look_up("keras.config", name)
