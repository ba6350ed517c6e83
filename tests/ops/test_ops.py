"""All ops in one table: derivatives against differences, first and second; values against NumPy's."""

import json

import numpy as np
import pytest

from numpy_ann import ops
from numpy_ann.ops.tape import Traced
from tests.ops import keras_values
from tests.ops.cases import CASES, CONSTANT, arrays_of
from tests.support import for_each

IDS = [f"{i}-{case[0]}" for i, case in enumerate(CASES)]


def differences(f, arrays, directions, h):
    """The derivative of ``f`` along directions, of fourth order."""

    def at(t):
        return f(*(x + t * d for x, d in zip(arrays, directions, strict=True)))

    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)


def weighed(case, seed):
    """The case as a function with one number: its outputs weighed at random."""
    function = case[2]

    def f(*xs):
        y = function(ops, *xs)
        return ops.sum(y * np.random.default_rng(seed + 1).normal(size=np.shape(y)))

    return f


@pytest.mark.parametrize("case", CASES, ids=IDS)
@for_each("seed", [0, 1, 2, 3])
def test_derivatives(case, seed):
    arrays = arrays_of(case, seed)
    rng = np.random.default_rng(seed)
    f, by = weighed(case, seed), tuple(range(len(arrays)))
    directions = [rng.normal(size=x.shape) for x in arrays]
    value, gradients = ops.value_and_grad(f, by)(*arrays)
    assert np.isclose(value, f(*arrays), rtol=1e-12, atol=1e-12)
    assert all(
        type(g) in (np.ndarray, np.float64) and g.shape == x.shape
        for g, x in zip(gradients, arrays, strict=True)
    )
    along = sum(np.sum(g * d) for g, d in zip(gradients, directions, strict=True))
    assert np.isclose(along, differences(f, arrays, directions, 1e-4), rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("case", CASES, ids=IDS)
@for_each("seed", [0, 1])
def test_second_derivatives(case, seed):
    arrays = arrays_of(case, seed)
    rng = np.random.default_rng(seed)
    f, by = weighed(case, seed), tuple(range(len(arrays)))
    directions = [rng.normal(size=x.shape) for x in arrays]

    def slope(*xs):
        return sum(
            ops.sum(g * d) for g, d in zip(ops.grad(f, by)(*xs), directions, strict=True)
        ) + 0 * ops.sum(xs[0])

    second = ops.grad(slope, by)(*arrays)
    along = sum(np.sum(g * d) for g, d in zip(second, directions, strict=True))
    assert np.isclose(along, differences(slope, arrays, directions, 1e-4), rtol=1e-6, atol=1e-6)


@for_each("case", CASES)
def test_float32_stays_float32(case):
    arrays = [x.astype(np.float32) for x in arrays_of(case, 3)]
    if case[0] in ("cast", "inv", "det", "solve"):  # the table's cases mix in float64 there
        return
    y = case[2](ops, *arrays)
    assert y.dtype == np.float32
    assert isinstance(y, np.ndarray | np.generic)
    gradients = ops.grad(lambda *xs: ops.sum(case[2](ops, *xs)), tuple(range(len(arrays))))(*arrays)
    assert {g.dtype for g in gradients} == {np.dtype(np.float32)}


def test_values_are_those_that_keras_computes():
    wrong = []
    for call, numbers in json.loads(keras_values.FILE.read_text(encoding="utf-8")).items():
        y, expected = keras_values.computed(call, ops), np.array(numbers)
        same = y.shape == expected.shape and np.allclose(y, expected, 2e-6, 1e-6, equal_nan=True)
        if not same or (y.size and y.dtype.kind.replace("u", "i") != expected.dtype.kind):
            wrong.append((call, y, expected))
    assert wrong == []


def test_every_op_is_in_the_table():
    named = {case[0] for case in CASES} | CONSTANT
    place = {"place", "slice_of", "stop_gradient"}  # get_item's derivative; other names of slice and mod
    assert set(ops.OPS) - named - place == set()
    assert named - set(ops.OPS) == set()


@pytest.mark.parametrize(
    "name", sorted(CONSTANT & {"sign", "floor", "argmax", "isnan", "round", "ones_like", "argsort"})
)
def test_what_goes_in_steps_is_a_constant(name):
    x = np.array([0.3, -1.2])
    y = getattr(ops, name)(Traced(x))
    np.testing.assert_array_equal(y, getattr(np, name)(x))
    assert not isinstance(y, Traced)


def test_crossentropies_of_certain_mistakes_are_finite():
    # Probabilities are clipped to [1e-7, 1 - 1e-7]: -log(1e-7) = 16.1181, -log(1 - 1e-7) = 1e-7.
    target, wrong = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    for output, expected in ((wrong, 16.1181), (target, 1e-7)):
        np.testing.assert_allclose(ops.binary_crossentropy(target, output), [[expected] * 2], rtol=1e-5)
        np.testing.assert_allclose(ops.categorical_crossentropy(target, output), [expected], rtol=1e-5)
        np.testing.assert_allclose(ops.sparse_categorical_crossentropy([1], output), [expected], rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *(("zeros", ((2, 3),)), ("ones", ((2, 3),)), ("full", ((2, 3), 7)), ("empty", ((2, 3),))),
        *(("eye", (3, 2, 1)), ("identity", (3,)), ("tri", (3, 2)), ("linspace", (0, 1, 3))),
    ],
)
def test_constants_are_float32_unless_told(name, arguments):
    assert getattr(ops, name)(*arguments).dtype == np.float32
    assert getattr(ops, name)(*arguments, dtype="float64").dtype == np.float64
    if name != "empty":
        told = getattr(np, name)(*arguments)
        np.testing.assert_array_equal(getattr(ops, name)(*arguments), told.astype("float32"))


