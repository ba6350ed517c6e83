"""Docstrings are read as they are written: blocks, inline formulas, columns, references."""

import inspect

import pytest

from numpy_ann.inspection.explaining.docstrings import plain, read_docstring
from numpy_ann.layers import BatchNormalization, Dense, Dropout, GaussianNoise, PReLU, ReLU
from numpy_ann.losses import (
    CategoricalCrossentropy,
    CategoricalHinge,
    Huber,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

BLOCKS = """A layer.

    Forward::

        z = x W
        y = f(z)        with f any function

    Backward, with ``dy`` given::

        dz = dy f'(z)
        dW = x^T dz

    **Input shape** ``(batch, inputs)``. **Output shape** ``(batch, units)``.

    Parameters
    ----------
    units : int
        As in ``k = 3``.

    Source: Somebody, "A Book"
    (1990), page 3.

    Examples
    --------
    >>> a = b
    """


def test_blocks():
    found = read_docstring(BLOCKS)
    assert found.summary == "A layer."
    assert found.formula == ("z = x W", "y = f(z)        with f any function")
    assert found.derivative == ("With dy given:", "dz = dy f'(z)", "dW = x^T dz")
    assert found.shapes == "Input shape (batch, inputs). Output shape (batch, units)."
    assert found.source == 'Somebody, "A Book" (1990), page 3.'
    assert found.see == ()


@pytest.mark.parametrize(
    ("text", "formula", "derivative"),
    [
        ("Forward ``y = 2 x``, backward ``dx = 2 dy``.", "y = 2 x", "dx = 2 dy"),
        ("``e = (p - y)^2``, ``e' = 2 (p - y)``; the rest: see ``Loss``.", "e = (p - y)^2", "e' = 2 (p - y)"),
        ("``y = x`` and backward ``dx = dy`` in its shape.", "y = x", "dx = dy in its shape"),
        ("Backward: ``dx = dy mask``. When predicting, ``y = x``.", "When predicting, y = x", "dx = dy mask"),
        ("``W ~ N(0, 1)``, cut off.", "W ~ N(0, 1), cut off", None),
        ("Set ``rate`` as in ``fit(epochs=3)``.", None, None),
    ],
)
def test_inline_formulas(text, formula, derivative):
    found = read_docstring(f"A summary.\n\n    {text}\n    ")
    assert found.formula == (() if formula is None else (formula,))
    assert found.derivative == (() if derivative is None else (derivative,))


@pytest.mark.parametrize(
    ("line", "formula", "derivative"),
    [
        ("l = p        dl/dp = 1", "l = p", "dl/dp = 1"),
        ("e = d        e' = 1        beyond", "e = d   beyond", "e' = 1   beyond"),
        ("y = x / s        dx = dy / s        s = 2", "y = x / s   s = 2", "dx = dy / s"),
        ("delta = d g        the step", "delta = d g        the step", None),
        ("d = rho d", "d = rho d", None),
    ],
)
def test_columns_of_a_block(line, formula, derivative):
    found = read_docstring(f"A summary.\n\n    ::\n\n        {line}\n    ")
    assert found.formula == (formula,)
    assert found.derivative == (() if derivative is None else (derivative,))


def test_a_block_may_have_a_blank_line():
    found = read_docstring("A.\n\n    ::\n\n        y = x\n\n        z = y\n\n    B.\n    ")
    assert found.formula == ("y = x", "z = y")


def test_a_summary_may_be_the_formula():
    assert read_docstring("The mean of ``|p - y|``; see ``Loss``.").formula == ("The mean of |p - y|",)
    assert read_docstring("Keeps every epoch's figures.").formula == ()


def test_references():
    assert read_docstring("A.\n\n    For more see ``B``; the rest: see\n    ``c.D``.").see == ("B", "c.D")


def test_nothing_says_nothing():
    assert read_docstring(None) == ("", (), (), "", "", ())


@pytest.mark.parametrize(
    ("cls", "formula", "derivative"),
    [
        (Dense, "z = x W + b", "dW = x^T dz         db = sum of dz over the batch"),
        (Dropout, "y = x mask", "dx = dy mask"),
        (GaussianNoise, "In training, y = x + n with n ~ N(0, stddev^2)", "dx = dy"),
        (
            ReLU,
            "y = max(x, 0)",
            "dx = dy (x > 0) if no option is given; at 0 the derivative is 0, as in Keras",
        ),
        (ReLU, "y = negative_slope (x - threshold)   elsewhere", "dx = dy negative_slope   elsewhere"),
        (PReLU, "y = max(x, 0) + alpha min(x, 0)", "dx = dy (x > 0) + dy alpha (x < 0)"),
        (Huber, "e = d^2 / 2   where |d| <= delta", "e' = delta sign(d)   beyond"),
        (
            CategoricalHinge,
            "a = sum_j y_j p_j       b = max_j (1 - y_j) p_j       l = max(b - a + 1, 0)",
            "dl/dp_j = (1 - y_j) [j is where b is] - y_j where b - a + 1 >= 0, else 0",
        ),
        (MeanSquaredError, "e = (p - y)^2", "e' = 2 (p - y)"),
        (CategoricalCrossentropy, "From logits z, with p = softmax(z):", "dl/dz = p sum(y) - y"),
        (SparseCategoricalCrossentropy, "p = q / sum(q)   l = -log p_t", "dl/dz = softmax(z) - onehot(t)"),
        (BatchNormalization, "y = gamma (x - mean) / sqrt(variance + epsilon) + beta", None),
    ],
)
def test_real_docstrings(cls, formula, derivative):
    found = read_docstring(cls.__doc__)
    assert formula in found.formula
    assert derivative is None or derivative in found.derivative
    said = plain(inspect.getdoc(cls))
    for line in (*found.formula, *found.derivative):
        assert all(word in said for word in line.rstrip(":").split()[1:])


def test_a_block_is_backward_by_its_title_or_by_all_of_its_lines():
    titled = read_docstring("A.\n\n    Backward::\n\n        s = sum(dy)\n        dx = dy - s\n    ")
    assert (titled.formula, titled.derivative) == ((), ("s = sum(dy)", "dx = dy - s"))
    plain_words = read_docstring("A.\n\n    So::\n\n        dx = 2 dy\n        dW = x^T dy\n    ")
    assert (plain_words.formula, plain_words.derivative) == ((), ("So:", "dx = 2 dy", "dW = x^T dy"))
