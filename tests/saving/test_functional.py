"""Which functional models are chains; real files of each generation are in test_keras_files.py."""

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.functional import chain_of


def keras2(*names, class_name="Dense"):
    return [[[name, 0, 0, {}] for name in names]]


def keras3(*names, **kwargs):
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"shape": [None, 3], "keras_history": [name, 0, 0]}}
        for name in names
    ]
    return [{"args": tensors, "kwargs": kwargs}]


def model(links, first="x", last=None, inputs=None):
    """Return a functional model's configuration; ``links`` gives the inbound nodes of each layer."""
    layers = [{"class_name": "InputLayer", "name": first, "config": {}, "inbound_nodes": []}]
    layers += [
        {"class_name": "Dense", "name": name, "config": {}, "inbound_nodes": nodes}
        for name, nodes in links.items()
    ]
    return ConfigValue(
        {
            "name": "m",
            "layers": layers,
            "input_layers": inputs or [[first, 0, 0]],
            "output_layers": [last or list(links)[-1], 0, 0],
        },
        "config",
    )


def names(config):
    return [entry["name"].value for entry in chain_of(config, Limits())]


@pytest.mark.parametrize("node", [keras2, keras3])
def test_a_chain_in_the_order_of_the_data(node):
    assert names(model({"a": node("x"), "b": node("a")})) == ["x", "a", "b"]
    assert names(model({"b": node("a"), "a": node("x")}, last="b")) == ["x", "a", "b"]


def test_what_a_call_may_say():
    assert names(model({"a": keras3("x", training=False, mask=None)})) == ["x", "a"]
    with pytest.raises(ModelFormatError, match="training: true is not supported"):
        names(model({"a": keras3("x", training=True)}))


@pytest.mark.parametrize("node", [keras2, keras3])
@pytest.mark.parametrize(
    ("links", "options", "problem"),
    [
        ({"a": ["x"], "b": ["x", "a"]}, {}, "takes 2 inputs"),
        ({"a": ["x"], "b": ["x"]}, {}, "not a chain"),
        ({"a": ["x"], "b": ["a"]}, {"last": "a"}, "not a chain"),
        ({"a": ["b"], "b": ["a"]}, {}, "not a chain"),
        ({"a": ["a"]}, {}, "not a chain"),
        ({"a": ["elsewhere"]}, {}, "not a chain"),
        ({"a": ["x"]}, {"inputs": [["x", 0, 0], ["y", 0, 0]]}, "2 inputs or outputs"),
        ({"a": ["x"]}, {"inputs": [["y", 0, 0]]}, "not a chain"),
        ({"a": ["x"]}, {"inputs": [["x", 1, 0]]}, "not between"),
    ],
)
def test_what_is_no_chain(node, links, options, problem):
    with pytest.raises(ModelFormatError, match=problem):
        names(model({name: node(*sources) for name, sources in links.items()}, **options))


def test_a_layer_used_twice_or_never():
    with pytest.raises(ModelFormatError, match="used 2 times"):
        names(model({"a": keras2("x") + keras2("x")}))
    with pytest.raises(ModelFormatError, match="used 0 times"):
        names(model({"a": []}))
    with pytest.raises(ModelFormatError, match="two layers have one name"):
        names(model({"x": keras2("x")}))
