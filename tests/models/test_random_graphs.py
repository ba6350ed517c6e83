"""Random graphs: their gradients against differences, their copies, their course in training."""

import pickle
from copy import deepcopy

import numpy as np
from hypothesis import given

from numpy_ann import check_gradients
from tests.live.random_graphs import graphs
from tests.support import FEW


@FEW
@given(graphs())
def test_gradients_agree_with_differences(graph):
    model = graph.compiled("numpy_ann", "float64")
    x, y, _ = graph.data(3)
    result = check_gradients(model, x, y, max_entries=6)
    assert result.passed, f"{graph}\n{result}"
    assert len(result.errors) >= len(graph.widths)
    assert not any((error.layer, error.parameter) == ("words", "input") for error in result.errors)


@FEW
@given(graphs())
def test_a_copy_goes_on_as_the_model_does(graph):
    model = graph.compiled("numpy_ann", "float32")
    x, y, w = graph.data()
    model.fit(x, y, sample_weight=w, batch_size=4, epochs=1, verbose=0)
    for copy in (deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301
        assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
        assert not any(a is b for a, b in zip(copy.layers, model.layers, strict=True))
        copy.fit(x, y, sample_weight=w, batch_size=4, epochs=1, verbose=0)
        again = deepcopy(model)
        again.fit(x, y, sample_weight=w, batch_size=4, epochs=1, verbose=0)
        assert all(np.array_equal(a, b) for a, b in zip(copy.get_weights(), again.get_weights(), strict=True))


@FEW
@given(graphs())
def test_predict_evaluate_and_call_agree(graph):
    model = graph.compiled("numpy_ann", "float64")
    x, y, w = graph.data(7)
    whole, parts = model.predict(x, verbose=0), model.predict(x, batch_size=3, verbose=0)
    called = model(x)
    several = isinstance(whole, list)
    for a, b, c in zip(*([i] if not several else i for i in (whole, parts, called)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(a, c, rtol=1e-9, atol=1e-12)
    figures = model.evaluate(x, y, sample_weight=w, verbose=0, return_dict=True)
    assert figures == model.test_on_batch(x, y, sample_weight=w, return_dict=True)
    assert list(model.evaluate(x, y, sample_weight=w, verbose=0)) == [figures[n] for n in model.metrics_names]
