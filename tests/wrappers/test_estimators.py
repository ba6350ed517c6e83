"""The estimators in scikit-learn's own hands."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.metrics import recall_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import compute_sample_weight
from sklearn.utils.estimator_checks import estimator_checks_generator

from numpy_ann.callbacks import EarlyStopping
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam
from numpy_ann.wrappers import NeuralNetworkClassifier, NeuralNetworkRegressor

BOTH = pytest.mark.parametrize("make", [NeuralNetworkClassifier, NeuralNetworkRegressor])
X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]


def checks():
    """Yield all of scikit-learn's checks but one, for estimators that compute in other libraries' arrays."""
    for kind in (NeuralNetworkClassifier, NeuralNetworkRegressor):
        estimator = kind(epochs=20, learning_rate=0.005)
        for made, check in estimator_checks_generator(estimator):
            name = getattr(check, "func", check).__name__
            if name != "check_array_api_input":
                yield pytest.param(made, check, id=f"{type(made).__name__}-{name}")


@pytest.mark.filterwarnings("default")  # some of the checks warn on purpose
@pytest.mark.parametrize(("estimator", "check"), list(checks()))
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_classes_of_strings_in_a_pipeline_and_cross_validation():
    network = NeuralNetworkClassifier((16,), epochs=30, learning_rate=0.02, random_state=0)
    pipeline = make_pipeline(StandardScaler(), network)
    assert cross_val_score(pipeline, X, NAMES, cv=3).min() > 0.9
    pipeline.fit(X, NAMES)
    p = pipeline.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(pipeline.predict(X), pipeline.classes_[p.argmax(axis=1)])


@BOTH
def test_weights_of_samples_reach_the_network_in_a_pipeline(make):
    pipeline = make_pipeline(StandardScaler(), make(epochs=20, learning_rate=0.02, random_state=0))
    weighted = f"{pipeline.steps[-1][0]}__sample_weight"
    x, y = np.concatenate([X, X]), np.repeat([0, 1], len(X))  # each sample is both; the weight decides
    for label in (0, 1):
        answers = pipeline.fit(x, y, **{weighted: y == label}).predict(X)
        assert np.rint(answers).tolist() == [label] * len(X)
    once, twice = (pipeline.fit(x, y, **{weighted: w * (1.0 + y)}).predict(X) for w in (1, 2))
    np.testing.assert_allclose(once, twice)


def test_balanced_weights_find_more_of_a_rare_class():
    rng = np.random.default_rng(0)
    y = (rng.random(600) < 0.1).astype(int)
    x = rng.normal(size=(600, 3)) + y[:, np.newaxis]
    network = NeuralNetworkClassifier((8,), epochs=15, learning_rate=0.01, random_state=0)
    found = recall_score(y, network.fit(x, y).predict(x))
    weight = compute_sample_weight("balanced", y)
    np.testing.assert_allclose(weight, (len(y) / (2 * np.bincount(y)))[y])
    assert recall_score(y, network.fit(x, y, sample_weight=weight).predict(x)) > found + 0.2


def test_a_grid_search_finds_the_layers_that_help():
    search = GridSearchCV(
        NeuralNetworkClassifier(epochs=15, learning_rate=0.02, random_state=0),
        {"hidden_units": [(), (16,)], "optimizer": ["sgd", "adam"]},
        cv=2,
    )
    search.fit(X, NAMES)
    assert search.best_params_ == {"hidden_units": (16,), "optimizer": "adam"}
    assert [layer.units for layer in search.best_estimator_.model_.layers] == [16, 3]


def test_regression_of_one_target_and_of_several():
    x, y = load_diabetes(return_X_y=True)
    network = NeuralNetworkRegressor((32,), epochs=40, learning_rate=0.01, random_state=0)
    scaled = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), network), transformer=StandardScaler()
    )
    assert scaled.fit(x, y).score(x, y) > 0.5
    two = network.fit(x, np.stack([y, -y], axis=1) / 100)
    assert two.predict(x).shape == (len(x), 2)


@BOTH
def test_the_same_random_state_gives_the_same_bits_and_a_clone_none_of_the_training(make):
    network = make((5,), epochs=2, dropout=0.2, random_state=3).fit(X, Y)
    copy = clone(network)
    assert not hasattr(copy, "model_")
    np.testing.assert_array_equal(copy.fit(X, Y).predict(X), network.predict(X))
    assert not np.array_equal(make((5,), epochs=2, random_state=4).fit(X, Y).predict(X), network.predict(X))


@BOTH
def test_a_pickled_network_predicts_the_same(make):
    network = make(epochs=2).fit(X, Y)
    again = pickle.loads(pickle.dumps(network))  # noqa: S301  (our own bytes)
    np.testing.assert_array_equal(again.predict(X), network.predict(X))


@BOTH
@pytest.mark.parametrize(
    ("given", "computed"), [("float32", "float32"), ("float64", "float64"), ("int32", "float64")]
)
def test_it_computes_in_the_precision_of_its_inputs(make, given, computed):
    assert make(epochs=1).fit(X.astype(given), Y).model_.dtype == computed


def test_optimizer_and_callbacks_are_copied_for_each_fit():
    optimizer, stopping = SGD(0.5, momentum=0.9), EarlyStopping("val_loss", patience=0)
    network = NeuralNetworkClassifier(
        optimizer=optimizer, callbacks=[stopping], validation_split=0.2, epochs=50, learning_rate=0.25
    )
    network.fit(X[::2], Y[::2])
    assert optimizer.iterations == 0
    assert optimizer.learning_rate == 0.5
    assert network.model_.optimizer.learning_rate == 0.25
    assert network.model_.optimizer.momentum == 0.9
    assert stopping.best is None
    assert len(network.history_["val_loss"]) < 50


def test_a_model_of_ones_own_with_one_sigmoid_for_two_classes():
    def build(inputs, outputs, seed):
        assert (inputs, outputs) == (4, 2)
        model = Sequential([Input((inputs,)), Dense(1, activation="sigmoid")], seed=seed)
        model.compile(Adam(0.05), "binary_crossentropy")
        return model

    network = NeuralNetworkClassifier(build_model=build, epochs=100, random_state=0)
    network.fit(X[:100], NAMES[:100])
    assert network.score(X[:100], NAMES[:100]) > 0.95
    np.testing.assert_allclose(network.predict_proba(X).sum(axis=1), 1)


@BOTH
def test_predicting_before_fitting(make):
    with pytest.raises(NotFittedError):
        make().predict(X)


@BOTH
def test_a_number_is_one_hidden_layer(make):
    one, list_of_one = (
        make(hidden_units=units, epochs=1, random_state=0).fit(X, Y).predict(X) for units in (8, (8,))
    )
    assert np.array_equal(one, list_of_one)


# scikit-learn's parameters of MLPClassifier that are called otherwise here, and what people write instead.
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hidden_layer_sizes": (8,)}, r"`hidden_layer_sizes`: say hidden_units=\(8,\) instead"),
        ({"solver": "sgd"}, "`solver`: say optimizer='sgd' instead"),
        ({"learning_rate_init": 0.1}, "learning_rate=0.1 instead"),
        ({"max_iter": 5}, "epochs=5 instead"),
        ({"validation_fraction": 0.1}, "validation_split=0.1 instead"),
        ({"early_stopping": True}, "`early_stopping`: say callbacks=.EarlyStopping.* and validation_split="),
        ({"alpha": 1e-4}, "`alpha`: have build_model= make the model"),
        ({"momentum": 0.9}, r"`momentum`: say optimizer=SGD\(momentum="),
        ({"lr": 0.1}, "`lr`, a name of older versions of Keras: say learning_rate=0.1 instead"),
        ({"nb_epoch": 3}, "older versions of Keras: say epochs=3 instead"),
        ({"neurons": 8}, "hidden_units=8 instead"),
        ({"units": 8}, "hidden_units=8 instead"),
        ({"loss": "mse"}, "build_model"),
        (
            {"class_weight": "balanced"},
            r"say fit\(X, y, sample_weight=.*compute_sample_weight\('balanced', y\)",
        ),
        ({"hiden_units": 8}, "no option `hiden_units`. Did you mean 'hidden_units'"),
        ({"n_epochs": 8}, "Did you mean 'epochs'"),
        ({"zebra": 8}, "unexpected keyword argument 'zebra'"),
    ],
)
@BOTH
def test_names_from_elsewhere_are_explained(make, given, said):
    with pytest.raises(TypeError, match=said):
        make(**given)


@BOTH
def test_every_parameter_of_scikit_learns_perceptron_is_there_or_explained(make):
    kind = MLPClassifier if make is NeuralNetworkClassifier else MLPRegressor
    for name in kind().get_params().keys() - make().get_params().keys():
        with pytest.raises(TypeError, match=f"{make.__name__} has no option `{name}`"):
            make(**{name: 1})


@BOTH
def test_a_constructor_of_ones_own_is_pythons_to_refuse(make):
    class Own(make):
        def __init__(self, hidden_units=(3,)):
            super().__init__(hidden_units=hidden_units)

    with pytest.raises(TypeError, match="unexpected keyword argument 'hidden_layer_sizes'"):
        Own(hidden_layer_sizes=(3,))
