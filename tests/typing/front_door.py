"""What ``import numpy_ann`` offers, as type checkers see it."""

from typing import assert_type

import numpy as np

import numpy_ann
from numpy_ann import Model, Sequential, check_gradients, load_model, show_config
from numpy_ann._typing import Array
from numpy_ann.gradient_check import GradientCheck
from numpy_ann.layers import Dense, Input


def right() -> None:
    assert_type(load_model("x.keras"), Model)  # of which Sequential is one
    numpy_ann.load_model("x.keras").summary()
    assert_type(check_gradients(Dense(3), np.ones((2, 4))), GradientCheck)
    assert_type(numpy_ann.__version__, str)
    show_config()

    model = numpy_ann.Sequential([Input(shape=(28, 28)), numpy_ann.layers.Flatten(), Dense(10)], seed=0)
    model.compile(numpy_ann.optimizers.Adam(1e-3), numpy_ann.losses.MeanSquaredError(), metrics=["accuracy"])
    assert_type(model.get_weights(), list[Array])


def wrong() -> None:
    numpy_ann.Sequental()  # E: attr-defined, reportAttributeAccessIssue
    numpy_ann.models.load_modell("x.keras")  # E: attr-defined, reportAttributeAccessIssue
    Dense()  # E: call-arg, reportCallIssue
    Sequential("dense")  # E: arg-type, reportArgumentType
    load_model()  # E: call-arg, reportCallIssue
