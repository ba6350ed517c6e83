"""Every kind of wrong use that the project promises to meet: what came, what was expected, and the cure."""

import re

import numpy as np
import pytest

from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Activation, Dense, Dropout, Input
from numpy_ann.models import Sequential
from tests.training.problems import blobs, classifier, equal_weights

X, Y, LABELS = blobs(20)
SPARSE = "sparse_categorical_crossentropy"


def uncompiled():
    return Sequential([Input(shape=(4,)), Dense(3, activation="softmax")])


def says(error, *parts):
    """Expect an error whose message has all the parts, in order."""
    return pytest.raises(error, match=".*".join(map(re.escape, parts)))


@pytest.mark.parametrize("call", ["fit", "evaluate", "train_on_batch"])
def test_before_compile(call):
    with says(
        ValueError, "You must call `compile()` before using the model", 'compile(optimizer="adam", loss='
    ):
        getattr(uncompiled(), call)(X, Y)


def test_predict_needs_no_compile():
    assert uncompiled().predict(X, verbose=0).shape == (20, 3)


def test_compile_without_a_loss():
    model = uncompiled()
    model.compile("adam")
    assert model.predict(X, verbose=0).shape == (20, 3)
    with says(ValueError, "compiled without a loss", 'loss="categorical_crossentropy"'):
        model.fit(X, Y)


CALLS = {
    "fit": lambda model, x: model.fit(x, Y[: len(x)], verbose=0),
    "evaluate": lambda model, x: model.evaluate(x, Y[: len(x)], verbose=0),
    "train_on_batch": lambda model, x: model.train_on_batch(x, Y[: len(x)]),
    "predict": lambda model, x: model.predict(x, verbose=0),
    "predict in batches": lambda model, x: model.predict(x, batch_size=3, verbose=0),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("x", "parts"),
    [
        (np.zeros((20, 7)), ["The model expects x of shape (batch, 4), but received (20, 7)."]),
        (np.zeros((4,)), ["(batch, 4), but received (4,)", "x[np.newaxis]"]),
        (np.zeros((20, 2, 2)), ["(batch, 4), but received (20, 2, 2)", "x.reshape(-1, 4)"]),
    ],
)
def test_a_wrong_feature_shape(call, x, parts):
    model = classifier()
    before = model.get_weights()
    with says(ValueError, *parts):
        call(model, x)
    assert equal_weights(model, before)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("x", "error", "parts"),
    [
        (np.array([["a", "b", "c", "d"]]), TypeError, ["`x` must hold real numbers", "<U1", "np.asarray(x"]),
        (np.array([[1, 2, None, 4]], dtype=object), TypeError, ["`x` must hold real numbers", "object"]),
        ([[1.0, 2.0, 3.0, 4.0], [1.0]], TypeError, ["`x` can't be made an array"]),
        (np.zeros((0, 4)), ValueError, ["`x` is empty: its shape is (0, 4)"]),
    ],
)
def test_arrays_of_something_else_or_of_nothing(call, x, error, parts):
    with says(error, *parts):
        call(classifier(), x)


@pytest.mark.parametrize("call", ["fit", "evaluate", "train_on_batch"])
def test_x_and_y_of_different_lengths(call):
    with says(ValueError, "as many samples", "x 20, y 10"):
        getattr(classifier(), call)(X, Y[:10])


def test_one_hot_labels_with_the_sparse_loss():
    with says(
        ValueError, "expects integer labels", "target.shape=(20, 3)", "categorical_crossentropy", "np.argmax"
    ):
        classifier(loss=SPARSE).fit(X, Y, verbose=0)


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, np.newaxis]])
def test_integer_labels_with_the_categorical_loss(labels):
    received = f"target.shape={labels.shape}, output.shape=(20, 3)"
    with says(ValueError, received, "to_categorical(y, 3)", SPARSE):
        classifier().fit(X, labels, verbose=0)


@pytest.mark.parametrize(
    ("labels", "parts"),
    [
        (np.where(LABELS == 2, 3, LABELS), ["from 0 to 2", "3 outputs", "range from 0 to 3"]),
        (LABELS - 1, ["from 0 to 2", "range from -1 to 1"]),
        (LABELS + 0.5, ["whole numbers"]),
        (np.where(LABELS == 2, np.nan, LABELS), ["from 0 to 2", "nan"]),
    ],
)
def test_labels_out_of_range(labels, parts):
    model = classifier(loss=SPARSE)
    before = model.get_weights()
    for call in (model.fit, model.evaluate):
        with says(ValueError, *parts):
            call(X, labels, verbose=0)
    assert equal_weights(model, before)


