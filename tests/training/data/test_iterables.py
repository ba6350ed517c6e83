"""Training on batches from generators and other iterables: the numbers of arrays, in little memory."""

import tracemalloc

import numpy as np
import pytest

from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD

X = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 20)
W = np.random.default_rng(2).random(20)
OUT = "Your input ran out of data"


def new_model(inputs=4):
    model = Sequential(
        [Input((inputs,)), Dense(5, activation="tanh"), Dense(3, activation="softmax")], seed=1
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["acc"])
    return model


def batches(size=8, weighted=False):
    for start in range(0, 20, size):
        part = slice(start, start + size)
        yield (X[part], Y[part], W[part]) if weighted else (X[part], Y[part])


class Loader:
    """Can be iterated over again and again, and says how long it is."""

    def __iter__(self):
        return batches()

    def __len__(self):
        return 3


class Indexed:
    """Is read by index, like Keras' PyDataset."""

    epochs = 0

    def __init__(self):
        self.read = []

    def __len__(self):
        return 3

    def __getitem__(self, i):
        self.read.append(i)
        return X[8 * i : 8 * i + 8], Y[8 * i : 8 * i + 8]

    def on_epoch_end(self):
        self.epochs += 1


class Iterated:
    """Can be iterated over again, without a length."""

    def __iter__(self):
        return batches()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("make", [Loader, Iterated, Indexed], ids=lambda make: make.__name__)
def test_the_same_bits_as_from_arrays(make, weighted):
    if weighted:
        make = lambda: list_of(batches(weighted=True))  # noqa: E731
    model, reference = new_model(), new_model()
    history = model.fit(make(), epochs=3, shuffle=False, verbose=0).history
    weights = {"sample_weight": W} if weighted else {}
    expected = reference.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0, **weights).history
    np.testing.assert_array_equal(model.theta, reference.theta)
    assert history == expected


def list_of(iterable):
    """Return an object that can be iterated over again; not a list, which would be taken for an array."""
    held = list(iterable)

    class Held:
        def __iter__(self):
            return iter(held)

    return Held()


def test_a_generator_runs_on_from_epoch_to_epoch():
    model, reference = new_model(), new_model()

    def endless():
        while True:
            yield from batches()

    history = model.fit(endless(), steps_per_epoch=2, epochs=3, verbose=0)
    assert history.params["steps"] == 2
    for _ in range(2):
        for x, y in batches():
            reference.train_on_batch(x, y)
    np.testing.assert_array_equal(model.theta, reference.theta)


def test_the_caller_can_go_on_with_the_generator():
    generator = batches(size=4)
    new_model().fit(generator, steps_per_epoch=2, epochs=1, verbose=0)
    assert len(list(generator)) == 3


def test_one_pass_of_a_generator_needs_no_number_of_steps_and_no_warning():
    assert new_model().fit(batches(), verbose=0).params["steps"] is None


@pytest.mark.parametrize(
    ("options", "epochs"), [({"epochs": 3}, 1), ({"steps_per_epoch": 2, "epochs": 4}, 2)]
)
def test_a_generator_that_runs_out_ends_training_with_a_warning(options, epochs):
    with pytest.warns(UserWarning, match=OUT):
        history = new_model().fit(batches(), verbose=0, **options)
    assert history.epoch == list(range(epochs))


def test_arrays_in_steps_go_on_where_the_last_epoch_stopped():
    # Five batches of four, in epochs of two: 0 1, 2 3, 4 and out, 0 1.
    model, reference = new_model(), new_model()
    with pytest.warns(UserWarning, match=OUT):
        model.fit(X, Y, batch_size=4, epochs=4, steps_per_epoch=2, shuffle=False, verbose=0)
    parts = list(batches(size=4))
    for i in (0, 1, 2, 3, 4, 0, 1):
        reference.train_on_batch(*parts[i])
    np.testing.assert_array_equal(model.theta, reference.theta)


def test_batches_by_index_are_shuffled_by_the_models_own_stream():
    data, again = Indexed(), Indexed()
    new_model().fit(data, epochs=4, verbose=0)
    new_model().fit(again, epochs=4, verbose=0)
    orders = [tuple(data.read[1 + 3 * i : 4 + 3 * i]) for i in range(4)]  # the first is looked at before
    assert all(sorted(order) == [0, 1, 2] for order in orders)
    assert len(set(orders)) > 1
    assert data.read == again.read
    assert data.epochs == 4


def test_batches_may_grow():
    model, reference = new_model(), new_model()
    sizes = list_of([(X[:2], Y[:2]), (X[:11], Y[:11]), (X[:5], Y[:5]), (X, Y)])
    model.fit(sizes, epochs=2, verbose=0, validation_data=sizes)
    for _ in range(2):
        for n in (2, 11, 5, 20):
            reference.train_on_batch(X[:n], Y[:n])
    np.testing.assert_array_equal(model.theta, reference.theta)


