"""ModelCheckpoint: which files it writes, when, and what is in them."""

import numpy as np
import pytest

from numpy_ann.callbacks import Callback, ModelCheckpoint
from numpy_ann.models import load_model
from tests.callbacks.training import X, fit, new_model, play


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_last_file_is_the_trained_model(suffix, tmp_path):
    model = new_model()
    fit(model, ModelCheckpoint(tmp_path / "new" / "folder" / f"m{suffix}"))
    loaded = load_model(tmp_path / "new" / "folder" / f"m{suffix}")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
    assert loaded.optimizer.iterations == 15


def test_names_are_filled_in(tmp_path):
    history = fit(new_model(), ModelCheckpoint(tmp_path / "{epoch:02d}-{loss:.4f}.keras"), epochs=2)
    first, second = history["loss"]
    assert names(tmp_path) == [f"01-{first:.4f}.keras", f"02-{second:.4f}.keras"]


def test_batches_are_counted_across_epochs(tmp_path):
    # 5 batches an epoch, saved after each 4: batches 4; 3 of epoch 2; 2 of epoch 3.
    fit(new_model(), ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=4))
    assert names(tmp_path) == ["1-4.keras", "2-3.keras", "3-2.keras"]


def test_the_best_only(tmp_path, capsys):
    path = tmp_path / "{epoch}.weights.h5"
    callback = ModelCheckpoint(path, "loss", verbose=1, save_best_only=True, save_weights_only=True)
    play(callback, "loss", [3, 1, 2])
    assert names(tmp_path) == ["1.weights.h5", "2.weights.h5"]
    new = new_model()
    new.load_weights(tmp_path / "2.weights.h5")
    assert {w.max() for w in new.get_weights()} == {1}
    assert capsys.readouterr().out == (
        f"\nEpoch 1: loss improved from None to 3.00000, saving model to {tmp_path}/1.weights.h5\n"
        f"\nEpoch 1: finished saving model to {tmp_path}/1.weights.h5\n"
        f"\nEpoch 2: loss improved from 3.00000 to 1.00000, saving model to {tmp_path}/2.weights.h5\n"
        f"\nEpoch 2: finished saving model to {tmp_path}/2.weights.h5\n"
        "\nEpoch 3: loss did not improve from 1.00000\n"
    )
    play(callback, "loss", [1.5])  # what was best is remembered
    assert names(tmp_path) == ["1.weights.h5", "2.weights.h5"]


def test_the_first_must_beat_the_threshold(tmp_path):
    callback = ModelCheckpoint(
        tmp_path / "{epoch}.keras", "loss", save_best_only=True, initial_value_threshold=2.0
    )
    play(callback, "loss", [3, 1])
    assert names(tmp_path) == ["2.keras"]


def test_a_missing_figure_is_warned_of_and_the_model_saved(tmp_path):
    callback = ModelCheckpoint(tmp_path / "m.keras", save_best_only=True)
    with pytest.warns(UserWarning, match="Can save best model only with val_loss available"):
        fit(new_model(), callback, epochs=1)
    assert names(tmp_path) == ["m.keras"]


def test_saving_leaves_the_training_alone(tmp_path):
    one, other = new_model(), new_model()
    fit(one)
    fit(other, ModelCheckpoint(tmp_path / "m.h5", save_freq=2))
    np.testing.assert_array_equal(one.theta, other.theta)


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ("m.txt", {}, r"must end in `.keras` .* filepath=m.txt"),
        ("m.h5", {"save_weights_only": True}, r"must end in `.weights.h5`"),
        ("m.h5", {"save_freq": "batch"}, "Unrecognized save_freq: 'batch'"),
        ("m.h5", {"save_freq": 0}, "Unrecognized save_freq: 0"),
    ],
)
def test_wrong_arguments(path, options, message):
    with pytest.raises(ValueError, match=message):
        ModelCheckpoint(path, **options)


def test_a_name_that_the_logs_do_not_have(tmp_path):
    with pytest.raises(KeyError, match="Failed to format this callback filepath"):
        fit(new_model(), ModelCheckpoint(tmp_path / "{val_loss}.keras"))


def test_a_disk_error_names_the_callback_and_leaves_the_old_file(tmp_path):
    class Blocking(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 0:
                (tmp_path / "2.keras").mkdir()

    with pytest.raises(IsADirectoryError) as caught:
        fit(new_model(), Blocking(), ModelCheckpoint(tmp_path / "{epoch}.keras"))
    assert "ModelCheckpoint" in caught.value.__notes__[0]
    load_model(tmp_path / "1.keras")