@pytest.mark.parametrize("product", [ops.dot, ops.inner])
def test_a_product_with_a_single_number(product):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(product(np.float64(2), x), 2 * x)
    np.testing.assert_array_equal(product(x, np.float64(2)), 2 * x)


def test_several_classes_in_one_row_by_hand():
    # keras.ops.multi_hot, on JAX.
    assert ops.multi_hot([0, 2], 3).tolist() == [1, 0, 1]
    assert ops.multi_hot(2, 3) == 1
    labels = np.array([[0, 2], [1, 1]])
    assert ops.multi_hot(labels, 3).tolist() == [[1, 0, 1], [0, 1, 0]]
    assert ops.multi_hot(labels, 3, axis=0).tolist() == [[1, 0], [1, 1], [0, 1]]
    assert ops.multi_hot(labels, 3, dtype="int32").dtype == np.int32
    assert ops.multi_hot([[[0, 1]], [[2, 3]]], 4).tolist() == [
        [[1, 0, 0, 0], [0, 1, 0, 0]],
        [[0, 0, 1, 0], [0, 0, 0, 1]],
    ]


def test_numbers_that_are_close_by_hand():
    a, b = np.array([1.0, 1.1, np.nan]), np.array([1.0, 1.0, np.nan])
    assert ops.isclose(a, b).tolist() == [True, False, False]
    assert ops.isclose(a, b, rtol=0.2).tolist() == [True, True, False]
    assert ops.isclose(a, b, atol=0.2, equal_nan=True).tolist() == [True, True, True]
    assert ops.allclose(a[:2], b[:2], rtol=0.2)
    assert not ops.allclose(a[:2], b[:2])
    assert not ops.allclose(a, b, rtol=0.2)
    assert ops.allclose(a, b, 0, 0.2, True)


@pytest.mark.parametrize(
    ("arguments", "numbers", "dtype"),
    [
        ((3,), [0, 1, 2], "int32"),
        ((2, 5), [2, 3, 4], "int32"),
        ((2, 9, 3), [2, 5, 8], "int32"),
        ((5, 0, -2), [5, 3, 1], "int32"),
        ((0, 1, 0.25), [0, 0.25, 0.5, 0.75], "float32"),
        ((3.0,), [0, 1, 2], "float32"),
    ],
)
def test_ranges_by_hand(arguments, numbers, dtype):
    y = ops.arange(*arguments)
    assert y.tolist() == numbers
    assert y.dtype == dtype
    assert ops.arange(*arguments, dtype="float64").dtype == np.float64


def test_updates_by_hand():
    x, places = np.arange(6.0).reshape(2, 3), np.array([[0, 1], [0, 1], [1, 2]])
    assert ops.scatter_update(x, places, [1.0, 2.0, 3.0], reduction="add").tolist() == [[0, 4, 2], [3, 4, 8]]
    assert ops.scatter_update(x, places[1:], [2.0, 3.0]).tolist() == [[0, 2, 2], [3, 4, 3]]
    slope = ops.grad(lambda v: ops.sum(ops.scatter_update(x, places, v, reduction="add") * x))(np.ones(3))
    assert slope.tolist() == [1, 1, 5]
    assert ops.take_along_axis(x, [5, 0, 2], None).tolist() == [5, 0, 2]
    assert ops.take_along_axis(x, [[2], [0]], 1).tolist() == [[2], [3]]


def test_pieces_by_hand():
    x = np.arange(12.0).reshape(6, 2)
    assert [piece.tolist() for piece in ops.split(x, 3)] == x.reshape(3, 2, 2).tolist()
    assert [piece.tolist() for piece in ops.split(x[:2], 2, axis=1)] == [[[0], [2]], [[1], [3]]]
    assert [piece.shape[0] for piece in ops.split(x, [1, 4])] == [1, 3, 2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: ops.split(x, 2, axis=1), "split.* can't cut 3 rows into 2 equal pieces"),
        (lambda x: ops.scatter_update(x, [[0, 1]], [1.0], reduction="max"), "None and .add..* 'max'"),
        (lambda x: ops.quantile(x, 0.4, method="lower"), "method=.linear. here. Received: method='lower'"),
        (lambda x: ops.einsum("ii->i", x[:, :2]), "takes no axis twice of one array here: 'ii->i'"),
        (lambda x: ops.einsum("ij,jj", x, np.eye(3)), "takes no axis twice of one array here"),
        *(
            (lambda x, o=order, a=axis: ops.norm(x, o, a), f"inf of matrices. Received: {order!r}")
            for order, axis in [(3, None), (2, None), (-2, None), (0, 1), ("fro", 1), ("nuc", None)]
        ),
    ],
)
def test_what_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong(np.arange(6.0).reshape(2, 3))