def test_a_model_is_built_for_the_first_batch():
    model = Sequential([Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(batches(), verbose=0)
    assert model.input_shape == (None, 4)


def test_class_weights_weigh_the_samples_of_each_batch():
    model, reference = new_model(), new_model()
    weights = {0: 2.0, 2: 0.5}
    model.fit(Loader(), verbose=0, class_weight=weights)
    reference.fit(X, Y, batch_size=8, shuffle=False, verbose=0, class_weight=weights)
    np.testing.assert_array_equal(model.theta, reference.theta)
    with pytest.raises(ValueError, match="`class_weight` and `sample_weight` at the same time"):
        model.fit(batches(weighted=True), class_weight=weights, verbose=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_evaluate_and_validation(weighted):
    model = new_model()
    weights = W if weighted else None
    expected = model.evaluate(X, Y, batch_size=8, sample_weight=weights, verbose=0, return_dict=True)
    assert model.evaluate(batches(8, weighted), verbose=0, return_dict=True) == expected
    held = (X, Y, W) if weighted else (X, Y)
    model.compile(SGD(0.0), "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["acc"])
    by_arrays = model.fit(X, Y, verbose=0, validation_data=held, validation_batch_size=8).history
    by_batches = model.fit(X, Y, verbose=0, validation_data=batches(8, weighted)).history
    for name, value in expected.items():
        assert by_arrays[f"val_{name}"] == by_batches[f"val_{name}"] == [value]


def test_a_number_of_steps_of_an_evaluation_and_a_prediction():
    model = new_model()
    assert model.evaluate(X, Y, batch_size=8, steps=2, verbose=0) == model.evaluate(
        X[:16], Y[:16], 8, verbose=0
    )
    assert model.evaluate(Loader(), steps=2, verbose=0) == model.evaluate(X[:16], Y[:16], 8, verbose=0)
    assert model.predict(X, batch_size=8, steps=2, verbose=0).shape == (16, 3)
    assert model.predict(Loader(), steps=2, verbose=0).shape == (16, 3)
    with pytest.warns(UserWarning, match=OUT):
        model.evaluate(X, Y, batch_size=8, steps=4, verbose=0)


def test_validation_steps_begin_anew_with_each_validation():
    model = new_model()
    model.compile(SGD(0.0), "sparse_categorical_crossentropy")
    history = model.fit(
        X, Y, epochs=2, verbose=0, validation_data=(X, Y), validation_batch_size=8, validation_steps=1
    )
    first = model.evaluate(X[:8], Y[:8], verbose=0)
    assert history.history["val_loss"] == [first, first]


def test_validation_data_that_run_out_leave_no_figures_behind():
    with pytest.warns(UserWarning, match=OUT):
        history = new_model().fit(X, Y, epochs=2, verbose=0, validation_data=batches())
    assert [len(history.history[name]) for name in ("loss", "val_loss")] == [2, 1]


@pytest.mark.parametrize(("frequency", "epochs"), [(2, 2), ([1, 4], 2), (3, 1), ({5}, 0)])
def test_validation_frequency(frequency, epochs):
    history = (
        new_model().fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=frequency).history
    )
    assert len(history.get("val_loss", [])) == epochs


@pytest.mark.parametrize("wrong", ["a", 0, 1.5, True, None])
def test_wrong_validation_frequencies_are_refused_before_any_work(wrong):
    with pytest.raises(
        ValueError, match="`validation_freq` must be an integer of at least 1, or a list of epochs"
    ):
        new_model().fit(X, Y, verbose=0, validation_freq=wrong)


@pytest.mark.parametrize(
    "wrapped",
    [lambda x: x, lambda x: (x,), lambda x: (x, None), lambda x: [x, 1, 2]],
    ids=["x", "(x,)", "(x, y)", "[]"],
)
def test_predict_leaves_targets_alone(wrapped):
    model = new_model()
    result = model.predict((wrapped(x) for x, _ in batches()), verbose=0)
    np.testing.assert_array_equal(result, model.predict(X, batch_size=8, verbose=0))


def test_memory_stays_bounded():
    """One batch is held at a time: many take no more memory than a few."""
    model = Sequential([Input((1000,)), Dense(1, activation="sigmoid")])
    model.compile("sgd", "mean_squared_error")

    def peak(number):
        tracemalloc.start()
        model.fit(((np.zeros((50, 1000)), np.zeros((50, 1))) for _ in range(number)), verbose=0)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(3)
    assert peak(100) < peak(3) + 500_000  # a batch has 400,000 bytes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.fit(batches(), Y), "`y` should not be passed"),
        (lambda m: m.fit(batches(), sample_weight=W), "`sample_weight` should not be passed"),
        (lambda m: m.fit(batches(), validation_split=0.1), "`validation_split` cuts arrays"),
        (lambda m: m.fit(iter(())), "must hold at least one"),
        (lambda m: m.fit(iter([X])), r"must be a tuple \(x, y\).*Received: ndarray"),
        (lambda m: m.fit(iter([(X,)])), "Received: tuple of 1"),
        (lambda m: m.fit(iter([(X, Y, W, W)])), "Received: tuple of 4"),
        (lambda m: m.fit(iter([(X, Y), (X[:, :3], Y)])), r"expects x of shape \(batch, 4\), but received"),
        (lambda m: m.fit(iter([(X, Y[:3])])), "Data cardinality is ambiguous"),
        (lambda m: m.fit(X), "`y` is missing"),
        (lambda m: m.fit(X, Y, steps_per_epoch=0), "`steps_per_epoch` must be an integer of at least 1"),
        (lambda m: m.fit(X, Y, validation_data=(X,)), "`validation_data` is a tuple"),
        (lambda m: m.predict(iter(())), "must hold at least one"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(new_model())


def test_progress_counts_what_is_not_known_beforehand(capsys):
    with pytest.warns(UserWarning, match=OUT):
        new_model().fit(batches(), verbose=2, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("3/3 - ")
