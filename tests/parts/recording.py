"""What a real Keras makes of each case; runs where Keras 3 is, on TensorFlow or JAX, and needs NumPy beside.

The stored numbers are TensorFlow's: at the corners of a function Keras' backends differ, and its derivatives
there are the ones that numpy_ann reproduces. Elsewhere JAX gives the same to rounding.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from tests.parts import Case
from tests.parts.activations import DY, Z
from tests.parts.layers import NOT_DIFFERENTIABLE, LayerCase
from tests.parts.losses import REDUCED, SHAPE, LossCase
from tests.parts.metrics import BATCHES, MetricCase
from tests.parts.optimizers import GRADIENTS, START
from tests.parts.penalties import MATRIX
from tests.parts.schedules import STEPS

__all__ = ["RECORDERS", "slopes"]


def slopes(function: Callable[..., Any], arrays: Sequence[Any], dy: Any) -> tuple[Any, list[Any]]:
    """Return ``y = function(*arrays)``, and the gradients of ``sum(y dy)``."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        inputs = [tf.constant(array) for array in arrays]
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y = function(*inputs)
        gradients = [
            tf.convert_to_tensor(gradient)  # of an Embedding, it is some of the rows
            for gradient in tape.gradient(y, inputs, tf.constant(dy), unconnected_gradients="zero")
        ]
    else:
        import jax

        y, backward = jax.vjp(function, *(jax.numpy.asarray(array) for array in arrays))
        gradients = backward(jax.numpy.asarray(dy, y.dtype))
    return y, list(gradients)


def numbers(array: Any) -> Any:
    """Return an array as lists, of seven significant digits."""
    array = np.asarray(array)
    if array.dtype.kind in "iub":
        return array.tolist()
    return np.vectorize(lambda number: float(f"{number:.7g}"), otypes=[object])(array).tolist()


def config_of(part: Any) -> dict[str, Any]:
    """Return the configuration as Keras writes it, of a part that is named."""
    config: dict[str, Any] = keras.saving.serialize_keras_object(part)["config"]
    return config


def activation(case: Case) -> dict[str, Any]:
    function = case.part.find("keras")
    y, (dz,) = slopes(lambda z: function(z, **case.part.options), [np.float32(Z)], np.float32(DY))
    return {"y": numbers(y), "dz": numbers(dz)}


def layer(case: LayerCase) -> dict[str, Any]:
    """Return what Keras makes of inputs, and, unless training draws random numbers, what it sees."""
    rng = case.rng()

    def draw(shape: tuple[int, ...]) -> Any:
        if case.values is not None:
            return rng.choice(np.array(list(case.values)), size=(3, *shape))
        return rng.normal(scale=1.5, size=(3, *shape)).round(3).astype("float32")

    x: Any = [draw(shape) for shape in case.shape] if case.several else draw(case.shape)
    layer = case.make("keras", name="own")
    if case.cls in NOT_DIFFERENTIABLE and case.cls != "Embedding":
        if case.adapts:
            layer.adapt(x)
        found = {
            "x": x.tolist(),
            "weights": [],
            "y": numbers(np.asarray(layer(x))),
            "config": config_of(layer),
        }
        vocabulary = (
            layer.get_vocabulary()
            if hasattr(layer, "get_vocabulary")
            else layer.__dict__.get("bin_boundaries")
        )
        return {**found, "found": None if vocabulary is None else np.asarray(vocabulary).tolist()}
    layer.build(case.batch_shape)
    if hasattr(layer, "adapt"):
        if layer.input_mean is None:
            layer.adapt(x)
    else:  # away from their beginnings
        weights = [rng.normal(scale=0.7, size=w.shape).round(3) for w in layer.weights]
        positive = ["variance" in w.name for w in layer.weights]
        layer.set_weights([abs(w) + 0.1 if p else w for w, p in zip(weights, positive, strict=True)])
    found = {
        "x": [numbers(array) for array in x] if case.several else numbers(x),
        "weights": [numbers(w) for w in layer.get_weights()],
        "y": numbers(layer(x)),
        "config": config_of(layer),
    }
    start = layer.get_weights()
    first = np.asarray(layer(x, training=True))
    layer.set_weights(start)
    if not np.array_equal(first, layer(x, training=True)):
        return found  # it draws random numbers
    layer.set_weights(start)
    dy = rng.normal(size=first.shape).round(3).astype("float32")
    arrays = x if case.several else [] if case.values is not None else [x]

    def in_training(*given: Any) -> Any:
        weights = given[len(arrays) :]
        inputs = list(given[: len(arrays)]) if case.several else given[0] if arrays else x
        values = list(zip(layer.trainable_variables, weights, strict=True))
        with keras.StatelessScope(state_mapping=values):
            return layer(inputs, training=True)

    y, gradients = slopes(in_training, [*arrays, *(v.value for v in layer.trainable_variables)], dy)
    of_inputs = [numbers(g) for g in gradients[: len(arrays)]]
    layer(x, training=True)
    training = {
        "y": numbers(y),
        "dy": numbers(dy),
        "dx": of_inputs if case.several else of_inputs[0] if arrays else None,
        "gradients": [numbers(g) for g in gradients[len(arrays) :]],
        "weights": [numbers(w) for w in layer.get_weights()],
    }
    return {**found, "training": training}


