"""What scripts know from ``scikeras.wrappers`` and, before, ``keras.wrappers.scikit_learn``."""

import warnings
from collections import defaultdict
from copy import deepcopy
from inspect import signature
from typing import Any, Self

import numpy as np
from sklearn.utils import compute_sample_weight
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import validate_data

from numpy_ann import optimizers
from numpy_ann._typing import Array
from numpy_ann.utils import set_random_seed
from numpy_ann.wrappers.estimators import Classifier, Estimator, Regressor, is_function

__all__ = ["KerasClassifier", "KerasRegressor", "RoutedEstimator"]


class RoutedEstimator(Estimator):
    """The base of ``KerasClassifier``, which says the options, and ``KerasRegressor``."""

    def __init__(
        self, model: Any = None, *, build_fn: Any = None, warm_start: bool = False,
        random_state: int | None = None, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None,
        batch_size: int | None = None, validation_batch_size: int | None = None, verbose: int = 1,
        callbacks: Any = None, validation_split: float = 0.0, shuffle: bool = True, run_eagerly: bool = False,
        epochs: int = 1, class_weight: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self._keep(locals())

    @classmethod
    def _get_param_names(cls) -> list[str]:
        """Return the options' names; scikit-learn asks for them."""
        parameters = signature(cls.__init__).parameters.values()
        return sorted(p.name for p in parameters if p.kind is not p.VAR_KEYWORD and p.name != "self")

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return all options, also those that are routed on."""
        return {**super().get_params(deep=False), **self.kwargs}

    def set_params(self, **params: Any) -> Self:
        """Set options, also those that are routed on, such as ``optimizer__learning_rate=0.01``."""
        known = self._get_param_names()
        for name, value in params.items():
            if name in known:
                setattr(self, name, value)
            elif "__" in name or name in self.kwargs or name in self._taken_by_function():
                self.kwargs[name] = value
            else:
                raise ValueError(self._has_no_option(name))
        return self

    def _has_no_option(self, name: str) -> str:
        return (
            f"{type(self).__name__} has no option {name!r}, nor does its model's function take one; "
            f"say model__{name}, optimizer__{name} or fit__{name} for what it is meant for."
        )

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **options: Any) -> Self:
        """Train a new model, or, with ``warm_start``, the one of before; the options are for ``model.fit``.

        ``X`` is numbers, ``(samples, features)``, ``y`` ``(samples[, targets])``, of a classifier classes of
        any kind; ``sample_weight`` says how much each sample counts.
        Raises ``ValueError`` if the data, or what the function returns, aren't what is needed.
        """
        if not (self.warm_start and hasattr(self, "model_")):
            self.__dict__.pop("model_", None)
        return self._train(X, y, sample_weight, self._for("fit") | {"epochs": self.epochs} | options)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, **options: Any) -> Self:
        """Train one epoch more; the first time, a new model."""
        return self._train(X, y, sample_weight, self._for("fit") | options | {"epochs": 1})

    def _train(self, X: Any, y: Any, sample_weight: Any, options: dict[str, Any]) -> Self:
        first = not hasattr(self, "model_")
        X, y = validate_data(self, X, y, reset=first, multi_output=True, dtype=self._dtype, allow_nd=True)
        targets = self._encoded(y, first)
        if self.class_weight is not None:
            given = 1 if sample_weight is None else sample_weight
            sample_weight = compute_sample_weight(self.class_weight, y) * given
        if first:
            if self.random_state is not None:
                set_random_seed(int(np.random.RandomState(self.random_state).randint(2**31 - 1)))
            self.X_shape_, self.X_dtype_ = X.shape, X.dtype
            self.model_ = self._new_model()
            if self.model_.configuration is None:
                self.model_.compile(**self._compile_options())
            self.history_: dict[str, list[Any]] = defaultdict(list)
        targets = self._as_the_loss_has_them(targets)
        history = self.model_.fit(X, targets, sample_weight=sample_weight, **options)
        for name, figures in history.history.items():
            self.history_[name] += figures
        return self

    def _new_model(self) -> Any:
        make = self.build_fn or self.model
        if make is None:
            raise ValueError(f"{type(self).__name__} needs a model, or a function that returns one.")
        taken = self._taken_by_function()
        for name in (name for name in self.kwargs if "__" not in name and name not in taken):
            warnings.warn(f"{self._has_no_option(name)} It is ignored.", stacklevel=4)
        if hasattr(make, "compile"):
            return deepcopy(make)
        given = {"compile_kwargs": self._compile_options()}
        given["meta"] = {name: value for name, value in vars(self).items() if name.endswith("_")}
        own = {name: value for name, value in vars(self).items() if value is not None}
        options = {name: value for name, value in (own | given | self.kwargs).items() if name in taken}
        model = make(**options, **self._routed("model"))
        if not hasattr(model, "compile"):
            raise ValueError(f"The function must return a model. It returned a {type(model).__name__}.")
        return model

    def _compile_options(self) -> dict[str, Any]:
        given = optimizers.get(self.optimizer)
        optimizer = type(given).from_config(given.get_config() | self._routed("optimizer"))
        return {"optimizer": optimizer, "loss": self.loss or self._usual_loss(), "metrics": self.metrics}

    def _usual_loss(self) -> str:
        return "mean_squared_error"

    def _taken_by_function(self) -> set[str]:
        """Return the names that the model's function takes, and that are no options of ``fit``."""
        make = self.build_fn or self.model
        return set(signature(make).parameters) - {"self"} if is_function(make) else set()

    def _routed(self, to: str) -> dict[str, Any]:
        """Return the options that are said to be for something: ``model__units`` for ``"model"``."""
        named = {name.removeprefix(f"{to}__"): name for name in self.kwargs if name.startswith(f"{to}__")}
        return {option: self.kwargs[name] for option, name in named.items() if "__" not in option}

    def _for(self, method: str) -> dict[str, Any]:
        names = ["batch_size", "verbose"]
        if method == "fit":
            names += ["callbacks", "shuffle", "validation_batch_size", "validation_split"]
        own = {name: deepcopy(getattr(self, name)) for name in names}
        return own | self._routed(method)

    def _outputs(self, X: Any, **options: Any) -> Array:
        return super()._outputs(X, **(self._for("predict") | options))

    def _as_the_loss_has_them(self, targets: Array) -> Array:
        return targets

    def _encoded(self, y: Array, first: bool) -> Array:
        """Return targets as numbers, and keep what is known of them."""
        self.target_type_ = type_of_target(y, raise_unknown=True)
        columns = self._columns(y).astype(np.float64)
        self.n_outputs_ = columns.shape[1]
        return columns


class KerasClassifier(Classifier, RoutedEstimator):
    """A function that makes a network, as a scikit-learn classifier.

    Parameters
    ----------
    model, build_fn : Model or callable
        The network, or a function that returns it. ``model__units=32`` calls it with ``units=32``; so does
        ``units=32`` if it takes such an argument. Where it takes them, it is given ``meta``, a dictionary of
        what is known of the data (``n_features_in_``, ``n_classes_``, ``n_outputs_``, ``target_type_``,
        ``X_shape_``), and ``compile_kwargs``, with the optimizer, loss and metrics below.
    warm_start, random_state
        Whether to go on with the weights of the fit before; what makes a fit repeatable.
    optimizer, loss, metrics
        For ``compile``, if the function's model isn't compiled; ``optimizer__NAME`` are the optimizer's own.
        Without a loss it is the cross-entropy for the classes.
    batch_size, epochs, verbose, callbacks, validation_split, shuffle, class_weight, run_eagerly, \
    validation_batch_size
        For ``fit``; ``fit__NAME`` and ``predict__NAME`` are for one of the two.

    Trained, it has ``classes_``, sorted, ``n_classes_``, ``model_``, and ``history_``, each epoch's figures.

    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> def network(units, meta):
    ...     return Sequential([Input((meta["n_features_in_"],)), Dense(units, "tanh"), Dense(1, "sigmoid")])
    >>> X, y = [[0.0], [0.2], [0.8], [1.0]], ["low", "low", "high", "high"]
    >>> estimator = KerasClassifier(
    ...     network, model__units=8, optimizer="adam", optimizer__learning_rate=0.05, epochs=100, verbose=0,
    ...     random_state=0,
    ... )
    >>> estimator.fit(X, y).predict([[0.1], [0.9]])
    array(['low', 'high'], dtype='<U4')
    """

    def _encoded(self, y: Array, first: bool) -> Array:
        self.target_type_ = type_of_target(y, raise_unknown=True)
        if self.target_type_ not in ("binary", "multiclass"):
            raise ValueError(f"A classifier's targets are classes. Received: {self.target_type_}")
        if first:
            self.classes_ = np.unique(y)
            self.n_classes_, self.n_outputs_ = len(self.classes_), 1
        labels = np.searchsorted(self.classes_, y.ravel()).clip(0, len(self.classes_) - 1)
        if unknown := sorted(set(y.ravel().tolist()) - set(self.classes_.tolist())):
            raise ValueError(f"The first fit didn't have these classes: {unknown}")
        return labels

    def _as_the_loss_has_them(self, targets: Array) -> Array:
        name = getattr(self.model_.loss, "name", self.model_.loss)
        one_hot = name in ("categorical_crossentropy", "CategoricalCrossentropy")
        return np.eye(self.n_classes_)[targets] if one_hot else targets

    def _usual_loss(self) -> str:
        return "binary_crossentropy" if self.target_type_ == "binary" else "sparse_categorical_crossentropy"


class KerasRegressor(Regressor, RoutedEstimator):
    """A function that makes a network, as a scikit-learn regressor.

    Parameters, and what a trained one holds: see ``KerasClassifier``; without a loss it is the mean squared
    error.
    """
