import copy

import numpy as np
import pytest

from numpy_ann.callbacks import Callback
from numpy_ann.errors import NonFiniteError
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD
from tests.training.problems import blobs, classifier, equal_weights


class Diary(Callback):
    """Notes every call in order, with the figures it was handed; without defaults, as users may write."""

    def __init__(self):
        self.entries = []

    def on_train_begin(self, logs):
        self.entries.append(("train_begin", dict(logs)))

    def on_train_end(self, logs):
        self.entries.append(("train_end", dict(logs)))

    def on_epoch_begin(self, epoch, logs):
        self.entries.append((f"epoch_begin {epoch}", dict(logs)))

    def on_epoch_end(self, epoch, logs):
        self.entries.append((f"epoch_end {epoch}", dict(logs)))

    def on_train_batch_begin(self, batch, logs):
        self.entries.append((f"batch_begin {batch}", dict(logs)))

    def on_train_batch_end(self, batch, logs):
        self.entries.append((f"batch_end {batch}", dict(logs)))

    def on_test_begin(self, logs):
        self.entries.append(("test_begin", dict(logs)))

    def on_test_end(self, logs):
        self.entries.append(("test_end", dict(logs)))

    def on_test_batch_begin(self, batch, logs):
        self.entries.append((f"test_batch_begin {batch}", dict(logs)))

    def on_test_batch_end(self, batch, logs):
        self.entries.append((f"test_batch_end {batch}", dict(logs)))

    def on_predict_begin(self, logs):
        self.entries.append(("predict_begin", dict(logs)))

    def on_predict_end(self, logs):
        self.entries.append(("predict_end", dict(logs)))

    def on_predict_batch_begin(self, batch, logs):
        self.entries.append((f"predict_batch_begin {batch}", dict(logs)))

    def on_predict_batch_end(self, batch, logs):
        self.entries.append((f"predict_batch_end {batch}", dict(logs)))


class Remember(Callback):
    """Keeps each batch's inputs as the first layer saw them, and what was predicted in the step."""

    def __init__(self):
        self.batches = []

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.append([])

    def on_train_batch_end(self, batch, logs=None):
        self.batches[-1].append(self.model.layers[0]._memory["x"][:, 0].copy())


def numbered(samples, **fit):
    """Train on samples that carry their number; return the numbers seen, by epoch and batch."""
    model = Sequential([Input(shape=(1,)), Dense(2, activation="softmax")], seed=5)
    model.compile("sgd", "sparse_categorical_crossentropy")
    remember = Remember()
    x = np.arange(samples, dtype=np.float32)[:, np.newaxis]
    model.fit(x, np.zeros(samples, int), verbose=0, callbacks=[remember], **fit)
    return [[batch.astype(int).tolist() for batch in epoch] for epoch in remember.batches]


def test_the_calls_come_in_keras_order_with_keras_logs():
    x, y, _ = blobs(20)
    model, diary = classifier(), Diary()
    model.fit(
        x, y, batch_size=8, verbose=0, callbacks=[diary], validation_split=0.25, validation_batch_size=4
    )
    assert [name for name, _ in diary.entries] == [
        "train_begin",
        "epoch_begin 0",
        *("batch_begin 0", "batch_end 0", "batch_begin 1", "batch_end 1"),
        "test_begin",
        *("test_batch_begin 0", "test_batch_end 0", "test_batch_begin 1", "test_batch_end 1"),
        "test_end",
        "epoch_end 0",
        "train_end",
    ]
    logs = dict(diary.entries)
    whole = ["accuracy", "loss", "val_accuracy", "val_loss"]
    for name, keys in {
        "train_begin": [],
        "epoch_begin 0": [],
        "batch_begin 1": [],
        "batch_end 0": whole[:2],
        "test_begin": [],
        "test_batch_end 1": whole[:2],
        "test_end": whole[:2],
        "epoch_end 0": whole,
        "train_end": whole,
    }.items():
        assert list(logs[name]) == keys, name
        assert all(type(value) is float for value in logs[name].values())
    assert logs["test_end"]["loss"] == logs["epoch_end 0"]["val_loss"]
    assert logs["batch_end 1"]["loss"] == logs["epoch_end 0"]["loss"]


