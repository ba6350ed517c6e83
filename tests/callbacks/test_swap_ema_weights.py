"""SwapEMAWeights: the average in the weights' place, and back."""

import numpy as np
import pytest

from numpy_ann.callbacks import Callback, EarlyStopping, SwapEMAWeights
from numpy_ann.layers import BatchNormalization, Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD

X = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
Y = X @ np.array([[1.0], [-2.0], [0.5]], np.float32)


def new_model(**options):
    model = Sequential([Input((3,)), Dense(4), BatchNormalization(), Dense(1)], seed=0)
    model.compile(SGD(0.05, **{"use_ema": True, "ema_momentum": 0.9, **options}), "mse")
    return model


class Seen(Callback):
    """Keeps the weights as they are at each moment."""

    def __init__(self):
        self.weights = {}

    def keep(self, moment):
        self.weights.setdefault(moment, []).append(self.model.theta[: self.model.gradient.size].copy())

    def on_test_batch_begin(self, batch, logs=None):
        self.keep("test")

    def on_epoch_begin(self, epoch, logs=None):
        self.keep("begin")

    def on_epoch_end(self, epoch, logs=None):
        self.keep("end")


def average_of(model):
    return model.optimizer.state["average"]


def test_the_validation_is_of_the_average_and_training_goes_on_with_the_weights():
    plain, swapped, seen = new_model(), new_model(), Seen()
    plain.fit(X, Y, epochs=3, verbose=0)
    history = swapped.fit(
        X, Y, epochs=3, verbose=0, validation_data=(X, Y), callbacks=[SwapEMAWeights(), seen]
    ).history
    np.testing.assert_array_equal(swapped.theta, plain.theta)  # the same training
    assert not np.array_equal(seen.weights["test"][1], seen.weights["end"][1])
    np.testing.assert_array_equal(seen.weights["test"][-1], average_of(swapped))
    assert history["val_loss"][-1] == swapped.evaluate(X, Y, verbose=0)  # fit leaves the average in the model


def test_evaluating_and_predicting_give_the_weights_back():
    model = new_model()
    for i in range(5):
        model.train_on_batch(X[i : i + 8], Y[i : i + 8])
    weights = model.theta.copy()
    loss = model.evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()])
    predictions = model.predict(X, verbose=0, callbacks=[SwapEMAWeights()])
    np.testing.assert_array_equal(model.theta, weights)
    model.theta[: model.gradient.size] = average_of(model)
    assert model.evaluate(X, Y, verbose=0) == loss
    np.testing.assert_array_equal(model.predict(X, verbose=0), predictions)


@pytest.mark.parametrize("stopping", [[], [EarlyStopping("loss", patience=0, min_delta=1e9)]])
def test_swapped_between_epochs(stopping):
    model, seen = new_model(), Seen()
    callbacks = [SwapEMAWeights(swap_on_epoch=True), seen, *stopping]
    model.fit(X, Y, epochs=4, verbose=0, batch_size=5, validation_data=(X, Y), callbacks=callbacks)
    plain, bare = new_model(), Seen()
    plain.fit(X, Y, epochs=4, verbose=0, batch_size=5, callbacks=[bare, *stopping])
    assert len(seen.weights["end"]) == len(bare.weights["end"]) == (2 if stopping else 4)
    for mine, same in zip(seen.weights["end"][:-1], bare.weights["end"], strict=False):
        assert not np.array_equal(mine, same)
    np.testing.assert_array_equal(seen.weights["end"][-1], average_of(model))
    np.testing.assert_array_equal(model.theta, plain.theta)  # the average takes the weights' place at the end


def test_an_optimizer_without_an_average_is_refused():
    with pytest.raises(ValueError, match=r"use_ema=True.*Received: optimizer=SGD"):
        new_model(use_ema=False).evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()])


def test_before_the_first_step_there_is_nothing_to_swap():
    model = new_model()
    model.predict(X, verbose=0, callbacks=[SwapEMAWeights()])
    assert model.optimizer.iterations == 0
