"""What test runs share: one hypothesis profile, and a count of the parts that keep their contracts."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

# One profile everywhere: failures are shrunk and printed, and no example is failed for being slow on a
# busy machine.
settings.register_profile(
    "numpy_ann", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("numpy_ann")

# For each file of contract tests that is run: what its parts are called, and how many they are.
_CONTRACTS = pytest.StashKey[dict[str, tuple[str, int]]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note the files that say, in ``CONTRACT_PARTS``, over which parts they run."""
    session.config.stash[_CONTRACTS] = {
        item.nodeid.partition("::")[0]: (item.path.parent.name, len(set(item.module.CONTRACT_PARTS)))
        for item in session.items
        if hasattr(getattr(item, "module", None), "CONTRACT_PARTS")
    }


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many parts there are of each kind, and how many tests of their contract have passed."""
    passed = Counter(r.nodeid.partition("::")[0] for r in terminalreporter.stats.get("passed", ()))
    counts = [
        f"{number} {kind} ({passed[file]:,} tests)"
        for file, (kind, number) in config.stash.get(_CONTRACTS, {}).items()
    ]
    if counts:
        terminalreporter.write_line(f"Contracts kept: {', '.join(counts)}")
