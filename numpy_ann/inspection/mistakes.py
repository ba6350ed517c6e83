"""Where the network errs: the wrong answers that cost most, and which classes it takes for which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.class_scores import predictions_of
from numpy_ann.models import Sequential
from numpy_ann.validation import checked_integer


@dataclass(frozen=True, eq=False, repr=False)
class Mistakes:
    """Wrong answers, ``wrong`` of ``samples`` in all, the worst first; print them for a table.

    The arrays are of shape ``(mistakes,)``.
    """

    indices: Array  # which samples
    true: Array
    predicted: Array
    probability: Array  # how certain the model was of its answer, from 0 to 1
    loss: Array  # -log p of the right class
    wrong: int
    samples: int

    def __len__(self) -> int:
        return len(self.indices)

    def __str__(self) -> str:
        shares, losses = (f"{p:.1%}" for p in self.probability), (f"{loss:.2f}" for loss in self.loss)
        rows = zip(self.indices, self.true, self.predicted, shares, losses, strict=True)
        return _answers(self, [("index", "true", "predicted", "probability", "loss"), *rows])

    def __repr__(self) -> str:
        return f"<Mistakes: the worst {len(self)} of {self.wrong}>"


def worst_mistakes(model: Sequential, x: Array, y: Array, count: int = 10) -> Mistakes:
    """Return the wrong answers with the largest loss: where the model was surest, and wrong.

    ``loss = -log p_y`` with ``p_y`` the right class' probability, whatever loss the model was compiled with.
    Raises ``TypeError`` if ``model`` is no ``Sequential``, or ``x`` holds no numbers; ``ValueError`` if the
    model isn't built or gives no probabilities, data don't fit, or ``count`` isn't a positive integer.

    Parameters
    ----------
    model : Sequential
        Built, ending in a softmax or sigmoid, or compiled with a loss ``from_logits``. A single output is the
        probability of class 1 against class 0.
    x : ndarray, shape (samples, ...)
        Inputs as for ``predict``.
    y : ndarray
        Their class numbers ``(samples,)`` or ``(samples, 1)``, or one-hot rows.
    count : int
        How many to return; fewer, if fewer answers are wrong.

    >>> from numpy_ann.layers import Activation, Input
    >>> model = Sequential([Input((2,)), Activation("softmax")])
    >>> x = np.log([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    >>> print(worst_mistakes(model, x, [1, 1, 0]))
    wrong answers: 2 of 3
    index  true  predicted  probability  loss
        0     1          0        90.0%  2.30
        2     0          1        60.0%  0.92
    """
    count = checked_integer("count", count, least=1)
    true, predicted, log_p = predictions_of(model, x, y)
    wrong = np.flatnonzero(predicted != true)
    loss = -log_p[wrong, true[wrong]]
    worst = np.argsort(-loss, kind="stable")[:count]
    chosen = wrong[worst]
    certainty = np.exp(log_p[chosen, predicted[chosen]])
    return Mistakes(chosen, true[chosen], predicted[chosen], certainty, loss[worst], len(wrong), len(true))


@dataclass(frozen=True, eq=False)
class ConfusedPair:
    """A class that was taken for another, how often, and in which samples, the most certain answer first."""

    true: int
    predicted: int
    count: int
    share: float  # of the samples of the right class, from 0 to 1
    indices: Array = field(repr=False)


@dataclass(frozen=True, eq=False, repr=False)
class ConfusedPairs(Sequence[ConfusedPair]):
    """Classes taken for others, the most frequent pair first; print them for a table.

    ``pairs`` are also found by iterating and by index; ``wrong`` of ``samples`` answers were wrong in all.
    """

    pairs: tuple[ConfusedPair, ...]
    wrong: int
    samples: int

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: Any) -> Any:
        return self.pairs[index]

    def __str__(self) -> str:
        rows = [(p.true, p.predicted, p.count, f"{p.share:.1%}") for p in self]
        return _answers(self, [("true", "predicted", "count", "share"), *rows])

    def __repr__(self) -> str:
        return f"<ConfusedPairs: {', '.join(f'{p.true} as {p.predicted}: {p.count}' for p in self)}>"


def most_confused(model: Sequential, x: Array, y: Array, count: int = 10) -> ConfusedPairs:
    """Return the pairs of classes that are taken for each other most often, and by which samples.

    Raises ``TypeError`` or ``ValueError`` as ``worst_mistakes``.

    Parameters
    ----------
    model, x, y
        As for ``worst_mistakes``.
    count : int
        How many pairs to return, sorted by count, and where that is the same by share; fewer, if fewer occur.

    >>> from numpy_ann.layers import Activation, Input
    >>> model = Sequential([Input((3,)), Activation("softmax")])
    >>> pairs = most_confused(model, np.eye(3)[[1, 1, 2, 2]], [0, 0, 0, 2])
    >>> print(pairs)
    wrong answers: 3 of 4
    true  predicted  count  share
       0          1      2  66.7%
       0          2      1  33.3%
    >>> pairs[0].indices
    array([0, 1])
    """
    count = checked_integer("count", count, least=1)
    true, predicted, log_p = predictions_of(model, x, y)
    wrong = np.flatnonzero(predicted != true)
    wrong = wrong[np.argsort(-np.exp(log_p[wrong, predicted[wrong]]), kind="stable")]
    taken = np.stack([true[wrong], predicted[wrong]])
    found, counts = np.unique(taken, axis=1, return_counts=True)
    shares = counts / np.bincount(true)[found[0]]
    pairs = []
    for i in np.lexsort((-shares, -counts))[:count]:
        indices = wrong[(taken == found[:, i, np.newaxis]).all(axis=0)]
        of, answer = map(int, found[:, i])
        pairs.append(ConfusedPair(of, answer, int(counts[i]), float(shares[i]), indices))
    return ConfusedPairs(tuple(pairs), len(wrong), len(true))


def _answers(found: Mistakes | ConfusedPairs, rows: Sequence[Sequence[object]]) -> str:
    return f"wrong answers: {found.wrong} of {found.samples}\n{table(rows)}"


def table(rows: Sequence[Sequence[object]]) -> str:
    """Return the rows as lines of text, aligned at the right as numbers are.

    >>> print(table([("index", "loss"), (7, 12.5)]))
    index  loss
        7  12.5
    """
    texts = [list(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    aligned = ([text.rjust(width) for text, width in zip(row, widths, strict=True)] for row in texts)
    return "\n".join(map("  ".join, aligned))
