import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from numpy_ann import activations
from numpy_ann._typing import Array
from numpy_ann.activations import ActivationFunction
from numpy_ann.losses import CategoricalCrossentropy
from numpy_ann.training.output_loss import SoftmaxWithCrossentropy, output_loss_of

# The functions of the first layers; tests/activations holds all of them against Keras.
ALL = [activations.get(name) for name in ("linear", "relu", "sigmoid", "softmax", "tanh")]
every_activation = pytest.mark.parametrize("f", ALL, ids=lambda f: f.name)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])

# By hand: f(z) and f'(z), at z = log 3 = 1.0986 and -log 3: sigmoid = 3/4 and 1/4, its derivative 3/16;
# tanh = (3 - 1/3) / (3 + 1/3) = 4/5, its derivative 1 - 16/25 = 9/25.
L = math.log(3)
BY_HAND = {
    "linear": ([-L, 0.0, L], [-L, 0.0, L], [1.0, 1.0, 1.0]),
    "relu": ([-L, 0.0, L], [0.0, 0.0, L], [0.0, 0.0, 1.0]),
    "sigmoid": ([-L, 0.0, L], [0.25, 0.5, 0.75], [3 / 16, 1 / 4, 3 / 16]),
    "tanh": ([-L, 0.0, L], [-0.8, 0.0, 0.8], [9 / 25, 1.0, 9 / 25]),
}

# Keras 3.15.1 on JAX, in float32: keras.activations.<name>(Z).
Z = [-100.0, -1.5, 0.0, 0.25, 3.0, 100.0]
KERAS = {
    "linear": Z,
    "relu": [0.0, 0.0, 0.0, 0.25, 3.0, 100.0],
    "sigmoid": [0.0, 0.18242552876472473, 0.5, 0.562176525592804, 0.9525741338729858, 1.0],
    "tanh": [-1.0, -0.9051482081413269, 0.0, 0.24491865932941437, 0.9950547218322754, 1.0],
    "softmax": [0.0, 0.0, 0.0, 0.0, 0.0, 1.0],
}


def kept(f: ActivationFunction, z: Array) -> Array:
    return f(z) if f.reads == "output" else z


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    f, (z, y, slope) = activations.get(name), BY_HAND[name]
    assert np.allclose(f(np.array(z)), y, atol=1e-15)
    dy = np.array([2.0, 3.0, 5.0])
    assert np.allclose(f.backward(dy, kept(f, np.array(z))), dy * slope, atol=1e-15)


def test_softmax_by_hand() -> None:
    # exp gives 1, 3 and 4, which sum to 8.
    y = activations.softmax(np.array([[0.0, math.log(3), math.log(4)]]))
    assert np.allclose(y, [[1 / 8, 3 / 8, 4 / 8]])
    # sum(dy y) = (8 + 16 * 3 + 0) / 8 = 7; dz = y (dy - 7).
    dz = activations.softmax.backward(np.array([[8.0, 16.0, 0.0]]), y)
    assert np.allclose(dz, [[1 / 8, 9 * 3 / 8, -7 * 4 / 8]])


@every_activation
def test_equals_keras(f: ActivationFunction) -> None:
    y = f(np.array([Z], np.float32))
    assert np.allclose(y, [KERAS[f.name]], rtol=3e-7, atol=1e-30)


@every_activation
@given(
    z=arrays.arrays("float64", st.tuples(st.integers(1, 3), st.integers(1, 4)), elements=st.floats(-8, 8)),
    seed=st.integers(0, 999),
)
def test_central_differences(f: ActivationFunction, z: Array, seed: int) -> None:
    if f is activations.relu:
        z = np.where(np.abs(z) < 1e-3, 0.5, z)  # away from its corner
    dy, h = np.random.default_rng(seed).normal(size=z.shape), 1e-5
    dz = f.backward(dy, kept(f, z))
    for index in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[index] = h
        numeric = np.sum(dy * (f(z + step) - f(z - step))) / (2 * h)
        assert np.isclose(dz[index], numeric, rtol=1e-5, atol=1e-8)


