"""Multilayer perceptrons for scikit-learn, made from parameters that a search can set."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from numpy_ann import losses, optimizers
from numpy_ann._typing import Array
from numpy_ann.callbacks import Callback
from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Model, Sequential
from numpy_ann.optimizers import Optimizer
from numpy_ann.part import explaining_old_names, old_names

__all__ = [
    "Classifier", "Estimator", "NeuralNetwork", "NeuralNetworkClassifier", "NeuralNetworkRegressor",
    "Regressor", "is_function",
]  # fmt: skip


class Estimator(BaseEstimator):  # type: ignore[misc]
    """What all estimators share, whatever their model is made of."""

    _dtype: Any = (np.float64, np.float32)  # of inputs: float32 if they are that, else float64

    if TYPE_CHECKING:  # of the arguments that ``_keep`` keeps

        def __getattr__(self, name: str) -> Any: ...

    def _keep(self, options: dict[str, Any]) -> None:
        """Keep a constructor's arguments, its ``locals()``, under their names: scikit-learn's rule."""
        self.__dict__.update({name: options[name] for name in options if name not in ("self", "__class__")})

    def _outputs(self, X: Any, **options: Any) -> Array:
        """Return the model's outputs, for inputs like those it was trained on."""
        check_is_fitted(self)
        several_axes = len(getattr(self, "X_shape_", ())) > 2
        X = validate_data(self, X, dtype=self._dtype, reset=False, allow_nd=several_axes)
        outputs: Array = self.model_.predict(X, **{"verbose": 0, **options})
        return outputs

    def predict(self, X: Any, **options: Any) -> Any:
        """Return classes, or numbers in the shape of the targets; the options are for ``model.predict``."""
        return self._decoded(self._outputs(X, **options))

    def _columns(self, y: Array) -> Array:
        """Return targets of one axis or two, with two."""
        self._one_target = y.ndim == 1
        return y.reshape(len(y), -1)

    def _decoded(self, p: Array) -> Any:
        """Return outputs as targets of the kind that it was trained on."""
        return p[:, 0] if self._one_target and p.shape[1:] == (1,) else p


class Classifier(ClassifierMixin):  # type: ignore[misc]
    """An estimator of classes, by a softmax or, of two, one sigmoid."""

    def predict_proba(self: Any, X: Any, **options: Any) -> Array:
        """Return the probability of each class, ``(samples, classes)``, in the order of ``classes_``."""
        shares: Array = self._shares(self._outputs(X, **options))
        return shares

    def _shares(self: Any, p: Array) -> Array:
        alone = p.shape[1:] == (1,) and len(self.classes_) == 2
        return np.concatenate([1 - p, p], axis=1) if alone else p

    def _decoded(self: Any, p: Array) -> Any:
        return self.classes_[self._shares(p).argmax(axis=1)]


