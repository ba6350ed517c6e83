from concurrent.futures import ThreadPoolExecutor
from threading import get_ident

import numpy as np
import pytest

from numpy_ann.callbacks import LambdaCallback
from numpy_ann.layers import Activation, Dense, Flatten, Input
from numpy_ann.models import Model, Sequential
from numpy_ann.threads import get_threads, set_blas_threads, set_threads
from numpy_ann.training import loop
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


def large(graph=False):
    """A model, and data, large enough for several threads; the last batch is smaller."""
    begin = Input((40,))
    hidden = Dense(300, "relu", kernel_regularizer="l2", activity_regularizer="l1")(begin)
    ends = [Dense(4, "softmax")(hidden), Dense(1)(hidden)]
    model = Model(begin, ends) if graph else Model(begin, ends[0])
    y = np.eye(4)[np.arange(5000) % 4]
    loss = ["categorical_crossentropy", "mse"] if graph else "categorical_crossentropy"
    model.compile("sgd", loss, metrics=[["accuracy"], ["mae"]] if graph else ["accuracy", "auc"])
    return model, np.random.default_rng(1).normal(size=(5000, 40)), [y, y[:, :1]] if graph else y


@pytest.mark.parametrize("graph", [False, True])
def test_threads_share_the_batches_to_the_same_bits(graph, monkeypatch):
    model, x, y = large(graph)
    weights = np.random.default_rng(2).uniform(size=5000)
    given = [weights, weights] if graph else weights
    batches, who, found = model.workings.adapter.batched, set(), {}
    taken = batches.batch
    monkeypatch.setattr(batches, "batch", lambda self, n: (who.add(get_ident()), taken(self, n))[1])
    for threads in (1, 2, 4):
        set_threads(threads)
        who.clear()
        outputs = model.predict(x, verbose=0)
        figures = model.evaluate(x, y, sample_weight=given, verbose=0)
        found[threads] = [np.asarray(a).tobytes() for a in (outputs if graph else [outputs])], figures
        assert len(who) <= 2 * threads  # of two calls
        assert (len(who) > 0) == (threads > 1)
    assert found[1] == found[2] == found[4]


def test_threads_validate_and_report_in_order(capsys):
    model, x, y = large()
    figures = []
    for threads in (1, 3):
        set_threads(threads)
        model.set_weights([np.full_like(w, 0.01) for w in model.get_weights()])
        seen = []
        watch = LambdaCallback(on_test_batch_end=lambda *given, seen=seen: seen.append(given))
        data = {"validation_data": (x, y), "shuffle": False}
        history = model.fit(x[:64], y[:64], verbose=0, callbacks=[watch], **data)
        assert [batch for batch, _ in seen] == list(range(10))
        figures.append((history.history, seen))
    assert figures[0] == figures[1]


def test_small_work_own_layers_and_iterables_stay_in_one_thread(monkeypatch):
    set_threads(4)
    monkeypatch.setattr(loop, "ThreadPoolExecutor", lambda *_: pytest.fail("threads were started"))
    model, x, y = large()
    model.predict(x[:600], verbose=0)
    model.predict(iter([x]), verbose=0)

    class Own(Dense):
        pass

    own = Sequential([Input((40,)), Own(300)])
    own.predict(x, verbose=0)
    set_blas_threads(1)
    model.predict(x, verbose=0)
    set_threads(1)
    set_blas_threads(None)
    model.evaluate(x, y, verbose=0)


def test_an_error_in_a_thread_is_raised(monkeypatch):
    model, x, _ = large()
    set_threads(2)

    def fails(self, number):
        raise OSError("no more")

    monkeypatch.setattr(model.workings.adapter.batched, "batch", fails)
    with pytest.raises(OSError, match="no more"):
        model.predict(x, verbose=0)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "many", True])
def test_how_many_threads_is_a_number(wrong, monkeypatch):
    with pytest.raises((ValueError, TypeError), match="threads"):
        set_threads(wrong)
    monkeypatch.setenv("NUMPY_ANN_THREADS", "3")
    assert get_threads() == 3


@pytest.fixture(autouse=True)
def _as_before():
    yield
    set_threads(None)
    set_blas_threads(None)