@every_activation
@dtypes
def test_out_dtypes_and_arguments(f: ActivationFunction, dtype: str) -> None:
    rng = np.random.default_rng(0)
    z, dy = rng.normal(scale=3, size=(2, 4, 5)).astype(dtype)
    for array in (z, dy):
        array.flags.writeable = False  # writing to it raises
    y = f(z)
    dz = f.backward(dy, kept(f, z))
    assert y.dtype == dz.dtype == dtype
    assert y.shape == dz.shape == z.shape
    for out in (z.copy(), np.full_like(z, np.nan)):
        source = out if np.array_equal(out, z) else z
        assert np.array_equal(f(source, out=out), y)
    for out in (dy.copy(), np.full_like(dy, np.nan)):
        source = out if np.array_equal(out, dy) else dy
        assert np.array_equal(f.backward(source, kept(f, z), out=out), dz)


@every_activation
@dtypes
@pytest.mark.parametrize("size", [80.0, 89.0, 1e3, 1e30])
def test_large_inputs_stay_finite(f: ActivationFunction, dtype: str, size: float) -> None:
    # Warnings are errors here: no overflow on the way, either.
    z = np.array([[-size, 0.0, size], [-size, -size, -size], [size, size, size]], dtype)
    y = f(z)
    assert np.all(np.isfinite(y))
    assert np.all(np.isfinite(f.backward(np.ones_like(y), kept(f, z))))
    limits = {"sigmoid": [0, 0.5, 1], "tanh": [-1, 0, 1], "softmax": [0, 0, 1]}
    if f.name in limits:
        assert np.allclose(y[0], limits[f.name], atol=1e-30)
    if f.name == "softmax":
        assert np.allclose(y[1:], 1 / 3)


@given(arrays.arrays("float32", (3, 4), elements=st.floats(-(2.0**99), 2.0**99, width=32)))
def test_softmax_rows_are_probabilities(z: Array) -> None:
    y = activations.softmax(z)
    assert np.all(y >= 0)
    assert np.allclose(y.sum(axis=-1), 1, atol=1e-6)
    assert np.all(
        np.take_along_axis(y, z.argmax(axis=-1, keepdims=True), -1) == y.max(axis=-1, keepdims=True)
    )


@every_activation
def test_not_a_number_is_passed_on(f: ActivationFunction) -> None:
    y = f(np.array([[np.nan, 1.0]]))
    assert np.isnan(y[0, 0])


@every_activation
def test_lists_and_integers_at_a_prompt(f: ActivationFunction) -> None:
    expected = f(np.array([[-1.0, 2.0]]))
    for z in ([[-1, 2]], [[-1.0, 2.0]], np.array([[-1, 2]])):
        y = f(z)  # type: ignore[arg-type]
        assert y.dtype == "float64"
        assert np.array_equal(y, expected)


@every_activation
def test_found_by_name_and_the_same_after_copying(f: ActivationFunction) -> None:
    assert f.name in activations.__all__
    assert activations.get(f.name) is activations.get(f) is f
    assert repr(f) == f"<activation {f.name}: y = {f.formula}>"
    assert copy.deepcopy(f) == f
    assert pickle.loads(pickle.dumps(f)) == f  # noqa: S301


def test_a_copied_softmax_is_still_taken_together_with_the_loss() -> None:
    copied = copy.deepcopy(activations.softmax)
    assert isinstance(output_loss_of(copied, CategoricalCrossentropy()), SoftmaxWithCrossentropy)


def test_get() -> None:
    assert activations.get(None) is activations.linear
    with pytest.raises(ValueError, match=r"activation function identifier: 'rellu'\. Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="Could not interpret activation function identifier: 3"):
        activations.get(3)  # type: ignore[arg-type]
