"""The floor: the matrix products that training and predicting need, with nothing between them.

It learns nothing, so its probabilities mean nothing; no NumPy library can be faster than it.
"""

from itertools import pairwise

import numpy as np

from benchmarks.peers.interface import Network, Peer, seconds_of

__all__ = ["make"]


class MatrixProducts(Peer):
    """The products of each batch, in order, into memory made once: ``x W``, ``x^T dz`` and ``dz W^T``."""

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Make arrays of the shapes that a network has."""
        rng = np.random.default_rng(0)
        self._x = x.reshape(len(x), -1)
        self._batch_size = min(network.batch_size, len(x))
        self._sizes = [self._x.shape[1], *network.hidden, network.classes]
        # Products of products stay of the order of 1: infinities and denormals would cost time of their own.
        self._W = [
            (rng.standard_normal((inputs, units)) / np.sqrt(inputs)).astype(np.float32)
            for inputs, units in pairwise(self._sizes)
        ]
        self._dW = [np.empty_like(W) for W in self._W]
        self._outputs = self._room(self._batch_size)
        self._gradients = self._room(self._batch_size)
        self._gradients[-1][:] = rng.standard_normal(self._gradients[-1].shape)

    def train(self, epochs: int) -> list[float]:
        """Multiply through all batches."""
        return seconds_of(self._epoch, epochs)

    def _epoch(self) -> None:
        for start in range(0, len(self._x), self._batch_size):
            x = self._x[start : start + self._batch_size]
            inputs = [x, *(output[: len(x)] for output in self._outputs)]
            gradients = [gradient[: len(x)] for gradient in self._gradients]
            self._forward(inputs)
            for i in reversed(range(len(self._W))):
                np.matmul(inputs[i].T, gradients[i], out=self._dW[i])
                if i > 0:
                    np.matmul(gradients[i], self._W[i].T, out=gradients[i - 1])

    def _forward(self, inputs: list[np.ndarray]) -> None:
        for i, W in enumerate(self._W):
            np.matmul(inputs[i], W, out=inputs[i + 1])

    def _room(self, samples: int) -> list[np.ndarray]:
        return [np.empty((samples, units), dtype=np.float32) for units in self._sizes[1:]]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Multiply forward, all samples at once."""
        inputs = [x.reshape(len(x), -1), *self._room(len(x))]
        self._forward(inputs)
        return inputs[-1]


def make() -> MatrixProducts:
    """Return the peer."""
    return MatrixProducts()
