"""Random graphs, trained by Keras on JAX and by numpy_ann from the same weights, ten steps.

Compared after every step: the names and values of all figures, and all weights, to 1e-9 in float64. Steps are
SGD's, which amplify no rounding as a rule that divides by a moving average of the gradient's square does.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from numpy_ann.lookup import clear_session
from tests.live.random_graphs import Graph, graphs
from tests.live.test_random_models import COUNT, LIMITS, STEPS, difference, keras_in

keras = pytest.importorskip("keras")


def apart(graph: Graph, dtype: str) -> float:
    """Return how far the two are apart at most."""
    clear_session()
    ours = graph.compiled("numpy_ann", dtype)
    x, y, w = graph.data()
    # Keras 3.15 fails on weights by name where the model's outputs are a list.
    listed = [list(part.values()) if isinstance(part, dict) else part for part in (y, w)]
    worst = 0.0
    with keras_in(dtype):
        keras.utils.clear_session()
        theirs = graph.compiled("keras", dtype)
        assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
        assert [p.shape for p in ours.weights] == [tuple(p.shape) for p in theirs.weights]
        theirs.set_weights(ours.get_weights())
        for _ in range(STEPS):
            found = ours.train_on_batch(x, y, sample_weight=w, return_dict=True)
            expected = theirs.train_on_batch(x, listed[0], sample_weight=listed[1], return_dict=True)
            assert found.keys() == expected.keys()
            pairs = [(np.array(found[name]), np.array(expected[name], dtype)) for name in found]
            pairs += zip(ours.get_weights(), theirs.get_weights(), strict=True)
            worst = max(worst, *(difference([a], [np.asarray(b)]) for a, b in pairs))
        names = list(ours.evaluate(x, y, sample_weight=w, verbose=0, return_dict=True))
        given = {"sample_weight": listed[1], "verbose": 0}
        assert names == list(theirs.evaluate(x, listed[0], return_dict=True, **given))
        figures = theirs.evaluate(x, listed[0], **given)
        np.testing.assert_allclose(
            ours.evaluate(x, y, sample_weight=w, verbose=0), figures, rtol=1e-4, atol=1e-6
        )
    return worst


@pytest.mark.parametrize("dtype", ["float64"])
def test_ten_steps_of_random_graphs(dtype: str) -> None:
    results: list[float] = []

    @settings(
        max_examples=COUNT or 20,
        derandomize=not COUNT,
        database=None,
        phases=(Phase.generate, Phase.shrink) if COUNT else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(graphs())
    def check(graph: Graph) -> None:
        found = apart(graph, dtype)
        assert found <= LIMITS[dtype], f"{graph}: {found:.1e} apart"
        results.append(found)

    check()
    print(
        f"\n{dtype}: {len(results)} random graphs, {STEPS} steps each; the farthest {max(results):.1e} apart"
    )
