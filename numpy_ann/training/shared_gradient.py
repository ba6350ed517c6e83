"""What several processes that train one model exchange: gradients, random streams, where they begin.

A process takes its rows of each batch, ``n_r`` of ``n``, and finds the gradient ``g_r`` of the mean over
them. The gradient of the whole batch is::

    g = sum of n_r g_r / n

so that every optimizer, penalty and clipping sees what it would see in one process. Parameters that training
moves by other means, as the averages of batch normalization, become the mean of all in the same sum.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.communicator import Communicator, group
from numpy_ann.parameter import Parameter
from numpy_ann.random_streams import RandomStreams
from numpy_ann.training.data.batches import BatchSource


class SharedGradient:
    """The gradient of a batch that several processes share: one sum over the processes a step.

    ``gradient`` is this process', of the mean over its rows; the forward pass may have moved ``moving``.
    """

    def __init__(self, gradient: Array, moving: Sequence[Parameter]) -> None:
        self._gradient, self._moving = gradient, list(moving)
        self._before = [p.value.copy() for p in self._moving]
        moved = sum(p.value.size for p in self._moving)
        self._sum = np.empty(gradient.size + moved + 2, gradient.dtype)  # at the end: samples, whether finite

    def total(self, samples: int, loss: float) -> tuple[Array, bool]:
        """Return the whole batch's gradient, and whether the loss is finite in all processes."""
        size, flat = self._gradient.size, self._sum
        flat[:size] = 0
        if samples:
            np.multiply(self._gradient, samples, out=flat[:size])
        changes = [p.value - before for p, before in zip(self._moving, self._before, strict=True)]
        flat[size:-2] = np.concatenate([*map(np.ravel, changes), np.empty(0, flat.dtype)])
        flat[size:-2] *= samples
        flat[-2:] = samples, 0 if isfinite(loss) else np.nan
        group().sum(flat)
        flat[:-2] /= flat[-2]
        start = size
        for p, before in zip(self._moving, self._before, strict=True):
            before += flat[start : start + p.value.size].reshape(p.shape)
            p.value[...] = before
            start += p.value.size
        return flat[:size], bool(np.isfinite(flat[-1]))


def begin_together(model: Any, batches: BatchSource, epochs: range) -> None:
    """Begin in all processes where process 0 does: weights, optimizer, random streams, place in training.

    Raises ``ValueError`` in all of them, if they differ in what they are to do.
    """
    processes = group()
    optimizer = model.optimizer
    rate = None if callable(optimizer._learning_rate) else float(optimizer.learning_rate)
    mine = {"parameters": model.theta.size, "the batch size": batches.batch_size}
    mine |= {"batches an epoch": batches.steps, "epochs": list(epochs)}
    everyone = processes.gather(mine)
    for rank, other in enumerate(everyone):
        for what, value in everyone[0].items():
            if other[what] != value:
                differ = f"they differ in {what}, {value} in process 0 and {other[what]} in process {rank}"
                cure = "Each runs the same script, on the same data, and takes its rows of each batch."
                raise ValueError(f"The processes don't train the same: {differ}. {cure}")
    if batches.batch_size < processes.size:
        raise ValueError(
            f"A batch of {batches.batch_size} has no row for each of {processes.size} processes: make "
            "`batch_size` larger, or start fewer."
        )
    state, place = (int(optimizer.gradients_seen), optimizer.state), (model.resume_at, model.epochs_trained)
    begin = processes.first((model.theta, state, rate, model.streams.get_state(), place))
    theta, state, first_rate, streams, place = begin
    model.theta[...] = theta
    optimizer.set_state(*state)
    if first_rate is not None and rate is not None:
        optimizer.learning_rate = first_rate
    model.streams.set_state(streams)
    model.resume_at, model.epochs_trained = place
    if processes.rank:
        for name, stream in _own(model.streams).items():
            stream.bit_generator.state = model.streams[_of(name, processes)].bit_generator.state
    model.stop_training = False


def exchange_streams(streams: RandomStreams) -> None:
    """Let each process know where the others' streams are, so that what it saves has them all."""
    processes = group()
    if processes.size == 1:
        return
    states = {name: own.bit_generator.state for name, own in _own(streams).items()}
    if processes.rank:  # those that were drawn from
        states = {n: s for n, s in states.items() if s != streams[_of(n, processes)].bit_generator.state}
    everyone = processes.gather(states)
    for rank in range(1, processes.size):
        for name, state in everyone[rank].items():
            streams[f"{name} of process {rank}"].bit_generator.state = state


def _own(streams: RandomStreams) -> dict[str, np.random.Generator]:
    """Return the streams that differ from process to process: all layers'; shuffling is the same in all."""
    names = streams.get_state()["streams"]
    return {n: streams[n] for n in names if n != "shuffle" and " of process " not in n}


def _of(name: str, processes: Communicator) -> str:
    return f"{name} of process {processes.rank}"
