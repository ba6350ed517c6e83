"""The Normalization layer beside an installed Keras: adapting, summaries, and files both ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import numpy_ann.layers
import numpy_ann.losses
import numpy_ann.models
import numpy_ann.utils
from numpy_ann.models.summary import summarize

X = np.random.default_rng(0).normal(1.5, 0.8, (40, 2, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(40, 1)).astype("float32")

# Options, and whether the layer then adapts.
CASES: dict[str, tuple[dict[str, Any], bool]] = {
    "features": ({}, True),
    "one axis": ({"axis": 1}, True),
    "two axes": ({"axis": (2, 1)}, True),
    "all as one": ({"axis": None}, True),
    "inverted": ({"invert": True}, True),
    "not adapted": ({}, False),
    "told": ({"mean": 1.5, "variance": 0.64}, False),
    "told by place": ({"axis": (1, 2), "mean": [1.0, 1.5, 2.0], "variance": [0.6, 0.7, 0.8]}, False),
    "told of two axes": ({"axis": (1, 2), "mean": [[1.0], [2.0]], "variance": [[0.6], [0.7]]}, False),
    "told and inverted": ({"axis": 2, "mean": [1.0], "variance": [4.0], "invert": True}, False),
}
# Keras 3 leaves an axis that isn't one integer out when it reads an .h5 file, its own too.
NOT_FROM_H5 = [CASES[name] for name in ("two axes", "all as one", "told of two axes")]
every_case = pytest.mark.parametrize(("options", "adapts"), CASES.values(), ids=CASES)


def model_of(library: Any, options: dict[str, Any], adapts: bool) -> Any:
    library.utils.set_random_seed(0)
    layer = library.layers.Normalization(**options)
    if adapts:
        layer.adapt(X)
    ends = [library.layers.Flatten(), library.layers.Dense(3, "tanh"), library.layers.Dense(1)]
    model = library.models.Sequential([library.layers.Input((2, 3)), layer, *ends])
    model.compile("sgd", library.losses.MeanSquaredError())
    return model


def train(model: Any) -> list[float]:
    losses: list[float] = model.fit(X, Y, epochs=3, batch_size=8, shuffle=False, verbose=0).history["loss"]
    return losses


def assert_same(ours: Any, theirs: Any) -> None:
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=3e-6, atol=3e-6)
    predictions = [model.predict(X, verbose=0) for model in (ours, theirs)]
    np.testing.assert_allclose(*predictions, rtol=3e-6, atol=3e-6)


@every_case
def test_the_layer_alone(keras: Any, options: dict[str, Any], adapts: bool) -> None:
    ours, theirs = numpy_ann.layers.Normalization(**options), keras.layers.Normalization(**options)
    if adapts:
        ours.adapt(X)
        theirs.adapt(X)
    np.testing.assert_allclose(ours(X), np.asarray(theirs(X)), rtol=2e-6, atol=2e-6)
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in theirs.get_weights()]
    np.testing.assert_allclose(ours.mean, np.asarray(theirs.mean), rtol=1e-6)
    np.testing.assert_allclose(ours.variance, np.asarray(theirs.variance), rtol=2e-6)
    assert ours.get_config() == {**theirs.get_config(), "name": ours.name, "dtype": "float32"}


@every_case
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_files(keras: Any, options: dict[str, Any], adapts: bool, suffix: str, tmp_path: Path) -> None:
    for library, reader in ((numpy_ann, keras), (keras, numpy_ann)):
        model = model_of(library, options, adapts)
        train(model)
        model.save(tmp_path / f"model{suffix}")
        if suffix == ".h5" and reader is keras and (options, adapts) in NOT_FROM_H5:
            continue
        again = reader.models.load_model(tmp_path / f"model{suffix}")
        assert_same(again, model)
        if suffix == ".keras" or reader is numpy_ann:  # Keras 3 can't continue from any .h5 file
            np.testing.assert_allclose(train(again), train(model), rtol=2e-6)
            assert_same(again, model)


@pytest.mark.parametrize(("options", "adapts"), NOT_FROM_H5)
def test_what_keras_does_not_read_from_any_h5_file(
    keras: Any, options: dict[str, Any], adapts: bool, tmp_path: Path
) -> None:
    """It stands in the documentation of the layer."""
    for library in (numpy_ann, keras):
        model_of(library, options, adapts).save(tmp_path / "model.h5")
        with pytest.raises((TypeError, ValueError), match=r"Shape mismatch|The rank of `mean`"):
            keras.models.load_model(tmp_path / "model.h5")


@every_case
def test_weights_alone(keras: Any, options: dict[str, Any], adapts: bool, tmp_path: Path) -> None:
    ours, theirs = model_of(numpy_ann, options, adapts), model_of(keras, options, False)
    ours.save_weights(tmp_path / "model.weights.h5")
    theirs.load_weights(tmp_path / "model.weights.h5")
    assert_same(ours, theirs)
    ours = model_of(numpy_ann, options, False)
    theirs.save_weights(tmp_path / "model.weights.h5")
    ours.load_weights(tmp_path / "model.weights.h5")
    assert_same(ours, theirs)


@every_case
def test_summary(keras: Any, options: dict[str, Any], adapts: bool) -> None:
    ours, theirs = model_of(numpy_ann, options, adapts), model_of(keras, options, adapts)
    counts = [
        [model.count_params(), *(sum(int(np.prod(w.shape)) for w in part) for part in parts)]
        for model in (ours, theirs)
        for parts in [(model.trainable_weights, model.non_trainable_weights)]
    ]
    assert counts[0] == counts[1]
    assert f"Non-trainable params: {counts[1][2]}" in summarize(ours, 76)
