"""Each loss as a function beside an installed Keras: every shape and option; a function in ``compile``."""

import inspect
from typing import Any

import numpy as np
import pytest

import numpy_ann
from numpy_ann import losses
from numpy_ann.losses.functions import class_of
from tests.parts import arrays
from tests.support import missing

try:
    import keras
except ImportError:
    missing("Keras is not installed")

SHAPES = [(4,), (4, 1), (4, 3), (4, 2, 3), (2, 3, 4, 5)]
# What Keras has there and this package leaves out, or is no loss.
NO_LOSSES = {"circle", "ctc", "get", "serialize", "deserialize"}
SMOOTHED: list[dict[str, Any]] = [{}, {"label_smoothing": 0.2}, {"from_logits": True}]
CLASSES = [*SMOOTHED, {"axis": 1}, {"axis": -2, "from_logits": True}]

# The function, what draws predictions and targets, and the options.
FUNCTIONS: dict[str, tuple[Any, Any, list[dict[str, Any]]]] = {
    "binary_crossentropy": (arrays.probability, arrays.yes_or_no, [*SMOOTHED, {"axis": 0}, {"axis": 1}]),
    "binary_focal_crossentropy": (
        arrays.probability,
        arrays.probability,
        [*CLASSES, {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}],
    ),
    "categorical_crossentropy": (arrays.positive, arrays.distribution, CLASSES),
    "categorical_focal_crossentropy": (
        arrays.positive,
        arrays.distribution,
        [*CLASSES, {"alpha": 0.4, "gamma": 1.5}],
    ),
    "categorical_generalized_cross_entropy": (arrays.distribution, arrays.labels, [{"q": 0.5}, {"q": 0.9}]),
    "categorical_hinge": (arrays.any_number, arrays.one_hot, [{}]),
    "cosine_similarity": (arrays.any_number, arrays.any_number, [{}, {"axis": 0}, {"axis": 1}]),
    "dice": (arrays.probability, arrays.yes_or_no, [{}, {"axis": -1}, {"axis": 0}, {"axis": (0, 1)}]),
    "hinge": (arrays.any_number, arrays.signs, [{}]),
    "huber": (arrays.any_number, arrays.any_number, [{}, {"delta": 0.3}]),
    "kl_divergence": (arrays.probability, arrays.distribution, [{}]),
    "log_cosh": (arrays.any_number, arrays.any_number, [{}]),
    "mean_absolute_error": (arrays.any_number, arrays.any_number, [{}]),
    "mean_absolute_percentage_error": (arrays.any_number, arrays.any_number, [{}]),
    "mean_squared_error": (arrays.any_number, arrays.any_number, [{}]),
    "mean_squared_logarithmic_error": (arrays.any_number, arrays.any_number, [{}]),
    "poisson": (arrays.positive, arrays.positive, [{}]),
    "sparse_categorical_crossentropy": (
        arrays.positive,
        arrays.labels,
        [{}, {"from_logits": True}, {"ignore_class": 1}, {"ignore_class": 0, "from_logits": True}],
    ),
    "squared_hinge": (arrays.any_number, arrays.yes_or_no, [{}]),
    "tversky": (
        arrays.probability,
        arrays.yes_or_no,
        [{}, {"alpha": 0.3, "beta": 0.7}, {"axis": -1, "alpha": 0.2}, {"axis": (0, 1)}],
    ),
}
CASES = [
    pytest.param(name, options, shape, id=f"{name}-{i}-{'x'.join(map(str, shape))}")
    for name, (_, _, all_options) in FUNCTIONS.items()
    for i, options in enumerate(all_options)
    for shape in SHAPES
    if np.max(options.get("axis", 0)) < len(shape) and -len(shape) <= np.min(options.get("axis", 0))
]


def test_every_function_of_keras_is_here() -> None:
    theirs = {name for name in dir(keras.losses) if name.islower() and not name.startswith("_")} - NO_LOSSES
    assert theirs == FUNCTIONS.keys()
    legacy = keras._tf_keras.keras.losses
    names = {name for name in dir(legacy) if inspect.isfunction(getattr(legacy, name))} - NO_LOSSES
    for name in names:
        assert class_of(getattr(losses, name)) is class_of(getattr(losses, getattr(legacy, name).__name__))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures(name: str) -> None:
    ours, theirs = (inspect.signature(getattr(library.losses, name)) for library in (numpy_ann, keras))
    assert [*ours.parameters] == [*theirs.parameters]
    for parameter in theirs.parameters.values():
        if parameter.default is not inspect.Parameter.empty:
            assert ours.parameters[parameter.name].default == parameter.default


@pytest.mark.parametrize(("name", "options", "shape"), CASES)
def test_equals_keras(name: str, options: dict[str, Any], shape: tuple[int, ...]) -> None:
    predictions, targets, _ = FUNCTIONS[name]
    rng = np.random.default_rng(7)
    y_pred = predictions(rng, shape).astype("float32")
    y_true = np.asarray(targets(rng, shape))
    y_true = y_true if y_true.dtype.kind == "i" else y_true.astype("float32")
    expected = np.asarray(getattr(keras.losses, name)(y_true, y_pred, **options))
    found = getattr(losses, name)(y_true, y_pred, **options)
    assert np.shape(found) == expected.shape
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["huber", "mean_squared_error", "sparse_categorical_crossentropy"])
def test_a_function_in_compile(name: str, tmp_path: Any) -> None:
    predictions, targets, _ = FUNCTIONS[name]
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(12, 4)).astype("float32"), targets(rng, (12, 3))
    activation = {arrays.any_number: "linear", arrays.positive: "softmax"}.get(predictions, "sigmoid")

    def model_of(library: Any) -> Any:
        model = library.models.Sequential([library.layers.Input((4,)), library.layers.Dense(3, activation)])
        model.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in model.get_weights()])
        eagerly = {"run_eagerly": True} if library is keras else {}
        model.compile(library.optimizers.SGD(0.01), getattr(library.losses, name), **eagerly)
        return model

    ours, theirs = model_of(numpy_ann), model_of(keras)
    steps: dict[str, Any] = {"epochs": 2, "batch_size": 5, "shuffle": False, "verbose": 0}
    histories = [model.fit(x, y, **steps).history for model in (ours, theirs)]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=2e-5)
    for suffix in ("keras", "h5"):
        ours.save(tmp_path / f"ours.{suffix}")
        theirs.save(tmp_path / f"theirs.{suffix}")
        again = keras.models.load_model(tmp_path / f"ours.{suffix}")
        back = numpy_ann.load_model(tmp_path / f"theirs.{suffix}")
        expected = ours.evaluate(x, y, verbose=0)
        assert again.evaluate(x, y, verbose=0) == pytest.approx(expected, rel=2e-5)
        assert back.evaluate(x, y, verbose=0) == pytest.approx(expected, rel=2e-5)
