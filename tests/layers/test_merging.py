"""Merging layers by hand: what goes in, what comes out, what goes back; and what is refused."""

from typing import Any

import numpy as np
import pytest

from numpy_ann import layers
from numpy_ann.layers import Add, Average, Concatenate, Dot, Maximum, Minimum, Multiply, Subtract
from numpy_ann.models import Sequential

A, B = [[1.0, 2.0]], [[5.0, 2.0]]
DY = [[1.0, 10.0]]


@pytest.mark.parametrize(
    ("layer", "inputs", "y", "gradients"),
    [
        (Add(), [A, B], [[6.0, 4.0]], [DY, DY]),
        (Subtract(), [A, B], [[-4.0, 0.0]], [DY, [[-1.0, -10.0]]]),
        (Average(), [A, B], [[3.0, 2.0]], [[[0.5, 5.0]], [[0.5, 5.0]]]),
        # y = 1 5 3, 2 2 3: each factor's gradient is dy times the other two.
        (Multiply(), [A, B, [[3.0, 3.0]]], [[15.0, 12.0]], [[[15.0, 60.0]], [[3.0, 60.0]], [[5.0, 40.0]]]),
        # Where both are 2, each is given half.
        (Maximum(), [A, B], [[5.0, 2.0]], [[[0.0, 5.0]], [[1.0, 5.0]]]),
        (Minimum(), [A, B], [[1.0, 2.0]], [[[1.0, 5.0]], [[0.0, 5.0]]]),
        # Two at a time: of three equal ones the last has half, the others a quarter, as in Keras.
        (Maximum(), [[[7.0]], [[7.0]], [[7.0]]], [[7.0]], [[[0.25]], [[0.25]], [[0.5]]]),
        # One number beside two: it is given the sum.
        (Add(), [A, [[3.0]]], [[4.0, 5.0]], [DY, [[11.0]]]),
        (Concatenate(), [A, [[9.0]]], [[1.0, 2.0, 9.0]], [[[1.0, 10.0]], [[100.0]]]),
        (Dot(1), [A, B], [[9.0]], [[[5.0, 2.0]], [[1.0, 2.0]]]),
        # Cosine of (3, 4) and (4, 3): 24 / 25. du = (0.8, 0.6), u = (0.6, 0.8): (du - 0.96 u) / 5.
        (
            Dot(1, normalize=True),
            [[[3.0, 4.0]], [[4.0, 3.0]]],
            [[0.96]],
            [[[0.0448, -0.0336]], [[-0.0336, 0.0448]]],
        ),
    ],
    ids=lambda value: "" if isinstance(value, list) else type(value).__name__,
)
def test_by_hand(layer: Any, inputs: Any, y: Any, gradients: Any) -> None:
    given = [np.array(x) for x in inputs]
    np.testing.assert_allclose(layer(given, training=True), y, rtol=1e-6)
    dy = np.array([[1.0, 10.0, 100.0][: np.shape(y)[1]]])
    for found, expected in zip(layer.backward(dy), gradients, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_samples_of_fewer_axes_go_with_the_last_ones() -> None:
    x1, x2 = np.zeros((2, 3, 4)), np.arange(8.0).reshape(2, 4)
    layer = Add()
    y = layer([x1, x2], training=True)
    assert y.shape == (2, 3, 4)
    assert np.all(y[1, 0] == x2[1])
    assert [g.shape for g in layer.backward(np.ones((2, 3, 4)))] == [(2, 3, 4), (2, 4)]
    assert np.all(layer.backward(np.ones((2, 3, 4)))[1] == 3)


def test_functions_call_the_layers() -> None:
    x = [np.array(A), np.array(B)]
    for name in ("add", "average", "maximum", "minimum", "multiply", "subtract"):
        function, layer = getattr(layers, name), getattr(layers, name.title())
        assert np.array_equal(function(x), layer()(x))
    assert layers.concatenate(x, axis=1).shape == (1, 4)
    assert layers.dot(x, 1, normalize=True).shape == (1, 1)
    assert layers.dot(x, axes=1)[0, 0] == 9
    assert layers.add.__name__ == "add"


@pytest.mark.parametrize(
    ("layer", "shapes", "message"),
    [
        (Add(), (None, 3), r"takes a list of inputs, and is built for a list of shapes, as in"),
        (Add(), [], "takes a list of inputs"),
        (Add(), [(None, 3), (None, 4)], r"don't go together: \[\(3,\), \(4,\)\]"),
        (Subtract(), [(None, 3)] * 3, "takes exactly 2 inputs"),
        (Dot(1), [(None, 3)] * 3, "takes exactly 2 inputs"),
        (Dot(1), [(None, 3), (None, 4)], "axes of different lengths"),
        (Dot(0), [(None, 3), (None, 3)], "which the inputs haven't, or are the batch's"),
        (Dot(2), [(None, 3), (None, 3)], "which the inputs haven't, or are the batch's"),
        (Concatenate(0), [(None, 3), (None, 3)], "or which is the batch's"),
        (Concatenate(2), [(None, 3), (None, 3)], "along axis 2, which they haven't"),
        (Concatenate(), [(None, 2, 3), (None, 4, 3)], "equal shapes, but for axis -1"),
        (Concatenate(), [(None, 2, 3), (None, 3)], "equal shapes, but for axis -1"),
    ],
)
def test_shapes_that_are_refused(layer: Any, shapes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer.build(shapes)


@pytest.mark.parametrize("layer", [Add(), Multiply(), Maximum(), Minimum(), Average()])
def test_one_input_in_a_list_is_what_comes_out(layer: Any) -> None:
    x = np.array([[1.0, -2.0], [3.0, 5.0]])
    y = layer([x], training=True)
    assert y.tolist() == x.tolist()
    assert y is not x
    (gradient,) = layer.backward(np.array([[2.0, 1.0], [0.5, 3.0]]))
    assert gradient.tolist() == [[2, 1], [0.5, 3]]


def test_calls_that_are_refused() -> None:
    with pytest.raises(ValueError, match=r"takes a list of inputs, as in layer\(\[x1, x2\]\)"):
        Add()(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"expects inputs of shape .* but received \(2, 3\), \(3, 3\)"):
        Add()([np.ones((2, 3)), np.ones((3, 3))])
    with pytest.raises(ValueError, match="an integer or two"):
        Dot(axes=[1])
    with pytest.raises(ValueError, match="takes several inputs, and so has no place in a chain"):
        Sequential([layers.Input((3,)), Add()])
