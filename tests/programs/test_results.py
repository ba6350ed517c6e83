"""Medians, spreads and the goals made of them, worked by hand."""

import pytest

from benchmarks.catalogue import OURS
from benchmarks.goals import Goal, goals
from benchmarks.parts.growth import cases, work_of
from benchmarks.report import Run, goals_table
from benchmarks.results import Record, Results
from benchmarks.settings import QUICK, SMOKE


def test_median_and_spread_of_many_samples_are_quartiles():
    record = Record("a", "epoch", OURS, 1, samples=[5.0, 1.0, 4.0, 2.0, 3.0])
    assert record.median == 3.0
    assert record.spread == (2.0, 4.0)


def test_spread_of_few_samples_is_their_range():
    assert Record("a", "epoch", OURS, 1, samples=[3.0, 1.0, 2.0]).spread == (1.0, 3.0)


def test_quantile_lies_between_the_samples():
    record = Record("c", "predict", OURS, 1, samples=[float(i) for i in range(101)])
    assert record.quantile(99) == pytest.approx(99.0)
    assert Record("c", "predict", OURS, 1, samples=[7.0]).quantile(99) == 7.0


def test_a_record_is_made_once_for_each_measurement():
    results = Results()
    results.record("a", "epoch", OURS, 1).samples.append(1.0)
    results.record("a", "epoch", OURS, 1).samples.append(2.0)
    results.record("a", "epoch", OURS, 2).samples.append(9.0)
    results.record("a", "first epoch", OURS, 2)
    assert [r.samples for r in results.records] == [[1.0, 2.0], [9.0], []]
    assert results.works("a") == ["epoch", "first epoch"]
    assert results.find("a", "epoch", "jax", 1) is None


def measured(ours: float, theirs: float) -> Results:
    results = Results()
    results.record("a", "epoch", OURS, 2).samples.append(ours)
    results.record("a", "epoch", "jax", 2).samples.append(theirs)
    return results


def test_faster_goal_is_their_time_over_ours():
    goal = Goal("a", "epoch", "jax", 2.0)
    ratio = goal.measured(measured(ours=1.0, theirs=3.0), cores=2)
    assert ratio == 3.0
    assert goal.reached(ratio)
    assert not goal.reached(1.9)
    assert goal.wanted == "2 times as fast"


def test_at_most_goal_is_our_time_over_theirs():
    goal = Goal("a", "epoch", "jax", 1.35, "at most")
    ratio = goal.measured(measured(ours=1.3, theirs=1.0), cores=2)
    assert ratio == pytest.approx(1.3)
    assert goal.reached(ratio)
    assert not goal.reached(1.36)


def test_goal_without_one_of_its_figures_is_not_measured():
    results = measured(1.0, 3.0)
    assert Goal("a", "epoch", "pytorch", 2.0).measured(results, cores=2) is None
    assert Goal("a", "epoch", "jax", 2.0).measured(results, cores=1) is None
    results.record("a", "epoch", "keras-jax", 2).error = "failed"
    assert Goal("a", "epoch", "keras-jax", 2.0).measured(results, cores=2) is None


def test_growth_goals_name_work_that_is_measured():
    measured_work = {work_of(case) for case in cases(QUICK)}
    asked = {goal.work for goal in goals(QUICK) if goal.part == "d"}
    assert asked == {"epoch: width 1024, batch 4096"}
    assert asked <= measured_work


def test_growth_cases_are_whole_batches_of_about_the_same_work():
    case = next(case for case in cases(QUICK) if case.width == 512)
    weights = 784 * 512 + 512 * 256 + 256 * 10
    assert case.rows % case.batch == 0
    assert case.rows * 6 * weights == pytest.approx(QUICK.growth_work, rel=0.05)


def test_goal_for_one_number_of_cores_is_empty_for_others():
    run = Run(settings=SMOKE, machine={}, started="2026-11-28 10:00", results=measured(ours=1.0, theirs=3.0))
    run.results.record("a", "epoch", OURS, 1).samples.append(1.0)
    rows = [line for line in goals_table(run).splitlines() if "| keras-jax" in line and "(a)" in line]
    cells = [[cell.strip() for cell in row.split("|")[3:-1]] for row in rows]
    assert cells == [["1.2 times as fast", "", "not measured"], ["1.35 times as fast", "not measured", ""]]
