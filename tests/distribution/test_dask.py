"""The examples on a real local cluster of Dask."""

import re

from tests.distribution.test_processes import started


def test_predicting_block_by_block():
    ended = started(1, "-W", "default", "examples/predict_on_dask.py", "--rows", "120000")
    assert ended.returncode == 0, ended.stderr
    found = re.search(r"120,000 rows in 3 blocks: ([\d.]+)% right", ended.stdout)
    assert float(found[1]) > 95
    assert "as predicted here, to rounding: True" in ended.stdout


def test_searching():
    ended = started(1, "-W", "default", "examples/grid_search.py", "--epochs", "3")
    assert ended.returncode == 0, ended.stderr
    assert "a Dask cluster of 2 workers" in ended.stdout
    assert "18 fits of 3 epochs" in ended.stdout
