import numpy as np
import pytest

from numpy_ann import metrics

# Above the thresholds 0, 0.5 and 1 lie of the yes (0.4 0.6 0.9): 3, 2, 0; of the no (0.0 0.3 0.7): 2, 1, 0.
Y_TRUE, Y_PRED = [1, 1, 1, 0, 0, 0], [0.4, 0.6, 0.9, 0.0, 0.3, 0.7]


def test_by_hand() -> None:
    # Sensitivity 1, 2/3, 0; specificity 1/3, 2/3, 1; precision 3/5, 2/3, 0.
    def at(metric: type, least: float) -> float:
        result: float = metric(least, num_thresholds=3)(Y_TRUE, Y_PRED)
        return result

    assert at(metrics.SensitivityAtSpecificity, 0.3) == 1
    assert at(metrics.SensitivityAtSpecificity, 0.5) == 2 / 3
    assert at(metrics.SensitivityAtSpecificity, 0.7) == 0
    assert at(metrics.SpecificityAtSensitivity, 0.6) == 2 / 3
    assert at(metrics.SpecificityAtSensitivity, 1) == 1 / 3
    assert at(metrics.PrecisionAtRecall, 0.9) == 3 / 5
    assert at(metrics.PrecisionAtRecall, 0) == 2 / 3
    assert at(metrics.RecallAtPrecision, 0.65) == 2 / 3
    assert at(metrics.RecallAtPrecision, 0.9) == 0  # which no threshold reaches


def test_weights_and_one_threshold_by_hand() -> None:
    # Keras 3.15: 0.333333 with these weights.
    w = [1, 1, 2, 2, 1]
    metric = metrics.SensitivityAtSpecificity(0.5, num_thresholds=1)
    assert metric([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8], w) == pytest.approx(1 / 3)
    assert [v.name for v in metric.variables][:2] == ["true_positives", "false_positives"]


@pytest.mark.parametrize("wrong", [-0.1, 1.5, "half", np.nan])
def test_what_is_no_rate_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="`recall` must be a number from 0 to 1"):
        metrics.PrecisionAtRecall(wrong)
    with pytest.raises(ValueError, match="`num_thresholds` must be an integer of at least 1"):
        metrics.RecallAtPrecision(0.5, num_thresholds=0)
