import numpy as np

from numpy_ann.optimizers import Adam, AdamW


def test_by_hand() -> None:
    # The first step of Adam is the learning rate, 0.5, against the gradient. Before it, theta loses
    # 0.5 * 0.25 of itself: 8 - 1 - 0.5 and -16 + 2 + 0.5.
    theta = np.array([8.0, -16.0])
    AdamW(0.5, weight_decay=0.25).step(theta, np.array([1.0, -3.0]))
    np.testing.assert_allclose(theta, [6.5, -13.5], rtol=1e-6)


def test_without_decay_it_is_adam() -> None:
    one, other = np.ones(2), np.ones(2)
    AdamW(0.1, weight_decay=0.0).step(one, np.array([1.0, -2.0]))
    Adam(0.1).step(other, np.array([1.0, -2.0]))
    assert np.array_equal(one, other)
