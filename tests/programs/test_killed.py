"""Real processes are killed: training ends with the same bits, and a file is whole, the old or the new."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from numpy_ann.models import load_model
from tests.saving.files import trained_model

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "callbacks" / "resumed_training.py"
BOTH = pytest.mark.parametrize("suffix", [".keras", ".h5"])


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, SCRIPT, *map(str, arguments)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "result.npz"
    with start("", path, "epoch", 0) as process:
        process.communicate()
    return dict(np.load(path))


@pytest.mark.parametrize(
    ("save_freq", "kills"),
    [("epoch", [13]), ("3", [10]), ("3", [1, 9, 2, 15]), ("1", [20])],
    ids=["each epoch", "within an epoch", "again and again", "after each batch"],
)
def test_a_killed_training_ends_with_the_same_bits(save_freq, kills, undisturbed, tmp_path):
    backup, result = tmp_path / "backup", tmp_path / "result.npz"
    for batches in kills:
        with start(backup, result, save_freq, 0.01) as process:
            assert process.stdout.read(6) == b"ready\n"
            assert process.stdout.read(batches) == b"." * batches
            process.send_signal(signal.SIGKILL)
    assert not result.exists()
    assert (backup / "training.json").exists()
    with start(backup, result, save_freq, 0) as process:
        left = process.communicate()[0].count(b".")
    assert process.returncode == 0
    assert left < 6 * 8  # it went on, and did not begin anew

    resumed = dict(np.load(result))
    for name in ("theta", "momentum", "velocity", "iterations", "epochs_trained"):
        np.testing.assert_array_equal(resumed[name], undisturbed[name], err_msg=name)
    for name in ("val_loss", "learning_rate"):  # of the epochs since
        np.testing.assert_array_equal(resumed[name], undisturbed[name][-len(resumed[name]) :])
    assert not backup.exists()


@BOTH
def test_killed_while_saving(suffix, tmp_path):
    """A process saves two models in turn, without a pause, and is killed: one of them is there."""
    kills = int(os.environ.get("NUMPY_ANN_KILLS", "6"))
    path = tmp_path / f"m{suffix}"
    models = [trained_model(), trained_model(seed=1)]
    command = (
        "from tests.saving.files import *\n"
        "models = [trained_model(), trained_model(seed=1)]\n"
        f"models[0].save({str(path)!r}); print('ready', flush=True)\n"
        f"while True:\n    for model in models: model.save({str(path)!r})\n"
    )
    rng = np.random.default_rng()
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        theta = load_model(path).theta
        assert any(np.array_equal(theta, model.theta) for model in models)
