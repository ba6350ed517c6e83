"""train_on_batch, test_on_batch, predict_on_batch: one batch, and its figures alone."""

import numpy as np
import pytest

from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.metrics import SparseCategoricalAccuracy
from numpy_ann.models import Sequential

X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 12)
W = np.random.default_rng(2).random(12)


def new_model(**options):
    layers = [Input((4,)), Dense(8, activation="relu"), Dropout(0.5), Dense(3, activation="softmax")]
    model = Sequential(layers, seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", **{"metrics": ["accuracy"], **options})
    return model


def test_steps_on_batches_are_those_of_fit():
    one, other = new_model(), new_model()
    history = one.fit(X, Y, batch_size=6, shuffle=False, sample_weight=W, verbose=0).history
    figures = [other.train_on_batch(X[i : i + 6], Y[i : i + 6], W[i : i + 6]) for i in (0, 6)]
    np.testing.assert_array_equal(one.theta, other.theta)
    np.testing.assert_allclose(np.mean(figures, axis=0), [history["loss"][0], history["accuracy"][0]])


def test_a_metric_of_ones_own_is_of_each_batch_alone_too():
    model = new_model(metrics=[SparseCategoricalAccuracy()])
    for _ in range(3):
        before = model.predict(X, verbose=0).argmax(axis=1) == Y
        assert model.test_on_batch(X, Y)[1] == pytest.approx(before.mean())
    model.train_on_batch(X[:4], Y[:4])
    assert model.test_on_batch(X[:1], Y[:1])[1] in (0, 1)


def test_testing_a_batch_is_evaluating_it():
    model = new_model()
    assert model.test_on_batch(X, Y) == model.evaluate(X, Y, verbose=0)
    assert model.test_on_batch(X, Y, W) == model.evaluate(X, Y, sample_weight=W, verbose=0)
    assert list(model.test_on_batch(X, Y, return_dict=True)) == ["accuracy", "loss"]
    assert isinstance(new_model(metrics=None).test_on_batch(X, Y), float)


def test_predicting_a_batch_needs_no_compile_and_leaves_the_input_alone():
    model = new_model()
    before = X.copy()
    np.testing.assert_array_equal(model.predict_on_batch(X), model.predict(X, verbose=0))
    np.testing.assert_array_equal(X, before)
    bare = Sequential([Input((4,)), Dropout(0.5)])
    assert not np.shares_memory(bare.predict_on_batch(X), X)


def test_class_weights_weigh_as_sample_weights_do():
    one, other = new_model(), new_model()
    one.train_on_batch(X, Y, class_weight={0: 3.0})
    other.train_on_batch(X, Y, sample_weight=np.where(Y == 0, 3.0, 1.0))
    np.testing.assert_array_equal(one.theta, other.theta)
    with pytest.raises(ValueError, match="at the same time"):
        one.train_on_batch(X, Y, W, {0: 3.0})


def test_the_names_of_the_figures():
    model = new_model(metrics=["accuracy"], weighted_metrics=["accuracy"])
    assert Sequential().metrics_names == []
    assert model.metrics_names == ["loss", "accuracy", "weighted_accuracy"]
    model.test_on_batch(X, Y)
    assert model.metrics_names == ["loss", "accuracy", "weighted_accuracy"]
    assert [metric.name for metric in model.metrics] == ["accuracy", "accuracy"]
    assert model.metric_named("accuracy") is model.metrics[0]
    assert model.metric_named("loss") is None


def test_before_compile():
    model = Sequential([Input((4,)), Dense(3)])
    with pytest.raises(ValueError, match=r"You must call `compile\(\)`"):
        model.test_on_batch(X, Y)
