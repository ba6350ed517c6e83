import numpy as np
import pytest

from numpy_ann.layers import BatchNormalization, Dense, Input
from numpy_ann.models import Sequential

X = np.array([[1.0, 0.0], [3.0, 8.0]])


def test_by_hand() -> None:
    # Means (2, 4), variances (1, 16): x^ = ((-1, -1), (1, 1)).
    layer = BatchNormalization(momentum=0.9, epsilon=0.0)
    assert layer.forward(X, training=True).tolist() == [[-1, -1], [1, 1]]
    assert np.allclose(layer.moving_mean.value, [0.2, 0.4])  # 0.9 * 0 + 0.1 * mean
    assert np.allclose(layer.moving_variance.value, [1.0, 2.5])  # 0.9 * 1 + 0.1 * variance
    layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert layer.gamma.grad.tolist() == [2.0, 2.0]  # -1 + 3, -2 + 4
    assert layer.beta.grad.tolist() == [4.0, 6.0]
    # Two samples are always at -1 and 1: moving them changes nothing.
    assert np.allclose(layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]])), 0)
    # Predicting uses the moving averages: (1 - 0.2) / 1, (0 - 0.4) / sqrt(2.5), ...
    assert np.allclose(layer.forward(X), [[0.8, -0.4 / 2.5**0.5], [2.8, 7.6 / 2.5**0.5]])


def test_names_and_order_are_those_of_keras_files() -> None:
    layer = BatchNormalization()
    layer.forward(X)
    assert [p.name for p in layer.parameters] == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert [p.name for p in layer.trainable_parameters] == ["gamma", "beta"]


def test_frozen_it_predicts_in_training_too_and_moves_nothing() -> None:
    layer = BatchNormalization(trainable=False)
    assert np.array_equal(layer.forward(X, training=True), layer.forward(X))
    assert layer.moving_mean.value.tolist() == [0, 0]
    layer.trainable = True
    layer.forward(X, training=True)
    assert layer.moving_mean.value.tolist() != [0, 0]


def test_training_moves_the_averages_to_those_of_the_data() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(3, 2, size=(200, 4))
    model = Sequential([Input((4,)), BatchNormalization(momentum=0.5), Dense(1)], seed=0)
    model.compile("sgd", "mean_squared_error")
    model.fit(x, x[:, :1], epochs=10, batch_size=200, verbose=0)
    layer = model.layers[0]
    assert isinstance(layer, BatchNormalization)
    assert np.allclose(layer.moving_mean.value, x.mean(axis=0), atol=0.01)
    assert np.allclose(layer.moving_variance.value, x.var(axis=0), rtol=0.01)
    assert model.count_params() == 4 * 4 + 4 + 1
    assert model.gradient.size == 2 * 4 + 4 + 1


@pytest.mark.parametrize("axis", [0, 3, -3])
def test_axes_that_are_refused(axis: int) -> None:
    with pytest.raises(ValueError, match=r"`axis` is one of 1 to 1"):
        BatchNormalization(axis).forward(X)


def test_refused() -> None:
    assert BatchNormalization([1]).axis == 1  # as Keras 2 writes it
    with pytest.raises(ValueError, match="`axis` must be one integer"):
        BatchNormalization([1, 2])
    with pytest.raises(ValueError, match="`momentum` must be a number from 0 to 1"):
        BatchNormalization(momentum=1.5)
    with pytest.raises(ValueError, match="`epsilon` must be a number of 0 or more"):
        BatchNormalization(epsilon=-1.0)


def test_momenta_at_the_ends_are_taken() -> None:
    """1 keeps the averages as they begin; 0 makes them the last batch's moments."""
    x = np.array([[1.0, 5.0], [3.0, 5.0]])
    for momentum, mean, variance in ((1, [0.0, 0.0], [1.0, 1.0]), (0, [2.0, 5.0], [1.0, 0.0])):
        layer = BatchNormalization(momentum=momentum, dtype="float64")
        layer.forward(x, training=True)
        _, _, moving_mean, moving_variance = layer.get_weights()
        assert moving_mean.tolist() == mean
        assert moving_variance.tolist() == variance