def test_evaluate_and_predict_call_their_own_methods():
    x, y, _ = blobs(20)
    model, diary = classifier(), Diary()
    loss, accuracy = model.evaluate(x, y, batch_size=10, verbose=0, callbacks=diary)
    model.predict(x, batch_size=20, verbose=0, callbacks=[diary])
    assert [name for name, _ in diary.entries] == [
        "test_begin",
        *("test_batch_begin 0", "test_batch_end 0", "test_batch_begin 1", "test_batch_end 1"),
        "test_end",
        *("predict_begin", "predict_batch_begin 0", "predict_batch_end 0", "predict_end"),
    ]
    assert dict(diary.entries)["test_end"] == {"accuracy": accuracy, "loss": loss}


def test_each_epoch_has_a_new_permutation_and_the_last_batch_is_smaller():
    epochs = numbered(10, batch_size=4, epochs=3)
    assert [[len(batch) for batch in epoch] for epoch in epochs] == [[4, 4, 2]] * 3
    orders = [[number for batch in epoch for number in batch] for epoch in epochs]
    assert [sorted(order) for order in orders] == [list(range(10))] * 3
    assert len({tuple(order) for order in orders}) == 3
    assert list(range(10)) not in orders


def test_without_shuffling_the_order_is_that_of_the_data():
    assert numbered(5, batch_size=2, epochs=2, shuffle=False) == [[[0, 1], [2, 3], [4]]] * 2


def test_the_last_fraction_validates_and_is_never_trained_on():
    for epoch in numbered(20, batch_size=32, epochs=4, validation_split=0.25):
        assert sorted(epoch[0]) == list(range(15))


def test_the_epochs_loss_is_the_mean_of_its_batches_with_dropout_active():
    # Frozen at learning rate 0, so that each batch's loss can be computed again from the same masks.
    x, y, _ = blobs(10)
    model = classifier(optimizer="sgd", dropout=0.5)
    model.optimizer.learning_rate = 0.0

    class Losses(Callback):
        found = ()

        def on_train_batch_end(self, batch, logs=None):
            mask = self.model.layers[1]._memory["noise"]
            rows = slice(4 * batch, 4 * batch + 4)
            W1, b1, W2, b2 = self.model.get_weights()
            z = (np.maximum(x[rows] @ W1 + b1, 0) * mask) @ W2 + b2
            p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
            right = (p.argmax(axis=1) == y[rows].argmax(axis=1)).sum()
            self.found += ((len(mask), -np.log((p * y[rows]).sum(axis=1)).mean(), right),)

    losses = Losses()
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=[losses]).history
    lengths, batch_losses, right = np.array(losses.found).T
    assert lengths.tolist() == [4, 4, 2]
    assert history["loss"][0] == pytest.approx((lengths * batch_losses).sum() / 10, rel=1e-5)
    assert history["accuracy"][0] == right.sum() / 10
    assert history["loss"][0] != pytest.approx(model.evaluate(x, y, verbose=0)[0], rel=1e-3)


def test_stop_training_ends_the_epoch_after_the_batch_and_still_validates():
    x, y, _ = blobs(20)

    class Stop(Diary):
        def on_train_batch_end(self, batch, logs):
            super().on_train_batch_end(batch, logs)
            self.model.stop_training = batch == 1

    model, stop = classifier(), Stop()
    history = model.fit(x, y, batch_size=4, epochs=5, verbose=0, callbacks=[stop], validation_split=0.2)
    names = [name for name, _ in stop.entries]
    assert "batch_end 1" in names
    assert "batch_begin 2" not in names
    assert names[-2:] == ["epoch_end 0", "train_end"]
    assert history.epoch == [0]
    assert "val_loss" in history.history
    assert len(model.fit(x, y, epochs=2, verbose=0).epoch) == 2  # the wish to stop is forgotten


