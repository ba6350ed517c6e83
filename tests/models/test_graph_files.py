"""Graphs in files: those of three Kerases, our own, and what is no graph."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers import (
    Add,
    BatchNormalization,
    Concatenate,
    Dense,
    Embedding,
    Flatten,
    Input,
    StringLookup,
)
from numpy_ann.models import Model, Sequential, clone_model, load_model, model_from_json
from numpy_ann.saving import Limits
from tests.saving.files import edit_config

FOLDER = Path(__file__).parents[1] / "fixtures/graphs"
RNG = np.random.default_rng(0)
X = [RNG.normal(size=(8, 4)), RNG.normal(size=(8, 3))]
Y = [RNG.normal(size=(8, 1)), RNG.uniform(size=(8, 1))]


@pytest.mark.parametrize("file", sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".keras", ".h5")))
def test_files_of_three_kerases_are_read_and_trained_on(file: str) -> None:
    numbers = json.loads((FOLDER / file).with_suffix(".json").read_text())
    x = [np.array(array, np.float32) for array in numbers["x"]]
    y = [np.array(array) for array in numbers["y"]]
    model = load_model(FOLDER / file)
    assert type(model) is Model
    named = {"a", "inner", "shared", "b", "two", "price", "kind"}
    assert named <= {layer.name for layer in model.layers}
    for found, expected in zip(model.predict(x, verbose=0), numbers["predictions"], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6, rtol=1e-6)
    losses = model.fit(x, y, batch_size=16, epochs=5, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(losses, numbers["losses"], rtol=1e-6, atol=1e-6)
    for found, expected in zip(model.predict(x, verbose=0), numbers["after"], strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6, rtol=1e-6)


def graph(form: str = "list") -> Model:
    """Two inputs and outputs, a shared layer, a chain and a graph of two outputs in it."""
    a, b = Input((4,), name="a"), Input((3,), name="b")
    shared = Dense(5, "relu", name="shared")
    inner = Sequential([Input((4,)), Dense(4, "tanh"), BatchNormalization()], name="inner")
    begin = Input((5,))
    once = Dense(2)(begin)
    two = Model(begin, [once, Add()([once, Dense(2)(begin)])], name="two")
    both = Dense(5)(Concatenate()([shared(inner(a)), shared(a), b]))
    p, q = two(both)
    ends = [Dense(1, name="out")(Add()([p, q])), Dense(1, "sigmoid", name="side")(both)]
    if form == "dict":
        model = Model({"a": a, "b": b}, {"x": ends[0], "y": ends[1]}, name="m")
        model.compile("adam", {"x": "mse", "y": "binary_crossentropy"}, loss_weights={"x": 1.0, "y": 0.5})
    else:
        model = Model([a, b], ends, name="m")
        model.compile("adam", ["mse", "binary_crossentropy"], metrics=[["mae"], []])
    return model


def data(form: str) -> tuple[Any, Any]:
    if form == "dict":
        return dict(zip("ab", X, strict=True)), dict(zip("xy", Y, strict=True))
    return X, Y


def arrays(predictions: Any) -> list[Any]:
    return list(predictions.values()) if isinstance(predictions, dict) else predictions


def assert_same(one: Any, other: Any, form: str = "list") -> None:
    x, _ = data(form)
    found, expected = one.predict(x, verbose=0), other.predict(x, verbose=0)
    assert type(found) is type(expected)
    for a, b in zip(arrays(found), arrays(expected), strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("form", ["list", "dict"])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_training_goes_on_to_the_bit(form: str, suffix: str, tmp_path: Path) -> None:
    model, (x, y) = graph(form), data(form)
    model.fit(x, y, batch_size=4, verbose=0)
    model.save(tmp_path / f"m{suffix}")
    again = load_model(tmp_path / f"m{suffix}")
    assert_same(again, model, form)
    histories = [m.fit(x, y, batch_size=4, epochs=2, verbose=0).history for m in (again, model)]
    assert histories[0] == histories[1]
    assert_same(again, model, form)
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


@pytest.mark.parametrize("form", ["list", "dict"])
def test_clones_and_configurations(form: str, tmp_path: Path) -> None:
    model = graph(form)
    others = [clone_model(model), model_from_json(model.to_json()), Model.from_config(model.get_config())]
    for other in others:
        assert not np.array_equal(other.get_weights()[0], model.get_weights()[0])  # drawn anew
        assert np.any(other.get_weights()[0])
        other.set_weights(model.get_weights())
        assert_same(other, model, form)
        assert json.loads(other.to_json()) == json.loads(model.to_json())
    model.fit(*data(form), verbose=0)
    model.save_weights(tmp_path / "m.weights.h5")
    others[0].load_weights(tmp_path / "m.weights.h5")
    assert_same(others[0], model, form)


def test_a_clone_begins_with_given_tensors() -> None:
    x = Input((4,))
    model = Model(x, Dense(2)(x))
    begin = Input((4,), name="other")
    assert clone_model(model, input_tensors=begin).input is begin


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_model_in_a_chain_and_whole_numbers(suffix: str, tmp_path: Path) -> None:
    # TensorFlow's tutorial for beginners: a model, and the same with a softmax behind it.
    words = Sequential([Input((3,), dtype="int32"), Embedding(9, 2), Flatten(), Dense(3)])
    probability = Sequential([words, Dense(2, "softmax")])
    x = RNG.integers(9, size=(5, 3))
    probability.save(tmp_path / f"m{suffix}")
    again = load_model(tmp_path / f"m{suffix}")
    assert np.array_equal(again.predict(x, verbose=0), probability.predict(x, verbose=0))
    assert [type(layer).__name__ for layer in again.layers] == ["Sequential", "Dense"]


def test_a_layer_in_two_parts_is_not_written(tmp_path: Path) -> None:
    shared = Dense(3)
    one, other = Sequential([Input((3,)), shared]), Sequential([Input((3,)), shared])
    x = Input((3,))
    with pytest.raises(ValueError, match="'dense' stands in two models that are parts of 'm'"):
        Model(x, other(one(x)), name="m").save(tmp_path / "m.keras")


def test_a_vocabulary_is_in_the_file(tmp_path: Path) -> None:
    words = StringLookup(max_tokens=5)
    words.adapt(["a", "b", "b"])
    x = Input((2,), dtype="string")
    model = Model(x, Flatten()(Embedding(5, 2)(words(x))))
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    given = np.array([["a", "b"], ["c", "a"]])
    assert np.array_equal(again.predict(given, verbose=0), model.predict(given, verbose=0))


def hostile(change: Any) -> str:
    config = json.loads(graph().to_json())
    change(config["config"])
    return json.dumps(config)


def entry(config: Any, name: str) -> Any:
    return next(layer for layer in config["layers"] if layer["name"] == name)


def history(config: Any, name: str) -> Any:
    """Return the list that says what a layer reads first."""
    args = entry(config, name)["inbound_nodes"][0]["args"][0]
    return (args[0] if isinstance(args, list) else args)["config"]["keras_history"]


def renamed(config: Any) -> None:
    entry(config, "side")["name"] = "out"


CHANGES = {
    "reads its own output": (lambda c: history(c, "shared").__setitem__(0, "shared"), "in a loop through"),
    "reads what is not there": (
        lambda c: history(c, "shared").__setitem__(0, "nobody"), "layer 'nobody' is read, and there is none"),
    "reads a call that is not there": (
        lambda c: history(c, "out").__setitem__(1, 7), "call 7 of a layer .* is read, and there is none"),
    "reads an output that is not there": (
        lambda c: history(c, "shared").__setitem__(2, 5), "output 5 of layer 'inner' is read"),
    "two of one name": (renamed, "two layers have one name"),
    "no inputs": (lambda c: c.__setitem__("input_layers", []), "a layer's name and two numbers"),
    "an input too few": (lambda c: c["input_layers"].pop(), r"\['b'\] aren't among the model's inputs"),
    "an inner input": (
        lambda c: c["input_layers"].append(["shared", 0, 0]), "a model begins with input layers"),
    "reads nothing": (lambda c: entry(c, "out").__setitem__("inbound_nodes", []), "the layer reads nothing"),
    "an argument": (
        lambda c: entry(c, "out")["inbound_nodes"][0]["args"].append(1), "2 arguments is not supported"),
    "another shape": (lambda c: history(c, "out").__setitem__(0, "b"), None),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_graph_is_refused(what: str) -> None:
    change, problem = CHANGES[what]
    if problem is None:
        assert model_from_json(hostile(change)).get_layer("out").input_shape == (3,)
        return
    with pytest.raises(ModelFormatError, match=problem):
        model_from_json(hostile(change))


def test_a_graph_that_grows_like_a_bomb_is_refused(tmp_path: Path) -> None:
    """Eight models in each other, each of which calls the one in it eight times: 16 million uses."""
    x = Input((2,))
    model = Model(x, Dense(2)(x))
    config = json.loads(model.to_json())
    for level in range(8):
        inner, last = config, "begin"
        options = {"batch_shape": [None, 2], "name": "begin"}
        begin = {"class_name": "InputLayer", "config": options, "name": "begin", "inbound_nodes": []}
        nodes = []
        for call in range(8):
            nodes.append([[last, max(call - 1, 0) if last != "begin" else 0, 0, {}]])
            last = "inner"
        part = {**inner, "name": "inner", "inbound_nodes": nodes}
        config = {
            "class_name": "Functional",
            "config": {
                "name": f"level_{level}",
                "layers": [begin, part],
                "input_layers": [["begin", 0, 0]],
                "output_layers": [["inner", 7, 0]],
            },
        }
    with pytest.raises(ModelFormatError, match="uses of layers"):
        model_from_json(json.dumps(config))
    deep: Any = json.loads(model.to_json())
    for _ in range(20):
        deep = {"class_name": "Sequential", "config": {"name": "s", "layers": [deep]}}
    with pytest.raises(ModelFormatError, match=r"models in models, deeper than 16|nested deeper"):
        model_from_json(json.dumps(deep))


def test_limits_hold_for_the_parts_together(tmp_path: Path) -> None:
    graph().save(tmp_path / "m.keras")
    for limits, problem in (
        (Limits(layers=5), "array|layers"),
        (Limits(parameters=30), "at most 30 are read"),
        (Limits(uses=10), "more than 10 uses"),
    ):
        with pytest.raises(ModelFormatError, match=problem):
            load_model(tmp_path / "m.keras", limits=limits)


def test_losses_in_a_list_and_metrics_by_name_are_of_the_same_outputs(tmp_path) -> None:
    """As Keras keeps them, whatever form each was given in."""
    x = Input((3,), name="x")
    shared = Dense(1, name="same")
    model = Model(x, [Dense(1, name="b")(x), Dense(2, name="a")(x), shared(x), shared(2 * x)])
    given = {"loss": ["mse", "mae", None, "mse"], "metrics": {"a": ["mse"], "same_1": ["mae"]}}
    model.compile("sgd", **given)
    model.save(path := tmp_path / "m.keras")
    edit_config(path, lambda config: config["compile_config"].update(given))
    y = [np.ones((4, 1)), np.ones((4, 2)), np.ones((4, 1)), np.ones((4, 1))]
    expected = model.evaluate(np.ones((4, 3)), y, verbose=0, return_dict=True)
    loaded = load_model(path)
    assert loaded.output_names == ["b", "a", "same", "same_1"]
    assert loaded.evaluate(np.ones((4, 3)), y, verbose=0, return_dict=True) == pytest.approx(expected)
    named = Model(x, {"one": model.outputs[0], "all": model.outputs[1]})
    given = {"loss": "mse", "metrics": {"one": ["mae"]}}
    named.compile("sgd", **given)
    named.save(path)
    edit_config(path, lambda config: config["compile_config"].update(given))
    targets = {"all": y[1], "one": y[0]}
    expected = named.evaluate(np.ones((4, 3)), targets, verbose=0, return_dict=True)
    assert set(expected) == {"loss", "all_loss", "one_loss", "one_mae"}
    found = load_model(path).evaluate(np.ones((4, 3)), targets, verbose=0, return_dict=True)
    assert found == pytest.approx(expected)
