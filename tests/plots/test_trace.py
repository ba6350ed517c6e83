"""The figure of a trace: what each row shows, and what it leaves out."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.lookup import clear_session
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_trace
from numpy_ann.plots.trace import _even_edges, _left_out, _logarithmic_edges, _numbers
from tests.plots.test_init import ink_outside


def traced(*hidden, scale=1.0):
    model = Sequential([Input((20,)), *hidden, Dense(3, "softmax")], seed=0)
    model.compile("adam", "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    return trace(model, scale * rng.normal(size=(64, 20)), rng.integers(0, 3, 64))


@pytest.fixture(scope="module")
def tutorial():
    clear_session()
    return traced(Dense(16, "relu"), Dropout(0.3), Dense(16, "relu"))


def heights(ax):
    """Return the bars of each row, as shares of the row's highest."""
    rows = []
    for i, patch in enumerate(ax.patches):
        values, _, baseline = patch.get_data()
        assert baseline == i
        rows.append((i - values) / 0.8)
    return rows


def test_each_row_is_a_histogram_of_what_is_not_zero(tutorial):
    left, right = plot_trace(tutorial, axes=Figure().subplots(1, 2))
    outputs = [tutorial["input"], *(layer.output for layer in tutorial.layers)]
    gradients = [tutorial["input/gradient"], *(layer.output_gradient for layer in tutorial.layers[:-1])]
    gradients.append(tutorial.layers[-1].pre_activation_gradient)  # softmax and cross-entropy are fused
    for ax, arrays in ((left, outputs), (right, [np.abs(g) for g in gradients])):
        edges = ax.patches[0].get_data().edges
        assert len(ax.patches) == len(arrays) == 5
        for bars, array in zip(heights(ax), arrays, strict=True):
            counts = np.histogram(array[array != 0], edges)[0]
            assert np.allclose(bars, counts / counts.max())


def test_names_and_shares_of_zeros_stand_beside_the_rows(tutorial):
    left, right = plot_trace(tutorial, axes=Figure().subplots(1, 2))
    assert [label.get_text() for label in left.get_yticklabels()] == [
        *("input", "dense", "dropout", "dense_1", "dense_2")
    ]
    zeros = [f"{np.mean(layer.output == 0):.0%} zeros" for layer in tutorial.layers[:-1]]
    assert [text.get_text() for text in left.texts] == ["", *zeros, ""]
    assert right.get_xscale() == "log"
    assert left.get_ylim()[0] > left.get_ylim()[1]  # the first layer on top


def test_vanishing_gradients_drift(pyplot):
    _, right = plot_trace(traced(*(Dense(16, "sigmoid") for _ in range(6))))
    middles = [np.average(np.arange(60), weights=bars) for bars in heights(right)]
    assert all(np.diff(middles[:-1]) > 0)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ([0, 0, 1, 2], "50% zeros"),
        ([1, 2], ""),
        ([0, np.nan, 1, np.inf], "25% zeros\n50% not finite"),
        ([0] + [1] * 999, ""),
        ([0] + [1] * 199, "0% zeros"),
        ([], "none"),
    ],
)
def test_what_is_left_out_is_said(row, text):
    assert _left_out(np.array(row, dtype=float)) == text


def test_ranges():
    assert _numbers(np.array([0, 1, np.nan, -np.inf, -2])).tolist() == [1, -2]
    edges = _even_edges([np.array([0.0]), np.array([-3.0, -1.0])])
    assert len(edges) == 61
    assert edges[0] == pytest.approx(-3, abs=0.01)
    assert edges[-1] == 0
    edges = _logarithmic_edges([np.array([1e-6, 1e-2]), np.array([0.0])])
    assert edges[-1] == pytest.approx(1e-2)
    assert np.allclose(np.diff(np.log(edges)), np.log(edges[1] / edges[0]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [0.0, np.nan, 1e-30])
def test_dead_and_broken_networks_are_drawn_too(scale, pyplot):
    left, _ = plot_trace(traced(Dense(4, "relu"), scale=scale))
    left.figure.canvas.draw()
    expected = {0.0: "100% zeros", 1e-30: ""}.get(scale, "100% not finite")
    assert left.texts[0].get_text() == expected


def test_the_figure_has_the_manners_of_all(tutorial, pyplot):
    axes = Figure().subplots(1, 2)
    assert plot_trace(tutorial, axes=axes) is axes
    assert pyplot.get_fignums() == []
    drawn = plot_trace(tutorial)
    assert pyplot.get_fignums() == [drawn[0].figure.number]
    assert ink_outside(drawn[0].figure) <= 0
    with pyplot.style.context("dark_background"):
        assert plot_trace(tutorial)[0].figure.get_facecolor() == (0, 0, 0, 1)


def test_what_is_wrong_is_said(tutorial):
    with pytest.raises(TypeError, match="Received: dict"):
        plot_trace({"accuracy": [0.9]})
    with pytest.raises(ValueError, match=r"two axes, for outputs and gradients. Received: 3"):
        plot_trace(tutorial, axes=Figure().subplots(1, 3))
    with pytest.raises(TypeError, match="Expected a matplotlib Axes"):
        plot_trace(tutorial, axes=[1, 2])
