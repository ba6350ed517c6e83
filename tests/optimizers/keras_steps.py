"""The same four steps for the tests of all optimizers, to compare with those that Keras takes.

The numbers in the tests are from Keras 3.15.1 on JAX, in float32::

    variable = keras.Variable(THETA)
    optimizer.build([variable])
    for g in GRADIENTS:
        optimizer.apply([g], [variable])
        print(variable.numpy())
"""

from collections.abc import Callable

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers import Optimizer

THETA = [1.0, -2.0, 0.5]
GRADIENTS = [[0.1, -3.0, 0.0], [0.2, 1.0, -0.5], [-0.3, 0.5, 1e-4], [0.4, -0.25, 2.0]]


def steps(optimizer: Optimizer, dtype: str) -> Array:
    """Return where each of the steps leads."""
    theta = np.array(THETA, dtype)
    path = []
    for g in np.array(GRADIENTS, dtype):
        optimizer.step(theta, g)
        path.append(theta.copy())
    return np.array(path)


def assert_steps(make: Callable[[], Optimizer], expected: list[list[float]]) -> None:
    """Compare with Keras' steps, in float32 to its last digits and in float64 almost."""
    np.testing.assert_allclose(steps(make(), "float32"), expected, rtol=3e-7)
    np.testing.assert_allclose(steps(make(), "float64"), expected, rtol=3e-6)
