"""Every metric over three batches, beside the numbers of a real Keras: ``tests/fixtures/keras_metrics``."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numpy_ann.lookup import snake_case
from numpy_ann.metrics.lookup import BY_CLASS

STORED = json.loads((Path(__file__).parents[1] / "fixtures/keras_metrics/metrics.json").read_text())
DATA = {name: np.array(values) for name, values in STORED["data"].items()}
CASES = [pytest.param(case, id=f"{case['metric']}-{i}") for i, case in enumerate(STORED["cases"])]
BATCHES = (slice(0, 8), slice(8, 16), slice(16, 20))


def test_every_metric_is_here() -> None:
    assert {case["metric"] for case in STORED["cases"]} == BY_CLASS.keys()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_keras_after_every_batch(case: dict[str, Any], dtype: str) -> None:
    metric = BY_CLASS[case["metric"]](**case["options"])
    y_true, y_pred, w = DATA[case["y_true"]], DATA[case["y_pred"]].astype(dtype), DATA["weights"]
    metric.check_targets(y_true, y_pred.shape[1:])
    for _ in range(2):  # a reset forgets
        metric.reset_state()
        for batch, expected in zip(BATCHES, case["results"], strict=True):
            metric.update_state(y_true[batch], y_pred[batch], w[batch] if case["weighted"] else None)
            result = metric.result()
            assert type(result) is (np.ndarray if isinstance(expected, list) else float)
            np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_configuration_is_keras_own_and_makes_the_metric_anew(case: dict[str, Any]) -> None:
    metric = BY_CLASS[case["metric"]](name="own", **case["options"])
    config = metric.get_config()
    theirs = {
        key: value for key, value in case["config"].items() if key not in ("dtype", "axis", "ignore_class")
    }
    assert config == theirs
    assert type(metric).from_config(config).get_config() == config


@pytest.mark.parametrize("name", BY_CLASS)
def test_its_name_is_keras_own(name: str) -> None:
    # LogCoshError and R2Score are the ones that snake case would not give.
    expected = {"LogCoshError": "logcosh", "FBetaScore": "fbeta_score"}.get(name)
    assert BY_CLASS[name]().name == (expected or snake_case(name))