class Regressor(RegressorMixin):  # type: ignore[misc]
    """An estimator of one target or several."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def is_function(model: Any) -> bool:
    """Return whether it makes models, rather than being one."""
    return callable(model) and not hasattr(model, "compile")


class NeuralNetwork(Estimator):
    """The base of ``NeuralNetworkClassifier``, which says the parameters, and ``NeuralNetworkRegressor``."""

    _output_activation: str
    _loss: str
    _called_elsewhere: ClassVar = {
        n: our for our, names in old_names()["estimators"].items() for n in names.split()
    }

    @explaining_old_names
    def __init__(
        self, hidden_units: int | Sequence[int] = (100,), activation: str = "relu", dropout: float = 0.0,
        optimizer: str | Optimizer = "adam", learning_rate: float | None = None, batch_size: int = 32,
        epochs: int = 100, validation_split: float = 0.0, callbacks: Iterable[Callback] | None = None,
        build_model: Callable[[int, int, int], Model] | None = None, random_state: Any = None,
        verbose: int = 0,
    ) -> None:  # fmt: skip
        self._keep(locals())

    def _train(self, X: Array, y: Array, outputs: int, sample_weight: Any) -> Self:
        if sample_weight is not None and not np.any(sample_weight := np.asarray(sample_weight, float)):
            raise ValueError("`sample_weight` is zero for every sample: there is nothing to learn from.")
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        if self.build_model is None:
            model = self._perceptron(X.shape[1], outputs, seed, str(X.dtype))
        else:
            model = self.build_model(X.shape[1], outputs, seed)
        if model.configuration is None:
            given = optimizers.get(self.optimizer)
            optimizer = type(given).from_config(given.get_config())
            if self.learning_rate is not None:
                optimizer.learning_rate = self.learning_rate
            weighted = type(losses.get(self._loss))(reduction="mean_with_sample_weight")
            # As scikit-learn has weights: twice those of all samples change nothing.
            model.compile(optimizer, self._loss if sample_weight is None else weighted)
        names = ("batch_size", "epochs", "validation_split", "verbose")
        options = {name: getattr(self, name) for name in names}
        history = model.fit(X, y, sample_weight=sample_weight, callbacks=deepcopy(self.callbacks), **options)
        self.model_, self.history_ = model, history.history
        return self

    def _perceptron(self, inputs: int, outputs: int, seed: int, dtype: str) -> Sequential:
        model = Sequential([Input(shape=(inputs,))], seed=seed, dtype=dtype)
        alone = isinstance(self.hidden_units, int | np.integer)
        for units in [self.hidden_units] if alone else self.hidden_units:
            model.add(Dense(units, activation=self.activation))
            if self.dropout:
                model.add(Dropout(self.dropout))
        model.add(Dense(outputs, activation=self._output_activation))
        return model


class NeuralNetworkClassifier(Classifier, NeuralNetwork):
    """A multilayer perceptron with softmax and cross-entropy, as a scikit-learn classifier.

    Classes may be of any kind: numbers, strings. The network computes in float32 if ``X`` is float32, in
    float64 otherwise.

    Parameters
    ----------
    hidden_units, activation : int or sequence of int, and str
        The units of each hidden layer, and their activation.
    dropout : float
        The probability to drop an output of a hidden layer in training; 0 for none.
    optimizer, learning_rate : str or Optimizer, and float, optional
        Each fit begins with a new one of these options, and of this rate; left out, the optimizer's own.
    batch_size, epochs, validation_split, verbose
        As for ``Sequential.fit``.
    callbacks : list of Callback, optional
        Each fit is given copies of them.
    build_model : callable, optional
        Called with ``(inputs, outputs, seed)``, it returns the model to train, in the place of the hidden
        layers above; compiled, or to be compiled with what is said here. It ends in a softmax over the
        classes, or for two classes in one sigmoid.
    random_state : int, RandomState or None
        Makes initial weights, shuffling and dropout repeatable.

    Trained, it has ``classes_``, sorted, ``model_``, and ``history_``, the figures of each epoch by name.
    ``fit`` takes ``sample_weight``, ``(samples,)``: how much each counts, beside the others of its batch.

    >>> X, y = np.array([[0.0], [0.2], [0.8], [1.0]]), ["low", "low", "high", "high"]
    >>> network = NeuralNetworkClassifier(hidden_units=(8,), epochs=200, learning_rate=0.02, random_state=0)
    >>> network.fit(X, y).predict([[0.1], [0.9]])
    array(['low', 'high'], dtype='<U4')
    """

    _output_activation = "softmax"
    _loss = "sparse_categorical_crossentropy"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on ``X``, ``(samples, features)``, and ``y``, a class each, ``(samples,)``."""
        X, y = validate_data(self, X, y, dtype=self._dtype)
        check_classification_targets(y)
        self.classes_, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        return self._train(X, labels, len(self.classes_), sample_weight)


class NeuralNetworkRegressor(Regressor, NeuralNetwork):
    """A multilayer perceptron with linear outputs and the mean squared error, as a scikit-learn regressor.

    There may be one target or several. The network computes in float32 if ``X`` is float32, in float64
    otherwise. Scale the targets to about 1, or wrap it in scikit-learn's ``TransformedTargetRegressor``.
    Parameters, and what a trained one holds: see ``NeuralNetworkClassifier``.

    >>> X = np.linspace(-1, 1, 50)[:, np.newaxis]
    >>> network = NeuralNetworkRegressor(epochs=200, learning_rate=0.01, random_state=0)
    >>> network.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.95
    True
    """

    _output_activation = "linear"
    _loss = "mean_squared_error"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on ``X``, ``(samples, features)``, and ``y``, ``(samples[, targets])``."""
        X, y = validate_data(self, X, y, dtype=self._dtype, multi_output=True, y_numeric=True)
        columns = self._columns(y)
        return self._train(X, columns, columns.shape[1], sample_weight)
