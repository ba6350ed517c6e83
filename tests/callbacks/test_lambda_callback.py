"""LambdaCallback: functions at their moments."""

import pytest

from numpy_ann.callbacks import LambdaCallback
from tests.callbacks.training import fit, new_model


def test_each_function_is_called_at_its_moment():
    seen = []
    callback = LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(("begin", epoch)),
        on_epoch_end=lambda epoch, logs: seen.append(("end", epoch, sorted(logs))),
        on_train_begin=lambda logs: seen.append("train begins"),
        on_train_end=lambda logs: seen.append("train ends"),
        on_train_batch_begin=lambda batch, logs: seen.append(("batch begins", batch)),
        on_train_batch_end=lambda batch, logs: seen.append(("batch ends", batch)),
        on_test_begin=lambda logs: seen.append("validation"),
    )
    fit(new_model(), callback, epochs=1, validation_split=0.6)  # 16 samples: two batches
    assert seen == [
        "train begins",
        ("begin", 0),
        ("batch begins", 0),
        ("batch ends", 0),
        ("batch begins", 1),
        ("batch ends", 1),
        "validation",
        ("end", 0, ["accuracy", "loss", "val_accuracy", "val_loss"]),
        "train ends",
    ]


def test_a_mistake_in_a_function_names_the_callback():
    with pytest.raises(ZeroDivisionError) as caught:
        fit(new_model(), LambdaCallback(on_epoch_end=lambda epoch, logs: 1 / 0))
    assert caught.value.__notes__ == [
        "This was raised in the callback LambdaCallback, in its method on_epoch_end."
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"on_epoch_stop": print}, "no moment 'on_epoch_stop'"),
        ({"set_model": print}, "no moment 'set_model'"),
        ({"on_epoch_end": 3}, "`on_epoch_end` must be a function. Received: 3"),
    ],
)
def test_wrong_moments(options, message):
    with pytest.raises(TypeError, match=message):
        LambdaCallback(**options)
