"""What single arguments may be, for Python's and NumPy's scalars alike."""

import numpy as np
import pytest

from numpy_ann.validation import checked_bool


@pytest.mark.parametrize("value", [False, True, 0, 1, np.False_, np.True_, np.int64(0), np.uint8(1)])
def test_truth_values_and_the_numbers_that_files_have_for_them(value):
    assert checked_bool("flag", value) is bool(value)


@pytest.mark.parametrize("value", [2, -1, 1.0, 0.0, None, "True", np.int64(2), np.float32(1)])
def test_what_is_no_truth_value(value):
    with pytest.raises(ValueError, match=r"`flag` must be True or False\. Received: flag="):
        checked_bool("flag", value)
