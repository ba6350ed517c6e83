"""Layers of a few lines each, on numbers small enough to be worked out beside them."""

import numpy as np
import pytest

from numpy_ann import Sequential
from numpy_ann.layers import (
    ActivityRegularization,
    GroupNormalization,
    Identity,
    Input,
    Layer,
    Permute,
    RepeatVector,
    RMSNormalization,
    SpatialDropout1D,
    UnitNormalization,
)


def test_identity() -> None:
    layer = Identity()
    assert layer.forward(np.array([[1.0, -2.0]]), training=True).tolist() == [[1.0, -2.0]]
    assert layer.backward(np.array([[3.0, 4.0]])).tolist() == [[3.0, 4.0]]


def test_activity_regularization() -> None:
    # 0.5 (1 + 2 + 0 + 3) + 0.25 (1 + 4 + 0 + 9) = 3 + 3.5, of two samples: 3.25; and the loss itself is 0.
    x = np.array([[1.0, -2.0], [0.0, 3.0]])
    model = Sequential([Input((2,)), ActivityRegularization(0.5, 0.25)])
    model.compile("sgd", "mse")
    assert model.evaluate(x, x, verbose=0) == pytest.approx(3.25)


def test_permute() -> None:
    layer = Permute((2, 1))
    y = layer.forward(np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]), training=True)
    assert y.tolist() == [[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]]
    # Each number of dy goes back to where its number of x stands.
    dx = layer.backward(np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]))
    assert dx.tolist() == [[[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]]


def test_repeat_vector() -> None:
    layer = RepeatVector(2)
    assert layer.forward(np.array([[1.0, 2.0]]), training=True).tolist() == [[[1.0, 2.0], [1.0, 2.0]]]
    # dx = the sum over the repetitions: (1 + 3, 2 + 4)
    assert layer.backward(np.array([[[1.0, 2.0], [3.0, 4.0]]])).tolist() == [[4.0, 6.0]]


def test_unit_normalization() -> None:
    layer = UnitNormalization(dtype="float64")
    assert np.allclose(layer.forward(np.array([[3.0, 4.0], [0.0, 0.0]]), training=True), [[0.6, 0.8], [0, 0]])
    # dy = (1, 0): sum(dy y) = 0.6, dx = ((1, 0) - 0.6 (0.6, 0.8)) / 5 = (0.64, -0.48) / 5
    assert np.allclose(layer.backward(np.array([[1.0, 0.0], [0.0, 0.0]])), [[0.128, -0.096], [0.0, 0.0]])


def test_rms_normalization() -> None:
    layer = RMSNormalization(epsilon=0.5, dtype="float64")
    # mean(x^2) + epsilon = (1 + 6) / 2 + 0.5 = 4, so r = 0.5 for x = (1, sqrt(6)).
    x = np.array([[1.0, 6**0.5]])
    layer.build((None, 2))
    layer.set_weights([np.array([2.0, 1.0])])
    assert np.allclose(layer.forward(x, training=True), [[1.0, 6**0.5 / 2]])
    # dy = (1, 0): dg = dy x^ = (0.5, 0); dy g = (2, 0), mean(dy g x^) = 0.5,
    # dx = 0.5 ((2, 0) - 0.5 (0.5, sqrt(6) / 2)) = (0.875, -sqrt(6) / 8)
    assert np.allclose(layer.backward(np.array([[1.0, 0.0]])), [[0.875, -(6**0.5) / 8]])
    assert np.allclose(layer.scale.grad, [0.5, 0.0])


def test_group_normalization() -> None:
    layer = GroupNormalization(2, epsilon=0.0, dtype="float64")
    y = layer.forward(np.array([[1.0, 3.0, 10.0, 30.0]]), training=True)
    assert np.allclose(y, [[-1.0, 1.0, -1.0, 1.0]])  # means 2 and 20, deviations 1 and 10
    # Two numbers of mean 0 and deviation 1 are -1 and 1, whatever they were: dx = 0.
    assert np.allclose(layer.backward(np.array([[1.0, 2.0, 3.0, 5.0]])), 0)
    assert np.allclose(layer.gamma.grad, [-1.0, 2.0, -3.0, 5.0])


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (Permute((2, 1)), (None, 3), "puts 2 axes in another order, but samples have 1"),
        (RepeatVector(2), (None, 3, 4), "repeats vectors"),
        (SpatialDropout1D(0.5), (None, 3), "drops features of sequences"),
        (UnitNormalization(2), (None, 3), "`axis` is one of 1 to 1"),
        (RMSNormalization(1), (None, 3, 4), "`axis` must be the last axis or the last few"),
        (GroupNormalization(3), (None, 4), "can't part 4 features into 3 groups"),
    ],
)
def test_what_does_not_fit_is_refused(layer: Layer, shape: tuple[int | None, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer.build(shape)


def test_options_that_are_refused() -> None:
    for dims in ((1, 1), (0, 1), (2,), 3.5):
        with pytest.raises(ValueError, match="`dims` must"):
            Permute(dims)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`n` must be an integer of at least 1"):
        RepeatVector(0)
    for groups in (0, -2, 1.5):
        with pytest.raises(ValueError, match="`groups` must be"):
            GroupNormalization(groups)  # type: ignore[arg-type]
