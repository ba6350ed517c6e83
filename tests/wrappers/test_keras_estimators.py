"""Keras' and scikeras' estimators in scikit-learn: options routed, weights cloned, classes of any kind."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import Adam
from numpy_ann.wrappers import (
    KerasClassifier,
    KerasRegressor,
    SKLearnClassifier,
    SKLearnRegressor,
    SKLearnTransformer,
)

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 3))
COLOURS = np.where(X[:, 0] > 0.5, "red", np.where(X[:, 0] < -0.5, "blue", "green"))
NUMBERS = X @ [1.0, -2.0, 0.5]


def classifier(units=8, classes=3, loss="sparse_categorical_crossentropy"):
    model = Sequential([Input((3,)), Dense(units, "relu"), Dense(classes, "softmax")])
    model.compile(Adam(0.05), loss, metrics=["accuracy"])
    return model


def regressor(X, y, units=4):
    model = Sequential([Input((X.shape[1],)), Dense(units, "tanh"), Dense(y.shape[1])], seed=0)
    model.compile("adam", "mse")
    return model


def test_a_function_is_searched_over():
    estimator = KerasClassifier(classifier, verbose=0, epochs=2, model__units=4)
    grid = {"kerasclassifier__model__units": [2, 5], "kerasclassifier__fit__batch_size": [10]}
    search = GridSearchCV(make_pipeline(StandardScaler(), estimator), grid, cv=2).fit(X, COLOURS)
    best = search.best_estimator_[-1]
    assert best.model_.layers[0].units == search.best_params_["kerasclassifier__model__units"]
    assert set(search.predict(X)) <= {"red", "green", "blue"}
    assert cross_val_score(estimator, X, COLOURS, cv=2).shape == (2,)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_classes_are_turned_as_the_loss_wants_them(loss):
    estimator = KerasClassifier(build_fn=classifier, loss=loss, verbose=0, epochs=60, random_state=0)
    estimator.fit(X, COLOURS)
    assert estimator.classes_.tolist() == ["blue", "green", "red"]
    assert estimator.score(X, COLOURS) > 0.6
    np.testing.assert_allclose(estimator.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    assert set(estimator.history_) == {"accuracy", "loss"}
    assert len(estimator.history_["loss"]) == 60


def test_the_loss_can_be_left_to_the_classes():
    def network(meta, hidden=(4,)):
        outputs = 1 if meta["target_type_"] == "binary" else meta["n_classes_"]
        layers = [Dense(units, "tanh") for units in hidden]
        last = Dense(outputs, "sigmoid" if outputs == 1 else "softmax")
        return Sequential([Input((meta["n_features_in_"],)), *layers, last])

    two = KerasClassifier(network, hidden=(5, 2), optimizer="sgd", optimizer__learning_rate=0.2, verbose=0)
    two.fit(X, COLOURS == "red")
    assert two.model_.loss == "binary_crossentropy" or two.model_.loss.name == "binary_crossentropy"
    assert [layer.units for layer in two.model_.layers] == [5, 2, 1]
    assert float(two.model_.optimizer.learning_rate) == pytest.approx(0.2)
    assert two.predict_proba(X).shape == (60, 2)
    assert two.predict(X).dtype == bool
    three = clone(two).set_params(hidden=(3,), epochs=2).fit(X, COLOURS)
    assert three.predict_proba(X).shape == (60, 3)
    assert two.kwargs["hidden"] == (5, 2)


def test_going_on():
    estimator = KerasRegressor(lambda: regressor(X, NUMBERS[:, None]), epochs=2, verbose=0)
    estimator.fit(X, NUMBERS)
    first = estimator.model_
    estimator.partial_fit(X, NUMBERS)
    assert estimator.model_ is first
    assert len(estimator.history_["loss"]) == 3
    estimator.fit(X, NUMBERS)
    assert estimator.model_ is not first
    kept = estimator.set_params(warm_start=True).fit(X, NUMBERS).model_
    assert estimator.fit(X, NUMBERS).model_ is kept
    assert estimator.predict(X).shape == (60,)
    assert estimator.score(X, NUMBERS) < 1


def test_weights_of_samples_and_classes():
    weight = (COLOURS == "red").astype(float)
    estimator = KerasClassifier(classifier, verbose=0, epochs=80, random_state=0, optimizer="adam")
    assert set(estimator.fit(X, COLOURS, sample_weight=weight).predict(X)) == {"red"}
    balanced = clone(estimator).set_params(class_weight="balanced").fit(X, COLOURS)
    weights = {"blue": 1.0, "green": 0.0, "red": 0.0}
    given = clone(estimator).set_params(class_weight=weights).fit(X, COLOURS)
    assert set(given.predict(X)) == {"blue"}
    with pytest.raises(ValueError, match="not in class_weight"):
        clone(estimator).set_params(class_weight={0: 1.0}).fit(X, COLOURS)
    assert balanced.score(X, COLOURS) > 0.6


def test_repeatable():
    fits = [
        KerasClassifier(classifier, random_state=3, verbose=0).fit(X, COLOURS).predict_proba(X)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*fits)


def test_bad_options():
    estimator = KerasClassifier(classifier)
    with pytest.raises(ValueError, match="model__colour"):
        estimator.set_params(colour=1)
    with pytest.raises(ValueError, match="needs a model"):
        KerasClassifier().fit(X, COLOURS)
    with pytest.raises(ValueError, match="must return a model"):
        KerasClassifier(lambda: 3).fit(X, COLOURS)
    with pytest.raises(ValueError, match="targets are classes"):
        estimator.fit(X, NUMBERS)


def test_options_that_nothing_takes_are_said_to_be_ignored():
    known = {"units": 4, "epochs": 1, "verbose": 0}  # its function takes `units`
    with pytest.warns(UserWarning, match="no option 'lr', nor .* say .*optimizer__lr .*It is ignored"):
        KerasClassifier(classifier, lr=0.1, **known).fit(X, COLOURS)
    with pytest.warns(UserWarning, match="no option 'hidden_layer_sizes'"):
        KerasClassifier(classifier(), hidden_layer_sizes=(3,), verbose=0).fit(X, COLOURS)


def test_keras_own_classifier_clones_its_model():
    model = classifier(loss="categorical_crossentropy")
    before = model.get_weights()
    estimator = SKLearnClassifier(model, fit_kwargs={"epochs": 60, "verbose": 0}).fit(X, COLOURS)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert estimator.score(X, COLOURS) > 0.6
    assert estimator.decision_function(X).shape == (60, 3)
    assert "loss" in estimator.history_.history
    with pytest.raises(ValueError, match="only one class"):
        estimator.fit(X, np.zeros(60, int))
    with pytest.raises(RuntimeError, match="isn't compiled"):
        SKLearnClassifier(Sequential([Input((3,)), Dense(3)])).fit(X, COLOURS)


def test_a_clone_has_a_model_of_its_own_and_the_same_function():
    model = classifier(loss="categorical_crossentropy")
    copied = clone(SKLearnClassifier(model, warm_start=True))
    assert copied.model is not model
    for one, other in zip(copied.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert copied.warm_start
    assert clone(SKLearnRegressor(regressor)).model is regressor


def test_targets_that_are_no_classes():
    estimator = SKLearnClassifier(classifier(loss="categorical_crossentropy"), fit_kwargs={"verbose": 0})
    both = np.stack([COLOURS == "red", COLOURS == "blue"], axis=1).astype(int)
    for targets, kind in (NUMBERS, "continuous"), (both, "multilabel-indicator"):
        with pytest.raises(ValueError, match=f"binary and multiclass target types .* Target type: {kind}"):
            estimator.fit(X, targets)
    going_on = KerasClassifier(classifier, verbose=0).fit(X, COLOURS)
    going_on.partial_fit(X[:2], ["green", "red"])
    with pytest.raises(ValueError, match=r"The first fit didn't have these classes: \['amber', 'white'\]"):
        going_on.partial_fit(X[:3], ["white", "red", "amber"])
    with pytest.raises(ValueError, match=r"targets are classes. Received: multilabel-indicator"):
        KerasClassifier(classifier, verbose=0).fit(X, both)


def test_keras_own_regressor_calls_its_function():
    estimator = SKLearnRegressor(regressor, model_kwargs={"units": 6})
    assert estimator.fit(X, NUMBERS, epochs=2, verbose=0).predict(X).shape == (60,)
    assert estimator.model_.layers[0].units == 6
    both = np.stack([NUMBERS, -NUMBERS], axis=1)
    assert clone(estimator).fit(X, both, verbose=0).predict(X).shape == (60, 2)
    assert cross_val_score(
        SKLearnRegressor(regressor, fit_kwargs={"verbose": 0}), X, NUMBERS, cv=2
    ).shape == (2,)


def test_warm_start_goes_on_with_the_model_itself():
    model = regressor(X, NUMBERS[:, None])
    estimator = SKLearnRegressor(model, warm_start=True, fit_kwargs={"verbose": 0})
    assert estimator.fit(X, NUMBERS).model_ is model
    assert estimator.fit(X, NUMBERS).model_ is model
    assert model.optimizer.iterations == 4


def test_keras_own_transformer():
    estimator = SKLearnTransformer(regressor(X, NUMBERS[:, None]), fit_kwargs={"verbose": 0})
    assert make_pipeline(StandardScaler(), estimator).fit_transform(X, NUMBERS).shape == (60, 1)


def test_pictures_may_have_their_two_axes():
    def network():
        return Sequential([Input((2, 3)), Flatten(), Dense(2, activation="softmax")])

    X = np.random.default_rng(0).normal(size=(20, 2, 3))
    estimator = KerasClassifier(network, loss="sparse_categorical_crossentropy", optimizer="sgd", verbose=0)
    estimator.fit(X, X[:, 0, 0] > 0)
    assert estimator.predict(X).shape == (20,)
