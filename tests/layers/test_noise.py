import numpy as np
import pytest

from numpy_ann.layers import AlphaDropout, Dropout, GaussianDropout, GaussianNoise

ONES = np.ones((400, 500))


def test_alpha_dropout_keeps_mean_and_variance() -> None:
    x = np.random.default_rng(0).normal(size=(400, 500))
    y = AlphaDropout(0.3, seed=1).forward(x, training=True)
    assert abs(y.mean()) < 0.01
    assert abs(y.var() - 1) < 0.02
    counts = np.unique(y.round(9), return_counts=True)[1]
    assert abs(counts.max() / y.size - 0.3) < 0.005  # those dropped have one value, the lowest's


def test_gaussian_noise_has_its_deviation() -> None:
    y = GaussianNoise(0.3, seed=1).forward(ONES, training=True)
    assert abs(y.mean() - 1) < 0.005
    assert abs(y.std() - 0.3) < 0.005


def test_gaussian_dropout_has_the_variance_of_dropout() -> None:
    for layer in (GaussianDropout(0.2, seed=1), Dropout(0.2, seed=1)):
        y = layer.forward(ONES, training=True)
        assert abs(y.mean() - 1) < 0.01
        assert abs(y.var() - 0.25) < 0.01  # 0.2 / (1 - 0.2)


def test_noise_shape_drops_together() -> None:
    y = Dropout(0.5, (None, 1), seed=0).forward(np.ones((50, 6)), training=True)
    assert set(map(tuple, y.tolist())) == {(0.0,) * 6, (2.0,) * 6}
    y = Dropout(0.5, (1, None), seed=0).forward(np.ones((50, 6)), training=True)
    assert np.all(y == y[0])
    with pytest.raises(ValueError, match="doesn't spread over inputs"):
        Dropout(0.5, (None, 4)).forward(np.ones((2, 6)), training=True)


@pytest.mark.parametrize("noise_shape", ["ab", 3, (0, 1), (1.0,), (True,)])
def test_noise_shapes_that_are_refused(noise_shape: object) -> None:
    for make in (Dropout, AlphaDropout):
        with pytest.raises(ValueError, match="`noise_shape` must be a tuple"):
            make(0.5, noise_shape)  # type: ignore[arg-type]


def test_rates_that_are_refused() -> None:
    for make in (AlphaDropout, GaussianDropout):
        with pytest.raises(ValueError, match="`rate` must be a number from 0 to below 1"):
            make(1.0)
    with pytest.raises(ValueError, match="`stddev` must be a number from 0 to 1"):
        GaussianNoise(2.0)
