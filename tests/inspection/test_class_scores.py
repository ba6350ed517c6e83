import numpy as np
import pytest

from numpy_ann.inspection.class_scores import ClassScores, predictions_of
from numpy_ann.layers import Activation, Dense, Dropout, Flatten, Input, Softmax
from numpy_ann.losses import BinaryCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy
from numpy_ann.models import Sequential

X = np.random.default_rng(0).normal(size=(7, 3))


def ending_in(*layers, loss=None):
    model = Sequential([Input((3,)), *layers], seed=0)
    if loss is not None:
        model.compile(loss=loss)
    return model


@pytest.mark.parametrize(
    ("model", "link", "classes"),
    [
        (ending_in(Dense(4, activation="softmax")), "softmax", 4),
        (ending_in(Dense(4), Softmax()), "softmax", 4),
        (ending_in(Dense(4), Activation("log_softmax")), "softmax", 4),
        (ending_in(Dense(4, activation="sigmoid")), "sigmoid", 4),
        (ending_in(Dense(1, activation="sigmoid")), "sigmoid", 2),
        (ending_in(Dense(4, activation="softmax"), Dropout(0.5)), "softmax", 4),
        (ending_in(Dense(4)), None, 4),
        (ending_in(Dense(1)), None, 1),
        (ending_in(Dense(4), loss="mse"), None, 4),
        (ending_in(Dense(4), loss=CategoricalCrossentropy(from_logits=True)), "softmax", 4),
        (ending_in(Dense(4), loss=CategoricalFocalCrossentropy(from_logits=True)), "softmax", 4),
        (ending_in(Dense(1), loss=BinaryCrossentropy(from_logits=True)), "sigmoid", 2),
        (ending_in(Dense(4), loss=BinaryCrossentropy(from_logits=True)), "sigmoid", 4),
    ],
)
def test_how_outputs_are_read(model, link, classes):
    answers = ClassScores(model)
    assert (answers.link, answers.classes) == (link, classes)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_probabilities_are_the_models(activation):
    model = ending_in(Dense(4, activation=activation))
    answers = ClassScores(model)
    z, p = answers.scores(X), model.predict(X, verbose=0)
    np.testing.assert_allclose(answers.values(z), p, rtol=1e-6)
    np.testing.assert_array_equal(answers.predicted(z), p.argmax(axis=1))


def test_a_single_sigmoid_has_two_probabilities():
    model = ending_in(Dense(1, activation="sigmoid"))
    answers = ClassScores(model)
    z, p = answers.scores(X), model.predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(answers.values(z), np.stack([1 - p, p], axis=1), rtol=1e-6)
    np.testing.assert_array_equal(answers.predicted(z), p > 0.5)
    assert answers.predicted(np.array([[-0.1], [0.0], [0.1]])).tolist() == [0, 0, 1]


def test_without_probabilities_the_outputs_stand():
    model = ending_in(Dense(2, activation="softplus"))
    answers = ClassScores(model)
    np.testing.assert_array_equal(answers.values(answers.scores(X)), model.predict(X, verbose=0))


def test_logarithms_stay_exact_where_probabilities_are_0():
    model = Sequential([Input((2,)), Activation("softmax")])
    answers = ClassScores(model)
    # log p = (1000 - 3000, 0) but for exp(-2000)
    np.testing.assert_array_equal(answers.log_probabilities(np.array([[1000.0, 3000.0]])), [[-2000, 0]])
    binary = ClassScores(Sequential([Input((1,)), Activation("sigmoid")]))
    np.testing.assert_array_equal(binary.log_probabilities(np.array([[1000.0]])), [[-1000, 0]])


def test_scores_do_not_depend_on_the_batches():
    model = ending_in(Dense(5, activation="relu"), Dense(2, activation="softmax"))
    x = np.random.default_rng(1).normal(size=(1000, 3))
    found = ClassScores(model).scores(x)
    np.testing.assert_allclose(found[700:701], ClassScores(model).scores(x[700:701]), rtol=1e-5, atol=1e-6)
    assert found.shape == (1000, 2)


def test_judged_sets_answers_beside_labels():
    model = Sequential([Input((2,)), Activation("softmax")])
    x = np.log([[0.9, 0.1], [0.2, 0.8]])
    true, predicted, log_p = predictions_of(model, x, [1, 1])
    assert (true.tolist(), predicted.tolist()) == ([1, 1], [0, 1])
    np.testing.assert_allclose(np.exp(log_p), [[0.9, 0.1], [0.2, 0.8]], rtol=1e-6)
    with pytest.raises(ValueError, match="x 2, y 3"):
        predictions_of(model, x, [1, 1, 0])


def test_what_cannot_be_read():
    with pytest.raises(ValueError, match=r"'sequential' gives no probabilities.*ends in 'linear'.*softmax"):
        predictions_of(ending_in(Dense(4)), X, np.zeros(7))
    model = ending_in(Dense(4, activation="softmax"))
    x = X.copy()
    x[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN for sample 3"):
        predictions_of(model, x, np.zeros(7))
    with pytest.raises(ValueError, match="gives no probabilities"):  # whatever the targets are
        predictions_of(ending_in(Dense(1)), X, np.linspace(0, 1, 7)[:, np.newaxis])
    with pytest.raises(ValueError, match="one row of outputs"):
        ClassScores(Sequential([Input((3, 3)), Dense(2)]))
    with pytest.raises(ValueError, match="one row of outputs"):
        ClassScores(Sequential([Input((3,)), Dropout(0.5)]))
    assert ClassScores(Sequential([Input((3, 3)), Flatten(), Dense(2)])).classes == 2
