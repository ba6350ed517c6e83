"""A network that tells classes apart, for scikit-learn."""

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from numpy_ann._typing import Array
from numpy_ann.wrappers.network import NeuralNetwork

__all__ = ["NeuralNetworkClassifier"]


class NeuralNetworkClassifier(ClassifierMixin, NeuralNetwork):  # type: ignore[misc]
    """A multilayer perceptron with softmax and cross-entropy, as a scikit-learn classifier.

    Classes may be of any kind: numbers, strings. The network computes in float32 if ``X`` is float32, in
    float64 otherwise. Its parameters are those of ``NeuralNetwork``:

    Parameters
    ----------
    hidden_units, activation, dropout, optimizer, learning_rate, batch_size, epochs, validation_split, \
    callbacks, build_model, random_state, verbose
        See ``numpy_ann.wrappers.network.NeuralNetwork``. A model from ``build_model`` ends in a softmax over
        the classes, or for two classes in one sigmoid.

    Attributes
    ----------
    classes_ : ndarray
        The classes, sorted.
    model_ : Sequential
        The trained network.
    history_ : dict of str to list of float
        The figures of each epoch.

    Examples
    --------
    >>> X, y = np.array([[0.0], [0.2], [0.8], [1.0]]), ["low", "low", "high", "high"]
    >>> network = NeuralNetworkClassifier(hidden_units=(8,), epochs=200, learning_rate=0.02, random_state=0)
    >>> network.fit(X, y).predict([[0.1], [0.9]])
    array(['low', 'high'], dtype='<U4')
    """

    _output_activation = "softmax"
    _loss = "sparse_categorical_crossentropy"

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array-like, shape (samples, features)
            Numbers.
        y : array-like, shape (samples,)
            The class of each sample.

        Raises
        ------
        ValueError
            If they aren't that.
        """
        X, y = self._checked(X, y)
        check_classification_targets(y)
        self.classes_, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        self._train(X, labels, len(self.classes_))
        return self

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, ``(samples, classes)``, in the order of ``classes_``."""
        p = self._outputs(X)
        if p.shape[1:] == (1,) and len(self.classes_) == 2:
            return np.concatenate([1 - p, p], axis=1)
        return p

    def predict(self, X: Any) -> Array:
        """Return the most probable class of each sample, ``(samples,)``."""
        p = self.predict_proba(X)
        classes: Array = self.classes_[p.argmax(axis=1)]
        return classes
