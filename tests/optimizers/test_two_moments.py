import pytest

from numpy_ann.optimizers import Adamax, Nadam
from numpy_ann.optimizers.adam import TwoMoments


@pytest.mark.parametrize("kind", [Adamax, Nadam])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beta_1": 1.0}, "`beta_1` must be a number from 0 to below 1"),
        ({"beta_2": -0.1}, "`beta_2` must be a number from 0 to below 1"),
        ({"epsilon": 0.0}, "`epsilon` must be a number above 0"),
    ],
)
def test_options_that_are_refused(kind: type[TwoMoments], options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kind(0.1, **options)  # type: ignore[arg-type]
