"""A small training that every callback can watch, and figures that come as the test likes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from numpy_ann.callbacks import Callback, CallbackList
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential

X = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
Y = np.random.default_rng(1).integers(0, 3, 40)


def new_model(optimizer: Any = "adam", **options: Any) -> Sequential:
    """Return a compiled model with dropout."""
    layers = [Input((6,)), Dense(8, activation="relu"), Dropout(0.3), Dense(3, activation="softmax")]
    model = Sequential(layers, seed=3, **options)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fit(model: Sequential, *callbacks: Callback, epochs: int = 3, **options: Any) -> dict[str, list[float]]:
    """Train without a word, and return the history."""
    history = model.fit(X, Y, batch_size=8, epochs=epochs, verbose=0, callbacks=list(callbacks), **options)
    return history.history


def play(callback: Callback, name: str, figures: Sequence[float], model: Any = None) -> tuple[Any, list[int]]:
    """Call the callback as a training would whose epochs have these figures; return model and epochs run."""
    model = new_model() if model is None else model
    model.stop_training = False
    calls = CallbackList([callback], model, {"epochs": len(figures), "steps": 1, "verbose": 0})
    calls.call("on_train_begin")
    run = []
    for epoch, figure in enumerate(figures):
        run.append(epoch)
        model.set_weights([np.full_like(w, epoch) for w in model.get_weights()])
        calls.call("on_epoch_begin", epoch)
        calls.call("on_epoch_end", epoch, logs={name: figure})
        if model.stop_training:
            break
    calls.call("on_train_end")
    return model, run