def test_labels_in_a_column_are_those_in_a_row():
    p = np.array([[0.25, 0.75], [0.5, 0.5]])
    expected = [-np.log(0.75), -np.log(0.5)]
    for labels in ([1, 0], [[1], [0]]):
        np.testing.assert_allclose(ops.sparse_categorical_crossentropy(labels, p), expected, rtol=1e-6)
    samples = ops.sparse_categorical_crossentropy([[0], [1], [1]], np.array([[0.25, 0.75]] * 3)[:, None])
    np.testing.assert_allclose(samples, -np.log([[0.25], [0.75], [0.75]]), rtol=1e-6)


def test_crossentropies_by_hand():
    # Weights 1 to 3 are the probabilities 1/4 and 3/4, and so are the logits 0 and log 3.
    target, output = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[1.0, 3.0], [2.0, 2.0]])
    expected = -np.log([0.75, 0.5])
    for own, labels in (
        (ops.categorical_crossentropy, (target, target.T)),
        (ops.sparse_categorical_crossentropy, (np.array([1, 0]),) * 2),
    ):
        np.testing.assert_allclose(own(labels[0], output), expected, rtol=1e-6)
        np.testing.assert_allclose(own(labels[0], np.log(output), True), expected, rtol=1e-6)
        np.testing.assert_allclose(own(labels[1], output.T, axis=0), expected, rtol=1e-6)
        np.testing.assert_allclose(own(labels[1], np.log(output).T, True, axis=0), expected, rtol=1e-6)
    assert ops.one_hot([1, 0, 3], 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert ops.one_hot([1, 0, 3], 3, axis=0).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_lengths_and_ranks_by_hand():
    x = np.array([[3.0, 4.0], [0.0, 2.0]])
    assert ops.norm(x) == pytest.approx(np.sqrt(29))
    assert ops.norm(x, "fro", (0, 1)) == pytest.approx(np.sqrt(29))
    assert ops.norm(x, axis=1).tolist() == ops.norm(x, 2, axis=1).tolist() == [5, 2]
    assert ops.norm(x, keepdims=True).shape == (1, 1)
    assert [ops.norm(x, ord=order) for order in (1, -1, np.inf, -np.inf)] == [6, 3, 7, 2]
    assert ops.norm(x, np.inf, axis=1, keepdims=True).tolist() == [[4], [2]]
    assert ops.norm(x, -np.inf, axis=1).tolist() == [3, 0]
    assert ops.norm(x, 3, axis=1).tolist() == pytest.approx([91 ** (1 / 3), 2])
    assert ops.quantile(x, 0.5) == 2.5
    assert ops.quantile(x, [0.0, 0.75, 1.0], axis=1).tolist() == [[3, 0], [3.75, 1.5], [4, 2]]
    assert ops.quantile(x, 0.5, axis=0, keepdims=True).tolist() == [[1.5, 3]]


def test_the_largest_numbers_share_a_derivative():
    x = np.array([[2.0, 5.0, 5.0], [1.0, 1.0, 1.0]])
    for name, rows in {"max": [[0, 0.5, 0.5], [1 / 3] * 3], "min": [[1, 0, 0], [1 / 3] * 3]}.items():
        slope = ops.grad(lambda z, name=name: ops.sum(getattr(ops, name)(z, axis=1)))(x)
        np.testing.assert_allclose(slope, rows)


def test_sparsemax_by_hand():
    # Of 1, 1/2 and 0 the two first are above (1 + 1/2 - 1) / 2 = 1/4; equal numbers get equal shares.
    x = np.array([[1.0, 0.5, 0.0], [2.0, 2.0, 2.0], [3.0, 2.0, 0.0]])
    expected = np.array([[0.75, 0.25, 0], [1 / 3] * 3, [1, 0, 0]])
    np.testing.assert_allclose(ops.sparsemax(x), expected)
    np.testing.assert_allclose(ops.sparsemax(x.T, axis=0), expected.T)
    # The second number of the last row is on the edge: the derivative is that of the numbers inside.
    slope = ops.grad(lambda z: ops.sum(ops.sparsemax(z) * [[1.0, 2.0, 4.0]]))(x)
    np.testing.assert_allclose(slope, [[-0.5, 0.5, 0], [-4 / 3, -1 / 3, 5 / 3], [0, 0, 0]], atol=1e-12)
