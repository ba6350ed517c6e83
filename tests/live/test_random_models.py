"""The wide test: random models, trained by Keras on JAX and by numpy_ann from the same weights, ten steps.

Compared after every step: the loss (with the penalties of regularizers), the metrics, all weights; and after
the last one the predictions.

In float64 the two agree to some 1e-13, so that the bound of 1e-9 leaves no room for an error. Schedules
compute in float32 here, whatever the model does, and so their rates differ from Keras' by 1e-7: 1e-6 then. In
float32 the bound is 1e-5.

Training can amplify a rounding error without limit: Lion steps by the sign of a gradient that is 0 but for
rounding (that of a bias before a normalization); a rectifier switches at a difference of two equal numbers.
How much it does is measured, not guessed: numpy_ann trains the model again from weights and on data that are
off by a few roundings, and ten times what that changes is added to the bound. How many models were more than
1e-5 apart is printed, and may not be many.

NUMPY_ANN_RANDOM_MODELS=1000 draws so many models, anew each time; the default is a fixed set of a few dozen.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from numpy_ann import NonFiniteError
from numpy_ann.optimizers.schedules import LearningRateSchedule
from tests.live.random_models import Drawn, drawn_models
from tests.support import missing

try:
    import jax
    import jax.numpy as jnp
    import keras
    from keras.src.backend.common import dtypes
    from keras.src.backend.jax import nn as jax_nn
    from keras.src.backend.jax import numpy as jax_numpy
except ImportError:
    missing("Keras with JAX is not installed")

STEPS = 10
COUNT = int(os.environ.get("NUMPY_ANN_RANDOM_MODELS", "0"))
LIMITS = {"float64": 1e-9, "float32": 1e-5}
ROUNDINGS = {"float64": 1e-14, "float32": 5e-7}


def _absolute(x: Any) -> Any:
    x = keras.ops.convert_to_tensor(x)
    return x * jax.lax.stop_gradient(jnp.sign(x))


def _leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    return jnp.where(x > 0, x, negative_slope * x)


def _selu(x: Any) -> Any:
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * jnp.where(x >= 0, x, alpha * jnp.expm1(jnp.minimum(x, 0)))


@contextmanager
def keras_in(dtype: str) -> Iterator[None]:
    """Have Keras compute in ``dtype``, with TensorFlow's slopes at corners.

    On JAX, Keras rounds the results of some operations to float32 even in float64, by a table in which
    TensorFlow has float64. And JAX has slopes of its own at corners, which numbers of exactly 0 (a unit that
    is off, a weight held from below) meet often: |x|' is 1 at 0, on TensorFlow and here 0.
    """
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)  # else the one that the first layer of the process was made with
    try:
        with jax.enable_x64(dtype == "float64"), pytest.MonkeyPatch.context() as patch:
            patch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", dtype)
            _forget_dtypes()
            patch.setattr(jax_numpy, "absolute", _absolute)
            patch.setattr(jax_nn, "leaky_relu", _leaky_relu)
            patch.setattr(jax_nn, "selu", _selu)
            yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)
        _forget_dtypes()


def _forget_dtypes() -> None:
    """Have Keras look up anew what it has looked up in that table, in this test or one before."""
    for function in vars(dtypes).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()


def difference(found: Any, expected: Any) -> float:
    """Return the largest difference of two lists of arrays, relative to the largest number of its array."""
    worst = 0.0
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        finite = np.isfinite(a) & np.isfinite(b)
        assert np.array_equal(a[~finite], b[~finite], equal_nan=True)  # a metric may be infinite, in both
        a, b = a[finite], b[finite]
        scale = max(float(np.abs(b).max(initial=0)), 1e-3)  # a bias may be 0 but for rounding
        worst = max(worst, float(np.abs(a - b).max(initial=0)) / scale)
    return worst


class Nudged(LearningRateSchedule):
    """A schedule a rounding of float32 off: both compute in that, Keras in another order once compiled."""

    def __init__(self, schedule: LearningRateSchedule) -> None:
        self.schedule = schedule
        self.off = float(np.finfo(np.float32).eps) * max(float(schedule(step)) for step in range(STEPS))

    def rate(self, step: Any) -> Any:
        return self.schedule(step) + self.off

    def get_config(self) -> dict[str, Any]:
        return {}


class Trained:
    """What ten steps made of a model: the figures of every step, the weights after it, the predictions."""

    def __init__(self, model: Any, drawn: Drawn, off: np.random.Generator | None = None, by: float = 0.0):
        shape = drawn.layers[0].options["shape"]
        x, y, options = drawn.data(STEPS, model.output_shape[1:])
        if off is not None:
            shaken = [w * (1 + by * off.normal(size=w.shape)) for w in model.get_weights()]
            model.set_weights(
                [w.astype(old.dtype) for w, old in zip(shaken, model.get_weights(), strict=True)]
            )
            x = x * (1 + by * off.normal(size=x.shape))
        self.figures: list[dict[str, float]] = []
        self.weights: list[list[Any]] = []
        self.nonfinite = False
        for i in range(STEPS):
            given = {k: v[i] if k == "sample_weight" else v for k, v in options.items()}
            try:
                figures = model.train_on_batch(x[i], y[i], return_dict=True, **given)
            except NonFiniteError:
                self.nonfinite = True
                break
            if not np.isfinite(figures["loss"]):
                self.nonfinite = True
                break
            self.figures.append({k: float(v) for k, v in figures.items()})
            self.weights.append([np.array(w) for w in model.get_weights()])
        self.predictions = np.asarray(model(x.reshape(-1, *shape)))

    def numbers(self, step: int) -> list[Any]:
        """Return what is compared after a step: the weights, then the figures."""
        return [*self.weights[step], *map(np.array, self.figures[step].values())]


def compare(drawn: Drawn, dtype: str) -> tuple[float, float]:
    """Return how far the two are apart at most, and how far rounding can explain it."""
    ours = drawn.model("numpy_ann", dtype)
    start = ours.get_weights()
    with keras_in(dtype):
        theirs = drawn.model("keras", dtype)
        theirs.set_weights(start)
        expected = Trained(theirs, drawn)
    found = Trained(ours, drawn)
    again = []
    for seed in range(3):
        model = drawn.model("numpy_ann", dtype)
        model.set_weights(start)
        if model.optimizer.schedule is not None:
            model.optimizer.learning_rate = Nudged(model.optimizer.schedule)
        again.append(Trained(model, drawn, np.random.default_rng(seed), ROUNDINGS[dtype]))

    worst = explained = 0.0
    limit = LIMITS[dtype]
    if "schedules" in repr(drawn.optimizer):
        limit = max(limit, 1e-6)
    steps = min(len(found.figures), len(expected.figures))
    for step in range(steps):
        assert found.figures[step].keys() == expected.figures[step].keys()
        apart = difference(found.numbers(step), expected.numbers(step))
        worst = max(worst, apart)
        again = [run for run in again if step < len(run.figures)]
        explained = max([explained, *(difference(run.numbers(step), found.numbers(step)) for run in again)])
        assert apart <= limit + 10 * explained, (
            f"after step {step}, {apart:.1e} apart; {explained:.1e} explained"
        )
    if steps < STEPS:
        assert found.nonfinite
        assert expected.nonfinite
        return worst, explained
    apart = difference([found.predictions], [expected.predictions])
    explained = max([explained, *(difference([run.predictions], [found.predictions]) for run in again)])
    assert apart <= limit + 10 * explained, f"predictions {apart:.1e} apart; {explained:.1e} explained"
    return max(worst, apart), explained


@pytest.mark.parametrize(("dtype", "count", "tame"), [("float64", 30, 0.95), ("float32", 10, 0.75)])
def test_ten_steps_of_random_models(dtype: str, count: int, tame: float, capsys: Any) -> None:
    results: list[tuple[float, float]] = []

    @settings(
        max_examples=COUNT or count,
        derandomize=not COUNT,
        database=None,
        phases=(Phase.generate, Phase.shrink) if COUNT else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn_models())
    def check(drawn: Drawn) -> None:
        results.append(compare(drawn, dtype))
        if len(results) % 25 == 0:  # compiled steps pile up
            keras.utils.clear_session()
            jax.clear_caches()

    check()
    plain = [apart for apart, _ in results if apart <= 1e-5]
    with capsys.disabled():
        print(
            f"\n{dtype}: {len(results)} random models, {STEPS} steps each; {len(plain)} within 1e-5, half of "
            f"them within {np.median(plain):.0e}, the farthest {max(plain):.1e} apart; "
            f"{len(results) - len(plain)} amplify rounding beyond that"
        )
    assert len(plain) >= tame * len(results)
