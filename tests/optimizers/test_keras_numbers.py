"""The steps of Keras' optimizers, as tests/fixtures/keras_optimizers recorded them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import optimizers
from numpy_ann.parameter import Parameter

FOLDER = Path(__file__).parents[1] / "fixtures" / "keras_optimizers"
RECORDED = json.loads((FOLDER / "optimizers.json").read_text())


@pytest.mark.parametrize("entry", RECORDED["optimizers"], ids=lambda e: f"{e['class']}-{e['options']}")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps(entry: dict[str, Any], dtype: str) -> None:
    parameters = [Parameter(f"p{i}", np.array(start, dtype)) for i, start in enumerate(RECORDED["start"])]
    theta = np.concatenate([p.value for p in parameters])
    optimizer = getattr(optimizers, entry["class"])(**entry["options"])
    optimizer.build(theta.size, theta.dtype, parameters)
    tolerance = {"rtol": 5e-7, "atol": 1e-7} if dtype == "float32" else {"rtol": 5e-6, "atol": 1e-6}
    for gradients, expected in zip(RECORDED["gradients"], entry["path"], strict=True):
        optimizer.step(theta, np.concatenate([np.array(g, dtype) for g in gradients]))
        np.testing.assert_allclose(theta, expected, **tolerance)
    optimizer.finalize_variable_values(theta)
    np.testing.assert_allclose(theta, entry["final"], **tolerance)


@pytest.mark.parametrize("entry", RECORDED["optimizers"], ids=lambda e: f"{e['class']}-{e['options']}")
def test_configuration(entry: dict[str, Any]) -> None:
    config = getattr(optimizers, entry["class"])(**entry["options"]).get_config()
    assert list(config) == list(entry["config"])
    assert {**config, "name": None} == entry["config"]
