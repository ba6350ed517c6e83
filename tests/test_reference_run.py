"""Two epochs on 2,000 MNIST images, beside the numbers of a stored Keras run (tests/fixtures/README.md)."""

from pathlib import Path

import numpy as np
import pytest

from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.losses import CategoricalCrossentropy, SparseCategoricalCrossentropy
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD, Adam
from tests.fixtures.reference_run import recipe
from tests.support import missing

STORED = dict(np.load(Path(__file__).parent / "fixtures" / "reference_run" / "reference_run.npz"))
OPTIMIZERS = {"adam": Adam, "sgd": SGD}


@pytest.fixture(scope="module")
def data():
    try:
        return mnist.load_data()
    except ConnectionError as error:
        missing(str(error))


def compiled(case):
    from_logits = case.get("from_logits", False)
    last = None if from_logits else "softmax"
    hidden = [Flatten(), Dense(128, activation="relu"), Dense(64, activation="relu")]
    model = Sequential([Input(shape=(28, 28)), *hidden, Dense(10, activation=last)])
    options = {key: value for key, value in case["optimizer"].items() if key != "name"}
    loss = SparseCategoricalCrossentropy if case.get("sparse") else CategoricalCrossentropy
    model.compile(
        OPTIMIZERS[case["optimizer"]["name"]](**options),
        loss(from_logits=from_logits),
        metrics=["accuracy"],
        weighted_metrics=["accuracy"] if case.get("weighted") else None,
    )
    model.set_weights(recipe.initial_weights())
    return model


def run(case, data):
    """Do what ``make_reference_run.py`` did in Keras; return the numbers under the same names."""
    (x_train, y_train), (x_test, y_test) = data
    sparse = case.get("sparse", False)
    x, y = (
        recipe.images(x_train, recipe.TRAINING_IMAGES),
        recipe.targets(y_train, recipe.TRAINING_IMAGES, sparse=sparse),
    )
    test = (
        recipe.images(x_test, recipe.TEST_IMAGES),
        recipe.targets(y_test, recipe.TEST_IMAGES, sparse=sparse),
    )
    options = {key: case[key] for key in ("class_weight", "validation_split") if key in case}
    if case.get("sample_weight"):
        options["sample_weight"] = recipe.sample_weights()
    model = compiled(case)
    fit = {"batch_size": recipe.BATCH, "epochs": recipe.EPOCHS, "shuffle": False, "verbose": 0}
    history = model.fit(x, y, **fit, **options).history
    figures = model.evaluate(*test, verbose=0, return_dict=True)
    return {
        **{f"history_{name}": np.array(values) for name, values in history.items()},
        **{f"test_{name}": np.array(value) for name, value in figures.items()},
        "predictions": model.predict(test[0][: recipe.PREDICTED_IMAGES], verbose=0),
        **recipe.witness(model.get_weights()),
    }


def test_the_initial_weights_are_those_of_the_stored_run():
    witness = recipe.witness(recipe.initial_weights())
    for number in range(3):
        np.testing.assert_array_equal(witness[f"entries_{number}"], STORED[f"initial/entries_{number}"])


@pytest.mark.parametrize("name", recipe.CASES)
def test_two_epochs_give_keras_numbers(name, data):
    numbers = run(recipe.CASES[name], data)
    expected = {
        key.removeprefix(f"{name}/"): value for key, value in STORED.items() if key.startswith(f"{name}/")
    }
    assert set(numbers) == set(expected)
    for key, value in expected.items():
        assert np.shape(numbers[key]) == value.shape
        np.testing.assert_allclose(numbers[key], value, rtol=0, atol=1e-5, err_msg=key)
