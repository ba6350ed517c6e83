"""TensorBoard: its own reader finds what was written."""

import sys

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from numpy_ann.callbacks import TensorBoard
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential


def trained(**options):
    model = Sequential([Input((3,)), Dense(2, name="hidden"), Dense(1)], seed=0)
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.random.default_rng(0).normal(size=(40, 3))
    callback = TensorBoard(**options)
    history = model.fit(x, x.sum(axis=1), 8, 2, validation_split=0.2, verbose=0, callbacks=[callback])
    return model, history.history


def read(folder):
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def test_figures_and_histograms(tmp_path):
    model, history = trained(log_dir=tmp_path, histogram_freq=1)
    train, validation = read(tmp_path / "train"), read(tmp_path / "validation")
    assert set(train.Tags()["scalars"]) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    assert [event.step for event in train.Scalars("epoch_loss")] == [0, 1]
    np.testing.assert_allclose([e.value for e in train.Scalars("epoch_loss")], history["loss"], rtol=1e-6)
    np.testing.assert_allclose(
        [e.value for e in validation.Scalars("epoch_mae")], history["val_mae"], rtol=1e-6
    )
    kernel = model.layers[0].kernel.numpy()
    histogram = train.Histograms("hidden/kernel/histogram")[-1].histogram_value
    assert histogram.num == kernel.size == sum(histogram.bucket)
    assert histogram.sum == pytest.approx(kernel.sum(), rel=1e-6)


def test_batches(tmp_path):
    trained(log_dir=tmp_path, update_freq=2, write_steps_per_second=True)
    train = read(tmp_path / "train")
    assert [event.step for event in train.Scalars("batch_loss")] == [2, 4, 6, 8]
    assert train.Scalars("epoch_steps_per_second")[0].value > 0


@pytest.mark.parametrize(
    "options",
    [
        {"profile_batch": 2},
        {"embeddings_freq": 1},
        {"write_images": True, "histogram_freq": 1},
        {"update_freq": 0},
    ],
)
def test_what_isnt_written_is_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        TensorBoard(**options)


def test_without_the_package_training_goes_on(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer.event_file_writer", None)
    with pytest.warns(UserWarning, match="python -m pip install tensorboard"):
        trained(log_dir=tmp_path / "logs", histogram_freq=1)
    assert not (tmp_path / "logs").exists()
