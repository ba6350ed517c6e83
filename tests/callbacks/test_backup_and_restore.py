"""BackupAndRestore: training ends with the same bits wherever it crashed; tests/programs kills processes."""

import json

import numpy as np
import pytest

from numpy_ann.callbacks import (
    BackupAndRestore,
    Callback,
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from tests.callbacks.training import fit, new_model


class CrashError(RuntimeError):
    """What stands in for a crash, where a process of its own isn't needed."""


class CrashingAt(Callback):
    """Raises after a batch, counted from 0 over all epochs."""

    def __init__(self, batch):
        self.left = batch

    def on_train_batch_end(self, batch, logs=None):
        if self.left == 0:
            raise CrashError
        self.left -= 1


@pytest.mark.parametrize("save_freq", ["epoch", 2, 5, 7])
@pytest.mark.parametrize("crash", [6, 9, 10, 14])
def test_any_place_within_the_training(save_freq, crash, tmp_path):
    whole = new_model()
    fit(whole, epochs=4)
    with pytest.raises(CrashError):
        fit(new_model(), BackupAndRestore(tmp_path / "b", save_freq), CrashingAt(crash), epochs=4)
    resumed = new_model()
    fit(resumed, BackupAndRestore(tmp_path / "b", save_freq), epochs=4)
    np.testing.assert_array_equal(resumed.theta, whole.theta)
    assert resumed.epochs_trained == 4
    assert resumed.streams.get_state() == whole.streams.get_state()


def test_a_finished_training_leaves_no_backup_and_foreign_files_alone(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.json").write_text("{}")
    fit(new_model(), BackupAndRestore(tmp_path / "b"))
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["notes.json"]


def test_the_backup_can_be_kept_and_then_nothing_is_left_to_train(tmp_path):
    model, again = new_model(), new_model()
    fit(model, BackupAndRestore(tmp_path / "b", delete_checkpoint=False))
    assert fit(again, BackupAndRestore(tmp_path / "b")) == {}
    np.testing.assert_array_equal(again.theta, model.theta)


def test_only_the_last_backup_is_kept_or_the_last_two(tmp_path):
    for double, count in ((False, 1), (True, 2)):
        folder = tmp_path / "made" / "too" / str(double)
        fit(new_model(), BackupAndRestore(folder, double_checkpoint=double, delete_checkpoint=False))
        assert len(list(folder.glob("*.weights.h5"))) == count
        assert len(list(folder.iterdir())) == 2 * count


def test_weights_that_a_killed_process_left_without_their_state_are_written_anew(tmp_path):
    (tmp_path / "epoch000001-batch00000000.weights.h5").write_bytes(b"half")
    whole, model = new_model(), new_model()
    fit(whole)
    fit(model, BackupAndRestore(tmp_path))
    np.testing.assert_array_equal(model.theta, whole.theta)


def test_a_damaged_backup_is_said_to_be_and_the_one_before_taken_if_there_is_one(tmp_path):
    fit(new_model(), BackupAndRestore(tmp_path, double_checkpoint=True, delete_checkpoint=False), epochs=2)
    state = json.loads((tmp_path / "training.json").read_text())
    (tmp_path / state["weights"]).write_bytes(b"junk")
    whole, model = new_model(), new_model()
    fit(whole, epochs=3)
    with pytest.warns(UserWarning, match="The last backup can't be read"):
        history = fit(model, BackupAndRestore(tmp_path, delete_checkpoint=False), epochs=3)
    assert len(history["loss"]) == 2  # after the first epoch
    np.testing.assert_array_equal(model.theta, whole.theta)

    (tmp_path / "training.json").write_text('{"epoch": 1}')
    with pytest.raises(ValueError, match=r"training\.json is damaged"):
        fit(new_model(), BackupAndRestore(tmp_path))


def test_another_models_backup_is_refused(tmp_path):
    fit(new_model(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    other = new_model()
    other.pop()
    other.compile("adam", "sparse_categorical_crossentropy")
    cure = r"\(another network's backup, or a damaged one: remove the folder "
    with pytest.raises(ValueError, match=f"but Adam has 2 for each of the 2 trainable weights.*{cure}"):
        fit(other, BackupAndRestore(tmp_path))


def test_wrong_arguments():
    with pytest.raises(ValueError, match="Empty `backup_dir`"):
        BackupAndRestore("")
    with pytest.raises(ValueError, match="Unrecognized save_freq: 'step'"):
        BackupAndRestore("b", "step")


@pytest.mark.parametrize("crash", [4, 7, 9, 13])
@pytest.mark.parametrize("first", [True, False])
def test_what_other_callbacks_remember_is_taken_up_too(crash, first, tmp_path):
    def callbacks(*more):
        plateau = ReduceLROnPlateau("val_loss", factor=0.3, patience=1, min_delta=0.02, cooldown=1)
        stop = EarlyStopping(patience=3, min_delta=0.01, restore_best_weights=True)
        best = ModelCheckpoint(tmp_path / f"{crash}.keras", save_best_only=True)
        backup = BackupAndRestore(tmp_path / "b")
        watching = [plateau, stop, best]
        return [backup, *watching, *more] if first else [*watching, *more, backup]

    options = {"epochs": 14, "validation_split": 0.25}
    whole, crashed, resumed = new_model(), new_model(), new_model()
    expected = fit(whole, *callbacks(), **options)
    (tmp_path / f"{crash}.keras").unlink()
    with pytest.raises(CrashError):
        fit(crashed, *callbacks(CrashingAt(crash)), **options)
    found = fit(resumed, *(given := callbacks()), **options)
    np.testing.assert_array_equal(resumed.theta, whole.theta)
    for name, figures in found.items():
        assert figures == expected[name][len(expected[name]) - len(figures) :]
    assert next(c.best for c in given if isinstance(c, ModelCheckpoint)) == min(expected["val_loss"])


def test_a_training_that_was_stopped_stays_so(tmp_path):
    def callbacks():
        stop = EarlyStopping(patience=1, min_delta=10, restore_best_weights=True)
        return [BackupAndRestore(tmp_path / "b", delete_checkpoint=False), stop]

    model, again = new_model(), new_model()
    assert len(fit(model, *callbacks(), epochs=9, validation_split=0.25)["loss"]) == 2
    assert fit(again, *callbacks(), epochs=9, validation_split=0.25) == {}
    np.testing.assert_array_equal(again.theta, model.theta)
    with pytest.warns(UserWarning, match=r"what \['EarlyStopping'\] remembered, and there are \[\]"):
        fit(again, callbacks()[0], epochs=9)


def test_a_backup_whose_weights_are_gone_is_said_to_lack_them(tmp_path):
    fit(new_model(), BackupAndRestore(tmp_path, delete_checkpoint=False))
    (weights,) = tmp_path.glob("*.weights.h5")
    weights.unlink()
    with pytest.raises(FileNotFoundError, match=weights.name):
        fit(new_model(), BackupAndRestore(tmp_path))
