"""The steps of Keras' optimizers, and what it keeps between them: ``tests/parts/stored``."""

import numpy as np
import pytest

from numpy_ann.optimizers import Optimizer
from numpy_ann.parameter import Parameter
from numpy_ann.saving.formats.model_contents import OptimizerState
from numpy_ann.saving.formats.optimizers import numbered_arrays
from tests.parts import by_part
from tests.parts.optimizers import CASES, GRADIENTS, START, OptimizerCase
from tests.parts.tables import stored

STORED = [case for case in CASES if case.stored]
every_case = by_part(STORED)
NAMES = ("kernel", "bias")


def built(case: OptimizerCase, dtype: str) -> tuple[Optimizer, list[Parameter]]:
    """Return the optimizer and the two variables."""
    variables = [Parameter(name, np.array(start, dtype)) for name, start in zip(NAMES, START, strict=True)]
    optimizer: Optimizer = case.make()
    optimizer.build(variables)
    return optimizer, variables


def flat(variables: list[Parameter]) -> np.ndarray:
    return np.concatenate([v.value.ravel() for v in variables])


@every_case
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_steps(case: OptimizerCase, dtype: str) -> None:
    numbers, (optimizer, variables) = stored(case), built(case, dtype)
    tolerance = {"rtol": 1e-6, "atol": 1e-7} if dtype == "float32" else {"rtol": 5e-6, "atol": 1e-6}
    for gradients, expected in zip(GRADIENTS, numbers["path"], strict=True):
        optimizer.apply(gradients)
        np.testing.assert_allclose(flat(variables), expected, **tolerance)
    optimizer.finalize_variable_values(variables)
    np.testing.assert_allclose(flat(variables), numbers["final"], **tolerance)


@every_case
def test_files_hold_the_state_in_keras_order(case: OptimizerCase) -> None:
    """Each number is where Keras has it among its variables; a slot has Keras' name."""
    theirs, (optimizer, variables) = stored(case)["variables"], built(case, "float32")
    for gradients in GRADIENTS:
        optimizer.apply(gradients, variables)
    slots = {name: optimizer.slot_arrays(name) for name in optimizer.slots}
    arrays = numbered_arrays(optimizer, OptimizerState(optimizer.gradients_seen, slots))
    assert len(arrays) == len(theirs)
    for array, (name, expected) in zip(arrays, theirs, strict=True):
        np.testing.assert_allclose(array, np.array(expected, "float32"), rtol=1e-5, atol=1e-7, err_msg=name)
    assert [v.name for v in optimizer.variables] == [name for name, _ in theirs]
    assert [v.shape for v in optimizer.variables] == [np.shape(expected) for _, expected in theirs]


@every_case
def test_configuration(case: OptimizerCase) -> None:
    config, theirs = case.make().get_config(), stored(case)["config"]
    if case.scheduled:  # a schedule's configuration is compared in a test of its own
        config, theirs = ({**c, "learning_rate": None} for c in (config, theirs))
    assert list(config) == list(theirs)
    assert {**config, "name": None} == theirs
