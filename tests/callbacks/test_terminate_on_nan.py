"""TerminateOnNaN: training ends, the model stays good."""

import math

import numpy as np
import pytest

from numpy_ann.callbacks import Callback, TerminateOnNaN
from numpy_ann.errors import NonFiniteError
from tests.callbacks.training import X, Y, new_model

BAD = X.copy()
BAD[17] = np.nan  # in the third batch of eight


def fit(*callbacks):
    model = new_model()
    history = model.fit(BAD, Y, batch_size=8, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)
    return model, history.history


def test_without_it_training_raises():
    with pytest.raises(NonFiniteError, match="epoch 1, batch 3 of 5") as caught:
        fit()
    assert math.isnan(caught.value.loss)


def test_training_ends_with_the_bad_loss_in_the_history(capsys):
    ended = []

    class Listening(Callback):
        def on_train_end(self, logs=None):
            ended.append(logs["loss"])

    model, history = fit(TerminateOnNaN(), Listening())
    assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"
    assert len(history["loss"]) == 1
    assert math.isnan(history["loss"][0])
    assert math.isnan(ended[0])
    assert model.stop_training


def test_the_weights_are_those_of_the_batch_before():
    model, _ = fit(TerminateOnNaN())
    good = new_model()
    good.fit(X[:16], Y[:16], batch_size=8, shuffle=False, verbose=0)
    np.testing.assert_array_equal(model.theta, good.theta)


def test_it_can_raise_instead():
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 2"):
        fit(TerminateOnNaN(raise_error=True))
