"""Each metric beside an installed Keras: while training, and from files in both directions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import layers, metrics, models, optimizers
from numpy_ann.metrics.lookup import BY_CLASS
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

# Keras 3.15 with NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

RNG = np.random.default_rng(4)
X = RNG.normal(size=(30, 5)).astype("float32")
LABELS = RNG.integers(3, size=30)
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
WEIGHTS = RNG.uniform(0.2, 2, size=30).astype("float32")
SPARSE = ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy")
OPTIONS: dict[str, dict[str, Any]] = {
    "AUC": {"num_thresholds": 50, "curve": "PR"},
    "BinaryAccuracy": {"threshold": 0.4},
    "F1Score": {"average": "macro"},
    "FBetaScore": {"average": "weighted", "beta": 2.0},
    "Precision": {"thresholds": 0.4},
    "Recall": {"top_k": 2},
    "SparseTopKCategoricalAccuracy": {"k": 2},
    "TopKCategoricalAccuracy": {"k": 2},
}
every_metric = pytest.mark.parametrize("name", BY_CLASS.keys() - {"Mean"})


class Ours:
    layers, models, optimizers, metrics = layers, models, optimizers, metrics


def trained(library: Any, name: str, metric: Any) -> tuple[Any, Any]:
    """Return a model of either library and its history; targets are integers where the metric wants them."""
    model = library.models.Sequential(
        [library.layers.Input(shape=(5,)), library.layers.Dense(3, activation="softmax")]
    )
    weights = np.random.default_rng(0)
    model.set_weights([weights.normal(size=w.shape).astype("float32") for w in model.get_weights()])
    loss = "sparse_categorical_crossentropy" if name in SPARSE else "categorical_crossentropy"
    # Compiling would take Keras longer than the steps do.
    eagerly = {"run_eagerly": True} if library is keras else {}
    model.compile(
        library.optimizers.SGD(0.1), loss, metrics=[metric()], weighted_metrics=[metric()], **eagerly
    )
    y = LABELS if name in SPARSE else ONE_HOT
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


def both(name: str) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    options = OPTIONS.get(name, {})
    ours = trained(Ours, name, lambda: getattr(metrics, name)(name="own", **options))
    return ours, trained(keras, name, lambda: getattr(keras.metrics, name)(name="own", **options))


@every_metric
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_history_and_files_in_both_directions(name: str, tmp_path: Path) -> None:
    (ours, history), (theirs, expected_history) = both(name)
    assert list(history) == list(expected_history)
    for key in history:
        np.testing.assert_allclose(history[key], expected_history[key], rtol=2e-5, atol=1e-6, err_msg=key)

    y = LABELS if name in SPARSE else ONE_HOT
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
    (_, ours), (_, theirs) = (trained(library, name, lambda: name) for library in (Ours, keras))
    assert list(ours) == list(theirs)
    for key in ours:
        np.testing.assert_allclose(ours[key], theirs[key], rtol=2e-5, atol=1e-6, err_msg=key)
