"""Tests beside an installed Keras 3: ``python -m pytest tests/live``, in an environment that has one."""

import os
from collections import Counter
from importlib.util import find_spec
from tempfile import TemporaryDirectory

import pytest

from tests.support import missing

collect_ignore = ["own_classes.py", "own_steps.py"]  # scripts, which test_own_pieces.py runs
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# These models are small and train for a few steps, so that compiling is most of the work; what one test has
# compiled, others take, in all of pytest-xdist's processes.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    COMPILED = TemporaryDirectory(prefix="numpy_ann_live_")
    os.environ["JAX_COMPILATION_CACHE_DIR"] = COMPILED.name
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@pytest.fixture(scope="session")
def keras():
    if find_spec("keras") is None:
        missing("Keras 3 is not installed (pip install keras jax)")
    import keras

    if int(keras.__version__.split(".")[0]) != 3:
        missing(f"Keras 3 is not installed, but {keras.__version__}")
    return keras


def pytest_collection_modifyitems(items):
    """Keras and its backends warn of what is theirs."""
    for item in items:
        if "/live/" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings("ignore"))


def pytest_terminal_summary(terminalreporter):
    """Print what became of the options; workers of pytest-xdist send it with their reports."""
    counts = Counter(
        value
        for report in terminalreporter.stats.get("passed", ())
        for key, value in report.user_properties
        if key == "option"
    )
    without = sorted(
        value
        for report in terminalreporter.stats.get("passed", ())
        for key, value in report.user_properties
        if key == "no effect"
    )
    if counts:
        ignored = len([r for r in terminalreporter.stats.get("failed", ()) if "test_options" in r.nodeid])
        became = ", ".join(f"{number} {what}" for what, number in counts.most_common())
        terminalreporter.write_line(f"Options of Keras' parts: {became}; ignored or wrong: {ignored}")
        terminalreporter.write_line(f"Without effect in Keras either, here: {', '.join(without)}")
