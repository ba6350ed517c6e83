import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann import ops
from numpy_ann.plots import plot_tape


def boxes(last, names):
    """What boxes say, each with its place; arrows have no words."""
    ax = plot_tape(last, names, Figure().subplots())
    return {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}


def test_larger_arrays_are_told_by_their_shape_and_the_length_of_the_gradient():
    # Of the sum of a b c, with c = 2: a has the gradient 2 b = (2, 4), b 2 a = (6, 8), c the sum of a b = 11.
    with ops.GradientTape() as tape:
        a, b, c = (tape.watch(np.array(x)) for x in ([3.0, 4.0], [1.0, 2.0], 2.0))
        y = ops.sum(a * b * c)
    found = boxes(y, {"a": a, "b": b, "c": c})
    assert list(found) == [
        "a\n(2,)\n(|g| = 4.47)",
        "b\n(2,)\n(|g| = 10.00)",
        "c\n2.00\n(11.00)",
        "multiply\n(2,)\n(|g| = 2.83)",
        "multiply\n(2,)\n(|g| = 1.41)",
        "sum\n22.00\n(1.00)",
    ]
    # What begins stands before its first reader, what is made in the middle of what it is made of.
    columns, rows = zip(*found.values(), strict=True)
    assert columns == (0, 0, 1, 1, 2, 3)
    assert rows == pytest.approx((0, 1, -0.6, 0.5, -0.05, -0.05))


def test_boxes_of_one_column_stand_apart():
    with ops.GradientTape() as tape:
        x = tape.watch(np.array(1.0))
        y = ops.exp(x) + ops.negative(x) + ops.square(x)
    found = {text.split("\n")[0]: place for text, place in boxes(y, {"x": x}).items()}
    assert [found[name] for name in ("x", "exp", "negative", "square")] == [
        (0, 0),
        (1, 0),
        (1, 0.8),
        (1, 1.6),
    ]
