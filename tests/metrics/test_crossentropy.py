import math

import numpy as np
import pytest

from numpy_ann import losses
from numpy_ann.metrics import CategoricalCrossentropy, SparseCategoricalCrossentropy

Q = np.array([[0.2, 0.3, 0.5], [0.1, 0.7, 0.4]])
Y = np.array([[0, 1, 0], [0.2, 0, 0.8]])
LABELS = np.array([1, 2])
WEIGHTS = np.array([0.5, 2.0])


def test_by_hand() -> None:
    # -log 3/4 and -log 1/2: unlike the loss, divided by the sum of the weights.
    y_pred, y_true, w = np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0]), np.array([1.0, 3.0])
    expected = (math.log(4 / 3) + 3 * math.log(2)) / 4
    assert math.isclose(SparseCategoricalCrossentropy()(y_true, y_pred, w), expected)
    assert math.isclose(CategoricalCrossentropy()(np.eye(2)[y_true], y_pred, w), expected)
    assert losses.SparseCategoricalCrossentropy()(y_true, y_pred, w) == pytest.approx(2 * expected)


def test_equals_keras() -> None:
    # Keras 3.15.1 on JAX in float32: keras.metrics.<name>(...)(y_true, Q, sample_weight).
    assert CategoricalCrossentropy(label_smoothing=0.1)(Y, Q) == pytest.approx(1.2880811, rel=1e-6)
    assert CategoricalCrossentropy(label_smoothing=0.1)(Y, Q, WEIGHTS) == pytest.approx(1.3406532, rel=1e-6)
    assert SparseCategoricalCrossentropy()(LABELS, Q) == pytest.approx(1.1512926, rel=1e-6)
    assert SparseCategoricalCrossentropy()(LABELS, Q, WEIGHTS) == pytest.approx(1.1196845, rel=1e-6)


def test_options_reach_the_loss() -> None:
    logits = np.array([[40.0, 0.0, 0.0]])
    assert SparseCategoricalCrossentropy(from_logits=True)(np.array([1]), logits) == pytest.approx(40)
    assert CategoricalCrossentropy(from_logits=True)(np.eye(3)[[1]], logits) == pytest.approx(40)
    config = CategoricalCrossentropy(from_logits=True, label_smoothing=0.1).get_config()
    assert config == {"name": "categorical_crossentropy", "from_logits": True, "label_smoothing": 0.1}


def test_targets_are_checked_as_the_loss_does() -> None:
    with pytest.raises(ValueError, match="These look like integer labels"):
        CategoricalCrossentropy()(LABELS, Q)
    with pytest.raises(ValueError, match="These look like one-hot labels"):
        SparseCategoricalCrossentropy()(Y, Q)
    with pytest.raises(ValueError, match="Labels must be from 0 to 2"):
        SparseCategoricalCrossentropy()(np.array([1, 3]), Q)
