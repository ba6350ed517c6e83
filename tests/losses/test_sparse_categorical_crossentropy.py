import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.losses.targets import as_labels

# Keras 3.15.1 on JAX in float32: the loss object called on LABELS and Q, the gradient by jax.grad.
Q = np.array([[0.2, 0.3, 0.5], [0.1, 0.7, 0.4]])
LABELS = np.array([1, 2])
KERAS = [
    (False, None, Q, 1.1512926, [[0.5, -1.1666666, 0.5], [0.4166667, 0.4166667, -0.8333334]]),
    (False, [0.5, 2.0], Q, 1.3996055, [[0.25, -0.5833333, 0.25], [0.8333333, 0.8333333, -1.6666667]]),
    (True, None, 10 * Q, 2.6103959, [[0.021005, -0.4429024, 0.4218974], [0.0011778, 0.4751651, -0.4763429]]),
]


def test_by_hand() -> None:
    # As in the categorical form: -log 3/4 and -log 1/2, their mean; dl/dq = 1 - [j = t] / p.
    loss = SparseCategoricalCrossentropy()
    value = loss.forward(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([1, 0]))
    assert math.isclose(value, (math.log(4 / 3) + math.log(2)) / 2)
    assert np.allclose(loss.backward(), [[1 / 2, -1 / 6], [-1 / 2, 1 / 2]])


@pytest.mark.parametrize(("from_logits", "weights", "y_pred", "expected", "gradient"), KERAS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_keras(from_logits, weights, y_pred, expected, gradient, dtype) -> None:  # type: ignore[no-untyped-def]
    loss = SparseCategoricalCrossentropy(from_logits)
    assert math.isclose(loss.forward(y_pred.astype(dtype), LABELS, weights), expected, rel_tol=1e-6)
    dy = loss.backward()
    assert dy.dtype == dtype
    assert np.allclose(dy, gradient, atol=1e-6)


@given(
    leading=st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple),
    classes=st.integers(1, 4),
    from_logits=st.booleans(),
    reduction=st.sampled_from(["sum", "sum_over_batch_size"]),
    weighted=st.booleans(),
    labels_dtype=st.sampled_from(["int64", "uint8", "float32"]),
    seed=st.integers(0, 999),
)
def test_equals_the_categorical_form(  # type: ignore[no-untyped-def]
    leading, classes, from_logits, reduction, weighted, labels_dtype, seed
) -> None:
    rng = np.random.default_rng(seed)
    y_pred = rng.normal(size=(*leading, classes)) if from_logits else rng.uniform(0.1, 1, (*leading, classes))
    labels = rng.integers(classes, size=leading).astype(labels_dtype)
    w = rng.uniform(0.1, 2, leading[0]) if weighted else None
    sparse = SparseCategoricalCrossentropy(from_logits, reduction=reduction)
    dense = CategoricalCrossentropy(from_logits, reduction=reduction)
    one_hot = np.eye(classes)[labels.astype(int)]
    for t in (labels, labels[..., np.newaxis]):
        assert math.isclose(
            sparse.forward(y_pred, t, w), dense.forward(y_pred, one_hot, w), rel_tol=1e-9, abs_tol=1e-12
        )
        assert np.allclose(sparse.backward(), dense.backward(), atol=1e-12)


def test_probability_0_is_bounded_as_in_keras() -> None:
    loss = SparseCategoricalCrossentropy()
    assert math.isclose(loss.forward(np.array([[0.0, 1.0]]), np.array([0])), -math.log(1e-7))
    assert loss.backward().tolist() == [[0.0, 0.0]]


def test_targets_that_are_refused() -> None:
    loss = SparseCategoricalCrossentropy()
    with pytest.raises(ValueError, match=r'one-hot labels: .*"categorical_crossentropy", or use np\.argmax'):
        loss(np.eye(3)[:2], Q)
    with pytest.raises(ValueError, match=r"labels of shape \(2,\)\. Received: target\.shape=\(2, 4\)"):
        loss(np.zeros((2, 4)), Q)
    with pytest.raises(
        ValueError, match="from 0 to 2, as the model has 3 outputs, but they range from 0 to 3"
    ):
        loss(np.array([0, 3]), Q)
    with pytest.raises(ValueError, match="range from -1 to 2"):
        loss(np.array([-1, 2]), Q)
    with pytest.raises(ValueError, match="range from nan to nan"):
        loss(np.array([np.nan, 2.0]), Q)
    with pytest.raises(ValueError, match="whole numbers, but some have a fraction"):
        loss(np.array([0.5, 2.0]), Q)


def test_as_labels() -> None:
    for labels in ([2, 0], [[2], [0]], [2.0, 0.0], np.array([2, 0], np.uint8)):
        result = as_labels(np.asarray(labels), 2)
        assert result.tolist() == [2, 0]
        assert result.dtype == np.intp


def test_configuration() -> None:
    config = SparseCategoricalCrossentropy(True, name="own").get_config()
    assert config == {"name": "own", "reduction": "sum_over_batch_size", "from_logits": True}
    assert SparseCategoricalCrossentropy.from_config(config).get_config() == config
