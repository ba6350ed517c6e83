"""Every op of the table beside Keras' on JAX: arguments, values and derivatives."""

import inspect

import numpy as np
import pytest

from numpy_ann import ops
from tests.ops.cases import CASES, CONSTANT, arrays_of

OTHER_NAMES = {"sparse", "ragged", "kwargs", "options", "initial"}


@pytest.fixture(scope="module")
def jax(keras):
    import jax

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    yield jax
    jax.config.update("jax_enable_x64", False)
    keras.config.set_floatx("float32")


# In Keras 3.15 the one is an activation only, and the numbers of the other don't add up to 1.
COMPARED = [case for case in CASES if case[0] not in ("mish", "sparsemax")]


@pytest.mark.parametrize("case", COMPARED, ids=[f"{i}-{case[0]}" for i, case in enumerate(COMPARED)])
def test_values_and_derivatives(case, jax, keras):
    for seed in (4,):
        arrays = arrays_of(case, seed)
        weights = np.random.default_rng(seed).normal(size=np.shape(case[2](ops, *arrays)))
        by = tuple(range(len(arrays)))
        theirs = jax.value_and_grad(lambda *xs, w=weights: keras.ops.sum(case[2](keras.ops, *xs) * w), by)
        ours = ops.value_and_grad(lambda *xs, w=weights: ops.sum(case[2](ops, *xs) * w), by)
        value, gradients = ours(*arrays)
        expected, wanted = theirs(*map(jax.numpy.asarray, arrays))
        np.testing.assert_allclose(value, expected, rtol=2e-6, atol=2e-6)  # some of Keras' are float32
        for g, w in zip(gradients, wanted, strict=True):
            np.testing.assert_allclose(g, w, rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize("place", ["ops", "random"])
def test_arguments_have_keras_names(place, keras):
    own, of_keras = {"ops": (ops, keras.ops), "random": (ops.random, keras.random)}[place]
    shared = [name for name in own.__all__ if inspect.isfunction(getattr(of_keras, name, None))]
    assert len(shared) > {"ops": 200, "random": 9}[place]
    for name in shared:
        theirs, ours = (inspect.signature(getattr(module, name)).parameters for module in (of_keras, own))
        assert [n for n in ours if n not in OTHER_NAMES] == [n for n in theirs if n not in OTHER_NAMES], name


def test_all_arguments_may_be_named(keras):
    x, n = np.array([[0.5, -1.5], [2.0, 0.25]], "float32"), np.array([1, 2])
    for name, given in {
        "bitwise_and": {"x": n, "y": n},
        "clip": {"x": x, "x_min": 0.0, "x_max": 1.0},
        "concatenate": {"xs": [x, x], "axis": 1},
        "dot": {"x1": x, "x2": x},
        "expand_dims": {"x": x, "axis": 0},
        "eye": {"N": 2},
        "full": {"shape": (2, 1), "fill_value": 3.0},
        "left_shift": {"x": n, "y": n},
        "linspace": {"start": 0.0, "stop": 1.0, "num": 3},
        "ones": {"shape": (2, 1)},
        "one_hot": {"x": n, "num_classes": 3},
        "outer": {"x1": x, "x2": x},
        "softmax": {"x": x, "axis": -1},
        "split": {"x": x, "indices_or_sections": 2},
        "stack": {"x": [x, x], "axis": 1},
        "take": {"x": x, "indices": [1], "axis": 0},
        "where": {"condition": x > 0, "x1": x, "x2": 0.0},
        "zeros": {"shape": (2, 1)},
    }.items():
        np.testing.assert_allclose(getattr(ops, name)(**given), getattr(keras.ops, name)(**given), 1e-6)


def test_constants(keras):
    x, y = np.array([[0.3, -1.5, 2.5], [1.0, 0.0, -0.2]], "float32"), np.array([1.0, 0.0, 2.0], "float32")
    for name in sorted(
        CONSTANT & {"sign", "floor", "ceil", "trunc", "isfinite", "isinf", "isnan", "logical_not"}
    ):
        np.testing.assert_array_equal(getattr(ops, name)(x), getattr(keras.ops, name)(x), name)
    for name in (
        "greater",
        "less",
        "equal",
        "not_equal",
        "logical_and",
        "logical_or",
        "floor_divide",
        "isclose",
    ):
        np.testing.assert_array_equal(getattr(ops, name)(x, 2.0), getattr(keras.ops, name)(x, 2.0), name)
    for name in ("argmax", "argmin", "argsort"):
        np.testing.assert_array_equal(
            getattr(ops, name)(x, axis=1), getattr(keras.ops, name)(x, axis=1), name
        )
    for name in ("all", "any", "count_nonzero", "zeros_like", "ones_like", "shape", "size", "ndim"):
        np.testing.assert_array_equal(getattr(ops, name)(x), getattr(keras.ops, name)(x), name)
    np.testing.assert_array_equal(ops.one_hot([0, 2, -1], 3), keras.ops.one_hot(np.array([0, 2, -1]), 3))
    np.testing.assert_array_equal(
        ops.in_top_k(np.array([1, 0]), x, 1), keras.ops.in_top_k(np.array([1, 0]), x, 1)
    )
    np.testing.assert_allclose(ops.round(y / 3, 2), keras.ops.round(y / 3, 2), rtol=1e-6)


def test_no_name_of_keras_is_forgotten(keras):
    for name in dir(keras.ops):
        if name[0] == "_" or name in ops.OPS or name in ops.__all__:
            continue
        with pytest.raises(AttributeError, match="leaves out Keras'"):
            getattr(ops, name)
