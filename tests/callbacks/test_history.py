import numpy as np

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
