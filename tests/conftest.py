"""What test runs share: hypothesis profiles, and a count of the parts that keep their contracts."""

import gc
import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol  # what pytest-rerunfailures runs tests with, too
from hypothesis import HealthCheck, settings

# Failures are shrunk and printed, and no example is failed for being slow on a busy machine. CI runs the
# tests of random inputs once more: `-m random --hypothesis-profile thorough`.
for profile, examples in {"numpy_ann": 10, "thorough": 50}.items():
    settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )
settings.load_profile("numpy_ann")
gc.disable()  # until all is collected: most of what that makes stays

# The property by which a test of a contract says which; workers of pytest-xdist send it with their reports.
_CONTRACT = "contract"


# Models drawn at random, and files damaged at random, now and then end in a softmax of one output, or in
# probabilities for a loss from logits, which is rightly warned of; tests/test_warnings.py looks for that.
_OF_RANDOM_MODELS = (
    "You are using a softmax over axis",
    "In loss categorical_",
    "The loss .* is from_logits",
)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Let every other worker begin at the other end, so that it compiles what the one before it has not."""
    report = yield
    if (
        report.result
        and not isinstance(collector, pytest.File)
        and os.environ.get("PYTEST_XDIST_WORKER", "gw0")[-1] in "13579"
    ):
        report.result.reverse()
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """In a worker of pytest-xdist, report of a test that has passed this alone, not its setup and teardown.

    Each report is a message, as are the beginning and the end of a test; most tests take less than those six.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ or item.config.getoption("durations") is not None:
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note the tests of files that say, in ``CONTRACT_PARTS``, over which parts they run."""
    items.sort(key=lambda item: item.path)  # all workers have the same order, wherever they began
    for item in items:
        if (
            getattr(getattr(item, "function", None), "is_hypothesis_test", False)
            or item.path.stem == "test_mutations"
        ):
            item.add_marker(pytest.mark.random)
            for message in _OF_RANDOM_MODELS:
                item.add_marker(pytest.mark.filterwarnings(f"ignore:{message}"))
        parts = getattr(getattr(item, "module", None), "CONTRACT_PARTS", None)
        if parts is not None:
            folder, file = item.path.parent.name, item.path.stem.removeprefix("test_")
            kind = file if folder == "tests" else folder
            item.user_properties.append((_CONTRACT, f"{len(set(parts))} {kind}"))


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Print how many parts there are of each kind, and how many tests of their contract have passed."""
    passed = Counter(
        value
        for report in terminalreporter.stats.get("passed", ())
        for key, value in report.user_properties
        if key == _CONTRACT
    )
    counts = [f"{contract} ({tests:,} tests)" for contract, tests in sorted(passed.items())]
    if counts:
        terminalreporter.write_line(f"Contracts kept: {', '.join(counts)}")


def pytest_collection_finish() -> None:
    """Leave the thousands of tests out of each garbage collection."""
    gc.collect()
    gc.freeze()
    gc.enable()
