"""Adafactor: steps like Adam's, from a row and a column of mean squares in the place of a matrix of them."""

from typing import Any, Unpack

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.parameter import Parameter
from numpy_ann.validation import checked_bool, checked_number


class Adafactor(Optimizer):
    """Divide the gradient by the root of its mean square, which for a matrix is a product of two vectors.

    At step ``t = 1, 2, ...``, with ``g`` the gradient of one parameter, and ``rms(x) = sqrt(mean(x^2))``::

        b = 1 - t^beta_2_decay
        r = b r + (1 - b) mean of g^2 + epsilon_1 over each row
        c = b c + (1 - b) mean of g^2 + epsilon_1 over each column
        v = r c / mean(r)                                           of a matrix
        v = b v + (1 - b) (g^2 + epsilon_1)                         of a vector
        u = g / sqrt(v)
        alpha = max(epsilon_2, rms(theta)) min(learning_rate, 1 / sqrt(t))
        theta = theta - alpha u / max(1, rms(u) / clip_threshold)

    Of what has more than two axes, the last two are rows and columns.
    Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", ICML 2018,
    algorithms 4 to 6. As Keras does, it keeps ``v`` of a matrix, too.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes at most, in sizes of the parameter.
    beta_2_decay : float
        How the past counts more and more; 0 or below.
    epsilon_1, epsilon_2 : float
        Keep the division finite, and the steps of small parameters from vanishing; above 0.
    clip_threshold : float
        The largest ``rms`` of ``u``; above 0.
    relative_step : bool
        Keras' option to hold a constant rate below ``1 / sqrt(t)``, as ``alpha`` does in any case, there too.

    >>> theta = np.array([3.0, -3.0])
    >>> Adafactor(learning_rate=0.5).step(theta, np.array([2.0, -0.5]))
    >>> theta  # t = 1: b = 0, v = g^2, u = (1, -1), alpha = 3 * 0.5
    array([ 1.5, -1.5])
    """

    own_slots = interleaved = ("row", "column", "velocity")  # r, c and v
    non_negative_slots = frozenset(own_slots)

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30, epsilon_2: float = 1e-3, clip_threshold: float = 1.0,
        relative_step: bool = True, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.beta_2_decay = checked_number("beta_2_decay", beta_2_decay, most=0)
        self.epsilon_1 = checked_number("epsilon_1", epsilon_1, above=0)
        self.epsilon_2 = checked_number("epsilon_2", epsilon_2, above=0)
        self.clip_threshold = checked_number("clip_threshold", clip_threshold, above=0)
        self.relative_step = checked_bool("relative_step", relative_step)

    def slot_shape(self, slot: str, shape: Shape) -> Shape:
        """Return the shape of a slot; of a vector, ``r`` and ``c`` are one number, unused, as in Keras."""
        shapes = {"row": shape[:-1], "column": (*shape[:-2], *shape[-1:])}
        return shape if slot not in shapes else shapes[slot] if len(shape) > 1 else ()

    @property
    def variables(self) -> list[Any]:
        """What it keeps, as Keras lists it: ``r`` and ``c`` have the parameter's own name."""
        for variable in (variables := super().variables):
            if isinstance(variable, Parameter):
                variable.name = variable.name.removesuffix("_row").removesuffix("_column")
        return variables

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        b, square = 1 - t**self.beta_2_decay, g**2 + self.epsilon_1
        r, c, v = (state[name] for name in self.own_slots)
        if theta.ndim > 1:
            r = b * r + (1 - b) * square.mean(-1)
            c = b * c + (1 - b) * square.mean(-2)
            v = (r / r.mean(-1, keepdims=True))[..., np.newaxis] * c[..., np.newaxis, :]
        else:
            v = b * v + (1 - b) * square
        u = g / np.sqrt(v)
        alpha = max(self.epsilon_2, _rms(theta)) * min(learning_rate, t**-0.5)
        theta = theta - alpha * u / max(1.0, _rms(u) / self.clip_threshold)
        return theta, {"row": r, "column": c, "velocity": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        b, rho = 1 - self._t**self.beta_2_decay, min(learning_rate, self._t**-0.5)
        np.multiply(g, g, out=self._scratch)
        self._scratch += self.epsilon_1
        parts = zip(self._places, *map(self.slot_arrays, self.own_slots), strict=True)
        for place, r, c, v in parts:
            x, dx, step = (vector[place].reshape(v.shape) for vector in (theta, g, self._scratch))
            if v.ndim > 1:
                r *= b
                r += (1 - b) * step.mean(-1)
                c *= b
                c += (1 - b) * step.mean(-2)
                rows = (r / r.mean(-1, keepdims=True))[..., np.newaxis]
                np.multiply(rows, c[..., np.newaxis, :], out=v)
            else:
                v *= b
                step *= 1 - b
                v += step
            np.sqrt(v, out=step)
            np.divide(dx, step, out=step)
            step *= max(self.epsilon_2, _rms(x)) * rho / max(1.0, _rms(step) / self.clip_threshold)
            x -= step


def _rms(x: Array) -> float:
    return float(np.sqrt(np.mean(np.square(x))))
