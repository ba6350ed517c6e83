import os
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from numpy_ann.callbacks import Callback, EarlyStopping, LambdaCallback
from numpy_ann.data import toy
from numpy_ann.inspection import DecisionMapRecorder
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential

X, Y = toy.moons(60)
ROOT = Path(__file__).parents[2]


def new_model(classes=1):
    last = Dense(1, activation="sigmoid") if classes == 1 else Dense(classes, activation="softmax")
    model = Sequential([Input((2,)), Dense(8, activation="tanh"), last], seed=0)
    loss = "binary_crossentropy" if classes == 1 else "sparse_categorical_crossentropy"
    model.compile("adam", loss, metrics=["accuracy"])
    return model


@pytest.fixture(autouse=True)
def short_end(monkeypatch):
    """The last frame is drawn sixteen times, to stay two seconds: once more, where that isn't the point."""
    monkeypatch.setattr("numpy_ann.inspection.decision_map_recorder.LAST_FRAME", 0.125)


@pytest.fixture
def no_film(monkeypatch):
    """For tests of what is recorded, and when: drawing takes a hundred times as long."""
    monkeypatch.setattr(DecisionMapRecorder, "_film", lambda recorder: b"GIF89a")


def record(path, epochs, *others, **options):
    recorder = DecisionMapRecorder(X, Y, path, resolution=20, **options)
    new_model().fit(X, Y, epochs=epochs, verbose=0, callbacks=[recorder, *others])
    return recorder


def frames_of(path):
    """The film's pictures, RGB, and how long each stays, in seconds."""
    pictures, seconds = [], []
    with Image.open(path) as film:
        for number in range(film.n_frames):
            film.seek(number)
            pictures.append(np.asarray(film.convert("RGB")).astype(int))
            seconds.append(film.info["duration"] / 1000)
    return pictures, seconds


class StopAfter(Callback):
    def __init__(self, epochs):
        self.epochs = epochs

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = epoch + 1 >= self.epochs


