"""Every test here draws without a screen, changes no setting and leaves no figure open."""

import matplotlib
import pytest

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _well_mannered():
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []
    before = dict(matplotlib.rcParams)
    yield
    still_open = plt.get_fignums()
    plt.close("all")
    assert still_open == [], "a test, or the code under test, left a figure open"
    assert dict(matplotlib.rcParams) == before


@pytest.fixture
def pyplot():
    """Pyplot for a test that lets figures be made: they are closed behind it."""
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")
