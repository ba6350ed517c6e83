"""Keras' activation functions and derivatives, as recorded by tests/fixtures/keras_activations."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import activations

FILE = Path(__file__).parents[1] / "fixtures" / "keras_activations" / "activations.json"
RECORDED = json.loads(FILE.read_text())
Z, DY = (np.array(RECORDED[key], "float32") for key in ("z", "dy"))


def test_every_function_is_recorded() -> None:
    assert {case["name"] for case in RECORDED["cases"]} == {f.name for f in activations._BY_NAME.values()}


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda c: f"{c['name']}-{c['options']}")
def test_values_and_derivatives(case: dict[str, Any]) -> None:
    f = activations.get(case["name"]).with_options(**case["options"])
    y = f(Z)
    np.testing.assert_allclose(y, case["y"], rtol=1e-6, atol=1e-6)
    dz = f.backward(DY, y if f.reads == "output" else Z)
    # At 0, TensorFlow's CELU has the derivative 2, as both its halves count there; it is 1.
    compared = Z != 0 if case["name"] == "celu" else np.full(Z.shape, True)
    np.testing.assert_allclose(dz[compared], np.array(case["dz"])[compared], rtol=3e-6, atol=1e-6)
