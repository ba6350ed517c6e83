"""Each metric beside an installed Keras: while training, and from files in both directions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import layers, metrics, models, optimizers
from numpy_ann._typing import Array
from tests.parts import parametrized
from tests.parts.arrays import one_hot
from tests.parts.metrics import CASES, MetricCase
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

# Keras 3.15 with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RNG = np.random.default_rng(4)
X = RNG.normal(size=(30, 5)).astype("float32")
WEIGHTS = RNG.uniform(0.2, 2, size=30).astype("float32")
# Of each metric the last case whose result is one number, which the history of both libraries can hold.
# Keras can't compile a multi-label AUC on JAX, and writes weights of labels as an object, which is refused.
EACH = {
    case.cls: case
    for case in CASES
    if case.stored and not case.several and not {"multi_label", "label_weights"} & case.part.options.keys()
}


class Ours:
    layers, models, optimizers, metrics = layers, models, optimizers, metrics


def trained(library: Any, y: Array, metric: Any) -> tuple[Any, Any]:
    """Return a model of either library and its history."""
    model = library.models.Sequential(
        [library.layers.Input(shape=(5,)), library.layers.Dense(3, activation="softmax")]
    )
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    loss = "sparse_categorical_crossentropy" if y.ndim == 1 else "categorical_crossentropy"
    # Compiling would take Keras longer than the steps do.
    eagerly = {"run_eagerly": True} if library is keras else {}
    model.compile(
        library.optimizers.SGD(0.1), loss, metrics=[metric()], weighted_metrics=[metric()], **eagerly
    )
    history = model.fit(
        X,
        y,
        epochs=2,
        batch_size=8,
        shuffle=False,
        verbose=0,
        sample_weight=WEIGHTS,
        validation_data=(X[::-1], y, WEIGHTS),
    )
    return model, history.history


@parametrized(EACH.values())
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_history_and_files_in_both_directions(case: MetricCase, tmp_path: Path) -> None:
    y = case.targets(np.random.default_rng(4), (30, 3))
    y = y.astype("int64" if y.ndim == 1 else "float32")
    ours, history = trained(Ours, y, lambda: case.make(name="own"))
    theirs, expected_history = trained(keras, y, lambda: case.make("keras", name="own"))
    assert list(history) == list(expected_history)
    for key in history:
        np.testing.assert_allclose(history[key], expected_history[key], rtol=2e-5, atol=1e-6, err_msg=key)

    expected = theirs.evaluate(X, y, verbose=0, sample_weight=WEIGHTS, return_dict=True)
    for suffix in ("keras", "h5"):
        ours.save(tmp_path / f"ours.{suffix}")
        theirs.save(tmp_path / f"theirs.{suffix}")
        for again in (
            keras.models.load_model(tmp_path / f"ours.{suffix}"),
            models.load_model(tmp_path / f"theirs.{suffix}"),
        ):
            results = again.evaluate(X, y, verbose=0, sample_weight=WEIGHTS, return_dict=True)
            assert results.keys() == expected.keys()
            for key, value in expected.items():
                np.testing.assert_allclose(results[key], value, rtol=2e-5, atol=1e-6, err_msg=key)


@pytest.mark.parametrize("name", ["mse", "AUC", "Precision", "top_k_categorical_accuracy", "accuracy", "bce"])
def test_names(name: str) -> None:
    y = one_hot(np.random.default_rng(4), (30, 3)).astype("float32")
    (_, ours), (_, theirs) = (trained(library, y, lambda: name) for library in (Ours, keras))
    assert list(ours) == list(theirs)
    for key in ours:
        np.testing.assert_allclose(ours[key], theirs[key], rtol=2e-5, atol=1e-6, err_msg=key)
