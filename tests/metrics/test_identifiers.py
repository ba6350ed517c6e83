import inspect

import numpy as np
import pytest

from numpy_ann import losses, metrics
from numpy_ann.lookup import snake_case
from numpy_ann.metrics.identifiers import BY_CLASS


def needs_arguments(name: str) -> bool:
    return any(p.default is p.empty for p in inspect.signature(BY_CLASS[name]).parameters.values())


@pytest.mark.parametrize(
    "name", [name for name in BY_CLASS if name != "Accuracy" and not needs_arguments(name)]
)
def test_found_by_class_name_and_in_snake_case_under_the_name_given(name: str) -> None:
    for identifier in (name, snake_case(name)):
        metric = metrics.get(identifier, (3,), (3,))
        assert type(metric) is BY_CLASS[name]
        assert metric.name == identifier
    assert type(metrics.get(BY_CLASS[name], (3,), (3,))) is BY_CLASS[name]


# Keras 3.15.1's compile_utils, run: kind by target shape and output shape of a sample.
@pytest.mark.parametrize(
    ("target", "output", "accuracy", "crossentropy"),
    [
        ((), (1,), "BinaryAccuracy", "BinaryCrossentropy"),
        ((1,), (1,), "BinaryAccuracy", "BinaryCrossentropy"),
        ((), (4,), "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
        ((1,), (4,), "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
        ((5,), (5, 4), "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
        ((4,), (4,), "CategoricalAccuracy", "CategoricalCrossentropy"),
    ],
)
def test_accuracy_and_crossentropy_by_the_shapes(
    target: tuple[int, ...], output: tuple[int, ...], accuracy: str, crossentropy: str
) -> None:
    for name in ("accuracy", "acc", "Accuracy", "ACC"):
        assert type(metrics.get(name, target, output)).__name__ == accuracy
        assert metrics.get(name, target, output).name == name
    for name in ("crossentropy", "ce"):
        assert type(metrics.get(name, target, output)).__name__ == crossentropy


@pytest.mark.parametrize("name", ["mse", "MAE", "huber", "categorical_focal_crossentropy", "kld"])
def test_every_loss_is_a_metric_by_its_name(name: str) -> None:
    metrics.check(name)
    metric = metrics.get(name, (2,), (2,))
    y_true, y_pred = np.array([[0.25, 0.75], [1.0, 0.0]]), np.array([[0.5, 0.5], [0.1, 0.9]])
    assert metric(y_true, y_pred) == losses.get(name)(y_true, y_pred)
    assert metric.name == name


def test_a_loss_is_a_metric_divided_by_the_sum_of_the_weights() -> None:
    # |d| = 1 and 3, weights 1 and 3: the loss is (1 + 9) / 2 = 5, the metric (1 + 9) / 4 = 2.5.
    y_true, y_pred, w = np.zeros(2), np.array([[1.0], [3.0]]), np.array([1.0, 3.0])
    loss = losses.MeanAbsoluteError()
    assert loss(y_true, y_pred, w) == 5.0
    assert metrics.get(loss, (), (1,))(y_true, y_pred, w) == 2.5


def test_a_function_of_samples_is_averaged_over_them() -> None:
    def off(y_true, y_pred):  # type: ignore[no-untyped-def]
        return np.abs(y_true - y_pred)

    metric = metrics.get(off, (), (1,))
    assert metric.name == "off"
    metric.update_state(np.zeros(3), np.array([[1.0], [2.0], [3.0]]))
    metric.update_state(np.zeros(1), np.array([[6.0]]))
    assert metric.result() == 3.0  # (1 + 2 + 3 + 6) / 4, and no table of (3,) against (3, 1)
    assert metrics.get(off, (), (1,))(np.zeros(2), np.array([[1.0], [3.0]]), np.array([1.0, 3.0])) == 2.5


def test_a_function_of_the_batch_is_averaged_over_batches() -> None:
    def largest(y_true, y_pred):  # type: ignore[no-untyped-def]
        return y_pred.max()

    metric = metrics.get(largest, (), (1,))
    metric.update_state(np.zeros(3), np.array([[1.0], [2.0], [3.0]]))
    metric.update_state(np.zeros(1), np.array([[6.0]]))
    assert metric.result() == 4.5  # (3 + 6) / 2
    with pytest.raises(ValueError, match="one number for all samples, so their weights can't count"):
        metric.update_state(np.zeros(1), np.array([[6.0]]), np.ones(1))


def test_a_function_that_returns_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a number for each of 3 samples, or one .* the shape \(2,\)"):
        metrics.MeanMetricWrapper(lambda y_true, y_pred: np.zeros(2))(np.zeros(3), np.zeros((3, 1)))


def test_get_without_shapes_gives_keras_own() -> None:
    # Keras 3.15: keras.metrics.get(name), its class and its name.
    for name, cls in [
        ("mse", "MeanSquaredError"),
        ("MAE", "MeanAbsoluteError"),
        ("AUC", "AUC"),
        ("bce", "BinaryCrossentropy"),
    ]:
        metric = metrics.get(name)
        assert type(metric).__name__ == cls
        assert metric.name == snake_case(cls)
    config = {"class_name": "TopKCategoricalAccuracy", "config": {"name": "top", "k": 2}}
    metric = metrics.get(config)
    assert (metric.name, metric.get_config()["k"]) == ("top", 2)
    with pytest.raises(ValueError, match="Did you mean 'Precision'"):
        metrics.get({"class_name": "Precison"})


def test_keras_functions_are_metrics_under_their_names() -> None:
    y_true, y_pred = np.array([[0.25, 0.75], [1.0, 0.0]]), np.array([[0.5, 0.5], [0.1, 0.9]])
    for function in (
        metrics.mean_squared_error,
        metrics.categorical_accuracy,
        losses.cosine_similarity,
        metrics.huber,
    ):
        metric = metrics.get(function)
        assert metrics.identifiers.as_name(function) == function.__name__
        assert metric.name == function.__name__
        assert metric(y_true, y_pred) == pytest.approx(
            np.mean(function(y_true, y_pred)) * (-1 if metric.name == "cosine_similarity" else 1)
        )
    assert metrics.identifiers.as_name(metrics.accuracy_score) is metrics.accuracy_score  # scikit-learn's


def test_what_is_no_metric_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'precison'\. Did you mean 'precision'"):
        metrics.check("precison")
    for wrong in (3, None):
        with pytest.raises(ValueError, match="A metric is a name or a Metric"):
            metrics.check(wrong)
    with pytest.raises(TypeError, match=r"A metric function is a function\. Received: 3"):
        metrics.MeanMetricWrapper(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["acc", "ce", "crossentropy"])
def test_names_that_shapes_decide_are_none_without_shapes_as_in_keras(name: str) -> None:
    with pytest.raises(ValueError, match=f"^Could not interpret metric identifier: '{name}'"):
        metrics.get(name)
