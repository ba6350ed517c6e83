"""Adam and its kin: each parameter has a step size of its own, from the gradients that it has seen."""

from typing import Any, ClassVar, Unpack

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers.flat_vector import blocks, move_mean, move_mean_square
from numpy_ann.optimizers.optimizer import LearningRateLike, Optimizer, Options, OtherOptions, Slots
from numpy_ann.parameter import Parameter
from numpy_ann.validation import checked_bool, checked_number


class TwoMoments(Optimizer):
    """The base of optimizers with two running means, ``m`` and ``v`` (or ``u``); it defines no rule.

    Parameters
    ----------
    beta_1, beta_2 : float
        How slowly ``m`` and ``v`` change; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0. A large one makes steps in proportion to the gradient (see Adam).
    """

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, **options)
        self.beta_1 = checked_number("beta_1", beta_1, least=0, below=1)
        self.beta_2 = checked_number("beta_2", beta_2, least=0, below=1)
        self.epsilon = checked_number("epsilon", epsilon, above=0)

    own_slots: Any = ("momentum", "velocity")  # m and v, as Keras calls them
    interleaved: ClassVar[tuple[str, ...]] = ("momentum", "velocity")
    non_negative_slots = frozenset({"velocity", "velocity_hat"})


class Adam(TwoMoments):
    """Adaptive moments: running means of the gradient and of its square set the step.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        m = beta_1 m + (1 - beta_1) g               the running mean of g
        v = beta_2 v + (1 - beta_2) g^2             the running mean of g^2
        alpha = learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
        theta = theta - alpha m / (sqrt(v) + epsilon)

    ``alpha`` makes up for ``m`` and ``v`` starting at 0. ``epsilon`` is the paper's "epsilon hat": it is
    added after the correction went into ``alpha``, as in Keras.
    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1 with the
    reordering at the end of section 2; ``amsgrad``: Reddi, Kale and Kumar, "On the Convergence of Adam and
    Beyond", ICLR 2018, algorithm 2.

    Parameters
    ----------
    beta_1, beta_2 : float
        How slowly ``m`` and ``v`` change; from 0 up to, not including, 1.
    epsilon : float
        Keeps the division finite; above 0. One that is large beside ``sqrt(v)`` makes steps in proportion to
        the gradient, as SGD's, where a small one moves all parameters about equally far.
    amsgrad : bool
        Whether to divide by the root of the largest ``v`` so far, so that steps never grow again.

    >>> theta = np.array([1.0, 2.0])
    >>> Adam(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, amsgrad: bool = False, **options: Unpack[Options],
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = checked_bool("amsgrad", amsgrad)
        if self.amsgrad:
            self.own_slots = (*self.interleaved, "velocity_hat")  # the largest v

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        largest = np.maximum(v, state["velocity_hat"]) if self.amsgrad else v
        alpha = learning_rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        slots = {"momentum": m, "velocity": v, "velocity_hat": largest}
        theta = theta - alpha * m / (np.sqrt(largest) + self.epsilon)
        return theta, {name: slots[name] for name in self.own_slots}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        # In the model's precision, as Keras does it: in float32, 1 - beta_2^t has lost some digits, and a
        # training that goes on from Keras' file shows the difference.
        precise = theta.dtype.type
        t, one, beta_1, beta_2 = map(precise, (self._t, 1, self.beta_1, self.beta_2))
        alpha = precise(learning_rate) * np.sqrt(one - beta_2**t) / (one - beta_1**t)
        for block in blocks(theta.size):
            self._update_block(block, theta[block], g[block], alpha)

    def _update_block(self, block: slice, theta: Array, g: Array, alpha: np.floating) -> None:
        m, v, step = self.state["momentum"][block], self.state["velocity"][block], self._scratch[block]
        move_mean(m, self.beta_1, g, step)
        move_mean_square(v, self.beta_2, g, step)
        if self.amsgrad:
            largest = self.state["velocity_hat"][block]
            v = np.maximum(v, largest, out=largest)
        np.sqrt(v, out=step)
        step += self.epsilon
        np.divide(m, step, out=step)
        step *= alpha
        theta -= step


class AdamW(Adam):
    """Draw every parameter to 0, beside Adam's step and not through its gradient.

    ::

        theta = theta - learning_rate weight_decay theta        then Adam's step from there

    Parameters
    ----------
    weight_decay : float
        How strongly; not negative. Biases can be left out: ``exclude_from_weight_decay(var_names=["bias"])``.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, algorithm 2.

    >>> theta = np.array([1.0, 2.0])
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)  # 0.95 - 0.1 and 1.9 + 0.1
    array([0.85, 2.  ])
    """

    def __init__(
        self, learning_rate: LearningRateLike = 0.001, weight_decay: float = 0.004, beta_1: float = 0.9,
        beta_2: float = 0.999, epsilon: float = 1e-7, amsgrad: bool = False, **options: Unpack[OtherOptions],
    ) -> None:  # fmt: skip
        if weight_decay is None:
            raise ValueError("Argument `weight_decay` must be a number; without decay, this is Adam.")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )


class Adamax(TwoMoments):
    """Divide the running mean of the gradient by its largest size, which slowly fades.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        m = beta_1 m + (1 - beta_1) g
        u = max(beta_2 u, |g|)
        theta = theta - learning_rate / (1 - beta_1^t) m / (u + epsilon)

    A step goes as far as the ``learning_rate``, at most about.
    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 2; the epsilon
    is Keras'.

    >>> theta = np.array([1.0, 2.0])
    >>> Adamax(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.9, 2.1])
    """

    own_slots = interleaved = ("momentum", "norm")  # m and u, as Keras calls them
    non_negative_slots = frozenset({"norm"})

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        u = np.maximum(self.beta_2 * state["norm"], np.abs(g))
        theta = theta - learning_rate / (1 - self.beta_1**t) * m / (u + self.epsilon)
        return theta, {"momentum": m, "norm": u}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, u, step = self.state["momentum"], self.state["norm"], self._scratch
        rate, beta_1, t = map(theta.dtype.type, (learning_rate, self.beta_1, self._t))
        move_mean(m, self.beta_1, g, step)
        u *= self.beta_2
        np.maximum(u, np.abs(g, out=step), out=u)
        np.add(u, self.epsilon, out=step)
        np.divide(m, step, out=step)
        step *= rate / (1 - beta_1**t)
        theta -= step


# The products of 1 - 0.96^i / 2 over i = 1, ..., t. From t = 1000 on, they no longer change.
_DAMPING = np.cumprod(1 - 0.96 ** np.arange(1, 1001) / 2)


class Nadam(TwoMoments):
    """Adam with Nesterov momentum, which grows from half of ``beta_1`` to ``beta_1``.

    At step ``t = 1, 2, ...``, with ``g`` the gradient::

        u_t = beta_1 (1 - 0.96^t / 2)                       the momentum of step t
        U_t = u_1 u_2 ... u_t
        m = beta_1 m + (1 - beta_1) g
        v = beta_2 v + (1 - beta_2) g^2
        m_hat = u_{t+1} m / (1 - U_{t+1}) + (1 - u_t) g / (1 - U_t)
        v_hat = v / (1 - beta_2^t)
        theta = theta - learning_rate m_hat / (sqrt(v_hat) + epsilon)

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR workshop 2016, algorithm 2.

    >>> theta = np.array([1.0, 2.0])
    >>> Nadam(learning_rate=0.1).step(theta, np.array([3.0, -0.5]))
    >>> theta.round(4)
    array([0.8937, 2.1063])
    """

    @property
    def momentum_product(self) -> float:
        """``U_t`` after the steps taken: a function of their number, which Keras' files hold all the same."""
        return self._product_of(self.iterations)

    def _product_of(self, t: int) -> float:
        return float(self.beta_1**t * _DAMPING[min(t, len(_DAMPING)) - 1]) if t else 1.0

    @property
    def variables(self) -> list[Any]:
        """What it keeps, as Keras lists it; last, the product of momenta, which can't be set."""
        if self.size is None:
            return super().variables
        product = np.array(self.momentum_product, self._scratch.dtype)
        product.flags.writeable = False
        return [*super().variables, Parameter("variable", product, trainable=False)]

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        u, u_next = (self.beta_1 * (1 - 0.96**i / 2) for i in (t, t + 1))
        product = self._product_of(t)
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        m_hat = u_next * m / (1 - product * u_next) + (1 - u) * g / (1 - product)
        theta = theta - learning_rate * m_hat / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)
        return theta, {"momentum": m, "velocity": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, v, step, root = self.state["momentum"], self.state["velocity"], self._scratch, self._spare
        precise = theta.dtype.type
        t, beta_1, beta_2, decay = map(precise, (self._t, self.beta_1, self.beta_2, 0.96))
        u, u_next = (beta_1 * (1 - decay**i / 2) for i in (t, t + 1))
        product = precise(self._product_of(self._t))
        move_mean(m, beta_1, g, step)
        move_mean_square(v, beta_2, g, step)
        np.multiply(m, u_next / (1 - product * u_next), out=step)
        step += np.multiply(g, (1 - u) / (1 - product), out=root)  # m_hat
        np.divide(v, 1 - beta_2**t, out=root)  # v_hat
        np.sqrt(root, out=root)
        root += self.epsilon
        step /= root
        step *= precise(learning_rate)
        theta -= step


class Lamb(TwoMoments):
    """Scale Adam's step, parameter by parameter, to the length of the parameter.

    At step ``t = 1, 2, ...``, with ``g`` the gradient of one parameter, such as a kernel::

        m = beta_1 m + (1 - beta_1) g
        v = beta_2 v + (1 - beta_2) g^2
        r = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)
        theta = theta - learning_rate |theta| / |r| r

    where ``|theta| / |r|`` is 1 if one of the lengths is 0: the ``learning_rate`` counts in lengths of the
    parameter.
    Source: You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", ICLR 2020,
    algorithm 2. As in Keras, the decay is that of every optimizer, and no part of ``r``.

    >>> theta = np.array([3.0, 4.0])
    >>> Lamb(learning_rate=0.1, beta_1=0.5, beta_2=0.75, epsilon=1.0).step(theta, np.array([3.0, 0.0]))
    >>> theta.round(4)  # r = (1.5 / 0.5 / (sqrt(2.25 / 0.25) + 1), 0) = (0.75, 0), |theta| / |r| = 5 / 0.75
    array([2.5, 4. ])
    """

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        m = self.beta_1 * state["momentum"] + (1 - self.beta_1) * g
        v = self.beta_2 * state["velocity"] + (1 - self.beta_2) * g**2
        r = m / (1 - self.beta_1**t) / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)
        return theta - learning_rate * _ratio(theta, r) * r, {"momentum": m, "velocity": v}

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        m, v, step, root = self.state["momentum"], self.state["velocity"], self._scratch, self._spare
        t, beta_1, beta_2 = map(theta.dtype.type, (self._t, self.beta_1, self.beta_2))
        move_mean(m, self.beta_1, g, step)
        move_mean_square(v, self.beta_2, g, step)
        np.divide(v, 1 - beta_2**t, out=root)
        np.sqrt(root, out=root)
        root += self.epsilon
        np.divide(m, 1 - beta_1**t, out=step)
        step /= root
        for place in self._places:
            step[place] *= learning_rate * _ratio(theta[place], step[place])
        theta -= step


def _ratio(theta: Array, r: Array) -> float:
    """Return ``|theta| / |r|``, or 1 if one of both is 0."""
    lengths = float(np.linalg.norm(theta)), float(np.linalg.norm(r))
    return lengths[0] / lengths[1] if all(lengths) else 1.0
