"""A script that trains, evaluates and predicts."""

from typing import Any, assert_type

import numpy as np

from numpy_ann import Sequential
from numpy_ann._typing import Array
from numpy_ann.callbacks import Callback, EarlyStopping, History, Logs
from numpy_ann.layers import Dense, Dropout, Input


class Series:
    """A column of a frame, as libraries of frames have it: NumPy can make an array of it."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.zeros(4)


class Print(Callback):
    """A callback of one's own."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        print(epoch, (logs or {})["loss"])


def report(loss: float) -> str:
    return f"{loss:.3f}"


def new_model() -> Sequential:
    """Return a model of three layers."""
    model = Sequential(
        [Input(shape=(2,)), Dense(3, activation="relu", name="hidden"), Dropout(0.5), Dense(1)]
    )
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


x, y = np.zeros((4, 2)), np.zeros(4)


def right() -> None:
    model = new_model()

    # Arrays, lists, Series and frames.
    history = model.fit(x, y, epochs=2, callbacks=[EarlyStopping("loss"), Print()], validation_data=(x, y))
    assert_type(history, History)
    assert_type(history.history["loss"], list[Any])  # floats, or arrays of a metric with several figures
    model.fit([[0.0, 1.0], [1.0, 0.0]], [0, 1], sample_weight=[1.0, 2.0])
    model.fit(Series(), Series(), callbacks=Print())
    model.fit((batch for batch in [(x, y)]), steps_per_epoch=1)
    model.train_on_batch(Series(), [0, 1, 0, 1])

    # With metrics there are several figures, without there is one; only ``compile`` knows.
    loss, error = model.evaluate(x, y, verbose=0)
    report(loss + error)
    report(model.evaluate(x, y))
    print(float(model.evaluate(x, y)), model.evaluate(x, y)[0] < 0.5)
    assert_type(model.evaluate(x, y, return_dict=True), dict[str, float | Array])
    assert_type(model.predict(x), Any)  # of several outputs, a list or a dictionary
    assert_type(model.predict_on_batch([[0.0, 1.0]]), Any)
    assert_type(model(x), Any)

    # Each layer's own attributes.
    print(model.layers[0].kernel.value.shape, model.layers[1].rate, model.get_layer("hidden").units)
    dense: Dense = model.get_layer(index=0)
    print(dense.units)
    if model.history is not None:
        print(model.history.epoch)


def wrong() -> None:
    model = new_model()
    model.fit(x, y, epoch=2)  # E: call-arg, reportCallIssue
    model.fit(x, y, epochs="two")  # E: arg-type, reportArgumentType
    model.fit(x, y=3)  # E: arg-type, reportArgumentType
    model.compile(optimizer=3)  # E: arg-type, reportArgumentType
    print(model.evaluate(x, y, return_dict=True).loss)  # E: attr-defined, reportAttributeAccessIssue
    print(model.layer)  # E: attr-defined, reportAttributeAccessIssue
