"""EarlyStopping: when it stops, and what it leaves behind."""

import math

import pytest

from numpy_ann.callbacks import EarlyStopping
from tests.callbacks.training import fit, new_model, play


@pytest.mark.parametrize(
    ("options", "figures", "epochs"),
    [
        ({"patience": 0}, [3, 2, 2, 1], 3),  # 2 is not below 2: stop at once
        ({"patience": 2}, [3, 2, 2, 2, 1], 4),  # two epochs without improvement
        ({"patience": 2}, [3, 2, 2, 1, 1], 5),  # the third improves in time
        ({"patience": 1, "min_delta": 0.5}, [3, 2.6, 2.4], 2),  # 2.6 + 0.5 is not below 3
        ({"patience": 1, "min_delta": -0.5}, [3, 2.6, 2.4], 2),  # the sign doesn't matter
        ({"patience": 1, "start_from_epoch": 3}, [1, 2, 2, 3, 2, 2], 6),  # the 1 is not remembered
        ({"patience": 0, "baseline": 2}, [5, 5], 2),  # never in the first epoch
        (
            {"patience": 2, "baseline": 1},
            [5, 4, 3, 3],
            4,
        ),  # better, but not than the baseline: the wait goes on
        ({"patience": 1, "mode": "max"}, [1, 2, 2, 3], 3),
        ({"patience": 1}, [1, math.nan, 0], 2),  # NaN is no improvement
    ],
)
def test_when_it_stops(options, figures, epochs):
    callback = EarlyStopping("val_loss", **options)
    model, run = play(callback, "val_loss", figures)
    assert len(run) == epochs
    assert model.stop_training == (callback.stopped_epoch > 0)


@pytest.mark.parametrize("stops", [True, False])
def test_the_best_weights_come_back_whether_it_stopped_or_not(stops, capsys):
    callback = EarlyStopping("loss", patience=1 if stops else 9, restore_best_weights=True, verbose=1)
    model, run = play(callback, "loss", [3, 1, 2])
    assert len(run) == 3
    assert {w.max() for w in model.get_weights()} == {1}  # play() sets all weights to the epoch's number
    assert callback.best == 1
    assert callback.best_epoch == 1
    restored = "Restoring model weights from the end of the best epoch: 2.\n"
    assert capsys.readouterr().out == ("Epoch 3: early stopping\n" if stops else "") + restored


def test_without_restoring_the_last_weights_stay():
    model, _ = play(EarlyStopping("loss", patience=1), "loss", [3, 1, 2])
    assert {w.max() for w in model.get_weights()} == {2}


def test_a_figure_that_is_nan_from_the_start_restores_the_first_epoch():
    model, _ = play(EarlyStopping("loss", patience=5, restore_best_weights=True), "loss", [math.nan] * 3)
    assert {w.max() for w in model.get_weights()} == {0}


def test_a_second_training_begins_anew():
    callback = EarlyStopping("loss", patience=1)
    play(callback, "loss", [1, 2])
    _, run = play(callback, "loss", [9, 8, 7])
    assert len(run) == 3


def test_a_figure_that_is_missing_is_warned_of_and_stops_nothing():
    with pytest.warns(
        UserWarning, match="metric `val_loss` which is not available. Available metrics are: accuracy,loss"
    ):
        history = fit(new_model(), EarlyStopping("val_loss"))
    assert len(history["loss"]) == 3
