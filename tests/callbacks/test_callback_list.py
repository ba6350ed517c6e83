import traceback

import pytest

from numpy_ann.callbacks import Callback, CallbackList


class Note(Callback):
    def __init__(self, name, to):
        self.name, self.to = name, to

    def on_epoch_end(self, epoch, logs=None):
        self.to.append((self.name, epoch, dict(logs)))
        logs[self.name] = epoch


def test_callbacks_are_called_in_turn_with_the_same_logs():
    notes = []
    calls = CallbackList([Note("a", notes), Note("b", notes)], "model", {"epochs": 1})
    logs = {"loss": 0.5}
    calls.call("on_epoch_end", 3, logs=logs)
    assert notes == [("a", 3, {"loss": 0.5}), ("b", 3, {"loss": 0.5, "a": 3})]
    assert logs == {"loss": 0.5, "a": 3, "b": 3}


def test_without_logs_there_is_an_empty_dictionary():
    notes = []
    CallbackList([Note("a", notes)], None, {}).call("on_epoch_end", 0)
    assert notes == [("a", 0, {})]


def test_every_callback_gets_model_and_params():
    callback = Callback()
    CallbackList([callback], "model", {"epochs": 4})
    assert (callback.model, callback.params) == ("model", {"epochs": 4})


def test_only_methods_that_override_are_listeners():
    calls = CallbackList([Callback(), Note("a", [])], None, {})
    assert calls.listeners["on_train_batch_end"] == []
    assert len(calls.listeners["on_epoch_end"]) == 1


def test_a_function_put_on_an_instance_listens_too():
    seen = []
    callback = Callback()
    callback.on_epoch_begin = lambda epoch, logs: seen.append(epoch)
    CallbackList([callback], None, {}).call("on_epoch_begin", 7)
    assert seen == [7]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Note, "each must be an instance, not a class"),
        ("History", "'History'; each must be an instance of Callback"),
    ],
)
def test_what_is_no_callback_is_refused(bad, message):
    with pytest.raises(TypeError, match=message):
        CallbackList([bad], None, {})


def test_a_callbacks_mistake_names_the_callback_and_keeps_its_own_type():
    class Faulty(Callback):
        def on_epoch_end(self, epoch, logs=None):
            return logs["val_loss"]

    with pytest.raises(KeyError, match="val_loss") as error:
        CallbackList([Faulty()], None, {}).call("on_epoch_end", 0)
    note = "This was raised in the callback Faulty, in its method on_epoch_end."
    assert error.value.__notes__ == [note]
    assert note in "".join(traceback.format_exception(error.value))


def test_on_batch_begin_and_end_are_other_names_for_the_training_batches():
    class Older(Callback):
        def __init__(self):
            self.seen = []

        def on_batch_begin(self, batch, logs=None):
            self.seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            self.seen.append(("end", batch, logs["loss"]))

    class Both(Older):
        def on_train_batch_begin(self, batch, logs=None):
            self.seen.append(("train begin", batch))

    older, both = Older(), Both()
    calls = CallbackList([older, both], None, {})
    calls.call("on_train_batch_begin", 3)
    calls.call("on_test_batch_begin", 4)
    calls.call("on_train_batch_end", 3, logs={"loss": 0.5})
    assert older.seen == [("begin", 3), ("end", 3, 0.5)]
    assert both.seen == [("train begin", 3), ("end", 3, 0.5)]
    assert not CallbackList([Callback()], None, {}).listeners["on_train_batch_end"]
