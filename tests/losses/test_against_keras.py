"""Every loss, its value and gradient, beside the numbers of a real Keras: ``tests/fixtures/keras_losses``."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann import losses
from numpy_ann.losses import BY_CLASS

CASES = json.loads((Path(__file__).parents[1] / "fixtures/keras_losses/losses.json").read_text())["cases"]
# Tested against Keras in files of their own.
ELSEWHERE = {"CategoricalCrossentropy", "SparseCategoricalCrossentropy"}


def test_every_loss_is_here() -> None:
    assert {case["loss"] for case in CASES} == BY_CLASS.keys() - ELSEWHERE


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['loss']}-{len(str(c['options']))}")
def test_equals_keras(case: dict[str, Any]) -> None:
    loss = getattr(losses, case["loss"])(**case["options"])
    y_true, y_pred, w = (
        None if case[key] is None else np.array(case[key], np.float32)
        for key in ("y_true", "y_pred", "sample_weight")
    )
    assert y_true is not None
    assert y_pred is not None
    loss.check_targets(y_true, y_pred.shape[1:])
    assert loss.forward(y_pred, y_true, w) == pytest.approx(case["value"], rel=2e-6)
    np.testing.assert_allclose(loss.backward(), case["gradient"], rtol=2e-5, atol=1e-6)
    theirs = {key: value for key, value in case["config"].items() if key != "axis"}
    # Keras forgets the delta of its Huber loss; we don't.
    assert {key: value for key, value in loss.get_config().items() if key in theirs} == theirs
    assert loss.get_config().keys() - theirs.keys() <= {"delta"}
