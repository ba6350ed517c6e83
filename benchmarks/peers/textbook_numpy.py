"""NumPy as textbooks write it: every expression allocates its result, Adam goes parameter by parameter."""

from itertools import pairwise

import numpy as np

from benchmarks.peers.interface import MappedFile, Network, Peer, seconds_of

__all__ = ["make"]

LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7


class TextbookNumPy(Peer):
    """Lists of kernels and biases, forward and backward written out."""

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Draw the initial parameters."""
        self._x = x.reshape(len(x), -1)
        self._y = np.eye(network.classes, dtype=np.float32)[y]
        self._network = network
        self._rng = np.random.default_rng(0)
        sizes = [self._x.shape[1], *network.hidden, network.classes]
        self._parameters: list[np.ndarray] = []
        for inputs, units in pairwise(sizes):
            limit = np.sqrt(6 / (inputs + units))
            self._parameters.append(self._rng.uniform(-limit, limit, (inputs, units)).astype(np.float32))
            self._parameters.append(np.zeros(units, dtype=np.float32))
        self._m = [np.zeros_like(p) for p in self._parameters]
        self._v = [np.zeros_like(p) for p in self._parameters]
        self._t = 0

    def train(self, epochs: int) -> list[float]:
        """Train on shuffled batches."""
        return seconds_of(self._epoch, epochs)

    def _epoch(self) -> float:
        order = self._rng.permutation(len(self._x))
        total = 0.0
        for start in range(0, len(order), self._network.batch_size):
            indices = order[start : start + self._network.batch_size]
            loss, gradients = self._gradients(self._x[indices].astype(np.float32), self._y[indices])
            self._adam(gradients)
            total += loss * len(indices)
        return total / len(order)

    def _gradients(self, x: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
        keep = 1 - self._network.dropout
        W, b = self._parameters[::2], self._parameters[1::2]
        inputs, masks = [x], []
        for i in range(len(W) - 1):
            h = np.maximum(inputs[-1] @ W[i] + b[i], 0)
            mask = (self._rng.random(h.shape, dtype=np.float32) < keep) / np.float32(keep)
            masks.append(mask)
            inputs.append(h * mask)
        p = softmax(inputs[-1] @ W[-1] + b[-1])
        loss = -np.mean(np.sum(y * np.log(p + 1e-7), axis=1))

        gradients: list[np.ndarray] = []
        dz = (p - y) / len(x)
        for i in reversed(range(len(W))):
            gradients = [inputs[i].T @ dz, dz.sum(axis=0), *gradients]
            if i > 0:
                dz = dz @ W[i].T * masks[i - 1] * (inputs[i] > 0)
        return float(loss), gradients

    def _adam(self, gradients: list[np.ndarray]) -> None:
        self._t += 1
        for i, g in enumerate(gradients):
            self._m[i] = BETA_1 * self._m[i] + (1 - BETA_1) * g
            self._v[i] = BETA_2 * self._v[i] + (1 - BETA_2) * g**2
            m_hat = self._m[i] / (1 - BETA_1**self._t)
            v_hat = self._v[i] / (1 - BETA_2**self._t)
            self._parameters[i] -= LEARNING_RATE * m_hat / (np.sqrt(v_hat) + EPSILON)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities, of all samples at once."""
        h = x.reshape(len(x), -1)
        W, b = self._parameters[::2], self._parameters[1::2]
        for i in range(len(W) - 1):
            h = np.maximum(h @ W[i] + b[i], 0)
        return softmax(h @ W[-1] + b[-1])

    def train_mapped(self, mapped: MappedFile, network: Network) -> None:
        """Train on the mapped array; a batch is cast as it is used."""
        self.build(mapped.images, mapped.labels, network)
        self.train(1)


def softmax(z: np.ndarray) -> np.ndarray:
    """Return the probabilities of the rows of ``z``."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def make() -> TextbookNumPy:
    """Return the peer."""
    return TextbookNumPy()
