"""The table shows every array, fits a terminal, and is safe in a notebook."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from numpy_ann.inspection import trace
from numpy_ann.inspection.tracing.result import figures_of
from numpy_ann.layers import BatchNormalization, Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential


def traced(scale=1.0, name=None):
    model = Sequential(
        [
            *(Input((28, 28)), Flatten(name=name), Dense(12, "relu"), BatchNormalization(), Dropout(0.3)),
            Dense(10, "softmax"),
        ],
        seed=0,
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    return trace(model, rng.random((8, 28, 28)) * scale, rng.integers(0, 10, 8))


@pytest.mark.parametrize(
    ("array", "figures"),
    [
        ([0, 1, 2, 5], ("0", "2", "5", "25%")),
        ([-1234.5, 0.000012345], ("-1.23e+3", "-617", "1.23e-5", "0%")),
        ([0.0] + [1.0] * 999, ("0", "0.999", "1", "<1%")),
        ([0.0] * 999 + [1.0], ("0", "0.001", "1", ">99%")),
        ([-0.0, 0.0], ("0", "0", "0", "100%")),
        ([np.nan, 1.0], ("nan", "nan", "nan", "0%")),
        ([np.inf, 1.0], ("1", "inf", "inf", "0%")),
    ],
)
def test_figures(array, figures):
    assert tuple(f.replace("-0", "0") if f == "-0" else f for f in figures_of(np.array(array))) == figures
    assert figures_of(None) == ("-",) * 4


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_the_text_fits_a_terminal(scale):
    assert max(map(len, str(traced(scale)).splitlines())) <= 110


def test_every_array_has_its_line_with_its_figures():
    t = traced()
    layer, lines = "", {}
    for line in str(t).splitlines():
        layer = found[1] if (found := re.match(r"(\w+) \(\w+\)$", line)) else layer
        cells = line.split()
        if len(cells) == 10:
            lines[f"{layer}/{cells[0]}" if layer else cells[0]] = cells[1:]
    assert set(lines) == {name for name in t if not name.endswith("/gradient")} - {"targets"}
    for name, (shape, *cells) in lines.items():
        assert shape == str(t[name].shape).replace(" ", "")
        assert tuple(cells) == figures_of(t[name]) + figures_of(t.get(f"{name}/gradient"))


def test_formulas_come_from_the_docstrings():
    text = str(traced())
    assert "z = x W + b; y = f(z); f(z) = max(z, 0)" in text
    assert "y = gamma (x - mean) / sqrt(variance + epsilon) + beta" in text
    assert "mask = 0 with probability rate" in text


def test_the_notebook_has_the_same_table_without_scripts_and_colours():
    t = traced()
    html = t._repr_html_()
    rows = ElementTree.fromstring(f"<div>{html}</div>").findall(".//tbody/tr")  # noqa: S314  (our own)
    cells = [tuple("".join(cell.itertext()) for cell in row.findall("td")) for row in rows]
    shown = [row[0] for row in cells if len(row) == 10]
    assert shown == [line.split()[0] for line in str(t).splitlines() if len(line.split()) == 10]
    assert "script" not in html
    assert "color" not in html


def test_names_are_escaped():
    html = traced(name="<b>&'")._repr_html_()
    assert "<b>&'" not in html
    assert "&lt;b&gt;&amp;&#x27;" in html


def test_which_pass_it_was_is_said():
    model = Sequential([Input((2,)), Dense(1)])
    model.compile(loss="mse")
    x, y = np.ones((1, 2)), np.ones((1, 1))
    assert (
        str(trace(model, x, y)).splitlines()[0].endswith("(mean_squared_error) of 1 sample, as in training")
    )
    assert "as in predicting" in str(trace(model, x, y, training=False)).splitlines()[0]


def test_the_heads_stand_over_the_first_of_their_columns():
    rows = [line for line in str(traced()).splitlines() if line.endswith(("%", "zeros"))]
    from_right = [[found.start() for found in re.finditer(r"\S+", line)][-8:] for line in rows]
    first, second = (min(starts[i] for starts in from_right) for i in (0, 4))
    head = str(traced()).splitlines()[2]
    assert (head.index("values"), head.index("gradient of the loss")) == (first, second)