class Interrupt(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def test_a_film_from_the_untrained_network_to_the_last_epoch(tmp_path, monkeypatch):
    monkeypatch.undo()  # the end as users see it
    recorder = record(tmp_path / "moons.gif", 5, every=2)
    titles = [frame.title.split("   ")[0] for frame in recorder.frames]
    assert titles == ["Before training", "Epoch 2", "Epoch 4", "Epoch 5"]
    assert "   loss 0." in recorder.frames[-1].title
    assert "   accuracy 0." in recorder.frames[-1].title
    pictures, seconds = frames_of(tmp_path / "moons.gif")
    assert len(pictures) == 4
    np.testing.assert_allclose(seconds, [0.12, 0.12, 0.12, 2.12], atol=0.011)  # a GIF counts hundredths
    for before, after in pairwise(pictures):
        assert (before != after).any()


def test_frames_hold_what_the_network_said_then(tmp_path, no_film):
    recorder = record(tmp_path / "moons.gif", 3)
    model = new_model()
    for frame in recorder.frames:
        p = model.predict(recorder.plane.points, verbose=0)
        np.testing.assert_allclose(frame.probabilities[:, 1:], p, atol=1e-6)
        model.fit(X, Y, epochs=1, verbose=0)


def test_nothing_moves_but_the_picture(tmp_path):
    record(tmp_path / "moons.gif", 2)
    pictures, _ = frames_of(tmp_path / "moons.gif")
    below = [picture[-45:] for picture in pictures]  # the axis, its numbers and its name
    for strip in below:
        assert np.abs(strip - below[0]).max() < 24  # each frame has a palette of its own


def test_a_stopped_training_ends_the_film(tmp_path):
    recorder = record(tmp_path / "moons.gif", 100, StopAfter(3), every=9)
    assert [frame.title.split("   ")[0] for frame in recorder.frames] == ["Before training", "Epoch 3"]
    assert len(frames_of(tmp_path / "moons.gif")[0]) == 2


@pytest.mark.parametrize("patience", [1, 9])
@pytest.mark.parametrize("recorded_first", [True, False])
def test_the_film_ends_with_the_last_epoch_though_the_best_ones_weights_are_restored(
    tmp_path, no_film, patience, recorded_first
):
    """Whether training is stopped or runs to its end, and whoever comes first."""
    model, seen = new_model(), []
    recorder = DecisionMapRecorder(X, Y, tmp_path / "moons.gif", resolution=20, every=9)
    ask = LambdaCallback(on_epoch_end=lambda *_: seen.append(model.predict(recorder.plane.points, verbose=0)))
    stop = EarlyStopping("loss", min_delta=9, patience=patience, restore_best_weights=True)
    others = [recorder, stop] if recorded_first else [stop, recorder]
    history = model.fit(X, Y, epochs=4, verbose=0, callbacks=[ask, *others])
    assert len(history.epoch) == min(1 + patience, 4)
    np.testing.assert_array_equal(recorder.frames[-1].probabilities[:, 1:], seen[-1])
    np.testing.assert_array_equal(model.predict(recorder.plane.points, verbose=0), seen[0])


@pytest.mark.parametrize(("epochs", "every"), [(1, 1), (38, 1), (39, 2), (1000, 27)])
def test_left_to_itself_it_makes_forty_frames_at_most(tmp_path, no_film, epochs, every):
    recorder = record(tmp_path / "moons.gif", epochs, StopAfter(5))
    recorded = {e for e in range(1, 6) if e % every == 0} | {min(5, epochs)}
    recorded = {e for e in recorded if e <= epochs}
    assert len(recorder.frames) == 1 + len(recorded)
    assert 2 + epochs // every <= 40


def test_an_interrupted_training_can_be_saved(tmp_path):
    recorder = DecisionMapRecorder(X, Y, tmp_path / "moons.gif", resolution=20)
    with pytest.raises(KeyboardInterrupt):
        new_model().fit(X, Y, epochs=9, verbose=0, callbacks=[recorder, Interrupt()])
    assert os.listdir(tmp_path) == []
    assert len(recorder.frames) == 4
    recorder.frames = recorder.frames[-2:]  # short films
    recorder.save(tmp_path / "other.gif")
    assert os.listdir(tmp_path) == ["other.gif"]
    recorder.frames = recorder.frames[-1:]
    recorder.save()
    assert [len(frames_of(tmp_path / name)[0]) for name in ("other.gif", "moons.gif")] == [2, 1]


def test_missing_folders_are_made_and_nothing_else_is_left(tmp_path, no_film):
    record(tmp_path / "films" / "deep" / "moons.gif", 1)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["moons.gif"]


def test_a_failed_drawing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "moons.gif"
    path.write_bytes(b"the old film")
    recorder = DecisionMapRecorder(X, Y, path, resolution=20)
    model = new_model()
    model.fit(X, Y, verbose=0, callbacks=[recorder])
    good = path.read_bytes()
    assert good.startswith(b"GIF89a")
    recorder.frames.append(recorder.frames[0]._replace(probabilities=np.zeros((3, 2))))
    with pytest.raises(ValueError, match="reshape"):
        recorder.save()
    assert path.read_bytes() == good
    assert os.listdir(tmp_path) == ["moons.gif"]


def test_a_second_fit_makes_a_film_of_its_own(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(DecisionMapRecorder, "_film", lambda recorder: b"the first film")
        recorder = record(tmp_path / "moons.gif", 1)
    new_model().fit(X, Y, epochs=1, verbose=0, callbacks=[recorder])
    assert [frame.title.split("   ")[0] for frame in recorder.frames] == ["Before training", "Epoch 1"]
    assert len(frames_of(tmp_path / "moons.gif")[0]) == 2


def test_several_classes_and_their_names(tmp_path):
    x, y = toy.blobs(60)
    recorder = DecisionMapRecorder(x, y, tmp_path / "blobs.gif", class_names=["a", "b", "c"], resolution=20)
    new_model(3).fit(x, y, epochs=1, verbose=0, callbacks=[recorder])
    assert len(frames_of(tmp_path / "blobs.gif")[0]) == 2


def test_forty_frames_of_three_hundred_points_stay_under_half_a_megabyte(tmp_path):
    x, y = toy.spirals()
    path = tmp_path / "spirals.gif"
    new_model().fit(x, y, epochs=38, verbose=0, callbacks=[DecisionMapRecorder(x, y, path, every=10)])
    # Every tenth of them was drawn, and each is a picture of its own.
    assert len(frames_of(path)[0]) == 1 + 38 // 10 + 1
    assert 10_000 < path.stat().st_size * 40 / 5 < 500_000


def test_settings_of_the_user_do_no_harm(tmp_path):
    with matplotlib.rc_context({"savefig.bbox": "tight", "figure.constrained_layout.use": True}):
        record(tmp_path / "moons.gif", 1)
    pictures, _ = frames_of(tmp_path / "moons.gif")
    assert pictures[0].shape == (300, 380, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filepath": "moons.png"}, r"its file's name ends in \.gif\. Received: moons\.png"),
        ({"every": 0}, "`every` must be an integer of at least 1"),
        ({"frames_per_second": 0}, "`frames_per_second` must be an integer of at least 1"),
        ({"frames_per_second": 60}, "at most 50 frames a second"),
        ({"resolution": 1}, "`resolution`"),
        ({"x": np.zeros((60, 3))}, r"x of shape \(samples, 2\)"),
        ({"y": Y[:5]}, "for each of 60 points"),
    ],
)
def test_wrong_arguments_are_refused_at_once(options, message):
    with pytest.raises(ValueError, match=message):
        DecisionMapRecorder(**{"x": X, "y": Y, "filepath": "moons.gif", **options})


def test_points_and_names_that_do_not_fit_the_model_are_refused_before_training(tmp_path):
    model = new_model()
    weights = model.get_weights()
    for y, names, message in (
        (Y + 1, None, "class numbers from 0 to 1"),
        (Y, ["a"], "Expected 2 class names"),
    ):
        recorder = DecisionMapRecorder(X, y, tmp_path / "moons.gif", class_names=names)
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y, verbose=0, callbacks=[recorder])
    np.testing.assert_array_equal(weights[0], model.get_weights()[0])


def test_there_is_nothing_to_save_before_training():
    with pytest.raises(ValueError, match="nothing to show yet"):
        DecisionMapRecorder(X, Y, "moons.gif").save()
