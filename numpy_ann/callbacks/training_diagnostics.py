"""A watch over training: what goes wrong is said once, with the number and what to try."""

from dataclasses import dataclass, fields
from functools import partial
from inspect import signature
from math import inf, isfinite, nan

from numpy_ann.callbacks.callback import Callback, Logs
from numpy_ann.callbacks.diagnoses import CHECKS, Epoch, LayerMeasures, Limits, StepMeasures
from numpy_ann.validation import checked_integer, checked_number


@dataclass(frozen=True)
class Finding:
    """Something that goes wrong.

    Parameters
    ----------
    epoch : int
        After which it was found, counted from 0.
    name, layer : str
        What it is, as ``"dead_units"``, and the layer at fault; None where it isn't one layer.
    value, text : float, str
        The number that gave it away, and a sentence for people.

    >>> print(Finding(4, "exploding_gradient", "dense", 99.0, "The gradient explodes."))
    Epoch 5: The gradient explodes.
    """

    epoch: int
    name: str
    layer: str | None
    value: float
    text: str

    def __str__(self) -> str:
        return f"Epoch {self.epoch + 1}: {self.text}"


class TrainingDiagnostics(Callback):
    """Watch training for what usually goes wrong, and say each thing once, with what to try.

    Eight steps an epoch are looked at: with W the kernel of a layer and dW its gradient, the measures are

        update_ratio = |change of W in the step| / |W|        gradient_norm = |dW|
        gradient_ratio = |dW| / |W|                           dead_share = units whose output was always 0

    of which the epoch has the median, and of the units those that were 0 in all these batches. A sign that
    lasts for ``patience`` epochs in a row becomes a finding. It is printed between two epochs, and never
    taken back or said again in this training. A loss that is not finite is spoken of at once, if
    ``TerminateOnNaN`` is there; otherwise it is an error, which says it.

    Parameters
    ----------
    patience : int
        For how many epochs in a row a sign must be there, 1 or more. All limits are positive.
    verbose : {0, 1}
        Whether to print findings.
    dead_share : float
        ``dead_units``: more than this share of a layer's rectifiers (relu) are dead.
    vanishing : float
        ``vanishing_gradient``: the first layer's gradient norm is less than this part of the last one's.
    exploding : float
        ``exploding_gradient``: a ``gradient_ratio`` is larger: SGD with Keras' learning rate of 0.01 would
        change these weights by 20 % a step. Silent if the optimizer clips gradients.
    overfitting : float
        ``overfitting``: the validation loss is higher than at its best by more than this part (of half the
        first training loss, if that is more), and the training loss is lower than it was then.
    largest_update : float
        ``learning_rate_too_high``: an ``update_ratio`` is larger, 50 times what is usual; or it is above a
        fifth of this while the training loss has risen twice or more in the last five epochs, in all by more
        than a fifth of its first value; or units have died since the loss leapt, in the first epoch, to more
        than one and a half of what it was. At once, if the first epoch's loss is three times that, or no
        longer finite.
    smallest_update : float
        ``learning_rate_too_low``: every ``update_ratio`` is smaller, a thirtieth of what is usual, but not 0,
        and the training loss has not fallen by 5 % since the first epoch. (Of a loss that goes below 0, as
        that of cosines, parts are parts of its largest size.)

    Attributes
    ----------
    findings, epoch : list of Finding, list of int
        What was found so far, in order, and the epochs' numbers, from 0.
    history : dict
        For each measure the layers that have it, for each layer a list with a number an epoch:
        ``history["update_ratio"]["dense"]``.

    Source: update ratios of about 1e-3, and rectifiers that die of high learning rates: A. Karpathy, notes of
    Stanford's course CS231n, "Neural Networks Part 3" and "Part 1"; vanishing gradients: Glorot and Bengio,
    "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, section 4;
    gradients beside weights: You, Gitman and Ginsburg, "Large Batch Training of Convolutional Networks",
    2017, section 4; the rise of the validation loss over its minimum, and waiting for it to last: Prechelt,
    "Early Stopping - But When?", 1998, classes GL and UP. Where these give no limit, the default lies well
    apart from what healthy trainings show in the tests.

    >>> from numpy_ann.data import toy
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> from numpy_ann.optimizers import SGD
    >>> x, y = toy.moons()
    >>> model = Sequential([Input((2,)), Dense(9, activation="tanh"), Dense(1, activation="sigmoid")], seed=0)
    >>> model.compile(SGD(30.0), "binary_crossentropy")
    >>> diagnostics = TrainingDiagnostics(verbose=0)
    >>> history = model.fit(x, y, epochs=5, verbose=0, callbacks=[diagnostics])
    >>> [finding.name for finding in diagnostics.findings]
    ['learning_rate_too_high']
    """

    def __init__(
        self, patience: int = 3, verbose: int = 1, *, dead_share: float = Limits.dead_share,
        vanishing: float = Limits.vanishing, exploding: float = Limits.exploding,
        overfitting: float = Limits.overfitting, largest_update: float = Limits.largest_update,
        smallest_update: float = Limits.smallest_update,
    ) -> None:  # fmt: skip
        limits = (dead_share, vanishing, exploding, overfitting, largest_update, smallest_update)
        checked = map(partial(checked_number, above=0), (f.name for f in fields(Limits)), limits)
        self.patience = checked_integer("patience", patience, least=1)
        self.verbose = verbose
        self.limits = Limits(*checked)
        self._reset()

    def _reset(self) -> None:
        self.findings: list[Finding] = []
        self._epochs: list[Epoch] = []
        self._lasting = dict.fromkeys(CHECKS, 0)
        self._said = 0  # findings
        self._steps: int | None = None
        self._losses: list[float] = []  # of the first epoch's batches
        self._total = 0.0

    @property
    def epoch(self) -> list[int]:
        """The epochs' numbers, from 0."""
        return [epoch.number for epoch in self._epochs]

    @property
    def history(self) -> dict[str, dict[str, list[float]]]:
        """The measures, by their names and the layers'."""
        names = dict.fromkeys(name for epoch in self._epochs for name in epoch.layers)
        nothing = LayerMeasures(nan, nan, nan, nan)
        measures = {name: [epoch.layers.get(name, nothing) for epoch in self._epochs] for name in names}
        history = {}
        for measure in LayerMeasures._fields:
            series = {name: [getattr(m, measure) for m in found] for name, found in measures.items()}
            history[measure] = {name: values for name, values in series.items() if any(map(isfinite, values))}
        return history

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._reset()
        self._steps = self.params.get("steps")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._say()  # now that the last epoch's line is complete
        self._measures = StepMeasures(self.model.layers, self._steps)
        self._batches = 0

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        self._measures.before_step(batch)
        self._batches = batch + 1

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not self._epochs and logs and "loss" in logs:  # the first epoch's: each out of the running mean
            total = float(logs["loss"]) * (batch + 1)
            self._losses.append(total - self._total)
            self._total = total

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs, optimizer = logs or {}, self.model.optimizer
        self._steps = self._steps or self._batches  # of a generator, known from now on
        loss, rate = float(logs.get("loss", nan)), float(optimizer.learning_rate)
        limits = ("clipnorm", "clipvalue", "global_clipnorm")
        clips = any(getattr(optimizer, limit, None) for limit in limits)  # 0 is no limit
        measures = self._measures.result()
        first = (self._losses[0], max(self._losses)) if self._losses else (nan, nan)
        default = signature(type(optimizer)).parameters.get("learning_rate")
        usual = default.default if default and isinstance(default.default, float) else inf
        seen = (*first, usual, self._measures.inputs)
        self._epochs.append(Epoch(epoch, loss, logs.get("val_loss"), rate, clips, measures, *seen))
        self._losses = []
        said = {finding.name for finding in self.findings}
        for name in [name for name in CHECKS if name not in said]:
            sign = CHECKS[name](self._epochs, self.limits)
            lasting = self._lasting[name] = self._lasting[name] + 1 if sign else 0
            if sign and (lasting >= self.patience or sign.at_once or not isfinite(sign.value)):
                text = sign.text
                for i, layer in enumerate(self.model.layers):
                    text = text.replace(f"layer '{layer.name}'", f"layer '{layer.name}' (model.layers[{i}])")
                self.findings.append(Finding(epoch, name, sign.layer, sign.value, text))

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._say()

    def _say(self) -> None:
        for finding in self.findings[self._said :] if self.verbose else ():
            print(finding, flush=True)
        self._said = len(self.findings)
