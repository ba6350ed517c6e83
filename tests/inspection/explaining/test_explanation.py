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

Parameters
    units: How many outputs; at least 1.
    activation: f; left out, the layer is linear.
    use_bias: Whether there is a b.
    kernel_initializer: Where W and b start.
    bias_initializer: Where W and b start.
    input_dim: For a first layer without an Input: how many features a sample has, or its shape.
    input_shape: For a first layer without an Input: how many features a sample has, or its shape.
    kernel_regularizer: Penalties on W and b in the loss.
    bias_regularizer: Penalties on W and b in the loss.
    kernel_constraint: What W and b are brought back to after a training step.
    bias_constraint: What W and b are brought back to after a training step.
    activity_regularizer: A penalty on the outputs in the loss.
    name: Left out, it is the class name in snake case, numbered over the session.
    trainable: False: training leaves the parameters alone.
    dtype: "float32" or "float64"; must agree with the model's. Left out, it is the model's, and
        float32 for a layer used alone.

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


def test_every_parameter_has_its_sentence_whoever_says_it():
    for name in ("adam", "adamw", "nadam", "adamax", "lamb"):  # of some, TwoMoments says it
        said = explain(name).options
        assert said["epsilon"].startswith("Keeps the division finite; above 0."), name
        assert said["beta_1"].startswith("How slowly m and v change"), name
    options = explain("adam").options
    assert options["amsgrad"].startswith("Whether to divide by the root")
    assert options["learning_rate"]  # Optimizer does
