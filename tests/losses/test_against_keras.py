"""Every loss, its value and gradient, beside the numbers of a real Keras: ``tests/parts/stored``."""

import numpy as np
import pytest

from numpy_ann.saving.formats.compile_config import write_loss
from tests.parts import by_part
from tests.parts.losses import AT_EDGES, CASES, REDUCED, LossCase
from tests.parts.tables import stored


@by_part([case for case in (*CASES, *AT_EDGES) if case.stored])
@pytest.mark.parametrize(("reduction", "weights"), REDUCED, ids=[name for name, _ in REDUCED])
def test_equals_keras(case: LossCase, reduction: str, weights: list[float] | None) -> None:
    numbers, loss = stored(case), case.make(reduction=reduction)
    y_true, y_pred = np.array(numbers["y_true"]), np.array(numbers["y_pred"], np.float32)
    loss.check_targets(y_true, y_pred.shape[1:])
    w = None if weights is None else np.array(weights, np.float32)
    assert loss.forward(y_pred, y_true, w) == pytest.approx(numbers[reduction]["value"], rel=2e-6)
    np.testing.assert_allclose(loss.backward(), numbers[reduction]["gradient"], rtol=2e-5, atol=1e-6)


@by_part([case for case in (*CASES, *AT_EDGES) if case.stored])
def test_configuration(case: LossCase) -> None:
    config, theirs = case.make(name="own").get_config(), stored(case)["config"]
    beside = {"axis", "dtype", "ignore_class"} - config.keys()
    theirs = {key: value for key, value in theirs.items() if key not in beside}
    assert {key: value for key, value in config.items() if key in theirs} == theirs
    assert config.keys() - theirs.keys() <= {"delta"}  # Keras forgets the delta of its Huber loss; we don't


@by_part([case for case in (*CASES, *AT_EDGES) if case.stored])
def test_files_hold_what_keras_writes(case: LossCase) -> None:
    """Also what has one value here, such as the axis."""
    written, theirs = write_loss(case.make(name="own"))["config"], stored(case)["config"]
    assert {key: written.get(key, "not written") for key in theirs if key != "dtype"} == {
        key: value for key, value in theirs.items() if key != "dtype"
    }
