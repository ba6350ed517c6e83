"""From configurations to chains of layers: minimal ones, and each place that a shape may stand in."""

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.saving.containers.limits import Limits
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.architecture import read_architecture

DENSE = {"class_name": "Dense", "config": {"units": 3}}


def sequential(*layers, root=(), **config):
    return {"class_name": "Sequential", "config": {"layers": list(layers), **config}, **dict(root)}


def read(config, **limits):
    return read_architecture(ConfigValue(config, "x"), Limits(**limits))


@pytest.mark.parametrize(
    "config",
    [
        sequential({"class_name": "InputLayer", "config": {"batch_shape": [None, 2]}}, DENSE),
        sequential({"class_name": "InputLayer", "config": {"batch_input_shape": [32, 2]}}, DENSE),
        sequential({"class_name": "Dense", "config": {"units": 3, "batch_input_shape": [None, 2]}}),
        sequential(DENSE, build_input_shape=[None, 2]),
        sequential({**DENSE, "build_config": {"input_shape": [None, 2]}}),
        sequential(DENSE, root={"build_config": {"input_shape": [None, 2]}}),
        sequential(
            {"class_name": "InputLayer", "config": {"batch_input_shape": [None, None]}},
            {**DENSE, "build_config": {"input_shape": [None, 2]}},
            root={"build_config": {"input_shape": [None, None]}},
        ),
    ],
)
def test_where_the_shape_of_the_input_stands(config):
    architecture = read(config)
    assert architecture.input_shape == (2,)
    assert [[weight.shape for weight in weights] for weights in architecture.weight_formats] == [
        [(2, 3), (3,)]
    ]
    assert [weight[:2] for weights in architecture.weight_formats for weight in weights] == [
        ((2, 3), True),
        ((3,), True),
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (sequential(DENSE), "does not say the shape"),
        (sequential(DENSE, build_input_shape=[None]), "a sample has none"),
        (sequential(DENSE, build_input_shape=[]), "a sample has none"),
        (sequential(DENSE, build_input_shape=[None, 0]), "0 is not between"),
        (sequential(DENSE, build_input_shape=[None, None]), "makes a weight of shape"),
        # What the second layer was built for is not the first one's input.
        (
            sequential(
                {"class_name": "Flatten", "config": {}}, {**DENSE, "build_config": {"input_shape": [None, 2]}}
            ),
            "does not say the shape",
        ),
        (sequential({"class_name": "InputLayer", "config": {"batch_shape": [None, 2]}}), "no layers"),
        (
            sequential(
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "sparse": True}}, DENSE
            ),
            "sparse",
        ),
        ({"class_name": "Model", "config": {}}, "'layers' is missing"),
        (sequential(DENSE, build_input_shape=[None, 2], extra=1), "could mean something"),
    ],
)
def test_refused(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read(config)


def test_one_dtype():
    def dense(dtype):
        return {"class_name": "Dense", "config": {"units": 3, "name": dtype, "dtype": dtype}}

    assert read(sequential(dense("float64"), build_input_shape=[None, 2])).dtype == "float64"
    with pytest.raises(ModelFormatError, match="different dtypes"):
        read(sequential(dense("float64"), dense("float32"), build_input_shape=[None, 2]))


def test_limits_hold_and_can_be_moved():
    config = sequential(
        DENSE, {"class_name": "Dense", "config": {"units": 4, "name": "b"}}, build_input_shape=[None, 2]
    )
    assert len(read(config, layers=2, units=4, parameters=25).layers) == 2
    for limit, problem in (
        (("layers", 0), "entries"),
        (("units", 3), "a sample"),
        (("parameters", 24), "parameters"),
    ):
        with pytest.raises(ModelFormatError, match=problem):
            read(config, **dict([limit]))


def layer(kind, name, *reads, **options):
    """Return a layer of a graph, in the form of Keras 2, that reads those of these names."""
    nodes = [[[read, 0, 0, {}] for read in reads]] if reads else []
    return {"class_name": kind, "config": {**options, "name": name}, "name": name, "inbound_nodes": nodes}


def graph(*layers, outputs, name="graph"):
    begin = [[one["name"], 0, 0] for one in layers if one["class_name"] == "InputLayer"]
    ends = {"input_layers": begin, "output_layers": [[output, 0, 0] for output in outputs]}
    return {"class_name": "Functional", "config": {"name": name, "layers": list(layers), **ends}}


def called(model, name, *reads):
    return {**layer("", name, *reads), **model, "name": name}


def chain(*layers, name="inner", **options):
    return sequential(*layers, name=name, **options)


A, B = (layer("InputLayer", name, batch_shape=[None, 2]) for name in "ab")
FORK = graph(
    A,
    layer("Dense", "left", "a", units=3),
    layer("Dense", "right", "a", units=4),
    outputs=["left", "right"],
    name="fork",
)
NARROW = chain(DENSE, build_input_shape=[None, 3])
INTEGERS = {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "dtype": "int32"}}
EMBEDDING = {"class_name": "Embedding", "config": {"input_dim": 9, "output_dim": 4}}


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (sequential(FORK, build_input_shape=[None, 2]), "a model of 2 outputs in a chain of layers"),
        (sequential(INTEGERS, DENSE), "an input that casts to int32, cutting off fractions"),
        (
            graph(A, B, layer("Dense", "c", "a", "b", units=3), outputs=["c"]),
            "takes 2 inputs; it can take one",
        ),
        (
            graph(A, called(NARROW, "inner", "a"), outputs=["inner"]),
            r"for inputs of shape \[\(3,\)\] is called on \[\(2,\)\]",
        ),
        (
            graph(
                A, B, called(chain(DENSE, build_input_shape=[None, 2]), "inner", "a", "b"), outputs=["inner"]
            ),
            r"for inputs of shape \[\(2,\)\] is called on \[\(2,\), \(2,\)\]",
        ),
        (
            graph(A, B, called(chain(DENSE), "inner", "a", "b"), outputs=["inner"]),
            "does not say the shape of the model's input",
        ),
    ],
)
def test_parts_that_do_not_fit_what_they_read(config, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read(config)


TENSOR = {"class_name": "__keras_tensor__", "config": {"dtype": "float32", "keras_history": ["a", 0, 0]}}


def reading(nodes):
    return graph(A, {**layer("Dense", "b", units=3), "inbound_nodes": nodes}, outputs=["b"])


@pytest.mark.parametrize(
    ("nodes", "training"),
    [
        ([[["a", 0, 0]]], None),
        ([[["a", 0, 0, {}]]], None),
        ([["a", 0, 0, {"training": True}]], True),
        ([[["a", 0, 0, {"training": False, "mask": None}]]], False),
        ([{"args": [TENSOR], "kwargs": {"training": True}}], True),
        ([{"args": [[TENSOR]], "kwargs": {"training": None}}], None),
    ],
)
def test_the_forms_of_a_call(nodes, training):
    begin, dense = read(reading(nodes)).connections.calls
    assert [(place.call, place.output) for place in dense.inputs] == [(0, 0)]
    assert (begin.inputs, begin.training, dense.training) == ([], None, training)


@pytest.mark.parametrize(
    ("node", "problem"),
    [
        ({"args": [5], "kwargs": {}}, r"args\[0\]: expected another layer's output, found 5"),
        ({"args": [[TENSOR, 5]], "kwargs": {}}, r"args\[0\]: expected another layer's output"),
        ({"args": [], "kwargs": {}}, "a call with 0 arguments is not supported"),
        ({"args": [TENSOR, TENSOR], "kwargs": {}}, "a call with 2 arguments is not supported"),
        ({"args": [[]], "kwargs": {}}, "a call that reads nothing"),
        ([], "a call that reads nothing"),
        (
            [["a", 0]],
            r"inbound_nodes\[0\]\[0\]: expected a layer's name and two numbers, found an array of 2",
        ),
        ([["a", -1, 0]], "-1 is not between 0 and"),
        ([["a", 1, 0]], "call 1 of a layer 'a' is read, and there is none"),
        ([["a", 0, 1]], "output 1 of layer 'a' is read, and there is none"),
        ([["a", 0, 0, {"mask": 1}]], "mask: 1 is not supported"),
    ],
)
def test_calls_that_are_refused(node, problem):
    with pytest.raises(ModelFormatError, match=problem):
        read(reading([node]))


@pytest.mark.parametrize("reads", ["a", "b"])
def test_a_chain_in_a_graph_takes_the_shape_that_it_does_not_say_from_what_it_is_called_on(reads):
    wide = layer("InputLayer", "b", batch_shape=[None, 5])
    found = read(graph(A, wide, called(chain(DENSE), "inner", reads), outputs=["inner"]))
    inner = found.parts[2]
    assert (inner.input_shape, inner.input_name) == ({"a": (2,), "b": (5,)}[reads], "input_layer")
    assert [weight.shape for weight in inner.weight_formats[0]] == [(*inner.input_shape, 3), (3,)]
    assert inner.batch_size is None


def test_only_an_input_that_casts_to_whole_numbers_says_how_the_chain_casts():
    assert read(sequential(INTEGERS, EMBEDDING)).input_dtype == "int32"
    floats = {**INTEGERS, "config": {**INTEGERS["config"], "dtype": "float32"}}
    assert read(sequential(floats, DENSE)).input_dtype is None
    assert read(sequential(DENSE, build_input_shape=[None, 2])).input_dtype is None


def test_the_limits_hold_for_models_in_models():
    dense = {"class_name": "Dense", "config": {"units": 3, "name": "second"}}
    config = sequential(chain(DENSE, dense), chain(DENSE, dense, name="other"), build_input_shape=[None, 3])
    assert len(read(config, depth=2, layers=5).layers) == 4  # twice a model of two, and one more for an input
    for limit, problem in (
        (("depth", 1), r"^x: config: layers\[0\] \('inner'\): models in models, deeper than 1$"),
        (("layers", 4), r"layers\[1\] \('second'\): more than 4 layers$"),
    ):
        with pytest.raises(ModelFormatError, match=problem):
            read(config, **dict([limit]))


def test_a_lambda_without_a_function_is_refused_by_what_is_missing():
    with pytest.raises(ModelFormatError, match="'function'"):
        read(sequential({"class_name": "Lambda", "config": {}}, build_input_shape=[None, 2]))
