import numpy as np
import pytest

from numpy_ann.callbacks import History


def test_each_figure_has_a_list_with_a_python_float_an_epoch():
    history = History()
    history.on_train_begin()
    history.on_epoch_end(4, {"loss": np.float32(0.5)})
    history.on_epoch_end(5, {"loss": 0.25, "late": 1})
    assert history.epoch == [4, 5]
    assert history.history == {"loss": [0.5, 0.25], "late": [1.0]}
    assert all(type(value) is float for values in history.history.values() for value in values)


def test_a_new_training_starts_anew():
    history = History()
    history.on_epoch_end(0, {"loss": 0.5})
    history.on_train_begin()
    assert (history.history, history.epoch) == ({}, [])


def test_what_is_no_number_is_named():
    with pytest.raises(TypeError, match="The logs hold phase='warm-up', which is no number: a callback"):
        History().on_epoch_end(0, {"loss": 0.5, "phase": "warm-up"})


def test_it_says_what_it_holds():
    history = History()
    assert repr(history) == "<History of 0 epochs>"
    history.on_epoch_end(0, {"loss": 0.25, "f1": np.array([1.0, 0.5])})
    assert repr(history) == "<History of 1 epochs, the last: loss 0.25>"
