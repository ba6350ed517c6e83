"""The small arguments: counts, verbosity, callbacks."""

import numpy as np
import pytest

from numpy_ann.callbacks import Callback
from numpy_ann.training.checks import as_list, batch_size_for, count, optional_count, verbosity


def test_counts():
    assert count("n", np.int64(3)) == 3
    assert count("n", 0, least=0) == 0
    assert optional_count("n", None) is None
    for wrong in (0, -1, True, 1.0, "1"):
        with pytest.raises(ValueError, match="`n` must be an integer of at least 1"):
            optional_count("n", wrong)


def test_verbosity():
    assert [verbosity(given) for given in ("auto", 0, 1, 2)] == [1, 0, 1, 2]
    with pytest.raises(ValueError, match='`verbose` is "auto", 0, 1 or 2'):
        verbosity("loud")


def test_callbacks_be_they_one_many_or_none():
    callback = Callback()
    assert as_list(callback) == as_list([callback]) == as_list(iter([callback])) == [callback]
    assert as_list(None) == []


def test_a_prediction_takes_no_more_at_once_than_there_is():
    assert batch_size_for("batch_size", None, np.zeros(5)) == 5
    assert batch_size_for("batch_size", 3, np.zeros(5)) == 3
    assert batch_size_for("batch_size", None, np.zeros(5000)) == 512
