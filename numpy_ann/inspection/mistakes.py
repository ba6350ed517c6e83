"""Where the network errs: the wrong answers that cost most."""

from dataclasses import dataclass

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.answers import judged
from numpy_ann.inspection.tables import table
from numpy_ann.models import Sequential
from numpy_ann.validation import checked_integer

__all__ = ["Mistakes", "worst_mistakes"]


@dataclass(frozen=True, eq=False, repr=False)
class Mistakes:
    """Wrong answers, the worst first; print them for a table.

    Attributes
    ----------
    indices : ndarray of int, shape (mistakes,)
        Which samples.
    true, predicted : ndarray of int, shape (mistakes,)
        The right class and the answer.
    probability : ndarray, shape (mistakes,)
        How certain the model was of its answer, from 0 to 1.
    loss : ndarray, shape (mistakes,)
        ``-log p`` of the right class.
    wrong, samples : int
        How many answers were wrong in all, and of how many.
    """

    indices: Array
    true: Array
    predicted: Array
    probability: Array
    loss: Array
    wrong: int
    samples: int

    def __len__(self) -> int:
        return len(self.indices)

    def __str__(self) -> str:
        rows = [("index", "true", "predicted", "probability", "loss")]
        columns = (self.indices, self.true, self.predicted, self.probability, self.loss)
        rows += [
            (str(i), str(true), str(predicted), f"{p:.1%}", f"{loss:.2f}")
            for i, true, predicted, p, loss in zip(*columns, strict=True)
        ]
        return f"wrong answers: {self.wrong} of {self.samples}\n{table(rows)}"

    def __repr__(self) -> str:
        return f"<Mistakes: the worst {len(self)} of {self.wrong}>"


def worst_mistakes(model: Sequential, x: Array, y: Array, count: int = 10) -> Mistakes:
    """Return the wrong answers with the largest loss: where the model was surest, and wrong.

    ``loss = -log p_y`` with ``p_y`` the probability of the right class, whatever loss the model was compiled
    with.

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

    Returns
    -------
    Mistakes

    Raises
    ------
    TypeError
        If ``model`` is no ``Sequential``, or ``x`` holds no numbers.
    ValueError
        If the model isn't built or gives no probabilities, ``x`` or ``y`` don't fit it or each other, or
        ``count`` isn't a positive integer.

    Examples
    --------
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
    answers = judged(model, x, y)
    wrong = answers.wrong
    loss = -answers.log_probabilities[wrong, answers.true[wrong]]
    worst = np.argsort(-loss, kind="stable")[:count]
    indices = wrong[worst]
    return Mistakes(
        indices,
        answers.true[indices],
        answers.predicted[indices],
        answers.certainty(indices),
        loss[worst],
        len(wrong),
        len(answers.true),
    )
