"""JAX without a library on top: a whole epoch is one compiled function, a scan over the batches."""

from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers.interface import Network, Peer, seconds_of

__all__ = ["make"]

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


class JaxByHand(Peer):
    """Pure functions of a tuple ``(parameters, m, v, t, key)``."""

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Put the data on the device and draw the initial parameters."""
        self._x = jnp.asarray(x.reshape(len(x), -1))
        self._y = jnp.asarray(y, dtype=jnp.int32)
        key = jax.random.key(0)
        parameters = []
        sizes = [self._x.shape[1], *network.hidden, network.classes]
        for inputs, units in pairwise(sizes):
            key, draw = jax.random.split(key)
            W = jax.nn.initializers.glorot_uniform()(draw, (inputs, units), jnp.float32)
            parameters.append((W, jnp.zeros(units)))
        self._state = (parameters, zeros_like(parameters), zeros_like(parameters), jnp.zeros(()), key)
        self._epoch = partial(epoch, dropout=network.dropout, batch_size=network.batch_size)

    def train(self, epochs: int) -> list[float]:
        """Train; an epoch ends when its last step is done, not when it is dispatched."""

        def one_epoch() -> None:
            self._state, loss = self._epoch(self._state, self._x, self._y)
            jax.block_until_ready((self._state, loss))

        return seconds_of(one_epoch, epochs)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, of all samples at once."""
        return np.asarray(probabilities(self._state[0], x.reshape(len(x), -1)))


def zeros_like(tree: Any) -> Any:
    """Return a tree of zeros."""
    return jax.tree.map(jnp.zeros_like, tree)


def logits(parameters: Any, x: jax.Array, dropout: float = 0.0, key: Any = None) -> jax.Array:
    """Return what the softmax is applied to; with a ``key``, dropout is active."""
    for W, b in parameters[:-1]:
        x = jax.nn.relu(x @ W + b)
        if key is not None:
            key, draw = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(draw, 1 - dropout, x.shape), x / (1 - dropout), 0)
    W, b = parameters[-1]
    return x @ W + b


def loss_of(parameters: Any, x: jax.Array, y: jax.Array, dropout: float, key: Any) -> jax.Array:
    """Return the mean cross-entropy of a batch."""
    log_p = jax.nn.log_softmax(logits(parameters, x, dropout, key))
    return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], axis=1))


@partial(jax.jit, static_argnames=("dropout", "batch_size"), donate_argnums=0)
def epoch(
    state: Any, x: jax.Array, y: jax.Array, *, dropout: float, batch_size: int
) -> tuple[Any, jax.Array]:
    """Train on all batches, the last and smaller one included; return the new state and the mean loss."""

    def step(state: Any, indices: jax.Array) -> tuple[Any, jax.Array]:
        parameters, m, v, t, key = state
        key, draw = jax.random.split(key)
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x[indices], y[indices], dropout, draw)
        t = t + 1
        m = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, m, gradient)
        v = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, v, gradient)
        rate = LEARNING_RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + EPSILON), parameters, m, v)
        return (parameters, m, v, t, key), loss * len(indices)

    *rest, key = state
    key, draw = jax.random.split(key)
    order = jax.random.permutation(draw, len(x))
    whole = len(x) // batch_size * batch_size
    state, losses = jax.lax.scan(step, (*rest, key), order[:whole].reshape(-1, batch_size))
    total = jnp.sum(losses)
    if whole < len(x):
        state, last = step(state, order[whole:])
        total += last
    return state, total / len(x)


@jax.jit
def probabilities(parameters: Any, x: jax.Array) -> jax.Array:
    """Return the softmax of the network's logits."""
    return jax.nn.softmax(logits(parameters, x))


def make() -> JaxByHand:
    """Return the peer."""
    return JaxByHand()
