"""Keras 3's estimators: a compiled model, or a function that makes one, for scikit-learn."""

import copy
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import validate_data

from numpy_ann._typing import Array
from numpy_ann.models import clone_model
from numpy_ann.wrappers.estimators import Estimator, Regressor, is_function

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


class _Tagged(Estimator):  # before scikit-learn's mixins, whose tags it changes
    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        for predictor in filter(None, (tags.classifier_tags, tags.regressor_tags)):
            predictor.poor_score = True
        if tags.transformer_tags:
            tags.transformer_tags.preserves_dtype = []
        return tags


class _ModelEstimator(Estimator):
    _dtype = "numeric"

    def __init__(
        self, model: Any, warm_start: bool = False, model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._keep(locals())

    def __sklearn_clone__(self) -> Self:
        """Return an unfitted copy; scikit-learn asks for it, as models aren't parameters that it can copy."""
        options = self.get_params(deep=False)
        if not is_function(options["model"]):
            options["model"] = copy.deepcopy(options["model"])
        return type(self)(**options)

    def fit(self, X: Any, y: Any, **options: Any) -> Self:
        """Train on ``X``, ``(samples, features)``, and targets, of a classifier classes, by ``model.fit``.

        Raises ``RuntimeError`` if the model isn't compiled. Raises ``ValueError`` if the data aren't that.
        """
        X, y = validate_data(self, X, y, multi_output=True)
        targets = self._encoded(y)
        if not (self.warm_start and hasattr(self, "model_")):
            if is_function(self.model):
                self.model_ = self.model(X=X, y=targets, **(self.model_kwargs or {}))
            else:
                self.model_ = self.model if self.warm_start else clone_model(self.model)
        if self.model_.configuration is None or self.model_.optimizer is None:
            raise RuntimeError("The model isn't compiled: call model.compile(optimizer, loss) before.")
        self.history_ = self.model_.fit(X, targets, **{**(self.fit_kwargs or {}), **options})
        return self

    def _encoded(self, y: Array) -> Array:
        type_of_target(y, raise_unknown=True)
        return self._columns(y)


class SKLearnClassifier(_Tagged, ClassifierMixin, _ModelEstimator):  # type: ignore[misc]
    """A model as a scikit-learn classifier: its targets are one-hot rows, ``predict`` gives classes.

    Parameters
    ----------
    model, warm_start, model_kwargs, fit_kwargs
        As Keras has them: a compiled model, which is cloned before it is trained, so that each fit begins
        with new weights, or a function that returns one and is called with ``X=``, ``y=`` (the one-hot rows)
        and ``model_kwargs``; whether to go on with the weights of the fit before; more for ``model.fit``.

    Trained, it has ``classes_``, sorted, ``model_``, and ``history_``: what its ``fit`` returned.

    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(8, "tanh"), Dense(2, "softmax")], seed=0)
    >>> model.compile("adam", "categorical_crossentropy")
    >>> X, y = [[0.0], [0.2], [0.8], [1.0]], ["low", "low", "high", "high"]
    >>> estimator = SKLearnClassifier(model, warm_start=True, fit_kwargs={"epochs": 300, "verbose": 0})
    >>> estimator.fit(X, y).predict([[0.1], [0.9]])
    array(['low', 'high'], dtype='<U4')
    """

    def decision_function(self, X: Any) -> Array:
        """Return the model's outputs as they are."""
        return self._outputs(X)

    def _encoded(self, y: Array) -> Array:
        kind = type_of_target(y, raise_unknown=True)
        if kind not in ("binary", "multiclass"):
            raise ValueError(f"Only binary and multiclass target types are supported. Target type: {kind}")
        self.classes_, labels = np.unique(y.ravel(), return_inverse=True)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return np.eye(len(self.classes_))[labels]

    def _decoded(self, p: Array) -> Any:
        return self.classes_[p.argmax(axis=1)]


class SKLearnRegressor(_Tagged, Regressor, _ModelEstimator):
    """A model as a scikit-learn regressor: see ``SKLearnClassifier``; a function is given columns."""


class SKLearnTransformer(_Tagged, TransformerMixin, _ModelEstimator):  # type: ignore[misc]
    """A model as a scikit-learn transformer, ``transform`` gives its outputs: see ``SKLearnClassifier``."""

    def transform(self, X: Any) -> Array:
        """Return the model's outputs, ``(samples, outputs)``."""
        return self._outputs(X)
