from contextlib import nullcontext

import numpy as np
import pytest

from numpy_ann.losses import CategoricalCrossentropy
from numpy_ann.metrics import CategoricalAccuracy
from numpy_ann.optimizers import SGD
from numpy_ann.training.configuration import Configuration


def test_names_are_looked_up():
    configuration = Configuration("sgd", "categorical_crossentropy", ["accuracy"])
    assert isinstance(configuration.optimizer, SGD)
    assert isinstance(configuration.loss, CategoricalCrossentropy)


def test_instances_are_kept():
    optimizer, loss, metric = SGD(), CategoricalCrossentropy(), CategoricalAccuracy()
    configuration = Configuration(optimizer, loss, [metric])
    assert configuration.optimizer is optimizer
    assert configuration.loss is loss
    assert configuration.metrics == [metric]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adamm",), r"optimizer identifier: 'adamm'\. Did you mean 'adam'"),
        (
            ("adam", "categorical_crosentropy"),
            r"loss identifier: 'categorical_crosentropy'\. Did you mean 'categorical_crossentropy'",
        ),
        (
            ("adam", "categorical_crossentropy", ["acuracy"]),
            r"metric identifier: 'acuracy'\. Did you mean 'accuracy'",
        ),
        (
            ("adam", "categorical_crossentropy", None, ["acuracy"]),
            r"metric identifier: 'acuracy'\. Did you mean 'accuracy'",
        ),
        (
            ("adam", "categorical_crossentropy", "accuracy"),
            r"Expected `metrics` argument to be a list\..*did you mean \['accuracy'\]",
        ),
        (("adam", "categorical_crossentropy", None, "accuracy"), "Expected `weighted_metrics` argument"),
        (("adam", "categorical_crossentropy", [3]), "A metric is a name or a Metric. Received: 3"),
        ((3,), "optimizer identifier: 3"),
        (("adam", 3), "A loss is a name or a Loss. Received: 3"),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_near_names(arguments, message):
    with pytest.raises(ValueError, match=message):
        Configuration(*arguments)


@pytest.mark.parametrize(
    ("y", "output_shape", "name"),
    [
        (np.array([0, 1]), (3,), "sparse_categorical_crossentropy"),
        (np.array([[0], [1]]), (3,), "sparse_categorical_crossentropy"),
        (np.eye(3), (3,), "categorical_crossentropy"),
        (np.eye(2), (2,), "categorical_crossentropy"),
        (np.array([0, 1]), (1,), "binary_crossentropy"),
        (np.ones((2, 1)), (1,), "binary_crossentropy"),
        (np.array([[0, 1], [2, 0]]), (2, 3), "sparse_categorical_crossentropy"),
    ],
)
@pytest.mark.parametrize("word", ["crossentropy", "ce", "CE"])
def test_crossentropy_means_what_the_first_targets_say(word, y, output_shape, name):
    configuration = Configuration("adam", word)
    assert configuration.loss is None
    assert configuration.loss_in_files == word
    configuration.check_targets(y, output_shape)
    assert (configuration.require_loss().name, configuration.loss_in_files) == (name, name)
    assert configuration.loss_argument == word
    first = configuration.loss
    configuration.running_metrics(y, output_shape)
    assert configuration.loss is first


def test_targets_that_do_not_fit_decide_nothing():
    configuration = Configuration("adam", "ce")
    with pytest.raises(ValueError, match="must have the same shape"):
        configuration.check_targets(np.ones((2, 4)), (3,))
    assert configuration.loss is None
    configuration.check_targets(np.eye(3), (3,))
    with pytest.raises(ValueError, match="to_categorical"):
        configuration.check_targets(np.array([0, 1]), (3,))


def test_without_a_loss_there_is_no_training():
    with pytest.raises(ValueError, match=r'compiled without a loss.*loss="categorical_crossentropy"'):
        Configuration("adam").require_loss()
    with pytest.raises(ValueError, match="compiled without a loss"):
        Configuration("adam").check_targets(np.eye(3), (3,))


@pytest.mark.parametrize(
    ("loss", "y", "output_shape", "kind"),
    [
        ("sparse_categorical_crossentropy", np.array([0, 1]), (3,), "SparseCategoricalAccuracy"),
        ("sparse_categorical_crossentropy", np.array([[0], [1]]), (3,), "SparseCategoricalAccuracy"),
        ("categorical_crossentropy", np.eye(3), (3,), "CategoricalAccuracy"),
        ("categorical_crossentropy", np.ones((2, 1)), (1,), "BinaryAccuracy"),
    ],
)
def test_accuracy_means_what_the_shapes_say(loss, y, output_shape, kind):
    one_class = loss == "categorical_crossentropy" and output_shape == (1,)  # of which Keras warns too
    with pytest.warns(SyntaxWarning, match="num_classes > 1") if one_class else nullcontext():
        metrics = Configuration("adam", loss, ["accuracy", "acc"]).running_metrics(y, output_shape)
    assert [type(metric).__name__ for metric in metrics.metrics] == [kind, kind]
    assert list(metrics.results()) == ["loss", "accuracy", "acc"]
