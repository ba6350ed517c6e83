from functools import partial

import numpy as np
import pytest
from sklearn import datasets

from numpy_ann.data import toy

MAKERS = {
    "moons": toy.moons,
    "circles": toy.circles,
    "spirals": toy.spirals,
    "three spirals": partial(toy.spirals, classes=3),
    "blobs": toy.blobs,
    "five blobs": partial(toy.blobs, centers=5),
}


def in_order(x, y):
    """The samples sorted, as a set can be compared that was shuffled."""
    return np.array(sorted(zip(y.tolist(), *x.T.tolist(), strict=True)))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("samples", [5, 100, 301])
def test_shapes_types_and_equal_classes(make, samples):
    x, y = make(samples=samples)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((samples, 2), np.float32, (samples,), np.int64)
    sizes = np.bincount(y)
    assert len(sizes) >= 2
    assert sizes.max() - sizes.min() <= 1


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_seed_decides(make):
    for first, second in zip(make(seed=3), make(seed=3), strict=True):
        np.testing.assert_array_equal(first, second)
    assert not np.array_equal(make(seed=3)[0], make(seed=4)[0])
    assert not np.array_equal(make(seed=None)[0], make(seed=None)[0])
    np.testing.assert_array_equal(make()[0], make(seed=0)[0])


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_samples_come_shuffled(make):
    """A validation split off the end must hold every class."""
    _, y = make(samples=100)
    assert len(np.unique(y[-40:])) == y.max() + 1
    assert (np.diff(y) < 0).any()


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_noise_is_the_standard_deviation(make):
    clean, noisy = make(samples=20_000, noise=0.0), make(samples=20_000, noise=0.7)
    np.testing.assert_array_equal(clean[1], noisy[1])
    difference = noisy[0] - clean[0]
    # The standard error of a deviation estimated from 20,000 numbers is 0.5 %, of the mean 0.005.
    np.testing.assert_allclose(difference.std(axis=0), 0.7, rtol=0.03)
    np.testing.assert_allclose(difference.mean(axis=0), 0, atol=0.03)


@pytest.mark.parametrize("samples", [10, 11])
def test_moons_are_those_of_scikit_learn(samples):
    ours, theirs = toy.moons(samples, noise=0.0), datasets.make_moons(samples)
    np.testing.assert_allclose(in_order(*ours), in_order(*theirs), atol=1e-6)


@pytest.mark.parametrize("samples", [10, 11])
def test_circles_are_those_of_scikit_learn(samples):
    ours, theirs = toy.circles(samples, noise=0.0, factor=0.8), datasets.make_circles(samples)
    np.testing.assert_allclose(in_order(*ours), in_order(*theirs), atol=1e-6)


def test_blobs_around_given_centers_are_normal_around_them():
    x, y = toy.blobs(30_000, noise=0.5, centers=[(0, 0), (10, -3), (5, 5)])
    for label, center in enumerate([(0, 0), (10, -3), (5, 5)]):
        np.testing.assert_allclose(x[y == label].mean(axis=0), center, atol=0.03)
        np.testing.assert_allclose(x[y == label].std(axis=0), 0.5, rtol=0.03)


def test_blobs_lie_evenly_on_a_circle():
    x, y = toy.blobs(8, noise=0.0, centers=4)
    expected = [(4, 0), (0, 4), (-4, 0), (0, -4)]  # a quarter of a turn each
    for label, center in enumerate(expected):
        np.testing.assert_allclose(x[y == label], [center] * 2, atol=1e-6)


def test_spirals_by_hand():
    """Two arms of two points, half a turn: r = sqrt(0.02) and 1, at angles pi r, and pi r + pi opposite."""
    x, y = toy.spirals(4, noise=0.0, turns=0.5)
    start = np.sqrt(0.02)
    first = [(3 * start * np.cos(np.pi * start), 3 * start * np.sin(np.pi * start)), (-3, 0)]
    order = np.argsort(np.hypot(*x[y == 0].T))
    np.testing.assert_allclose(x[y == 0][order], first, atol=1e-6)
    order = np.argsort(np.hypot(*x[y == 1].T))
    np.testing.assert_allclose(x[y == 1][order], np.negative(first), atol=1e-6)


@pytest.mark.parametrize("turns", [0.5, 1.0, 3.0])
def test_arms_go_round_as_often_as_asked(turns):
    x, y = toy.spirals(4000, noise=0.0, turns=turns)
    arm = x[y == 0][np.argsort(np.hypot(*x[y == 0].T))].astype(float)
    angles = np.unwrap(np.arctan2(arm[:, 1], arm[:, 0]))
    np.testing.assert_allclose(angles[-1] - angles[0], 2 * np.pi * turns * (1 - np.sqrt(0.02)), rtol=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (partial(toy.moons, samples=1), "`samples` must be an integer of at least 2. Received: samples=1"),
        (partial(toy.spirals, samples=4, classes=5), "`samples` must be an integer of at least 5"),
        (partial(toy.moons, samples=10.0), "Received: samples=10.0"),
        (partial(toy.moons, samples=True), "Received: samples=True"),
        (partial(toy.moons, noise=-0.1), "`noise` must be a number of 0 or more. Received: noise=-0.1"),
        (
            partial(toy.moons, noise=float("nan")),
            "`noise` must be a number of 0 or more. Received: noise=nan",
        ),
        (partial(toy.moons, noise=None), "Received: noise=None"),
        (partial(toy.moons, seed=-1), "`seed` must be an integer of at least 0. Received: seed=-1"),
        (
            partial(toy.circles, factor=1.0),
            "`factor` must be a number from 0 to below 1. Received: factor=1.0",
        ),
        (partial(toy.circles, factor="0.5"), "`factor` must be a number from 0 to below 1"),
        (partial(toy.circles, factor=-0.1), "Received: factor=-0.1"),
        (partial(toy.spirals, classes=1), "`classes` must be an integer of at least 2"),
        (partial(toy.spirals, turns=0), "`turns` must be a number above 0. Received: turns=0"),
        (partial(toy.blobs, centers=1), "`centers` must be an integer of at least 2"),
        (partial(toy.blobs, centers=[(0, 0)]), r"shape \(classes, 2\), two rows at least"),
        (partial(toy.blobs, centers=[(0, 0, 0), (1, 1, 1)]), r"shape \(classes, 2\)"),
        (partial(toy.blobs, centers=[(0, 0), (1, np.inf)]), "finite numbers"),
        (partial(toy.blobs, centers=[("a", "b"), ("c", "d")]), "finite numbers"),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_numpy_integers_are_numbers_too():
    x, _ = toy.moons(samples=np.int64(10), noise=np.float32(0.1), seed=np.uint8(2))
    assert x.shape == (10, 2)
    assert toy.blobs(centers=np.int32(4))[1].max() == 3
    assert toy.spirals(classes=np.int64(3), turns=np.float32(0.5))[1].max() == 2
    np.testing.assert_array_equal(
        toy.circles(8, factor=np.float32(0.5))[0], toy.circles(8, factor=0.5)[0], strict=True
    )
    inner = toy.circles(4, noise=0, factor=0)[0]
    assert np.sort(np.hypot(*inner.T)).tolist() == [0, 0, 1, 1]  # an inner circle of no size
