"""What all figures have in common."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.plots import plot_confusion_matrix, plot_history, plot_images

IMAGES = np.linspace(0, 1, 9 * 28 * 28).reshape(9, 28, 28)
CURVES = {"accuracy": [0.9, 0.95], "loss": [0.4, 0.2], "val_accuracy": [0.93, 0.96], "val_loss": [0.3, 0.2]}
COUNTS = np.diag([980, 1135, 1032]) + 7

FIGURES = {
    "images": lambda **ax: plot_images(IMAGES, np.arange(9), **ax),
    "history": lambda **ax: plot_history(CURVES, **ax),
    "confusion matrix": lambda **ax: plot_confusion_matrix(COUNTS, **ax),
}


def ink_outside(figure):
    """By how many dots does the drawing leave the paper?"""
    figure.canvas.draw()
    drawn = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    paper = figure.bbox
    return max(paper.x0 - drawn.x0, paper.y0 - drawn.y0, drawn.x1 - paper.x1, drawn.y1 - paper.y1)


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, numpy_ann.plots; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("name", FIGURES)
def test_without_axes_a_pyplot_figure_is_made(name, pyplot):
    drawn = FIGURES[name]()
    ax = drawn if name != "images" else drawn[0, 0]
    assert pyplot.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize("name", ["history", "confusion matrix"])
def test_given_axes_are_returned_and_pyplot_left_alone(name, pyplot):
    ax = Figure().subplots()
    assert FIGURES[name](ax=ax) is ax
    assert pyplot.get_fignums() == []


def test_a_given_array_of_axes_is_returned_and_pyplot_left_alone(pyplot):
    axes = Figure().subplots(3, 3)
    assert FIGURES["images"](axes=axes) is axes
    assert pyplot.get_fignums() == []


def test_pyplot_keeps_its_current_axes(pyplot):
    current = pyplot.figure().subplots()
    other = pyplot.figure().subplots()
    pyplot.sca(current)
    plot_history(CURVES, ax=other)
    plot_confusion_matrix(COUNTS, ax=other)
    plot_images(IMAGES, axes=other)
    assert pyplot.gca() is current


@pytest.mark.parametrize(
    "draw",
    [
        *FIGURES.values(),
        lambda: plot_images(IMAGES[:5], np.array(["T-shirt/top", "Ankle boot", "Bag", "Coat", "Sandal"])),
        lambda: plot_images(IMAGES.repeat(5, axis=0), indices=range(45)),
        lambda: plot_history({"loss": [0.3]}, "loss"),
        lambda: plot_confusion_matrix(COUNTS, class_names=["aeroplane", "automobile", "bird"]),
        lambda: plot_confusion_matrix(np.eye(40), class_names=[f"class number {i}" for i in range(40)]),
        lambda: plot_confusion_matrix(np.eye(120, dtype=int) * 1000),
    ],
)
def test_nothing_is_cut_off(draw, pyplot):
    draw()
    assert ink_outside(pyplot.gcf()) <= 0


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("name", FIGURES)
def test_figures_take_on_the_style_in_use(name, style, pyplot):
    with pyplot.style.context(style):
        FIGURES[name]()
        assert pyplot.gcf().get_facecolor() == ((1, 1, 1, 1) if style == "default" else (0, 0, 0, 1))


@pytest.mark.parametrize("setting", ["figure.autolayout", "figure.constrained_layout.use"])
@pytest.mark.parametrize("name", FIGURES)
def test_figures_keep_their_layout_whatever_the_settings(name, setting, pyplot):
    FIGURES[name]()
    expected = [ax.get_position().bounds for ax in _drawn(pyplot)]
    pyplot.close("all")
    with pyplot.rc_context({setting: True}):
        FIGURES[name]()
        assert [ax.get_position().bounds for ax in _drawn(pyplot)] == expected


def _drawn(pyplot):
    pyplot.gcf().canvas.draw()
    return pyplot.gcf().axes