def loss(case: LossCase) -> dict[str, Any]:
    """Return values and gradients, by how the losses of the samples become one number."""
    rng = case.rng()
    y_pred = np.float32(case.predictions(rng, SHAPE).round(3))
    y_true = case.targets(rng, SHAPE).round(3)
    found: dict[str, Any] = {"y_true": numbers(y_true), "y_pred": numbers(y_pred)}
    for reduction, weights in REDUCED:
        loss = case.make("keras", reduction=reduction)
        value, (gradient,) = slopes(
            lambda y, loss=loss, w=weights: loss(np.float32(y_true), y, w), [y_pred], np.float32(1)
        )
        found[reduction] = {"value": float(value), "gradient": numbers(gradient)}
    return {**found, "config": case.make("keras", name="own").get_config()}


def metric(case: MetricCase) -> dict[str, Any]:
    """Return the results after each of three batches, with weights and without."""
    y_true, y_pred, weights = case.draw()
    found: dict[str, Any] = {"y_true": numbers(y_true), "y_pred": numbers(y_pred), "w": weights.tolist()}
    # Keras takes (n,) as it is beside predictions of (n, 1), and makes (n, n) of both.
    rows = y_true[:, np.newaxis] if y_true.ndim == 1 and y_pred.shape[1:] == (1,) else y_true
    for key, w in (("results", None), ("weighted", weights)):
        metric, results = case.make("keras"), []
        for batch in BATCHES:
            metric.update_state(
                np.float32(rows[batch]), np.float32(y_pred[batch]), None if w is None else w[batch]
            )
            results.append(numbers(np.float64(metric.result())))
        found[key] = results
    return {**found, "config": case.make("keras", name="own").get_config()}


def optimizer(case: Case) -> dict[str, Any]:
    """Return the way that two variables go, and what the optimizer keeps, in its order."""
    optimizer = case.make("keras")
    variables = [
        keras.Variable(np.float32(v), name=n) for n, v in zip(("kernel", "bias"), START, strict=True)
    ]
    optimizer.build(variables)
    path = []
    for gradients in GRADIENTS:
        optimizer.apply([np.float32(g) for g in gradients], variables)
        path.append([number for v in variables for number in numbers(v.value)])
    # "adam/kernel_momentum" is "kernel_momentum"; what has no name is "variable" with a number.
    kept = [[re.sub(r"^\w+/|_\d+$", "", v.path), numbers(v.value)] for v in optimizer.variables]
    optimizer.finalize_variable_values(variables)
    return {
        "path": path,
        "final": [number for v in variables for number in numbers(v.value)],
        "variables": kept,
        "config": {**optimizer.get_config(), "name": None},
    }


def schedule(case: Case) -> dict[str, Any]:
    schedule = case.make("keras")
    return {"rates": [float(schedule(step)) for step in STEPS], "config": schedule.get_config()}


def initializer(case: Case) -> dict[str, Any]:
    """Return the configuration, and the numbers of those that draw none."""
    initializer = case.make("keras")
    found = {"config": config_of(initializer)}
    if "seed" in found["config"]:
        return found
    return {**found, "values": numbers(initializer((3, 2), dtype="float32"))}


def penalty(case: Case) -> dict[str, Any]:
    """Return what a regularizer or a constraint makes of a matrix."""
    part = case.make("keras")
    return {
        "value": numbers(part(keras.ops.convert_to_tensor(np.float32(MATRIX)))),
        "config": part.get_config(),
    }


RECORDERS: dict[str, Callable[..., dict[str, Any]]] = {
    "activations": activation,
    "constraints": penalty,
    "initializers": initializer,
    "layers": layer,
    "losses": loss,
    "metrics": metric,
    "optimizers": optimizer,
    "regularizers": penalty,
    "schedules": schedule,
}
