import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.losses import softmax_crossentropy, softmax_crossentropy_gradient


def test_by_hand() -> None:
    # p = softmax(0, log 3) = (1/4, 3/4); l = -log 1/4 = log 4 for the first class; dl/dz = p - y.
    z = np.array([[0.0, math.log(3)]])
    for y in (np.array([[1.0, 0.0]]), np.array([0])):
        losses, p = softmax_crossentropy(z, y)
        assert np.allclose(losses, [math.log(4)])
        assert np.allclose(p, [[0.25, 0.75]])
        assert np.allclose(softmax_crossentropy_gradient(p, y), [[-0.75, 0.75]])


def test_targets_that_do_not_sum_to_1_by_hand() -> None:
    # y = (2, 1): l = 2 log 4 + log 4/3; dl/dz = 3 p - y = (3/4 - 2, 9/4 - 1).
    y = np.array([[2.0, 1.0]])
    losses, p = softmax_crossentropy(np.array([[0.0, math.log(3)]]), y)
    assert np.allclose(losses, [2 * math.log(4) + math.log(4 / 3)])
    assert np.allclose(softmax_crossentropy_gradient(p, y), [[-1.25, 1.25]])


@pytest.mark.parametrize("gap", [40.0, 1000.0, 1e30])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_any_gap_of_logits_has_the_finite_right_loss(gap: float, dtype: str) -> None:
    for shift in (0.0, -gap):
        z = np.array([[gap, 0.0]], dtype) + np.asarray(shift, dtype)
        for y in (np.array([[0.0, 1.0]], dtype), np.array([1])):
            losses, p = softmax_crossentropy(z, y)
            assert losses[0] == pytest.approx(gap, rel=1e-7)
            assert losses.dtype == p.dtype == dtype
            assert np.allclose(softmax_crossentropy_gradient(p, y), [[1.0, -1.0]])


@given(leading=st.sampled_from([(1,), (3,), (2, 3)]), classes=st.integers(1, 5), seed=st.integers(0, 999))
def test_central_differences_and_out(leading: tuple[int, ...], classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    z = rng.normal(scale=3, size=(*leading, classes))
    labels = rng.integers(classes, size=leading)
    h = 1e-5
    for y in (labels, rng.dirichlet(np.ones(classes), size=leading)):
        losses, p = softmax_crossentropy(z, y)
        assert losses.shape == leading
        assert np.allclose(p.sum(axis=-1), 1)
        dz = softmax_crossentropy_gradient(p, y)
        for j in range(classes):
            step = h * np.eye(classes)[j]
            numeric = (softmax_crossentropy(z + step, y)[0] - softmax_crossentropy(z - step, y)[0]) / (2 * h)
            assert np.allclose(dz[..., j], numeric, atol=1e-8)
        # Written into some rows of something larger, and over the input: the same bits.
        rows = np.full((*leading[:-1], leading[-1] + 1, classes), np.nan)[..., :-1, :]
        assert np.array_equal(softmax_crossentropy_gradient(p, y, out=rows), dz)
        assert np.array_equal(rows, dz)
        in_place = z.copy()
        again, q = softmax_crossentropy(in_place, y, out=in_place)
        assert q is in_place
        assert np.array_equal(q, p)
        assert np.array_equal(again, losses)
        assert np.array_equal(softmax_crossentropy_gradient(q, y, out=q), dz)
