"""One forward and one backward pass of a model, on a copy that is thrown away."""

import inspect
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.explaining.derivation import derived_layer
from numpy_ann.inspection.explaining.docstrings import plain, read_docstring
from numpy_ann.inspection.tracing.recording_plan import LayerTrace, RecordingPlan, predicting, snapshot
from numpy_ann.inspection.tracing.result import Trace
from numpy_ann.layers import Layer
from numpy_ann.models import Model
from numpy_ann.threads import limited_blas
from numpy_ann.training.data.bundles import Bundle, arrays_of
from numpy_ann.training.outputs import OutputLosses
from numpy_ann.training.plan import Plan, as_plan


def trace(model: Model, x: Any, y: Any, *, sample_weight: Any = None, training: bool = True) -> Trace:
    """Run one forward and one backward pass, and return every number on the way.

    The numbers are those of the training step that ``model.train_on_batch(x, y)`` would take now, bit for
    bit: dropout is active, with the masks that it would draw next, batch normalization takes the batch's own
    mean and variance, and regularizers' penalties count. That is why ``training`` is True if left out: a
    trace is there to explain the gradient that training follows. Other than a step, it goes down to the input
    and asks for every layer's gradient, of frozen layers' outputs too.

    It works on a copy: the model, its weights, optimizer, random streams and metrics stay as they are, and
    the next call returns the same numbers. Gradients are shown as they come out of the backward pass, before
    the optimizer clips them. A loss that isn't finite raises nothing: the trace shows where it comes from.
    Raises ``TypeError`` if ``model`` is no model. Raises ``ValueError`` if the model has no loss, the arrays
    don't fit it, or, for ``training=False``, a layer of one's own computes something else in predicting than
    in training.

    Parameters
    ----------
    model : Sequential or Model
        Compiled with a loss; built or not.
    x : ndarray, shape (batch, ...), list or dict
        Inputs, as for ``fit``. All numbers of the pass are kept, so a batch it should be, not a data set.
    y : ndarray, list or dict
        Targets, as the model's losses take them.
    sample_weight : ndarray, shape (batch,), list or dict, optional
        How much each sample counts.
    training : bool
        False shows the network as ``predict`` and ``evaluate`` run it: without noise, with moving averages,
        and so with other gradients than training has.

    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((2,)), layers.Dense(3, "relu"), layers.Dense(2, "softmax")], seed=0)
    >>> model.compile(loss="sparse_categorical_crossentropy")
    >>> t = trace(model, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    >>> t["dense_1/kernel/gradient"].shape
    (3, 2)
    """
    if not isinstance(model, Model):
        raise TypeError(f"trace looks into a Sequential model or a Model. Received: {model!r}")
    if model.configuration is None or model.configuration.loss_argument is None:
        raise ValueError(
            f"A gradient is that of a loss, but model {model.name!r} has none. Compile it first: "
            'model.compile(optimizer="adam", loss="sparse_categorical_crossentropy").'
        )
    model, configuration = deepcopy((model, model.configuration))
    adapter = model.workings.adapter(model, configuration)
    data = adapter.targets(x, y, sample_weight)
    ((x, y, w),) = adapter.batches(data, len(data[0]))[0].one_pass()
    names = model.input_names if len(model.input_names) > 1 else ["input"]
    with limited_blas(len(x), model.parameters), np.errstate(all="ignore"):  # the threads that a step has
        return _pass(as_plan(model.plan), names, model.output_names, configuration, x, y, w, training)


