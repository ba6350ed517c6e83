"""scikit-learn's MLPClassifier, which has no dropout: it does less work than the others."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.peers.interface import Network, Peer, seconds_of

__all__ = ["make"]


class ScikitLearn(Peer):
    """An epoch is a call of ``partial_fit``."""

    def build(self, x: np.ndarray, y: np.ndarray, network: Network) -> None:
        """Make a new classifier, without weight decay."""
        self._x, self._y = x.reshape(len(x), -1), y
        self._classes = np.arange(network.classes)
        size = min(network.batch_size, len(x))
        self._model = MLPClassifier(tuple(network.hidden), alpha=0, batch_size=size, random_state=0)

    def train(self, epochs: int) -> list[float]:
        """Train an epoch a call."""
        return seconds_of(lambda: self._model.partial_fit(self._x, self._y, classes=self._classes), epochs)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the probabilities; scikit-learn needs at least one step before it predicts."""
        if not hasattr(self._model, "coefs_"):
            size = self._model.batch_size
            self._model.partial_fit(self._x[:size], self._y[:size], classes=self._classes)
        return self._model.predict_proba(x.reshape(len(x), -1))


def make() -> ScikitLearn:
    """Return the peer."""
    return ScikitLearn()
