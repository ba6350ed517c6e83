"""Every metric over three batches, beside the numbers of a real Keras: ``tests/parts/stored``."""

import numpy as np

from numpy_ann.lookup import snake_case
from tests.parts import by_part
from tests.parts.metrics import AT_EDGES, BATCHES, CASES, MetricCase
from tests.parts.tables import stored
from tests.support import for_each

STORED = [case for case in (*CASES, *AT_EDGES) if case.stored]
every_case = by_part(STORED)


@every_case
@for_each("dtype", ["float32", "float64"])
@for_each("weighted", [False, True])
def test_equals_keras_after_every_batch(case: MetricCase, weighted: bool, dtype: str) -> None:
    metric, numbers = case.make(), stored(case)
    y_true, y_pred = np.array(numbers["y_true"]), np.array(numbers["y_pred"], dtype)
    w = np.array(numbers["w"])
    metric.check_targets(y_true, y_pred.shape[1:])
    for _ in range(2):  # a reset forgets
        metric.reset_state()
        for batch, expected in zip(BATCHES, numbers["weighted" if weighted else "results"], strict=True):
            metric.update_state(y_true[batch], y_pred[batch], w[batch] if weighted else None)
            result = metric.result()
            assert type(result) is (np.ndarray if isinstance(expected, list) else float)
            np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@every_case
def test_configuration_is_keras_own_and_makes_the_metric_anew(case: MetricCase) -> None:
    metric = case.make(name="own")
    config, theirs = metric.get_config(), stored(case)["config"]
    silent = {"dtype", "axis", "ignore_class"} - config.keys()
    assert config == {k: v for k, v in theirs.items() if k not in silent}
    assert type(metric).from_config(config).get_config() == config


def test_their_names_are_keras_own() -> None:
    # LogCoshError, FBetaScore and R2Score are the ones that snake case would not give.
    others = {"LogCoshError": "logcosh", "FBetaScore": "fbeta_score"}
    for case in STORED:
        assert case.make().name == (others.get(case.cls) or snake_case(case.cls))
