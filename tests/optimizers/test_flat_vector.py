import numpy as np
import pytest

from numpy_ann.optimizers.flat_vector import Exclusion, slices
from numpy_ann.parameter import Parameter

PARAMETERS = [
    Parameter("kernel", np.zeros((2, 3))),
    Parameter("bias", np.zeros(3)),
    Parameter("kernel", np.zeros((3, 1))),
]


def test_slices_follow_each_other() -> None:
    assert slices([6, 3, 3]) == [slice(0, 6), slice(6, 9), slice(9, 12)]
    assert slices([]) == []


@pytest.mark.parametrize(
    ("exclusion", "expected"),
    [
        (Exclusion(), [slice(0, 6), slice(6, 9), slice(9, 12)]),
        (Exclusion(patterns=("bias",)), [slice(0, 6), slice(9, 12)]),
        (Exclusion(patterns=("^k", "x")), [slice(6, 9)]),
        (Exclusion((PARAMETERS[2],)), [slice(0, 6), slice(6, 9)]),
        (Exclusion((PARAMETERS[0],), ("bias",)), [slice(9, 12)]),
        (Exclusion(patterns=("",)), []),
    ],
)
def test_exclusion(exclusion: Exclusion, expected: list[slice]) -> None:
    assert exclusion.others(PARAMETERS) == expected