def test_wrong_validation_data_are_found_before_training_starts():
    model = classifier(loss=SPARSE)
    before = model.get_weights()
    for validation, parts in (
        ((X, LABELS + 9), ["range from 9"]),
        ((X[:, :2], LABELS), ["(batch, 4), but received (20, 2)"]),
        ((X[:5], LABELS), ["x 5, y 20"]),
        ((X,), ["`validation_data` is a tuple (x, y)"]),
        (X, ["`validation_data` is a tuple", "ndarray"]),
    ):
        with says(ValueError, *parts):
            model.fit(X, LABELS, verbose=0, validation_data=validation)
    assert equal_weights(model, before)
    assert model.history is None


@pytest.mark.parametrize(
    ("compile_with", "parts"),
    [
        ({"optimizer": "adamm"}, ["optimizer identifier: 'adamm'", "Did you mean 'adam'"]),
        ({"loss": "categorical_crossentrop"}, ["loss identifier", "Did you mean 'categorical_crossentropy'"]),
        ({"metrics": ["acuracy"]}, ["metric identifier: 'acuracy'", "Did you mean 'accuracy'"]),
        ({"metrics": "accuracy"}, ["to be a list", "did you mean ['accuracy']"]),
    ],
)
def test_unknown_names_in_compile(compile_with, parts):
    with says(ValueError, *parts):
        uncompiled().compile(**{"optimizer": "adam", "loss": "categorical_crossentropy", **compile_with})


@pytest.mark.parametrize("make", [lambda: Dense(3, activation="rleu"), lambda: Activation("rleu")])
def test_unknown_activation_names(make):
    with says(ValueError, "activation function identifier: 'rleu'", "Did you mean 'relu'"):
        make()


@pytest.mark.parametrize("rate", [1.5, -0.1, "0.5", None, np.nan, True])
def test_dropout_rates(rate):
    with says(ValueError, "`rate` must be a number from 0 to 1", f"rate={rate!r}"):
        Dropout(rate)


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None, True])
def test_dense_units(units):
    with says(ValueError, "`units` must be an integer of at least 1", f"units={units!r}"):
        Dense(units)


@pytest.mark.parametrize("split", [0.99, 1.0, -0.5])
def test_a_validation_split_that_leaves_nothing(split):
    with says(ValueError, "validation", f"{split}"):
        classifier().fit(X, Y, verbose=0, validation_split=split)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_in_the_input_names_the_layer_and_takes_no_step(value):
    x = X.copy()
    x[3, 1] = value
    model = classifier()
    before = model.get_weights()
    with says(
        NonFiniteError,
        "epoch 1, batch 1 of 1",
        "the input of the first layer, 'dense', holds NaN or infinity",
    ):
        model.fit(x, Y, verbose=0)
    assert equal_weights(model, before)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ({"batch_size": 0}, ["`batch_size` must be an integer of at least 1", "batch_size=0"]),
        ({"batch_size": 2.5}, ["`batch_size` must be an integer", "2.5"]),
        ({"validation_batch_size": 0, "validation_split": 0.5}, ["`validation_batch_size`", "=0"]),
        ({"epochs": -1}, ["`epochs`", "epochs=-1"]),
        ({"epochs": 1.5}, ["`epochs`", "epochs=1.5"]),
        ({"initial_epoch": -1}, ["`initial_epoch`", "initial_epoch=-1"]),
        ({"verbose": 3}, ['"auto", 0, 1 or 2', "verbose=3"]),
        ({"verbose": "loud"}, ['"auto", 0, 1 or 2', "verbose='loud'"]),
        ({"sample_weight": [1.0, 2.0]}, ["as many samples", "x 20, sample_weight 2"]),
        ({"sample_weight": np.ones(20), "class_weight": {0: 1.0}}, ["at the same time"]),
        ({"class_weight": {"zero": 1.0}}, ["`class_weight` has the key 'zero'"]),
    ],
)
def test_arguments_of_fit(arguments, parts):
    model = classifier()
    before = model.get_weights()
    with says(ValueError, *parts):
        model.fit(X, Y, **{"verbose": 0, **arguments})
    assert equal_weights(model, before)
    assert model.history is None


@pytest.mark.parametrize("call", ["evaluate", "predict"])
@pytest.mark.parametrize("size", [0, -1, 1.5, "all"])
def test_batch_sizes_of_evaluate_and_predict(call, size):
    data = (X, Y) if call == "evaluate" else (X,)
    with says(ValueError, "`batch_size` must be an integer of at least 1", f"batch_size={size!r}"):
        getattr(classifier(), call)(*data, batch_size=size, verbose=0)


@pytest.mark.parametrize("callbacks", [["History"], [classifier]])
def test_what_is_no_callback(callbacks):
    model = classifier()
    with says(TypeError, "`callbacks` holds", "each must be"):
        model.fit(X, Y, verbose=0, callbacks=callbacks)
    assert model.history is None


def test_targets_that_are_missing():
    with says(ValueError, "`y` is missing"):
        classifier().fit(X, None, verbose=0)


def test_targets_of_another_class_count():
    with says(ValueError, "target.shape=(20, 4), output.shape=(20, 3)", "3 outputs and the labels 4 classes"):
        classifier().fit(X, np.eye(4)[LABELS], verbose=0)
