"""What all figures have in common."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from numpy_ann.callbacks import TrainingDiagnostics
from numpy_ann.data import toy
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.ops import GradientTape
from numpy_ann.plots import (
    plot_confusion_matrix,
    plot_decision_map,
    plot_diagnostics,
    plot_history,
    plot_images,
    plot_mistakes,
    plot_occlusion,
    plot_saliency,
    plot_tape,
    plot_weights,
)

IMAGES = np.linspace(0, 1, 9 * 28 * 28).reshape(9, 28, 28)
CURVES = {"accuracy": [0.9, 0.95], "loss": [0.4, 0.2], "val_accuracy": [0.93, 0.96], "val_loss": [0.3, 0.2]}
COUNTS = np.diag([980, 1135, 1032]) + 7
WEIGHTS = np.random.default_rng(0).normal(size=(9, 28, 28))
PAIRS = [SimpleNamespace(true=4, predicted=9, count=i, indices=np.array([i])) for i in range(1, 9)]
MODEL = Sequential([Input((2,)), Dense(4, activation="relu"), Dense(2, activation="softmax")], seed=0)
MODEL.compile("sgd", "sparse_categorical_crossentropy")
WATCHED = TrainingDiagnostics()
MODEL.fit(*toy.moons(), verbose=0, callbacks=[WATCHED])
with GradientTape() as TAPE:
    LEAF = TAPE.watch(np.array(3.0))
    VALUE = np.tanh(LEAF) * LEAF

FIGURES = {
    "images": lambda **ax: plot_images(IMAGES, np.arange(9), **ax),
    "history": lambda **ax: plot_history(CURVES, **ax),
    "confusion matrix": lambda **ax: plot_confusion_matrix(COUNTS, **ax),
    "mistakes": lambda **ax: plot_mistakes(IMAGES, PAIRS, **ax),
    "saliency": lambda **ax: plot_saliency(IMAGES, WEIGHTS, np.arange(9), **ax),
    "occlusion": lambda **ax: plot_occlusion(IMAGES, WEIGHTS / 1000, **ax),
    "weights": lambda **ax: plot_weights(WEIGHTS, **ax),
    "decision map": lambda **ax: plot_decision_map(MODEL, *toy.moons(), **ax),
    "tape": lambda **ax: plot_tape(VALUE, {"x": LEAF}, **ax),
    "diagnostics": lambda **ax: plot_diagnostics(WATCHED, **ax),
}
GRIDS = ["images", "mistakes", "saliency", "occlusion"]
ROWS = ["diagnostics"]


def ink_outside(figure):
    """By how many dots does the drawing leave the paper?"""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    drawn = figure.get_tightbbox().transformed(figure.dpi_scale_trans)  # which also settles aspects
    paper = figure.bbox
    return max(paper.x0 - drawn.x0, paper.y0 - drawn.y0, drawn.x1 - paper.x1, drawn.y1 - paper.y1)


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, numpy_ann.plots; print('matplotlib' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize("name", FIGURES)
def test_without_axes_a_pyplot_figure_is_made_with_nothing_cut_off_and_a_layout_of_its_own(name, pyplot):
    """Each kind of figure is drawn once, and once more in another style under one of the settings."""
    drawn = FIGURES[name]()
    figure = np.ravel(drawn)[0].figure
    assert pyplot.get_fignums() == [figure.number]
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert ink_outside(figure) <= 0
    expected = [ax.get_position().bounds for ax in figure.axes]
    pyplot.close("all")
    settings = ("figure.autolayout", "figure.constrained_layout.use")
    setting = {settings[list(FIGURES).index(name) % 2]: True}
    with pyplot.style.context("dark_background"), pyplot.rc_context(setting):
        FIGURES[name]()
        assert pyplot.gcf().get_facecolor() == (0, 0, 0, 1)
        ink_outside(pyplot.gcf())
        assert [ax.get_position().bounds for ax in pyplot.gcf().axes] == expected


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in GRIDS + ROWS])
def test_given_axes_are_returned_and_pyplot_left_alone(name, pyplot):
    ax = Figure().subplots()
    assert FIGURES[name](ax=ax) is ax
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("name", GRIDS + ROWS)
def test_a_given_array_of_axes_is_returned_and_pyplot_left_alone(name, pyplot):
    axes = Figure().subplots(3 if name in GRIDS else 1, 3)
    assert FIGURES[name](axes=axes) is axes
    assert pyplot.get_fignums() == []


def test_pyplot_keeps_its_current_axes(pyplot):
    current = pyplot.figure().subplots()
    other = pyplot.figure().subplots()
    others = pyplot.figure().subplots(1, 3)
    pyplot.sca(current)
    plot_history(CURVES, ax=other)
    plot_confusion_matrix(COUNTS, ax=other)
    plot_images(IMAGES, axes=other)
    plot_mistakes(IMAGES, PAIRS[:1], axes=other)
    plot_saliency(IMAGES, WEIGHTS, axes=other)
    plot_occlusion(IMAGES, WEIGHTS, axes=other)
    plot_weights(WEIGHTS, ax=other)
    plot_decision_map(MODEL, *toy.moons(), ax=other)
    plot_diagnostics(WATCHED, axes=others)
    assert pyplot.gca() is current


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_images(IMAGES[:5], np.array(["T-shirt/top", "Ankle boot", "Bag", "Coat", "Sandal"])),
        lambda: plot_images(IMAGES.repeat(5, axis=0), indices=range(45)),
        lambda: plot_history({"loss": [0.3]}, "loss"),
        lambda: plot_confusion_matrix(COUNTS, class_names=["aeroplane", "automobile", "bird"]),
        lambda: plot_confusion_matrix(np.eye(24), class_names=[f"class number {i}" for i in range(24)]),
        lambda: plot_confusion_matrix(np.eye(120, dtype=int) * 1000),
        lambda: plot_saliency(IMAGES[:1], WEIGHTS[:1] * 1e-5),
        lambda: plot_saliency(IMAGES[:2, :9], WEIGHTS[:2, :9] * 1e3),
        lambda: plot_occlusion(IMAGES[:2, :, :9], WEIGHTS[:2, :, :9]),
        lambda: plot_occlusion(IMAGES.repeat(5, axis=0), WEIGHTS.repeat(5, axis=0), indices=range(45)),
        lambda: plot_weights(WEIGHTS[:1] * 1e-5),
        lambda: plot_weights(WEIGHTS[:1, :1, :1]),
        lambda: plot_weights(WEIGHTS[:, :3]),
        lambda: plot_weights(np.ones((1024, 28, 28))),
        lambda: plot_decision_map(MODEL, *toy.moons(), class_names=["Iris setosa", "Iris versicolor"]),
        lambda: plot_decision_map(MODEL, *toy.spirals()),
    ],
)
def test_nothing_is_cut_off(draw, pyplot):
    draw()
    assert ink_outside(pyplot.gcf()) <= 0
