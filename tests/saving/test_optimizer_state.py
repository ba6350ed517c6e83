"""The orders in which Keras has written optimizers' states; real files are in test_keras_files.py."""

import io
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.optimizers import SGD, Adam
from numpy_ann.optimizers.schedules import ExponentialDecay
from numpy_ann.saving.containers.hdf5 import open_hdf5
from numpy_ann.saving.formats.model_contents import OptimizerState, WeightFormat
from numpy_ann.saving.formats.optimizers import read_state

PARAMETERS = [((2, 3), True), ((3,), True)]
WITH_FROZEN = [((2, 3), False), ((2, 3), True), ((3,), True)]
M = [np.full((2, 3), 1.0, "f4"), np.full(3, 2.0, "f4")]
V = [np.full((2, 3), 3.0, "f4"), np.full(3, 4.0, "f4")]
FROZEN = np.full((2, 3), 9.0, "f4")
STEPS, RATE = np.int64(5), np.float32(0.5)


def state(arrays, optimizer, parameters=PARAMETERS, names=None):
    """Write the arrays, numbered or under these names, and read them as the optimizer's state."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as root:
        for i, array in enumerate(arrays):
            root[names[i] if names else str(i)] = array
        if names is not None:
            root.attrs["weight_names"] = np.array(names, "S")
    with open_hdf5(buffer, "") as root:
        formats = [[WeightFormat(*p) for p in parameters]]
        architecture = SimpleNamespace(weight_formats=formats, dtype="float32")
        return read_state(root, optimizer, architecture, named=names is not None)


def check(found, rate=None):
    assert found.iterations == 5
    assert found.learning_rate == rate
    for slot, expected in (("momentum", M), ("velocity", V)):
        for a, b in zip(found.slots[slot], expected, strict=True):
            np.testing.assert_array_equal(a, b)


def test_numbered():
    check(state([STEPS, RATE, M[0], V[0], M[1], V[1]], Adam()), 0.5)
    check(state([np.int32(5), M[0], V[0], M[1], V[1]], Adam()))


def test_named():
    slots = ["m0", "v0", "m1", "v1"]
    check(
        state(
            [STEPS, RATE, M[0], V[0], M[1], V[1]],
            Adam(),
            names=["adam/iteration", "adam/learning_rate", *slots],
        ),
        0.5,
    )
    check(
        state([STEPS, RATE, M[0], V[0], M[1], V[1]], Adam(), names=["iteration", "learning_rate", *slots]),
        0.5,
    )
    check(state([STEPS, M[0], V[0], M[1], V[1]], Adam(), names=["iteration:0", *slots]))
    check(state([STEPS, M[0], M[1], V[0], V[1]], Adam(), names=["Adam/iter:0", *slots]))


def test_untrained_and_plain():
    assert state([np.int64(0), RATE], Adam()).slots == {}
    assert state([np.int64(0)], Adam()).slots == {}
    assert state([STEPS, RATE], SGD()).iterations == 5
    assert state([STEPS, np.zeros((2, 3), "f4"), np.zeros(3, "f4")], SGD()).slots == {}  # Keras 2
    assert state([STEPS, RATE], SGD(), parameters=[((3,), True)]).learning_rate == 0.5
    assert state([STEPS, np.zeros(3, "f4")], SGD(), parameters=[((3,), True)]).learning_rate is None


def test_frozen_layers_with_and_without_state():
    check(state([STEPS, RATE, M[0], V[0], M[1], V[1]], Adam(), WITH_FROZEN), 0.5)
    everything = [STEPS, RATE, FROZEN, FROZEN, M[0], V[0], M[1], V[1]]  # Keras 3.0
    check(state(everything, Adam(), WITH_FROZEN), 0.5)


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ([STEPS, RATE, M[0], V[0], M[1]], "3 arrays of state, but Adam has 2 for each of the 2"),
        ([STEPS, RATE, *M, *V], "has the shape"),
        ([np.int64(-1), RATE], "not a number of iterations"),
        ([STEPS, np.float32(-1)], "not a learning rate"),
        ([STEPS, np.float32(np.inf)], "NaN or infinity"),
        ([STEPS, RATE, M[0], -V[0], M[1], V[1]], "below 0"),
    ],
)
def test_refused(arrays, problem):
    with pytest.raises(ModelFormatError, match=problem):
        state(arrays, Adam())


@pytest.mark.parametrize("names", [None, []])
def test_a_state_of_no_arrays_is_that_of_a_new_optimizer(names):
    assert state([], Adam(), names=names) == OptimizerState(0, {}, None)


def test_a_learning_rate_stands_only_where_no_schedule_gives_it():
    falling = Adam(ExponentialDecay(0.1, 10, 0.5))
    names = ["adam/iteration", "adam/learning_rate", "m0", "v0", "m1", "v1"]
    with pytest.raises(ModelFormatError, match="a learning rate, but the configuration has a schedule of it"):
        state([STEPS, RATE, M[0], V[0], M[1], V[1]], falling, names=names)
    check(state([STEPS, M[0], V[0], M[1], V[1]], falling, names=[names[0], *names[2:]]))
    check(state([STEPS, M[0], V[0], M[1], V[1]], falling))
    assert state([STEPS, np.float32(0)], Adam()).learning_rate == 0


@pytest.mark.parametrize("steps", [np.float32(0.5), np.float32(-1), np.float32(np.nan), np.float32(np.inf)])
def test_steps_of_keras_1_that_are_no_number_of_steps(steps):
    with pytest.raises(ModelFormatError, match="is not a number of iterations"):
        state([steps], Adam(), names=["param_0"])
