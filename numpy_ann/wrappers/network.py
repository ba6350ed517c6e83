"""What the two estimators share: a multilayer perceptron made from parameters that a search can set."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from numpy_ann import optimizers
from numpy_ann._typing import Array
from numpy_ann.callbacks import Callback
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import Optimizer

__all__ = ["NeuralNetwork"]


class NeuralNetwork(BaseEstimator):  # type: ignore[misc]
    """The base of ``NeuralNetworkClassifier`` and ``NeuralNetworkRegressor``.

    Parameters
    ----------
    hidden_units : sequence of int
        The units of each hidden layer.
    activation : str
        Of the hidden layers.
    dropout : float
        The probability to drop an output of a hidden layer in training; 0 for none.
    optimizer : str or Optimizer
        Each fit begins with a new one of these options.
    learning_rate : float, optional
        Left out, the optimizer's own.
    batch_size, epochs, validation_split, verbose
        As for ``Sequential.fit``.
    callbacks : list of Callback, optional
        Each fit is given copies of them.
    build_model : callable, optional
        Called with ``(inputs, outputs, seed)``, it returns the model to train, in the place of the hidden
        layers above; compiled, or to be compiled with what is said here.
    random_state : int, RandomState or None
        Makes initial weights, shuffling and dropout repeatable.
    """

    _output_activation: str
    _loss: str

    def __init__(
        self,
        hidden_units: Sequence[int] = (100,),
        activation: str = "relu",
        dropout: float = 0.0,
        optimizer: str | Optimizer = "adam",
        learning_rate: float | None = None,
        batch_size: int = 32,
        epochs: int = 100,
        validation_split: float = 0.0,
        callbacks: Iterable[Callback] | None = None,
        build_model: Callable[[int, int, int], Sequential] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_units = hidden_units
        self.activation = activation
        self.dropout = dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.validation_split = validation_split
        self.callbacks = callbacks
        self.build_model = build_model
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, X: Array, y: Array, outputs: int) -> None:
        """Build a model for the data, and train it."""
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        if self.build_model is None:
            model = self._perceptron(X.shape[1], outputs, seed, str(X.dtype))
        else:
            model = self.build_model(X.shape[1], outputs, seed)
        if model.configuration is None:
            model.compile(self._new_optimizer(), self._loss)
        history = model.fit(
            X,
            y,
            batch_size=self.batch_size,
            epochs=self.epochs,
            validation_split=self.validation_split,
            callbacks=deepcopy(self.callbacks),
            verbose=self.verbose,
        )
        self.model_ = model
        self.history_ = history.history

    def _perceptron(self, inputs: int, outputs: int, seed: int, dtype: str) -> Sequential:
        model = Sequential([Input(shape=(inputs,))], seed=seed, dtype=dtype)
        for units in self.hidden_units:
            model.add(Dense(units, activation=self.activation))
            if self.dropout:
                model.add(Dropout(self.dropout))
        model.add(Dense(outputs, activation=self._output_activation))
        return model

    def _new_optimizer(self) -> Optimizer:
        given = optimizers.get(self.optimizer)
        optimizer = type(given).from_config(given.get_config())
        if self.learning_rate is not None:
            optimizer.learning_rate = self.learning_rate
        return optimizer

    def _checked(self, X: Any, y: Any, **options: Any) -> tuple[Array, Array]:
        """Return training data as arrays: ``X`` in float32 if it is that, else in float64, like the model."""
        X, y = validate_data(self, X, y, dtype=(np.float64, np.float32), **options)
        return X, y

    def _outputs(self, X: Any) -> Array:
        """Return the network's outputs, for inputs like those it was trained on."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return self.model_.predict(X, verbose=0)
