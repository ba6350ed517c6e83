"""One forward and one backward pass of a model, on a copy that is thrown away."""

import inspect
from collections.abc import Sequence
from copy import deepcopy

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.explaining.docstrings import plain, read_docstring
from numpy_ann.inspection.tracing.recording import (
    LayerTrace,
    RecordedLayer,
    snapshot,
    use_moving_averages,
    without_noise,
)
from numpy_ann.inspection.tracing.result import Trace
from numpy_ann.layers import Layer
from numpy_ann.losses import Loss
from numpy_ann.models import Model
from numpy_ann.threads import limited_blas
from numpy_ann.training.backpropagation import backpropagation
from numpy_ann.training.configuration import Configuration
from numpy_ann.training.data import Batches, DataAdapter
from numpy_ann.training.output_loss import ActivationThenLoss, output_loss_of
from numpy_ann.training.regularized import regularized
from numpy_ann.training.step import predictions_and_loss

__all__ = ["formula_of", "trace"]


def trace(
    model: Model, x: Array, y: Array, *, sample_weight: Array | None = None, training: bool = True
) -> Trace:
    """Run one forward and one backward pass, and return every number on the way.

    The numbers are those of the training step that ``model.train_on_batch(x, y)`` would take now, bit for
    bit: dropout is active, with the masks that it would draw next, batch normalization takes the batch's own
    mean and variance, and regularizers' penalties count. That is why ``training`` is True if left out: a
    trace is there to explain the gradient that training follows. Other than a step, it goes down to the input
    and asks for every layer's gradient, of frozen layers' outputs too.

    It works on a copy: the model, its weights, optimizer, random streams and metrics stay as they are, and
    the next call returns the same numbers. Gradients are shown as they come out of the backward pass, before
    the optimizer clips them. A loss that isn't finite raises nothing: the trace shows where it comes from.

    Parameters
    ----------
    model : Sequential or Model
        A chain of layers, compiled with a loss; built or not.
    x : ndarray, shape (batch, ...)
        Inputs. All numbers of the pass are kept, so a batch it should be, not a data set.
    y : ndarray
        Targets, as the model's loss takes them.
    sample_weight : ndarray, shape (batch,), optional
        How much each sample counts.
    training : bool
        False shows the network as ``predict`` and ``evaluate`` run it: without noise, with moving averages,
        and so with other gradients than training has.

    Raises
    ------
    TypeError
        If ``model`` is no chain of layers.
    ValueError
        If the model has no loss, the arrays don't fit it, or, for ``training=False``, a layer of one's own
        computes something else in predicting than in training.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(3, "relu"), Dense(2, "softmax")], seed=0)
    >>> model.compile(loss="sparse_categorical_crossentropy")
    >>> t = trace(model, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    >>> t.layers[0].output.shape, t["dense_1/kernel/gradient"].shape
    ((2, 3), (3, 2))
    """
    if not isinstance(model, Model) or not isinstance(model.plan, list):
        raise TypeError(
            f"trace looks into a Sequential model, or a Model that is a chain. Received: {model!r}"
        )
    if model.configuration is None or model.configuration.loss_argument is None:
        raise ValueError(
            f"A gradient is that of a loss, but model {model.name!r} has none. Compile it first: "
            'model.compile(optimizer="adam", loss="sparse_categorical_crossentropy").'
        )
    model, configuration = deepcopy((model, model.configuration))
    x, y, w = _batch(model, configuration, x, y, sample_weight)
    with limited_blas(len(x), model.parameters), np.errstate(all="ignore"):  # the threads that a step has
        return _pass(model.plan, configuration.require_loss(), x, y, w, training)


def _batch(
    model: Model, configuration: Configuration, x: Array, y: Array, sample_weight: Array | None
) -> tuple[Array, Array, Array | None]:
    """Return the arrays as a training step would be given them, checked and cast."""
    x, y, w = DataAdapter(model, configuration).targets(x, y, sample_weight)
    integers = configuration.require_loss().integer_targets
    batches = Batches(x, y, w, len(x), model.dtype, integer_targets=integers)
    ((x, targets, w),) = batches.one_pass()
    return x, np.asarray(targets), w


def _pass(layers: list[Layer], loss: Loss, x: Array, y: Array, w: Array | None, training: bool) -> Trace:
    """Run the pass on layers that may be changed by it."""
    values = [{p.name: snapshot(p.value) for p in layer.parameters} for layer in layers]
    learned = [{p.name for p in layer.trainable_parameters} for layer in layers]
    predicting = [] if training else deepcopy(layers)
    bare_loss = output_loss_of(layers[-1].activation, loss)
    bare = layers if training else [without_noise(layer) for layer in layers]
    wrapped, output_loss = regularized(bare, bare_loss)
    if not training:
        use_moving_averages(bare)
    recorded = [RecordedLayer(layer, passes) for layer, passes in zip(bare, wrapped, strict=True)]

    predictions, total = predictions_and_loss(recorded, output_loss, x, y, w)
    recorded[-1].records["output"] = snapshot(predictions)
    if isinstance(bare_loss, ActivationThenLoss):
        recorded[-1].see_output_gradient(loss.backward())
    backpropagation(recorded, output_loss.backward())
    _check_predictions(predicting, recorded)

    results = [_result(*parts) for parts in zip(layers, recorded, values, learned, strict=True)]
    others = {"targets": snapshot(y)} | ({} if w is None else {"sample_weight": snapshot(w)})
    note = ""
    if not isinstance(bare_loss, ActivationThenLoss):
        why = plain(inspect.getdoc(bare_loss) or "")
        note = f"{layers[-1].name}/output has no gradient of its own. {why}"
    return Trace(results, others, total, loss.name, training, note)


def _check_predictions(layers: Sequence[Layer], recorded: Sequence[RecordedLayer]) -> None:
    """Complain if what a layer gave isn't what it gives in predicting, as it was before the pass."""
    for layer, record in zip(layers, recorded, strict=bool(layers)):
        expected, received = layer.forward(record.records["input"]), record.records["output"]
        if not np.allclose(expected, received, rtol=1e-3, atol=1e-5, equal_nan=True):
            raise ValueError(
                f"Layer {layer.name!r} ({type(layer).__name__}) computes something else in training than in "
                "predicting, and only there keeps what its backward pass needs: trace it with training=True, "
                "or derive it from Dropout or BatchNormalization, whose two ways trace knows."
            )


def _result(layer: Layer, recorded: RecordedLayer, values: dict[str, Array], learned: set[str]) -> LayerTrace:
    records = recorded.records
    gradients = {p.name: snapshot(p.grad) for p in layer.parameters if p.name in learned}
    return LayerTrace(
        layer.name, type(layer).__name__, formula_of(layer),
        input=records["input"], output=records["output"], pre_activation=records.get("pre_activation"),
        input_gradient=records["input/gradient"], output_gradient=records.get("output/gradient"),
        pre_activation_gradient=records.get("pre_activation/gradient"),
        parameters=values, gradients=gradients, penalty=recorded.penalty,
    )  # fmt: skip


def formula_of(layer: Layer) -> tuple[str, ...]:
    """Return what a layer computes, as its docstring says it, and what its activation function is.

    >>> from numpy_ann.layers import Dense
    >>> formula_of(Dense(3, activation="relu"))
    ('z = x W + b', 'y = f(z)', 'f(z) = max(z, 0)')
    """
    lines = [line for line in read_docstring(type(layer).__doc__).formula if not line.endswith(":")]
    if any("f(" in line for line in lines):
        lines.append(f"f(z) = {layer.activation.formula}")
    return tuple(" ".join(line.split()) for line in lines)
