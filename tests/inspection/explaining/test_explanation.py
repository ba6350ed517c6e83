"""An explanation reads well in a terminal, and is safe in a notebook."""

from xml.etree import ElementTree

from numpy_ann.inspection import Explanation, explain
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential


def test_the_text():
    model = Sequential([Input((784,)), Dense(128, activation="relu")])
    place = explain(Dense).line
    assert (
        str(explain(model.layers[0]))
        == f"""\
Dense, a layer
A densely connected layer.

Formula
    z = x W + b
    y = f(z)
    f(z) = max(z, 0)

Derivative
    With dy the gradient of the loss with respect to y:
    dz = dy f'(z)
    dW = x^T dz         db = sum of dz over the batch
    dx = dz W^T
    with f = relu: dz = dy (y > 0)

Symbols
    x  (batch, 784)
    y  (batch, 128)
    W  (784, 128), in files kernel
    b  (128,), in files bias

Settings
    units               128
    activation          'relu'
    use_bias            True
    kernel_initializer  GlorotUniform()
    bias_initializer    Zeros()

Source
    the gradients are Goodfellow, Bengio and Courville, "Deep Learning" (2016), algorithm 6.4.

Read on
    numpy_ann/layers/dense.py, line {place}"""
    )


def test_headings_without_anything_are_left_out():
    bare = Explanation("Thing", "optimizer", "It does.")
    assert str(bare) == "Thing, an optimizer\nIt does."
    assert bare.where == ""


def test_long_lines_are_wrapped():
    text = str(Explanation("A", "loss", "B.", formula=("word " * 40,)))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("word") == 40


def test_the_notebook_has_the_same_and_escapes_it():
    explanation = Explanation(
        "<A>", "loss", "B & C.", ("y = x < 3",), symbols={"<x>": '"1"'}, file="a.py", line=3
    )
    html = explanation._repr_html_()
    tree = ElementTree.fromstring(f"<div>{html.replace('<br>', '<br/>')}</div>")  # noqa: S314  (our own)
    text = "".join(tree.itertext())
    for part in ("<A>", "B & C.", "y = x < 3", '<x>  "1"', "a.py, line 3"):
        assert part in text
    assert "<A>" not in html
    assert "script" not in html
    assert "color" not in html