def _pass(
    plan: Plan, begin: list[str], outputs: list[str], configuration: Any, x: Any, y: Any, w: Any,
    training: bool,
) -> Trace:  # fmt: skip
    owners = list(dict.fromkeys(use.owner for use in plan))
    before = {owner: {p.name: snapshot(p.value) for p in owner.parameters} for owner in owners}
    expected = [] if training else deepcopy([use.layer for use in plan])
    plan = RecordingPlan(plan if training else predicting(plan))
    losses = OutputLosses(plan, configuration)
    values = plan.forward(arrays_of(x), training=True, logits=True)
    predictions, total = losses.forward(values, y, w)
    values = [snapshot(value) for value in values]
    several = predictions if isinstance(y, Bundle) else [predictions]
    for i, prediction in zip(plan.outputs, several, strict=True):
        values[i] = snapshot(prediction)
    gradients, notes = losses.gradients_of_predictions(), []
    for name, gradient, judge in zip(outputs, gradients, losses.losses, strict=True):
        if gradient is None and judge is not None:
            why = plain(inspect.getdoc(judge) or "")
            notes.append(f"{name}/output has no gradient of its own. {why}")
    found = plan.backward(losses.backward(), values, plan.needed(inputs=True))
    for regularizer, p in plan.penalties():
        p.grad += regularizer.gradient(p.value)
    _check_predictions(expected, plan, values)
    for i, end, gradient in zip(plan.outputs, plan.ends, gradients, strict=True):
        if end and i in plan.z:
            found[i] = gradient
    found = [None if gradient is None else snapshot(gradient) for gradient in found]
    results = _results(plan, begin, before, values, found)
    others = {
        f"{what}/{name}" if len(outputs) > 1 else what: snapshot(array)
        for what, given in (("targets", y), ("sample_weight", w))
        for name, array in zip(outputs, arrays_of(given), strict=False)
        if array is not None
    }
    return Trace(
        results, others, float(total),
        " + ".join(judge.loss.name for judge in losses.losses if judge is not None),
        training, " ".join(notes), inputs={name: (values[i], found[i]) for i, name in enumerate(begin)},
        outputs=[values[i] for i in plan.outputs],
    )  # fmt: skip


def _results(
    plan: RecordingPlan, begin: list[str], before: dict[Layer, dict[str, Array]], values: list[Array],
    found: list[Array | None],
) -> list[LayerTrace]:  # fmt: skip
    """Return each use's part: parameters and their gradients stand with a layer's first."""
    names = list(begin)
    for use in plan:
        name = f"{use.path}[{sum(other.path == use.path for other in plan.uses[: len(names) - plan.inputs])}]"
        names.append(name.removesuffix("[0]"))
    penalties = plan.penalties_by_use(values)
    results = []
    for i, use in enumerate(plan, plan.inputs):
        owner = use.owner
        values_before, read = before.pop(owner, {}), use.inputs
        learned = owner.trainable_parameters if values_before else []
        x, dx = (
            (tuple(of[j] for j in read) if owner.several_inputs else of[read[0]]) for of in (values, found)
        )
        results.append(LayerTrace(
            names[i], type(owner).__name__, formula_of(owner),
            input=x, output=values[i], pre_activation=plan.z.get(i),
            input_gradient=dx, output_gradient=found[i],
            pre_activation_gradient=plan.dz.get(i) if i in plan.z else None,
            parameters=values_before, gradients={p.name: snapshot(p.grad) for p in learned},
            penalty=penalties[i - plan.inputs], reads=tuple(names[j] for j in read),
        ))  # fmt: skip
    return results


def _check_predictions(expected: list[Layer], plan: Plan, values: list[Array]) -> None:
    """Complain if what a layer gave isn't what it gives in predicting, as it was before the pass."""
    for layer, use, received in zip(expected, plan, values[plan.inputs :], strict=False):
        if not np.allclose(layer.forward(use.reads(values)), received, rtol=1e-3, atol=1e-5, equal_nan=True):
            raise ValueError(
                f"Layer {layer.name!r} ({type(layer).__name__}) computes something else in training than in "
                "predicting, and only there keeps what its backward pass needs: trace it with training=True, "
                "or derive it from Dropout or BatchNormalization, whose two ways trace knows."
            )


def formula_of(layer: Layer) -> tuple[str, ...]:
    """Return what a layer computes, as its docstring says it, and what its activation function is.

    Of a layer of one's own by ``call`` that says nothing, it is what the tape has of it, op by op.

    >>> from numpy_ann.layers import Dense
    >>> formula_of(Dense(3, activation="relu"))
    ('z = x W + b', 'y = f(z)', 'f(z) = max(z, 0)')
    """
    lines = [line for line in read_docstring(type(layer).__doc__).formula if not line.endswith(":")]
    if any("f(" in line for line in lines):
        lines.append(f"f(z) = {layer.activation.formula}")
    if layer.by_call and layer.built and not lines:
        with suppress(ValueError):  # made of nothing that it is given, or of hundreds of ops
            lines, _ = derived_layer(layer)
    return tuple(" ".join(line.split()) for line in lines)
