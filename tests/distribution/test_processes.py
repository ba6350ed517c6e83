"""Real processes under a real ``mpiexec``, two and three: ``python -m pytest -n 0 tests/distribution``."""

import shutil
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from numpy_ann import load_model
from tests.distribution.work import SAME
from tests.support import missing

ROOT = Path(__file__).parents[2]
TOGETHER = ["same", "noisy", "halves", "written", "stop_in_one", "separate"]


def started(size, *arguments):
    """Run Python in so many processes; of one, without mpiexec."""
    mpiexec = Path(sys.executable).with_name("mpiexec")
    mpiexec = mpiexec if mpiexec.exists() else shutil.which("mpiexec")
    if mpiexec is None or find_spec("mpi4py") is None:
        missing("mpi4py and an MPI are not installed (pip install mpi4py mpich)")
    command = [*([mpiexec, "-n", str(size)] if size > 1 else []), sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def worked(size, name, folder):
    return started(size, "-m", "tests.distribution.work", name, str(folder))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """All that runs to its end, in one, two and three processes."""
    folder = tmp_path_factory.mktemp("done")
    printed = {}
    for size in (1, 2, 3):
        for name in ("same", ",".join(TOGETHER[1:])):
            ended = worked(size, name, folder)
            assert ended.returncode == 0, ended.stderr
            printed[size] = ended.stdout
    return folder, printed


def found(folder, name, size):
    """Return what each process found, after checking that all found the same, but for their own noise."""
    arrays = [dict(np.load(folder / f"{name}-{rank}-of-{size}.npz")) for rank in range(size)]
    for key in arrays[0].keys() - {"masks"}:
        assert all(np.array_equal(one[key], arrays[0][key]) for one in arrays), (name, size, key)
    return arrays


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("name", [*SAME, "stop_in_one", "written"])
def test_processes_find_the_numbers_of_one(done, name, size):
    (one,), several = found(done[0], name, 1), found(done[0], name, size)[0]
    if name == "stop_in_one":  # after the second batch of the first epoch
        assert one["epochs"].tolist() == several["epochs"].tolist() == [0]
    # Ten steps in float32: a rounding in the sum of 16 rows, of which Adam makes a part of its 1e-3.
    bound = 1e-6 if name == "float32" else 1e-12
    for key, expected in one.items():
        np.testing.assert_allclose(several[key], expected, rtol=0, atol=bound, err_msg=key)


@pytest.mark.parametrize("size", [2, 3])
def test_noise_differs_and_goes_on_to_the_same_bits(done, size):
    whole, half = found(done[0], "noisy", size), found(done[0], "halves", size)
    assert np.array_equal(whole[0]["theta"], half[0]["theta"])
    masks = [one["masks"] for one in whole]
    assert not any(np.array_equal(a, b) for a, b in pairwise(masks))
    assert not np.array_equal(whole[0]["theta"], found(done[0], "noisy", 1)[0]["theta"])


def test_moments_are_each_process_own_unless_synchronized(done):
    one, two = (found(done[0], "separate", size)[0]["theta"] for size in (1, 2))
    assert 1e-4 < np.abs(one - two).max() < 0.1


@pytest.mark.parametrize("size", [2, 3])
def test_callbacks_write_and_print_once(done, size):
    folder, printed = done
    assert Counter(line.partition("/")[0] for line in printed[size].splitlines())["5"] == 3  # of verbose=2
    for name in ("log.csv", "1.keras", "2.keras"):
        assert (folder / f"written-{size}" / name).exists()
    assert len((folder / f"written-{size}" / "log.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("not_finite", "batch 5 of 5. The loss is nan: the input of the first layer, 'dense', holds NaN"),
        ("differing", "they differ in the batch size, 16 in process 0 and 17 in process 1"),
        ("failing", "RuntimeError: process 1 can't go on"),
        ("small_batch", "A batch of 1 has no row for each of 2 processes"),
    ],
)
def test_an_error_in_one_process_ends_all(tmp_path, name, text):
    ended = worked(2, name, tmp_path)
    assert ended.returncode != 0
    assert text in ended.stderr
    assert not list(tmp_path.glob("*.npz"))


def test_a_killed_process_ends_all_and_the_next_start_goes_on(done, tmp_path):
    assert worked(2, "killed", tmp_path).returncode != 0
    assert (tmp_path / "backup" / "training.json").exists()
    again = worked(2, "revived", tmp_path)
    assert again.returncode == 0, again.stderr
    assert np.array_equal(found(tmp_path, "revived", 2)[0]["theta"], found(done[0], "noisy", 2)[0]["theta"])


SCRIPT = """
import sys
import numpy as np
import keras

x = np.random.rand(200, 5)
y = (x.sum(axis=1) > 2.5).astype(int)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, batch_size=20, epochs=2, verbose=2)
model.save(sys.argv[1])
print("processors:", keras.distribution.list_devices())
sys.exit(sys.argv[2] if len(sys.argv) > 2 else 0)
"""


def test_the_command_line_shares_a_script_that_knows_nothing_of_it(tmp_path):
    (tmp_path / "train.py").write_text(SCRIPT)
    command = ["-m", "numpy_ann", "run", "--data-parallel", tmp_path / "train.py", tmp_path / "model.keras"]
    ended = started(2, *command)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("10/10") == 2
    assert ended.stdout.count("processors: ['cpu:0', 'cpu:1']") == 1
    assert load_model(tmp_path / "model.keras").optimizer.iterations == 20
    stopped = started(2, *command, "no more")
    assert stopped.returncode == 1
    assert "no more" in stopped.stderr
