"""The optimizers of Keras before 2.11, by whose rules its files go on; tf.keras calls them ``legacy``.

Five of the eight compute what today's do, and are these. The other three have ``epsilon`` in another place,
or another schedule of momenta.
"""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers import adam, rmsprop
from numpy_ann.optimizers.adam import Adam, Adamax
from numpy_ann.optimizers.ftrl import Ftrl
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.optimizers.rmsprop import Adadelta
from numpy_ann.optimizers.schedules import InverseTimeDecay, LearningRateSchedule
from numpy_ann.optimizers.sgd import SGD
from numpy_ann.validation import checked_number

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "decayed"]

_MOST_TERMS = 60  # of a series whose terms halve: the rest is below the precision of a float64


def decayed(learning_rate: float | LearningRateSchedule, decay: float) -> float | LearningRateSchedule:
    """Return the learning rate that the option ``decay`` of these optimizers makes.

    It is ``learning_rate / (1 + decay t)``, with ``t = 0, 1, 2, ...`` the steps taken before.
    Raises ``ValueError`` if ``decay`` is negative, or the learning rate falls by a schedule already.

    >>> [decayed(0.5, decay=0.25)(step) for step in (0, 4, 12)], decayed(0.5, decay=0.0)
    ([0.5, 0.25, 0.125], 0.5)
    """
    if not checked_number("decay", decay, least=0):
        return learning_rate
    if isinstance(learning_rate, LearningRateSchedule):
        raise ValueError(
            f"A schedule can't have a decay beside. Received: {learning_rate!r}, decay={decay!r}"
        )
    return InverseTimeDecay(learning_rate, 1, decay)


class _Legacy(Optimizer):
    """The base of those that aren't today's: their rules are for files, so they stand as formulas alone."""

    update = Optimizer.update

    def __repr__(self) -> str:
        return f"legacy.{super().__repr__()}"


class RMSprop(_Legacy, rmsprop.RMSprop):
    """Divide the gradient by the root of a running mean of its square, as Keras did before 2.11.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        a = rho a + (1 - rho) g                                     centered=True; otherwise a = 0
        theta = theta - learning_rate g / (sqrt(v - a^2) + epsilon)

    ``epsilon`` stands beside the root here, where today's RMSprop has it under the root. With momentum, both
    have it there and compute the same. Where rounding makes ``v - a^2`` negative, Keras has NaN, and this
    takes 0.
    Source: Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012), Keras' epsilon.

    >>> theta = np.array([1.0, 2.0])
    >>> optimizer = RMSprop(learning_rate=1.0, rho=0.75, epsilon=0.5)
    >>> optimizer.step(theta, np.array([3.0, -1.0]))
    >>> theta  # 1 - 3 / (1.5 + 0.5) and 2 + 1 / (0.5 + 0.5)
    array([-0.5,  3. ])
    """

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        if self.momentum:
            return super().rule(theta, g, state, t, learning_rate)
        v = self.rho * state["velocity"] + (1 - self.rho) * g**2
        a = self.rho * state["average_gradient"] + (1 - self.rho) * g if self.centered else np.zeros_like(g)
        slots = {"velocity": v, "average_gradient": a}
        step = learning_rate * g / (np.sqrt(np.maximum(v - a**2, 0)) + self.epsilon)
        return theta - step, {name: slots[name] for name in self.own_slots}


class Adagrad(_Legacy, rmsprop.Adagrad):
    """Divide the gradient by the root of the sum of its squares, as Keras did before 2.11.

    With ``g`` the gradient::

        s = s + g^2
        theta = theta - learning_rate g / (sqrt(s) + epsilon)

    ``epsilon`` stands beside the root here, where today's Adagrad has it under the root. Keras before 2.4
    began with ``s = 0``, where that makes a difference.
    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", JMLR 12 (2011), figure 1; the epsilon is Keras'.

    >>> theta = np.array([1.0, 2.0])
    >>> optimizer = Adagrad(learning_rate=1.0, initial_accumulator_value=0.0, epsilon=1.0)
    >>> optimizer.step(theta, np.array([3.0, -1.0]))
    >>> theta  # 1 - 3 / (3 + 1) and 2 + 1 / (1 + 1)
    array([0.25, 2.5 ])
    """

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        s = state["accumulator"] + g**2
        return theta - learning_rate * g / (np.sqrt(s) + self.epsilon), {"accumulator": s}


class Nadam(_Legacy, adam.Nadam):
    """Adam with Nesterov momentum, which grows slowly, as in Keras before 2.11.

    It is today's Nadam with another momentum of step ``t``::

        u_t = beta_1 (1 - 0.96^(t schedule_decay) / 2)

    With ``schedule_decay=0.004``, which Keras had, it stays near half of ``beta_1`` for thousands of steps;
    today's Nadam computes as if it were 1.
    Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2; the schedule:
    Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.

    Parameters
    ----------
    schedule_decay : float
        How fast the momentum grows; not negative. Keras 2.4 to 2.10 call it ``decay``.

    >>> theta = np.array([1.0, 2.0])
    >>> Nadam(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8944, 2.1056])
    """

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, schedule_decay: float = 0.004, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.schedule_decay = checked_number("schedule_decay", schedule_decay, least=0)

    def _momentum_of(self, t: int) -> float:
        return self.beta_1 * (1 - float(0.96 ** (t * self.schedule_decay)) / 2)

    def _product_of(self, t: int) -> float:
        # With q = 0.96^schedule_decay: beta_1^t times the product of 1 - q^i / 2, whose logarithm is a sum
        # over i of the series log(1 - x) = -(x + x^2/2 + ...). The powers of q in it sum up geometrically:
        # -sum_k (1/2)^k / k (q^k + q^2k + ... + q^tk).
        k = np.arange(1, _MOST_TERMS + 1)
        rate = k * (self.schedule_decay * np.log(0.96))
        sums, grows = np.full(len(k), float(t)), rate < -1e-300
        sums[grows] = np.exp(rate[grows]) * np.expm1(t * rate[grows]) / np.expm1(rate[grows])
        return float(self.beta_1**t * np.exp(-np.sum(0.5**k / k * sums)))

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        u, u_next, product = self._momentum_of(t), self._momentum_of(t + 1), self._product_of(t)
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        m_hat = u_next * m / (1 - product * u_next) + (1 - u) * g / (1 - product)
        precise = theta.dtype.type  # in which 1 - beta_2^t loses some digits, as in Keras
        v_hat = v / (1 - precise(self.beta_2) ** precise(t))
        return theta - learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon), {"momentum": m, "velocity": v}
