from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann._typing import Array
from numpy_ann.layers.moments import batches_of, mean_and_variance


def test_by_hand() -> None:
    # 1, 2 of mean 1.5, and 6: mean 9 / 3 = 3; deviations -2, -1, 3, so the variance is (4 + 1 + 9) / 3.
    mean, variance = mean_and_variance([np.array([1, 2]), np.array([6])], (0,))
    assert float(mean) == 3
    assert float(variance) == pytest.approx(14 / 3, rel=1e-15)


@given(st.data())
def test_batches_are_as_good_as_the_whole(data: st.DataObject) -> None:
    rows, parts = data.draw(st.integers(1, 30)), data.draw(st.lists(st.integers(1, 29), max_size=4))
    x = np.random.default_rng(rows).normal(data.draw(st.sampled_from([0, 1e6])), size=(rows, 2, 3))
    axes = data.draw(st.sampled_from([(0,), (0, 1), (0, 2), (0, 1, 2)]))
    batches = [part for part in np.split(x, sorted(min(p, rows) for p in parts)) if len(part)]
    mean, variance = mean_and_variance(batches, axes)
    np.testing.assert_allclose(mean, x.mean(axis=axes), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(variance, x.var(axis=axes), rtol=1e-8, atol=1e-13)


def test_numbers_far_from_zero_keep_their_variance() -> None:
    x = np.array([[0.0], [1.0]] * 50) + 1e9
    assert float(mean_and_variance(batches_of([x[:30], x[30:]]), (0,))[1][0]) == 0.25


class Indexed:
    """A data set read by index, like Keras' ``PyDataset``, which has no end of its own."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, i: int) -> tuple[Array, str]:
        return np.full((2, 1), i), "labels"


def one_by_one() -> Iterator[Array]:
    yield np.ones((2, 1))
    yield np.zeros((0, 1))
    yield np.ones((1, 1))


@pytest.mark.parametrize(
    ("data", "lengths"),
    [
        (np.zeros((2500, 1), np.uint8), [1024, 1024, 452]),
        (np.zeros((0, 3)), []),
        ([np.ones((2, 1)), np.ones((3, 1))], [2, 3]),
        (((np.ones((2, 1)), "y", "w"),), [2]),
        (one_by_one(), [2, 1]),
        (Indexed(), [2, 2]),
    ],
)
def test_what_data_may_be(data: Any, lengths: list[int]) -> None:
    assert [len(batch) for batch in batches_of(data)] == lengths


def test_an_array_is_not_copied() -> None:
    x = np.zeros((3, 2), np.uint8)
    assert next(batches_of(x)).base is x


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "an iterable of batches. Received: int"),
        ("text", "an iterable of batches. Received: str"),
        ([[1.0, 2.0]], r"np.asarray\(data\). Received: list"),
        (np.array(["a"]), "real numbers. Received: <U1"),
        (np.array([1j]), "real numbers. Received: complex128"),
        (np.ma.masked_array([1.0], [True]), "real numbers. Received: a masked array"),
    ],
)
def test_what_data_may_not_be(data: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        list(batches_of(data))


def test_a_single_number_is_no_data() -> None:
    with pytest.raises(ValueError, match=r"one row a sample\. Received: the single number 3"):
        list(batches_of(np.array(3)))
