"""A network that estimates numbers, for scikit-learn."""

from typing import Any, Self

from sklearn.base import RegressorMixin

from numpy_ann._typing import Array
from numpy_ann.wrappers.network import NeuralNetwork

__all__ = ["NeuralNetworkRegressor"]


class NeuralNetworkRegressor(RegressorMixin, NeuralNetwork):  # type: ignore[misc]
    """A multilayer perceptron with linear outputs and the mean squared error, as a scikit-learn regressor.

    There may be one target or several. The network computes in float32 if ``X`` is float32, in float64
    otherwise. Scale the targets to about 1, or wrap it in scikit-learn's ``TransformedTargetRegressor``.

    Parameters
    ----------
    hidden_units, activation, dropout, optimizer, learning_rate, batch_size, epochs, validation_split, \
    callbacks, build_model, random_state, verbose
        See ``numpy_ann.wrappers.network.NeuralNetwork``.

    Attributes
    ----------
    model_ : Sequential
        The trained network.
    history_ : dict of str to list of float
        The figures of each epoch.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.linspace(-1, 1, 50)[:, np.newaxis]
    >>> network = NeuralNetworkRegressor(epochs=200, learning_rate=0.01, random_state=0)
    >>> network.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.95
    True
    """

    _output_activation = "linear"
    _loss = "mean_squared_error"

    def fit(self, X: Any, y: Any) -> Self:
        """Train a new network.

        Parameters
        ----------
        X : array-like, shape (samples, features)
            Numbers.
        y : array-like, shape (samples,) or (samples, targets)
            Numbers.

        Raises
        ------
        ValueError
            If they aren't that.
        """
        X, y = self._checked(X, y, multi_output=True, y_numeric=True)
        self._one_target = y.ndim == 1
        y = y.reshape(len(y), -1)
        self._train(X, y, y.shape[1])
        return self

    def predict(self, X: Any) -> Array:
        """Return the estimates, in the shape of the targets."""
        y = self._outputs(X)
        return y[:, 0] if self._one_target else y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
