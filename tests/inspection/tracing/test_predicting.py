"""Layers whose two ways nobody knows are refused, not shown wrongly."""

import numpy as np
import pytest

from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Input, Layer
from numpy_ann.models import Sequential


class Doubling(Layer):
    """y = 2 x in training, y = x otherwise."""

    def forward(self, x, *, training=False, out=None):
        return np.multiply(self._checked(x), 2 if training else 1, out=out)

    def backward_input(self, dz, *, out=None):
        return np.multiply(dz, 2, out=out)


def test_a_layer_that_does_something_else_in_predicting_is_named():
    model = Sequential([Input((2,)), Doubling(), Dense(1)])
    model.compile(loss="mse")
    x, y = np.ones((3, 2)), np.zeros((3, 1))
    assert trace(model, x, y)["doubling/output"].tolist() == [[2, 2]] * 3
    with pytest.raises(ValueError, match=r"'doubling' \(Doubling\) computes something else in training"):
        trace(model, x, y, training=False)
