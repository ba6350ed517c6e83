"""The model of the cost by hand, and the program that measures it."""

import pytest

from benchmarks.distribution import all_reduce_time, half_batch, line, step_time
from tests.distribution.test_processes import started


def test_the_model_by_hand():
    # Four processes: two exchanges there and two back, of 1 s each, and 2 * 3/4 of 8 bytes at 4 a second.
    assert all_reduce_time(4, 8, 1.0, 4.0) == 4 + 3
    assert all_reduce_time(5, 10, 1.0, 1.0) == 6 + 16
    assert all_reduce_time(1, 8, 1.0, 4.0) == 0
    # 0.5 s, and 0.25 s for each of 16 / 4 rows.
    assert step_time(4, 16, 8, 0.5, 0.25, 1.0, 4.0) == 0.5 + 1 + 7
    # (7 - 0.5) / 0.25 rows each take as long as the sum.
    assert half_batch(4, 8, 0.5, 0.25, 1.0, 4.0) == 26 * 4
    assert half_batch(4, 8, 9.0, 0.25, 1.0, 4.0) == 0
    assert line([1, 2, 3], [5, 7, 9]) == pytest.approx((3, 2))


def test_it_runs():
    ended = started(2, "benchmarks/distribution.py", "--quick")
    assert ended.returncode == 0, ended.stderr
    assert "| InfiniBand, 100 Gbit/s | 1,000 |" in ended.stdout
    assert ended.stdout.count("\n| --- | --- |") == 4
