from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from numpy_ann.layers import Activation, Flatten, Input
from numpy_ann.models import Sequential
from tests.training.problems import blobs, classifier


def state_of(model):
    """What prediction must leave alone, as bytes and identities."""
    return [
        model.theta.tobytes(),
        model.gradient.tobytes(),
        repr(model.streams.get_state()),
        [{k: id(v) for k, v in {**vars(layer), **layer._memory}.items()} for layer in model.layers],
    ]


@pytest.mark.parametrize("options", [{}, {"batch_size": 7}, {"verbose": 1}])
def test_predicting_and_evaluating_leave_no_trace(options, capsys):
    x, y, _ = blobs()
    model = classifier()
    model.fit(x, y, verbose=0)
    before = state_of(model)
    model.predict(x, **{"verbose": 0, **options})
    model.evaluate(x, y, **{"verbose": 0, **options})
    model(x)
    assert state_of(model) == before


@pytest.mark.parametrize("batch_size", [None, 33])
def test_sixteen_threads_predict_the_serial_bits(batch_size):
    model = classifier(features=50)
    inputs = [np.random.default_rng(i).standard_normal((200 + i, 50)).astype(np.float32) for i in range(64)]

    def predict(x):
        return model.predict(x, batch_size=batch_size, verbose=0)

    serial = [predict(x) for x in inputs]
    with ThreadPoolExecutor(16) as threads:
        parallel = list(threads.map(predict, inputs))
    assert all(np.array_equal(a, b) for a, b in zip(serial, parallel, strict=True))


@pytest.mark.parametrize("batch_size", [1, 7, 32, 70, 1000])
def test_the_batch_size_changes_nothing_but_rounding(batch_size):
    x, y, _ = blobs()
    model = classifier()
    np.testing.assert_allclose(
        model.predict(x, batch_size=batch_size, verbose=0), model.predict(x, verbose=0), atol=1e-6
    )
    np.testing.assert_allclose(
        model.evaluate(x, y, batch_size=batch_size, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-5
    )


@pytest.mark.parametrize("batch_size", [None, 2])
@pytest.mark.parametrize(
    "layers", [[Flatten], [Flatten, lambda: Activation("linear")], [lambda: Activation("relu")]]
)
def test_predictions_are_never_the_callers_array(layers, batch_size):
    x = np.ones((5, 4), np.float32)
    model = Sequential([Input(shape=(4,)), *(layer() for layer in layers)])
    y = model.predict(x, batch_size=batch_size, verbose=0)
    y[:] = 7
    assert (x == 1).all()


def test_a_trained_model_ignores_dropout_when_predicting():
    x, _, _ = blobs()
    model = classifier(dropout=0.9)
    W1, b1, W2, b2 = model.get_weights()
    z = np.maximum(x @ W1 + b1, 0) @ W2 + b2
    expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)


def test_an_unbuilt_model_is_built_by_its_first_prediction():
    from numpy_ann.layers import Dense

    model = Sequential([Dense(2)])
    assert model.predict(np.ones((3, 5)), verbose=0).shape == (3, 2)
    assert model.count_params() == 12
