"""Keras' activation functions and derivatives: ``tests/parts/stored``."""

import numpy as np

from tests.parts import Case, by_part
from tests.parts.activations import CASES, DY, Z, function_of
from tests.parts.tables import stored


@by_part([case for case in CASES if case.stored])
def test_values_and_derivatives(case: Case) -> None:
    f, numbers, z = function_of(case), stored(case), np.array(Z, "float32")
    y = f(z)
    np.testing.assert_allclose(y, numbers["y"], rtol=1e-6, atol=1e-6)
    dz = f.backward(np.array(DY, "float32"), y if f.reads == "output" else z)
    # At 0, TensorFlow's CELU has the derivative 2, as both its halves count there; it is 1.
    compared = z != 0 if case.cls == "celu" else np.full(z.shape, True)
    np.testing.assert_allclose(dz[compared], np.array(numbers["dz"])[compared], rtol=3e-6, atol=1e-6)
