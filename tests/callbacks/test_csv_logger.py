"""CSVLogger: the file as Keras writes it."""

import csv

from numpy_ann.callbacks import Callback, CSVLogger
from tests.callbacks.training import fit, new_model


def test_a_line_for_each_epoch_and_columns_for_a_validation_that_was_not(tmp_path):
    path = tmp_path / "log.csv"
    history = fit(new_model(), CSVLogger(path), epochs=2)
    (a0, a1), (l0, l1) = history["accuracy"], history["loss"]
    assert path.read_bytes().decode() == (
        f"epoch,accuracy,loss,val_accuracy,val_loss\r\n0,{a0},{l0},NA,NA\r\n1,{a1},{l1},NA,NA\r\n"
    )


def test_with_a_validation_and_a_separator(tmp_path):
    history = fit(new_model(), CSVLogger(tmp_path / "log.csv", separator=";"), validation_split=0.2)
    with open(tmp_path / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [float(row["val_loss"]) for row in rows] == history["val_loss"]  # all digits of a float
    assert list(rows[0]) == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss"]


def test_appending_goes_on_without_a_second_heading_and_otherwise_begins_anew(tmp_path):
    path, model = tmp_path / "log.csv", new_model()
    fit(model, CSVLogger(path, append=True), epochs=1)
    fit(model, CSVLogger(path, append=True), epochs=2, initial_epoch=1)
    lines = path.read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "0", "1"]
    fit(model, CSVLogger(path), epochs=1)
    assert len(path.read_text().splitlines()) == 2


def test_each_line_is_on_the_disk_when_its_epoch_ends(tmp_path):
    seen = []

    class Reading(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(len((tmp_path / "log.csv").read_text().splitlines()))

    fit(new_model(), CSVLogger(tmp_path / "log.csv"), Reading())
    assert seen == [2, 3, 4]


def test_out_of_a_training_nothing_is_written(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_epoch_end(0, {"loss": 1.0})
    assert not path.exists()
    fit(new_model(), logger)
    before = path.read_text()
    logger.on_epoch_end(3, {"loss": 1.0})
    assert path.read_text() == before
