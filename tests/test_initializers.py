import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import initializers
from numpy_ann.initializers import GlorotUniform, Initializer, Ones, Zeros, fans

FLOAT32, FLOAT64 = np.dtype("float32"), np.dtype("float64")


def test_the_limit_by_hand() -> None:
    # (2, 4): sqrt(6 / (2 + 4)) = 1, so that W ~ U(-1, 1).
    W = GlorotUniform()((2, 4), np.random.default_rng(0), FLOAT64)
    assert np.array_equal(W, np.random.default_rng(0).uniform(-1, 1, size=(2, 4)))
    assert fans((2, 4)) == (2, 4)
    # Axes before the last two multiply both: 5 * 2 and 5 * 4; a vector's length counts for both.
    assert fans((5, 2, 4)) == (10, 20)
    assert fans((3,)) == (3, 3)
    assert fans(()) == (1, 1)


@given(inputs=st.integers(1, 400), outputs=st.integers(1, 400), seed=st.integers(0, 999))
def test_glorot_uniform_is_uniform_up_to_its_limit(inputs: int, outputs: int, seed: int) -> None:
    W = GlorotUniform()((inputs, outputs), np.random.default_rng(seed), FLOAT32)
    limit = math.sqrt(6 / (inputs + outputs))
    n = W.size
    assert W.dtype == FLOAT32
    assert np.abs(W).max() <= np.float32(limit)
    # U(-l, l) has the standard deviation l / sqrt(3); its square has the standard deviation l^2 sqrt(4 / 45).
    assert abs(W.mean()) < 6 * limit / math.sqrt(3 * n) + 1e-6
    assert (
        abs(np.mean(W.astype(float) ** 2) - 2 / (inputs + outputs))
        < 6 * limit**2 * math.sqrt(4 / 45 / n) + 1e-6
    )


def test_the_seed_or_the_stream_decides() -> None:
    def draw(initializer: Initializer, rng: np.random.Generator) -> list[list[float]]:
        return initializer((3, 4), rng, FLOAT64).tolist()

    rng = np.random.default_rng(0)
    first = draw(GlorotUniform(), rng)
    assert draw(GlorotUniform(), rng) != first
    assert draw(GlorotUniform(), np.random.default_rng(0)) == first
    seeded = GlorotUniform(seed=5)
    assert draw(seeded, rng) == draw(seeded, rng) == draw(GlorotUniform(5), np.random.default_rng(9))
    assert draw(GlorotUniform(seed=6), rng) != draw(seeded, rng)


@pytest.mark.parametrize("dtype", [FLOAT32, FLOAT64])
@pytest.mark.parametrize("initializer", [Zeros(), Ones(), GlorotUniform()])
def test_shapes_dtypes_and_round_trip(initializer: Initializer, dtype: np.dtype[np.floating]) -> None:
    W = initializer((2, 3), np.random.default_rng(0), dtype)
    assert (W.shape, W.dtype) == ((2, 3), dtype)
    again = type(initializer)(**initializer.get_config())
    assert np.array_equal(again((2, 3), np.random.default_rng(0), dtype), W)
    assert W.flags.writeable


def test_zeros_and_ones() -> None:
    rng = np.random.default_rng(0)
    assert Zeros()((2, 3), rng, FLOAT64).tolist() == [[0.0] * 3] * 2
    assert Ones()((2, 3), rng, FLOAT64).tolist() == [[1.0] * 3] * 2
    assert rng.random() == np.random.default_rng(0).random()  # they draw nothing


@pytest.mark.parametrize("name", ["glorot_uniform", "GlorotUniform", "zeros", "Zeros", "ones", "Ones"])
def test_found_by_name(name: str) -> None:
    own = initializers.get(name)
    assert type(own).__name__.lower() == name.replace("_", "").lower()
    assert initializers.get(own) is own


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"initializer identifier: 'zeroes'\. Did you mean 'zeros' or"):
        initializers.get("zeroes")
    with pytest.raises(ValueError, match=r"An initializer is a name or an Initializer\. Received: 0"):
        initializers.get(0)  # type: ignore[arg-type]
    for seed in (-1, 1.5):
        with pytest.raises(ValueError, match="A seed is an integer of 0 or more"):
            GlorotUniform(seed=seed)  # type: ignore[arg-type]
