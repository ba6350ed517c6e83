"""RMSprop and its kin: steps divided by how large the gradient has been, so that rare features learn too."""

from typing import Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.flat_vector import move_mean, move_mean_square, root
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, Slots
from numpy_ann.validation import checked_bool, checked_number


class Adagrad(Optimizer):
    """Divide the gradient by the root of the sum of its squares.

    With ``g`` the gradient::

        s = s + g^2
        theta = theta - learning_rate g / sqrt(s + epsilon)

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes at first, about; the sum only grows, so steps only shrink.
    initial_accumulator_value, epsilon : float
        What ``s`` begins with, not negative; and what keeps the division finite, above 0.

    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", JMLR 12 (2011), figure 1, with the diagonal matrix.

    >>> theta = np.array([1.0, 2.0])
    >>> Adagrad(learning_rate=0.1, initial_accumulator_value=0.0).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    own_slots = ("accumulator",)  # s, as Keras calls it
    non_negative_slots = frozenset({"accumulator"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        start = checked_number("initial_accumulator_value", initial_accumulator_value, least=0)
        self.initial_accumulator_value = start
        self.epsilon = checked_number("epsilon", epsilon, above=0)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        s = state["accumulator"] + g**2
        return theta - learning_rate * g / np.sqrt(s + self.epsilon), {"accumulator": s}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        s, step = self.state["accumulator"], self._scratch
        s += np.multiply(g, g, out=step)
        np.divide(g, root(s, self.epsilon, step), out=step)
        step *= learning_rate
        theta -= step


class RMSprop(Optimizer):
    """Divide the gradient by the root of a running mean of its square.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        a = rho a + (1 - rho) g                                     centered=True; otherwise a = 0
        step = learning_rate g / sqrt(v - a^2 + epsilon)
        theta = theta - step                                        plain
        u = momentum u + step, theta = theta - u                    with momentum

    Note that ``epsilon`` stands under the root here, in Adam beside it; both as in Keras.
    Source: Tieleman and Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012); centered and with
    momentum: Graves, "Generating Sequences With Recurrent Neural Networks", 2013, equations 38 to 41.

    Parameters
    ----------
    rho, momentum, epsilon : float
        How slowly ``v`` and ``a`` change, from 0 up to, not including, 1; how much of the last step is kept,
        from 0 to 1; and what keeps the division finite, above 0.
    centered : bool
        Whether to divide by the root of the variance of the gradient, rather than of its mean square.

    >>> theta = np.array([1.0, 2.0])
    >>> RMSprop(learning_rate=0.1, rho=0.75).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8, 2.2])
    """

    non_negative_slots = frozenset({"velocity"})

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, rho: float = 0.9, momentum: float = 0.0,
        epsilon: float = 1e-7, centered: bool = False, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.rho = checked_number("rho", rho, least=0, below=1)
        self.momentum = checked_number("momentum", momentum, least=0, most=1)
        self.epsilon = checked_number("epsilon", epsilon, above=0)
        self.centered = checked_bool("centered", centered)
        u, a = ("momentum",) * (self.momentum > 0), ("average_gradient",) * self.centered
        self.own_slots = ("velocity", *u, *a)  # v, u and a, as Keras calls them

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        v = self.rho * state["velocity"] + (1 - self.rho) * g**2
        a = self.rho * state["average_gradient"] + (1 - self.rho) * g if self.centered else np.zeros_like(g)
        step = learning_rate * g / np.sqrt(v - a**2 + self.epsilon)
        u = self.momentum * state["momentum"] + step if self.momentum else step
        slots = {"velocity": v, "momentum": u, "average_gradient": a}
        return theta - u, {name: slots[name] for name in self.own_slots}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        v, step = self.state["velocity"], self._scratch
        move_mean_square(v, self.rho, g, step)
        if self.centered:
            a = self.state["average_gradient"]
            move_mean(a, self.rho, g, step)
            v = np.subtract(v, np.multiply(a, a, out=step), out=step)
        np.divide(g, root(v, self.epsilon, step), out=step)
        step *= learning_rate
        if self.momentum:
            u = self.state["momentum"]
            u *= self.momentum
            u += step
            step = u
        theta -= step


class Adadelta(Optimizer):
    """Scale the gradient by the size of past steps over the size of past gradients.

    With ``g`` the gradient::

        v = rho v + (1 - rho) g^2
        delta = -g sqrt(d + epsilon) / sqrt(v + epsilon)
        d = rho d + (1 - rho) delta^2
        theta = theta + learning_rate delta

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        1.0 is the paper's; Keras' default is 0.001.
    rho, epsilon : float
        How slowly ``v`` and ``d`` change, from 0 up to, not including, 1; and what gets the first step going
        and keeps the division finite, above 0.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.

    >>> theta = np.array([1.0, 2.0])
    >>> Adadelta(learning_rate=1.0, rho=0.75, epsilon=0.25).step(theta, np.array([2.0, -2.0]))
    >>> theta.round(4)  # v = 1, delta = -2 sqrt(0.25 / 1.25)
    array([0.1056, 2.8944])
    """

    own_slots = interleaved = ("accumulated_grad", "accumulated_delta_var")  # v and d, as Keras calls them
    non_negative_slots = frozenset(own_slots)

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, rho: float = 0.95, epsilon: float = 1e-7,
        **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.rho = checked_number("rho", rho, least=0, below=1)
        self.epsilon = checked_number("epsilon", epsilon, above=0)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        v, d = self.rho * state["accumulated_grad"] + (1 - self.rho) * g**2, state["accumulated_delta_var"]
        delta = -g * np.sqrt(d + self.epsilon) / np.sqrt(v + self.epsilon)
        d = self.rho * d + (1 - self.rho) * delta**2
        return theta + learning_rate * delta, {"accumulated_grad": v, "accumulated_delta_var": d}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        v, d = self.state["accumulated_grad"], self.state["accumulated_delta_var"]
        step, other = self._scratch, self._spare  # step is -delta
        move_mean_square(v, self.rho, g, step)
        np.multiply(root(d, self.epsilon, step), g, out=step)
        step /= root(v, self.epsilon, other)
        move_mean_square(d, self.rho, step, other)
        step *= learning_rate
        theta -= step
