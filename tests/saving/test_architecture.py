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
