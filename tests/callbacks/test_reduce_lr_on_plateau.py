"""ReduceLROnPlateau, worked by hand."""

import pytest

from numpy_ann.callbacks import ReduceLROnPlateau
from numpy_ann.optimizers import SGD
from tests.callbacks.training import fit, new_model, play


def rates(options, figures, start=1.0):
    """Return the learning rate in force at each epoch, and after the last."""
    seen = []

    class Watching(ReduceLROnPlateau):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            seen.append(logs["learning_rate"])

    model, _ = play(Watching("loss", **options), "loss", figures, new_model(SGD(start)))
    return [*seen, model.optimizer.learning_rate]


def test_it_waits_and_halves():
    # Epochs 1 and 2 bring nothing: halved after 2. Then again after 4.
    assert rates({"factor": 0.5, "patience": 2}, [1] * 6) == [1, 1, 1, 0.5, 0.5, 0.25, 0.25]


def test_an_improvement_begins_the_wait_anew():
    assert rates({"factor": 0.5, "patience": 2}, [3, 3, 2, 2, 2]) == [1, 1, 1, 1, 1, 0.5]


def test_less_than_min_delta_is_no_improvement():
    assert rates({"factor": 0.5, "patience": 1, "min_delta": 0.5}, [3, 2.6]) == [1, 1, 0.5]


def test_after_a_reduction_epochs_cool_down():
    # Reduced after epoch 1. Cooldown 2: epoch 2 counts it down to 1, epoch 3 to 0 and waits 1: reduced.
    assert rates({"factor": 0.5, "patience": 1, "cooldown": 2}, [1] * 5) == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_the_rate_goes_no_lower_than_min_lr():
    assert rates({"factor": 0.5, "patience": 1, "min_lr": 0.375}, [1] * 5) == [1, 1, 0.5, 0.375, 0.375, 0.375]


def test_what_is_printed(capsys):
    play(ReduceLROnPlateau("loss", patience=1, verbose=1), "loss", [1, 1], new_model(SGD(0.5)))
    assert capsys.readouterr().out == "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.05.\n"


def test_the_history_holds_the_rate_after_the_other_figures():
    history = fit(new_model(SGD(0.5)), ReduceLROnPlateau("loss"), validation_split=0.2)
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss", "learning_rate"]
    assert history["learning_rate"] == [0.5] * 3


def test_a_missing_figure_is_warned_of():
    with pytest.warns(
        UserWarning, match="metric `val_loss` which is not available. Available metrics are: accuracy,"
    ):
        fit(new_model(), ReduceLROnPlateau(), epochs=1)


def test_a_factor_of_one_is_refused():
    with pytest.raises(ValueError, match=r"does not support a factor >= 1.0. Received factor=1.0"):
        ReduceLROnPlateau(factor=1.0)
