import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.layers import Dropout
from numpy_ann.random_streams import RandomStreams


def test_by_hand() -> None:
    layer = Dropout(0.75, seed=0)
    x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]])
    y = layer.forward(x, training=True)
    kept = y != 0
    assert 0 < kept.sum() < 8  # with this seed some are dropped and some kept
    # Three of four are dropped, so that those kept count for four: 1 / (1 - 0.75) = 4.
    assert np.array_equal(y[kept], 4 * x[kept])
    # The gradient goes where the numbers went.
    assert np.array_equal(layer.backward(np.ones_like(x)), np.where(kept, 4.0, 0.0))


@given(
    rate=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**32),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_the_rate_is_kept(rate: float, seed: int, dtype: str) -> None:
    n = 200_000
    y = Dropout(rate, seed=seed).forward(np.ones((100, n // 100), dtype), training=True)
    dropped = np.count_nonzero(y == 0) / n
    # A binomial share's standard deviation; beyond six of them once in 500 million tries.
    assert abs(dropped - rate) < 6 * np.sqrt(rate * (1 - rate) / n) + 1e-5
    assert np.allclose(y[y != 0], 1 / (1 - rate), rtol=1e-6)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.9])
def test_the_expectation_is_kept_for_each_place(rate: float) -> None:
    layer, x = Dropout(rate, seed=1), np.linspace(-1, 2, 21).reshape(1, 21)
    n = 20_000
    mean = (
        sum(layer.forward(np.repeat(x, 100, axis=0), training=True).sum(axis=0) for _ in range(n // 100)) / n
    )
    # One number's variance is x^2 rate / (1 - rate).
    bound = 6 * np.abs(x[0]) * np.sqrt(rate / (1 - rate) / n)
    assert np.all(np.abs(mean - x[0]) <= bound + 2e-5)


def test_neighbours_and_batches_are_independent() -> None:
    layer = Dropout(0.5, seed=2)
    masks = np.stack([layer.forward(np.ones((500, 8)), training=True) - 1 for _ in range(4)])  # -1 or 1
    columns = masks.transpose(0, 2, 1).reshape(32, 500)
    correlation = columns @ columns.T / 500
    # Off the diagonal: mean 0, standard deviation 1 / sqrt(500).
    assert np.abs(correlation - np.eye(32)).max() < 6 / np.sqrt(500)


def test_rate_0_keeps_all_and_rate_1_drops_all() -> None:
    x = np.random.default_rng(0).normal(size=(50, 50))
    assert np.array_equal(Dropout(0, dtype="float64").forward(x, training=True), x)
    layer = Dropout(1.0)
    assert not layer.forward(x, training=True).any()
    assert not layer.backward(np.ones_like(x)).any()


def test_predicting_passes_the_numbers_through() -> None:
    x = np.ones((2, 3), np.float32)
    assert Dropout(0.5).forward(x) is x


def test_seeds_repeat_and_each_batch_has_a_new_mask() -> None:
    x = np.ones((10, 10))
    a, b, other = Dropout(0.5, seed=7), Dropout(0.5, seed=7), Dropout(0.5, seed=8)
    first, second = a.forward(x, training=True), a.forward(x, training=True)
    assert not np.array_equal(first, second)
    assert np.array_equal(b.forward(x, training=True), first)
    assert np.array_equal(b.forward(x, training=True), second)
    assert not np.array_equal(other.forward(x, training=True), first)


def test_masks_come_from_the_stream_of_the_layers_name() -> None:
    def mask(name: str, streams: RandomStreams) -> list[list[float]]:
        layer = Dropout(0.5, name=name)
        layer.join(streams[name], np.dtype("float64"))
        layer.build((None, 20))
        return layer.forward(np.ones((4, 20)), training=True).tolist()

    assert mask("dropout", RandomStreams(3)) == mask("dropout", RandomStreams(3))
    assert mask("dropout", RandomStreams(3)) != mask("dropout_1", RandomStreams(3))
    assert mask("dropout", RandomStreams(3)) != mask("dropout", RandomStreams(4))


def test_hold_noise_uses_the_mask_again() -> None:
    layer, x = Dropout(0.5, seed=0), np.ones((10, 10))
    first = layer.forward(x, training=True)
    layer.hold_noise = True
    assert np.array_equal(layer.forward(x, training=True), first)
    assert layer.forward(x[:5], training=True).shape == (5, 10)  # a mask for another shape is drawn anew
    layer.hold_noise = False
    assert not np.array_equal(layer.forward(x, training=True), first)


def test_odd_sizes_and_empty_batches() -> None:
    layer = Dropout(0.5, seed=0)
    for samples in (1, 2, 3, 0):
        assert layer.forward(np.ones((samples, 7)), training=True).shape == (samples, 7)


@pytest.mark.parametrize("rate", [1.5, -0.1, float("nan"), "0.5", None, True])
def test_rates_that_are_refused(rate: object) -> None:
    with pytest.raises(ValueError, match=r"`rate` must be a number from 0 to 1\. Received"):
        Dropout(rate)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 1.5, "7", True])
def test_seeds_that_are_refused(seed: object) -> None:
    with pytest.raises(ValueError, match=r"A seed is an integer of 0 or more\. Received: seed="):
        Dropout(0.5, seed=seed)  # type: ignore[arg-type]
