"""Pictures of models: what boxes say, which arrows there are, and who draws."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from numpy_ann.layers import Add, Dense, Input
from numpy_ann.models import Model, Sequential
from numpy_ann.plots import model_graph
from numpy_ann.utils import model_to_dot, plot_model


@pytest.fixture(autouse=True)
def without_graphviz(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(model_graph.shutil, "which", lambda program: None)
    yield
    plt.close("all")


def residual() -> Model:
    x = Input((3,), name="x")
    inner = Sequential([Input((3,)), Dense(3, "relu", name="hidden")], name="inner")
    return Model(x, Dense(2, name="out")(Add(name="sum")([x, inner(x)])))


def texts(**options: Any) -> list[str]:
    return [text.get_text() for text in plot_model(residual(), None, **options).texts]


def test_what_boxes_say() -> None:
    assert texts() == ["InputLayer", "Sequential", "Add", "Dense"]
    assert texts(show_layer_names=True)[1] == "inner (Sequential)"
    assert texts(expand_nested=True, show_layer_names=True, show_layer_activations=True)[1] == (
        "hidden (Dense)\nActivation: relu"
    )
    assert texts(show_shapes=True, show_dtype=True, show_trainable=True)[2:] == [
        "Add\nInput: (None, 3), (None, 3)\nOutput: (None, 3)\nDtype: float32",
        "Dense\nInput: (None, 3)\nOutput: (None, 2)\nDtype: float32\nTrainable: True",
    ]


@pytest.mark.parametrize("rankdir", ["TB", "BT", "LR", "RL"])
def test_no_two_boxes_meet_and_all_go_the_same_way(rankdir: str) -> None:
    ax = plot_model(residual(), None, rankdir=rankdir, show_shapes=True)
    boxes = [patch.get_bbox() for patch in ax.patches if hasattr(patch, "get_boxstyle")]
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    arrows = [patch for patch in ax.patches if not hasattr(patch, "get_boxstyle")]
    assert len(arrows) == 4  # x to inner and sum, inner to sum, sum to out
    axis, sign = {"TB": (1, -1), "BT": (1, 1), "LR": (0, 1), "RL": (0, -1)}[rankdir]
    middles = [(box.x0 + box.x1, box.y0 + box.y1)[axis] * sign for box in boxes]
    assert middles == sorted(middles)


def test_files(tmp_path: Path) -> None:
    for suffix, begins in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        assert plot_model(residual(), tmp_path / f"m{suffix}", dpi=50) is None or "IPython" in sys.modules
        assert (tmp_path / f"m{suffix}").read_bytes().startswith(begins)
    assert not plt.get_fignums()


def test_graphviz_draws_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(model_graph.shutil, "which", lambda program: f"/bin/{program}")

    def run(command: list[str], **options: Any) -> Any:
        called.append((command, options["input"]))
        return SimpleNamespace(stdout=b"<svg/>")

    monkeypatch.setattr(model_graph.subprocess, "run", run)
    plot_model(residual(), tmp_path / "m.svg", show_layer_names=True, rankdir="LR", dpi=70)
    command, text = called[0]
    assert command == ["/bin/dot", "-Tsvg", "-Gdpi=70"]
    assert (tmp_path / "m.svg").read_bytes() == b"<svg/>"
    assert b"digraph {\nrankdir=LR;" in text
    assert b'"inner" [label="inner (Sequential)"];' in text
    assert b'"x" -> "sum";' in text


def test_a_graph_is_text_and_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_graph.shutil, "which", lambda program: None)
    graph = model_to_dot(residual(), show_shapes=True, dpi=50)
    assert graph.to_string().startswith("digraph {\nrankdir=TB;")
    assert b"<svg" in graph.create(prog="dot", format="svg")
    graph.write_png(tmp_path / "m.png")
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    graph.write(tmp_path / "m.dot")
    assert (tmp_path / "m.dot").read_text() == graph.to_string()
    with pytest.raises(AttributeError, match="no attribute 'layout'"):
        graph.layout()


def test_inputs_of_a_graph_in_a_graph_have_boxes_as_keras_draws_them() -> None:
    x, y = Input((3,), name="x"), Input((3,), name="y")
    inner = Model(y, Dense(3, name="hidden")(y), name="inner")
    model = Model(x, Add(name="sum")([x, inner(x)]))
    text = model_to_dot(model, expand_nested=True, show_layer_names=True).to_string()
    arrows = [tuple(line.strip(";").split(" -> ")) for line in text.splitlines() if "->" in line]
    assert arrows == [
        ('"x"', '"inner/y"'),
        ('"inner/y"', '"inner/hidden"'),
        ('"x"', '"sum"'),
        ('"inner/hidden"', '"sum"'),
    ]
    assert '"inner/y" [label="y (InputLayer)"];' in text


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="`rankdir` must be one of 'TB', 'LR', 'BT', 'RL'"):
        plot_model(residual(), rankdir="UP")
    with pytest.raises(ValueError, match="isn't built: give it an Input"):
        plot_model(Sequential([Dense(3)]))


def test_a_long_chain_and_a_shared_layer() -> None:
    shared, x = Dense(3, name="shared"), Input((3,))
    y = x
    for _ in range(3):
        y = shared(y)
    ax = plot_model(Model(x, y), None)
    assert len(ax.texts) == 2
    assert np.isfinite(ax.get_xlim()).all()


@pytest.mark.parametrize("rankdir", ["TB", "LR"])
def test_each_text_stands_in_its_box(rankdir: str) -> None:
    ax = plot_model(residual(), None, rankdir=rankdir)
    boxes = [p for p in ax.patches if isinstance(p, FancyBboxPatch)]
    assert len(boxes) == len(ax.texts) == 4
    for box, text in zip(boxes, ax.texts, strict=True):
        middle = (box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2)
        assert middle == pytest.approx(text.get_position())


@pytest.mark.parametrize(("rankdir", "axis"), [("TB", 1), ("LR", 0)])
def test_arrows_go_from_the_border_of_a_box_to_that_of_another(rankdir: str, axis: int) -> None:
    ax = plot_model(residual(), None, rankdir=rankdir)
    boxes = [np.array(p.get_bbox().get_points()) for p in ax.patches if isinstance(p, FancyBboxPatch)]
    arrows = [p._path_original.vertices for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 4
    for vertices in arrows:
        for end in (vertices[0], vertices[-1]):
            on = [
                np.isclose(end[axis], box[:, axis]).any()
                and box[0, 1 - axis] < end[1 - axis] < box[1, 1 - axis]
                for box in boxes
            ]
            assert sum(on) == 1
