"""Every public part can be explained, by its own docstring and its own shapes."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from numpy_ann import activations, initializers, losses, metrics, optimizers
from numpy_ann.inspection import explain
from numpy_ann.inspection.explaining.explain import KINDS
from numpy_ann.layers import BatchNormalization, Dense, Dropout, Input, Layer, LeakyReLU
from numpy_ann.losses import Loss
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam, schedules
from tests.support import for_each

ROOT = Path(__file__).parents[3]
PARTS = [
    (kind, thing)
    for kind, (base, package) in KINDS.items()
    for name in package.__all__
    for thing in [getattr(package, name)]
    if (
        isinstance(thing, base)
        if kind == "activation function"
        else inspect.isclass(thing) and issubclass(thing, base)
    )
]


def test_parts_of_every_kind_are_there():
    assert {kind for kind, _ in PARTS} == set(KINDS)
    assert len(PARTS) > 150


@for_each("part", PARTS)
def test_every_public_part_is_explained(part):
    kind, thing = part
    explanation = explain(thing)
    assert explanation.kind == kind
    assert explanation.summary
    if not inspect.isabstract(thing) and kind != "callback":
        assert explanation.formula
        if kind in ("layer", "loss", "activation function", "regularizer"):
            assert explanation.derivative
        if kind in ("loss", "optimizer", "learning rate schedule", "activation function"):
            assert explanation.source or thing is losses.FunctionLoss
    lines = (ROOT / explanation.file).read_text().splitlines()
    formula = ("def _", "    lambda ")
    begins = formula if kind == "activation function" else f"class {explanation.name}"
    assert lines[explanation.line - 1].startswith(begins)
    for text in (str(explanation), explanation._repr_html_()):
        assert "``" not in text
        assert not re.search(r"(^|\s)\*\*\w", text)  # a heading's mark; g**2 is a power
        assert " object at 0x" not in text
    assert max(map(len, str(explanation).splitlines())) <= 100


def test_a_layer_with_its_shapes():
    model = Sequential([Input((784,)), Dense(128, activation="relu"), BatchNormalization(), Dropout(0.3)])
    dense, normalization, dropout = map(explain, model.layers)
    assert dense.formula == ("z = x W + b", "y = f(z)", "f(z) = max(z, 0)")
    assert "with f = relu: dz = dy (y > 0)" in dense.derivative
    assert dense.symbols == {
        "x": "(batch, 784)",
        "y": "(batch, 128)",
        "W": "(784, 128), in files kernel",
        "b": "(128,), in files bias",
    }
    assert dense.settings == {
        "units": "128",
        "activation": "'relu'",
        "use_bias": "True",
        "kernel_initializer": "GlorotUniform()",
        "bias_initializer": "Zeros()",
    }
    assert normalization.symbols["moving_mean"] == "(128,)"
    assert any(line.startswith("dx = (g - mean(g)") for line in normalization.derivative)
    assert dropout.settings == {"rate": "0.3"}


def test_what_is_not_built_has_the_shapes_of_its_docstring():
    symbols = {
        "x": "(batch, ..., inputs)",
        "y": "(batch, ..., units)",
        "W": "(inputs, units), in files kernel",
        "b": "(units,), in files bias",
    }
    assert explain(Dense).symbols == explain(Dense(3)).symbols == symbols
    assert explain(Dense).settings == {}
    assert explain(Dense).formula == ("z = x W + b", "y = f(z)")
    assert explain(Dense(3, trainable=False)).settings["trainable"] == "False"


def test_an_optimizer_with_its_settings():
    model = Sequential([Input((4,)), Dense(3)])
    model.compile(Adam(0.01, weight_decay=0.1), "mse")
    assert explain(model.optimizer).symbols == {"theta, g": "(parameters,)"}
    model.train_on_batch(np.ones((2, 4)), np.ones((2, 3)))
    explanation = explain(model.optimizer)
    assert explanation.symbols == {"theta, g": "(15,)"}
    assert explanation.settings["learning_rate"] == "0.01"
    assert explanation.settings["weight_decay"] == "0.1"
    assert "use_ema" not in explanation.settings
    decay = schedules.ExponentialDecay(0.1, 10, 0.9)
    assert explain(SGD(decay)).settings["learning_rate"].startswith("ExponentialDecay(")


def test_a_loss_has_the_formula_of_its_family():
    huber = explain(losses.Huber(2.0))
    assert "l = sum_j e(y_j, p_j) / k" in huber.formula
    assert "dl/dp_j = e'(y_j, p_j) / k" in huber.derivative
    assert huber.settings["delta"] == "2"
    l2 = explain("l2")
    assert l2.formula == ("R(w) = l2 sum w^2",)
    assert l2.derivative == ("dR/dw = l1 sign(w) + 2 l2 w",)


def test_a_metric_leans_on_its_loss():
    assert explain(metrics.Hinge).source == explain(losses.Hinge).source
    assert not explain(metrics.Hinge).derivative


def test_an_activation_function_with_options():
    explanation = explain(LeakyReLU(0.5).activation)
    assert explanation.settings == {"negative_slope": "0.5"}
    assert explanation.formula == ("y = z if z > 0 else negative_slope z",)
    assert explanation.file == "numpy_ann/activations/piecewise.py"


class Cube(Layer):
    """Forward ``y = x^3``, backward ``dx = 3 dy x^2``."""

    def forward(self, x, *, training=False, out=None):
        return self._checked(x) ** 3

    def backward_input(self, dz, *, out=None):
        return dz


def test_a_layer_of_ones_own():
    explanation = explain(Cube)
    assert (explanation.formula, explanation.derivative) == (("y = x^3",), ("dx = 3 dy x^2",))
    assert explanation.file == "tests/inspection/explaining/test_explain.py"
    written_at_a_prompt = type("Typed", (Cube,), {"__module__": "__main__", "__doc__": "Typed in."})
    assert explain(written_at_a_prompt).where == ""
    assert "Read on" not in str(explain(written_at_a_prompt))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("adam", Adam),
        ("Adam", Adam),
        ("mse", losses.MeanSquaredError),
        ("Dense", Dense),
        ("he_normal", initializers.HeNormal),
        ("BinaryAccuracy", metrics.BinaryAccuracy),
        ("auc", metrics.AUC),
    ],
)
def test_names(name, expected):
    assert explain(name).name == expected.__name__


def test_a_name_has_the_usual_settings():
    assert explain("adam").settings == explain(optimizers.Adam()).settings
    assert explain("relu").name == activations.relu.name == "relu"


@pytest.mark.parametrize("name", ["hinge", "Hinge", "poisson"])
def test_a_name_of_two_things_is_refused(name):
    pair = f"explain(losses.{name.title()}), explain(metrics.{name.title()})"
    with pytest.raises(ValueError, match="several things") as error:
        explain(name)
    assert pair in str(error.value)


def test_accuracy_means_three_classes():
    with pytest.raises(ValueError, match="several things") as error:
        explain("accuracy")
    assert str(error.value).count("Accuracy)") == 3


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match=r"Nothing is called 'Danse'.* Did you mean 'Dense'"):
        explain("Danse")
    with pytest.raises(TypeError, match=r"activation function, layer, loss.* Received: 3"):
        explain(3)
    assert issubclass(losses.Hinge, Loss)


def test_an_optimizer_is_shown_as_numpy_computes_it():
    explanation = explain("sgd")
    assert explanation.rule[0] == "if not self.momentum:"
    assert "    return theta - learning_rate * g, {}" in str(explanation)
    assert explain(optimizers.AdamW).rule == explain("adam").rule
    assert all(explain(getattr(optimizers, name)).rule for name in ("Ftrl", "Lamb", "Adafactor", "Nadam"))
    assert explain("Dense").rule == explain(optimizers.Optimizer).rule == ()


def test_shapes_are_a_class_own_before_those_that_it_points_to():
    assert explain(losses.CategoricalFocalCrossentropy).symbols["shapes"] == "both (batch, ..., classes)."
    theirs = "y_pred is (batch, ..., outputs), y_true the same, or (batch, ...) for one output."
    assert explain(losses.BinaryCrossentropy).symbols["shapes"] == theirs
