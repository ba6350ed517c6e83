"""Settings as one writes them, and places in the code."""

import numpy as np
import pytest

from numpy_ann.callbacks import EarlyStopping
from numpy_ann.constraints import MaxNorm
from numpy_ann.initializers import HeNormal
from numpy_ann.inspection.explaining.explanation import place_of, settings_of, shown
from numpy_ann.layers import Dense


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float(np.float32(0.001)), "0.001"),
        (3, "3"),
        ("relu", "'relu'"),
        (HeNormal(seed=7), "HeNormal(seed=7)"),
        (HeNormal(), "HeNormal()"),
        (MaxNorm(2.5), repr(MaxNorm(2.5))),
    ],
)
def test_options_are_shown_as_one_writes_them(value, text):
    assert shown(value) == text


def test_settings_without_what_is_usual():
    assert settings_of(EarlyStopping(patience=3))["patience"] == "3"
    settings = settings_of(Dense(3, kernel_constraint=MaxNorm(2.5)))
    assert settings["kernel_constraint"] == repr(MaxNorm(2.5))
    assert not {"name", "dtype", "trainable", "kernel_regularizer"} & set(settings)


def test_places():
    file, line = place_of(Dense)
    assert file == "numpy_ann/layers/dense.py"
    assert line > 1
    assert place_of(dict) == ("", 0)
