"""The contract that every activation function keeps: a new one joins by being public."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann import activations, ops
from numpy_ann.activations import ActivationFunction
from numpy_ann.ops import GradientTape
from numpy_ann.parameter import Parameter
from tests.parts import names
from tests.parts.activations import CASES, function_of
from tests.support import for_each

CONTRACT_PARTS = names(CASES)
FUNCTIONS = [function_of(case) for case in CASES]
every_function = pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f"{f.name}-{dict(f.options)}")


def kept(f: ActivationFunction, z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return y if f.reads == "output" else z


@every_function
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([0.1, 1.0, 5.0]))
def test_the_derivative_is_the_formulas(f: ActivationFunction, seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    z, dy = scale * rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 2, 4))
    dz = f.backward(dy, kept(f, z, f(z)))
    direction, h = rng.normal(size=z.shape), 1e-6

    def along(step: float) -> np.ndarray:
        return np.asarray(np.sum(dy * f(z + step * direction)))

    right, left = (along(h) - along(0)) / h, (along(0) - along(-h)) / h
    if abs(right - left) > 1e-3:
        return  # a corner, or a jump, lies between
    assert np.isclose(np.sum(dz * direction), (along(h) - along(-h)) / (2 * h), rtol=1e-5, atol=1e-6)


@every_function
@for_each("dtype", ["float32", "float64"])
def test_arrays_given_as_out_and_dtypes(f: ActivationFunction, dtype: str) -> None:
    rng = np.random.default_rng(0)
    z, dy = rng.normal(size=(2, 3, 4)).astype(dtype), rng.normal(size=(2, 3, 4)).astype(dtype)
    z.flags.writeable = dy.flags.writeable = False  # writing to an argument raises
    y = f(z)
    dz = f.backward(dy, kept(f, z, y))
    assert y.dtype == dz.dtype == dtype
    for out in (np.full_like(z, np.nan), z.copy()):
        assert np.array_equal(f(z if np.isnan(out).any() else out, out), y)
    for out in (np.full_like(z, np.nan), dy.copy()):
        assert np.array_equal(f.backward(dy if np.isnan(out).any() else out, kept(f, z, y), out), dz)


@every_function
@for_each("dtype", ["float32", "float64"])
def test_large_inputs_give_finite_numbers(f: ActivationFunction, dtype: str) -> None:
    z = np.array([[[-1e4, -800.0, -90.0, -20.0], [0.0, 20.0, 90.0, 1e4]]], dtype)
    if f.name == "exponential":
        z = np.minimum(z, 80)  # beyond which the answer itself is too large
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y = f(z)
        dz = f.backward(np.ones_like(z), kept(f, z, y))
    assert np.isfinite(y).all()
    assert np.isfinite(dz).all()


@every_function
def test_names_copies_and_lists(f: ActivationFunction) -> None:
    again = pickle.loads(pickle.dumps(f))  # noqa: S301  (our own)
    z = np.linspace(-2, 2, 8).reshape(1, 2, 4)
    assert np.array_equal(again(z), f(z))
    assert np.array_equal(f(z.tolist()), f(z))
    assert f.with_options(**f.options) is f
    if f in vars(activations).values():
        assert activations.get(activations.serialize(f)) is f
    else:  # it has options of its own
        assert activations.serialize(f) is f


def test_by_hand() -> None:
    # (formula at -1, formula at 2), worked out by hand where that can be done.
    e = np.e
    by_hand = {
        "elu": (1 / e - 1, 2.0),
        "exponential": (1 / e, e * e),
        "hard_shrink": (-1.0, 2.0),
        "hard_sigmoid": (1 / 3, 5 / 6),
        "hard_silu": (-1 / 3, 5 / 3),
        "hard_tanh": (-1.0, 1.0),
        "leaky_relu": (-0.2, 2.0),
        "log_sigmoid": (-np.log(1 + e), -np.log(1 + e**-2)),
        "relu6": (0.0, 2.0),
        "silu": (-1 / (1 + e), 2 / (1 + e**-2)),
        "soft_shrink": (-0.5, 1.5),
        "softplus": (np.log(1 + 1 / e), np.log(1 + e * e)),
        "softsign": (-0.5, 2 / 3),
        "sparse_plus": (0.0, 2.0),
        "sparse_sigmoid": (0.0, 1.0),
        "squareplus": ((-1 + 5**0.5) / 2, 1 + 2**0.5),
        "selu": (1.0507009873554805 * 1.6732632423543772 * (1 / e - 1), 2.1014019747109610),
    }
    for name, expected in by_hand.items():
        assert np.allclose(activations.get(name)([-1.0, 2.0]), expected, rtol=1e-14), name


# The function, a corner of it, and the slopes below, at and above; at it, that of Keras on TensorFlow.
CORNERS = {
    "hard_tanh": (activations.hard_tanh, 1.0, [1.0, 1.0, 0.0]),
    "max_value": (activations.relu.with_options(max_value=1.0), 1.0, [1.0, 1.0, 0.0]),
    "relu6": (activations.relu.with_options(max_value=6.0), 6.0, [1.0, 0.0, 0.0]),
    "threshold": (
        activations.relu.with_options(threshold=2.0, max_value=6.0, negative_slope=0.1),
        2.0,
        [0.1, 0.0, 1.0],
    ),
    "max_value and slope": (
        activations.relu.with_options(max_value=1.0, negative_slope=0.1),
        0.0,
        [0.1, 0.0, 1.0],
    ),
    "slope": (activations.relu.with_options(negative_slope=0.1), 0.0, [0.1, 0.1, 1.0]),
}


@pytest.mark.parametrize(("f", "corner", "slopes"), CORNERS.values(), ids=CORNERS)
def test_at_corners(f: ActivationFunction, corner: float, slopes: list[float]) -> None:
    z = np.array([[corner - 0.25, corner, corner + 0.25]])
    kept = f(z) if f.reads == "output" else z
    assert f.backward(np.ones((1, 3)), kept).tolist() == [slopes]


def test_options_go_by_name_as_in_keras() -> None:
    z = np.array([-10.0, -5.0, 0.0, 5.0, 10.0])
    assert activations.relu(z, negative_slope=0.5).tolist() == [-5.0, -2.5, 0.0, 5.0, 10.0]
    assert activations.relu(z, max_value=5.0).tolist() == [0.0, 0.0, 0.0, 5.0, 5.0]
    assert activations.relu(z, threshold=5.0).tolist() == [0.0, 0.0, 0.0, 0.0, 10.0]
    # Below the threshold of 2 the line has slope 1/2 and meets 0 there: (-10 - 2) / 2 = -6.
    assert activations.relu(z, threshold=2.0, negative_slope=0.5).tolist() == [-6.0, -3.5, -1.0, 5.0, 10.0]
    with pytest.raises(
        TypeError, match=r"relu has negative_slope, max_value, threshold; received \['alpha'\]"
    ):
        activations.relu(z, alpha=0.5)
    with pytest.raises(TypeError, match=r"tanh has no options; received \['axis'\]"):
        activations.tanh.with_options(axis=1)


def test_other_names() -> None:
    assert activations.get("swish") is activations.silu
    assert activations.get("hard_swish") is activations.hard_silu
    assert activations.get(None) is activations.linear
    with pytest.raises(ValueError, match=r"identifier: 'rellu'\. Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ValueError, match="Expected a name, a function of numpy_ann"):
        activations.get(3)  # type: ignore[arg-type]


def _cube(z):
    return z**3 + np.array([1.0, 2.0])


def test_a_function_of_ones_own_is_copied_and_followed_by_a_tape() -> None:
    f = activations.get(_cube)
    again = pickle.loads(pickle.dumps(f))  # noqa: S301  (our own)
    z = np.array([[2.0, -1.0]])
    for g in f, again, copy.deepcopy(f):
        assert g.derived_by_tape
        assert g(z).tolist() == [[9, 1]]
        assert g.backward(np.array([[1.0, 2.0]]), z).tolist() == [[12, 6]]
        assert g.forward(z.astype(np.float32), None).dtype == np.float32
        out = np.empty((1, 2), np.float32)
        assert g.backward(np.array([[1.0, 2.0]]), z, out) is out
        assert out.tolist() == [[12, 6]]
    assert not activations.relu.derived_by_tape
    w = Parameter("w", z)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = f(ops.convert_to_tensor(w))
        slope = inner.gradient(y, w)
    assert slope.numpy().tolist() == [[12, 3]]
    assert outer.gradient(slope, w).tolist() == [[12, -6]]  # 6 z: the formula's ops are followed, too