def test_stop_training_at_an_epochs_end_ends_there():
    x, y, _ = blobs()

    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    assert classifier().fit(x, y, epochs=5, verbose=0, callbacks=Stop()).epoch == [0, 1]


def test_what_a_callback_adds_to_the_logs_is_in_the_history():
    x, y, _ = blobs()

    class Add(Callback):
        def on_epoch_end(self, epoch, logs=None):
            logs["learning_rate"] = 0.5

    history = classifier().fit(x, y, epochs=2, verbose=0, callbacks=[Add()]).history
    assert history["learning_rate"] == [0.5, 0.5]


def test_history_keys_are_sorted_whatever_the_metrics_are_called():
    x, y, _ = blobs()
    model = classifier(metrics=("categorical_crossentropy", "acc"))
    history = model.fit(x, y, verbose=0, validation_split=0.2)
    names = ["acc", "categorical_crossentropy", "loss"]
    assert list(history.history) == [*names, *(f"val_{name}" for name in names)]


def test_nan_is_reported_with_its_epoch_and_batch():
    x, y, _ = blobs(20)
    bad = x.copy()
    bad[9] = np.nan
    model = classifier(dropout=None)
    with pytest.raises(
        NonFiniteError, match=r"^Training stopped in epoch 1, batch 3 of 5\. .*'dense'.* in x\.$"
    ):
        model.fit(bad, y, batch_size=4, shuffle=False, verbose=0)
    expected = classifier(dropout=None)
    expected.fit(x[:8], y[:8], batch_size=4, shuffle=False, verbose=0)
    assert equal_weights(model, expected)  # two steps were taken, the third was not


def test_nan_that_training_itself_makes_names_the_epoch():
    x, y, _ = blobs()
    model = classifier(dropout=None, optimizer="sgd")
    model.optimizer.learning_rate = 1e38
    with pytest.raises(
        NonFiniteError, match=r"Training stopped in epoch \d+, batch \d+ of 3\..*smaller learning rate"
    ):
        model.fit(x, y, epochs=5, verbose=0)


@pytest.mark.parametrize("part", [slice(None, -1), slice(1, None), slice(None)])
@pytest.mark.parametrize("moment", ["on_train_begin", "on_epoch_begin", "on_train_batch_end", "on_epoch_end"])
def test_another_model_of_the_same_layers_does_not_stop_training(moment, part):
    x, y, _ = blobs()
    alone, watched = (classifier(dropout=None) for _ in range(2))
    alone.fit(x, y, epochs=3, verbose=0)
    diary = Callback()

    def look_inside(*_):
        layers = watched.layers[part]
        Sequential([Input(shape=layers[0].input_shape), *layers]).predict(
            np.ones((2, *layers[0].input_shape)), verbose=0
        )

    setattr(diary, moment, look_inside)
    watched.fit(x, y, epochs=3, verbose=0, callbacks=[diary])

    assert equal_weights(alone, watched)


def test_a_shallow_copy_of_a_model_is_a_deep_one():
    x, y, _ = blobs()
    model = classifier()
    before = copy.copy(model)
    weights = before.get_weights()
    model.fit(x, y, verbose=0)

    assert equal_weights(before, weights)
    assert not equal_weights(model, weights)


def test_the_average_of_the_weights_goes_to_the_model_though_another_claimed_them():
    x, y, _ = blobs()
    alone, watched = (classifier(dropout=None, optimizer=SGD(use_ema=True)) for _ in range(2))
    alone.fit(x, y, verbose=0)
    callback = Callback()
    callback.on_epoch_end = lambda *_: Sequential([Input(shape=(4,)), watched.layers[0]])
    watched.fit(x, y, verbose=0, callbacks=callback)

    assert equal_weights(alone, watched)
