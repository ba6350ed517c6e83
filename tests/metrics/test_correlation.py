import numpy as np
import pytest

from numpy_ann import metrics


def test_by_hand() -> None:
    # Around their means: -1 0 1 and -2 2 0. Products 2 0 0: mean 2/3; variances 2/3 and 8/3: 2/3 / (4/3).
    y_true, y_pred = [[0, 1, 2]], [[0.0, 4.0, 2.0]]
    assert metrics.PearsonCorrelation()(y_true, y_pred) == pytest.approx(1 / 2)
    # The means are 1 and 2: 4/3 / (2/3 + 8/3 + 1).
    assert metrics.ConcordanceCorrelation()(y_true, y_pred) == pytest.approx(4 / 13, abs=1e-6)
    columns = np.array(y_true).T, np.array(y_pred).T
    assert metrics.PearsonCorrelation(axis=0)(*columns) == pytest.approx(1 / 2)
    assert metrics.pearson_correlation(*columns, axis=0) == pytest.approx([1 / 2])


def test_samples_are_averaged_by_weight() -> None:
    # Correlations 1 and -1, weighted 3 to 1.
    y_true, y_pred = [[0, 1], [0, 1]], [[2.0, 5.0], [5.0, 2.0]]
    assert metrics.PearsonCorrelation()(y_true, y_pred, [3, 1]) == pytest.approx(0.5)


def test_what_does_not_vary_has_no_correlation() -> None:
    assert np.isnan(metrics.PearsonCorrelation()([[1, 1]], [[0.0, 1.0]]))
    assert metrics.ConcordanceCorrelation()([[1, 1]], [[1.0, 1.0]]) == 0
    with pytest.raises(ValueError, match="`axis` must be an integer"):
        metrics.PearsonCorrelation(axis="last")
