"""Keras' own unit tests, run against this package by ``keras_suite/keras_suite.py``: what passed still does.

``keras_suite/failing.txt`` lists those that are known to fail, below a line that says why. After a change
that makes more of them pass, ``python tests/live/test_keras_suite.py`` writes it anew.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "keras_suite"
KNOWN = HERE / "failing.txt"
FILES = """
    activations/* callbacks/* constraints/* initializers/* layers/activations/* layers/core/dense*
    layers/core/identity* layers/core/input_layer* layers/merging/* layers/normalization/batch*
    layers/normalization/layer* layers/preprocessing/normalization* layers/preprocessing/rescaling*
    layers/regularization/* layers/reshaping/flatten* layers/reshaping/permute*
    layers/reshaping/repeat_vector* layers/reshaping/reshape* legacy/saving/* losses/* metrics/*
    models/cloning* models/functional* models/sequential* optimizers/* optimizers/schedules/*
    regularizers/* saving/* trainers/trainer* utils/summary_utils* wrappers/*
"""
# Why a test fails, by what its error says; the first that is found counts.
REASONS = {
    "a name that this package lacks": r"MISSING|has no (keras|tensorflow|attribute)|left out|leaves out",
    "another package that the test needs": r"No module named|ModuleNotFoundError",
    "the test takes a longer time than it is given": r"TimeoutError|over 60 s",
    "Keras' exception, where this package raises another one or none": r"not raised|DID NOT RAISE",
    "an argument that this package refuses": r"unexpected keyword|Unrecognized|no option|takes .* arg",
    "numbers or texts that differ": r"AssertionError|Not equal to tolerance",
    "an error of this package": r"",
}


def run(processes):
    """Return the outcome and the error of each test, by name."""
    source = Path(str(metadata.distribution("keras").locate_file("keras/src")))
    with tempfile.TemporaryDirectory() as folder:
        tests = Path(folder, "tests")
        tests.mkdir()
        (tests / "pytest.ini").write_text("[pytest]\n")
        for pattern in FILES.split():
            for file in source.glob(f"{pattern}_test.py"):
                shutil.copy(file, tests / file.relative_to(source).as_posix().replace("/", "__"))
        out = Path(folder, "outcomes")
        path = os.pathsep.join([str(HERE), str(Path(__file__).parents[2])])
        environment = os.environ | {"KERAS_SUITE_OUT": str(out), "PYTHONPATH": path, "MPLBACKEND": "Agg"}
        environment["PYTHONHASHSEED"] = "0"  # or processes find tests in several orders
        options = ["-q", "-p", "no:cacheprovider", "-p", "keras_suite", "-W", "ignore", "-n", str(processes)]
        command = [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors", "."]
        done = subprocess.run(
            command, cwd=tests, env=environment, capture_output=True, text=True, check=False
        )
        assert out.exists(), done.stdout + done.stderr
        records = [json.loads(line) for line in out.read_text().splitlines()]
    return {name: (outcome, error) for name, outcome, error in records}


def known():
    """Return the names of the tests that are known to fail."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.startswith(" ")}


def count(outcomes):
    """Return how many passed of those that weren't skipped."""
    ran = [outcome for outcome, _ in outcomes.values() if outcome != "skipped"]
    return f"{ran.count('passed'):,} of {len(ran):,}"


def store(outcomes):
    """Write which fail, and why."""
    by_reason = {reason: [] for reason in REASONS}
    for name, (outcome, error) in sorted(outcomes.items()):
        if outcome == "failed":
            reason = next(reason for reason, said in REASONS.items() if re.search(said, error))
            by_reason[reason].append(name)
    lines = [f"Keras {metadata.version('keras')}: {count(outcomes)} pass."]
    for reason, failing in by_reason.items():
        lines += [f"{reason}: {len(failing)}", *(f"    {name}" for name in failing)]
    KNOWN.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.skipif(not KNOWN.exists(), reason="no list of what is known to fail")
def test_what_passed_of_keras_tests_still_does():
    outcomes = run("auto")
    failing = {name for name, (outcome, _) in outcomes.items() if outcome == "failed"}
    new = sorted(failing - known())
    assert not new, f"{len(new)} of Keras' tests fail that passed: {[(n, outcomes[n][1]) for n in new[:10]]}"


if __name__ == "__main__":
    found = run(2)
    store(found)
    print(count(found))
