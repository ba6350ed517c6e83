"""The tables that ``summary()`` prints of graphs, to the character: beside Keras on JAX, in any width."""

import contextlib
import io
import re
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import numpy_ann.layers
import numpy_ann.models
import numpy_ann.utils
from numpy_ann.lookup import clear_session
from tests.live.random_graphs import Graph, graphs
from tests.parts import parametrized
from tests.parts.layers import CASES, LayerCase

keras = pytest.importorskip("keras")


def printed(model: Any, **options: Any) -> str:
    """Return what goes into a pipe."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        model.summary(**options)
    return out.getvalue()


compared: list[list[str]] = []


@settings(
    max_examples=12,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(graphs())
def test_tables_of_random_graphs(graph: Graph) -> None:
    clear_session()
    keras.utils.clear_session()
    ours, theirs = graph.make("numpy_ann", "float32"), graph.make("keras", "float32")
    with pytest.MonkeyPatch.context() as patch:
        for columns in ("80", "100", "120", "200"):
            patch.setenv("COLUMNS", columns)
            for options in ({}, {"show_trainable": True}, {"line_length": 78}):
                texts: tuple[list[str], list[str]] = ([], [])
                ours.summary(print_fn=texts[0].append, **options)
                theirs.summary(print_fn=texts[1].append, **options)
                compared.append(texts[0])
                assert texts[0] == texts[1]
                assert printed(ours, **options) == printed(theirs, **options)


def test_most_tables_were_compared() -> None:
    assert len(compared) > 50


@parametrized(CASES)
def test_the_table_of_each_layer_in_a_chain(case: LayerCase) -> None:
    """In a pipe and as lines, built and compiled as Keras' is, with Keras' rule at the end."""
    if case.several or case.cls == "InputLayer" or not hasattr(keras.layers, case.cls):
        return
    if case.cls in ("Discretization", "IntegerLookup", "StringLookup") and find_spec("tensorflow") is None:
        return  # Keras makes them with TensorFlow
    clear_session()
    keras.utils.clear_session()
    texts: list[tuple[str, ...]] = []
    dtype = np.asarray(case.inputs("float32")).dtype.name
    for library, models in ("numpy_ann", numpy_ann.models), ("keras", keras):
        layers = numpy_ann.layers if library == "numpy_ann" else keras.layers
        lines: list[str] = []
        model = models.Sequential([layers.Input(case.shape, dtype=dtype), case.ready(library)])
        for options in ({}, {"show_trainable": True}, {"line_length": 70}):
            model.summary(print_fn=lines.append, **options)
        texts.append((*lines, printed(model)))
    assert texts[0] == texts[1]


def nested(library: str) -> Any:
    """Return a graph that has a model in it twice, which has a chain in it."""
    layers = numpy_ann.layers if library == "numpy_ann" else keras.layers
    models = numpy_ann.models if library == "numpy_ann" else keras.models
    deepest = models.Sequential([layers.Input((4,)), layers.Dense(4, name="deep")], name="deepest")
    begin, x = layers.Input((4,), name="begin"), layers.Input((4,), name="x")
    inner = models.Model(begin, layers.Add(name="sum")([deepest(begin), begin]), name="inner")
    first = inner(x)
    second = inner(layers.Dense(4, activation="relu", name="between")(first))
    ends = [layers.Concatenate(name="both")([first, second]), layers.Dense(1, name="end")(second)]
    return models.Model(x, ends, name="outer")


@pytest.mark.parametrize("options", [{}, {"show_trainable": True}, {"layer_range": ("inner", "end")}])
def test_tables_of_models_in_models(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    texts: list[list[str]] = [[], []]
    for library, lines in zip(("numpy_ann", "keras"), texts, strict=True):
        nested(library).summary(expand_nested=True, line_length=110, print_fn=lines.append, **options)
    assert texts[0] == texts[1]
    assert "deep (Dense)" in texts[0][0]


@pytest.mark.parametrize("expand", [False, True])
def test_pictures_of_models_in_models(expand: bool) -> None:
    """The boxes, what they say of names and shapes, and the arrows between them."""
    options = {"expand_nested": expand, "show_layer_names": True}
    theirs = keras.utils.model_to_dot(nested("keras"), **options).to_string()
    number = dict(re.findall(r"^(\d+) \[label=.*?<b>(\w+)</b>", theirs, flags=re.MULTILINE))
    arrows = {(number[a], number[b]) for a, b in re.findall(r"^(\d+) -> (\d+)", theirs, flags=re.MULTILINE)}
    ours = numpy_ann.utils.model_to_dot(nested("numpy_ann"), **options)
    assert sorted(box.rpartition("/")[2] for box in ours.boxes) == sorted(number.values())
    assert {tuple(box.rpartition("/")[2] for box in arrow) for arrow in ours.arrows} == arrows
