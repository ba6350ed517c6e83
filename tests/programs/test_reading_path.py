"""How much one reads to follow the tutorial's model stays bounded."""

from benchmarks.reading_path import GOALS, functions_entered, measured
from numpy_ann.layers import Dense
from numpy_ann.lookup import snake_case


def test_few_functions_are_entered():
    for what, entered in measured().items():
        functions, files = GOALS[what]
        assert len(entered) <= functions
        assert len({file for file, _ in entered}) <= files


def test_what_is_counted():
    entered = functions_entered(lambda: [snake_case(name) for name in ("A", "B")])
    assert entered == {("lookup.py", "snake_case")}
    assert ("layers/dense.py", "Dense.__init__") in functions_entered(lambda: Dense(3))
