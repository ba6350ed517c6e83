"""``keras.wrappers.scikit_learn`` of Keras 1 and 2, for ``run --keras2``: ``fit`` returns the history."""

from typing import Any

from numpy_ann import wrappers
from numpy_ann._typing import Array
from numpy_ann.wrappers.routed_estimators import RoutedEstimator

__all__ = ["KerasClassifier", "KerasRegressor"]


class _Old(RoutedEstimator):
    """An estimator whose ``model`` is, after ``fit``, what the function has made."""

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return [name for name in super()._get_param_names() if name != "model"]

    def _keep(self, options: dict[str, Any]) -> None:
        options["build_fn"], options["model"] = options["model"] or options["build_fn"], None
        options["epochs"] = options["kwargs"].pop("nb_epoch", options["epochs"])
        super()._keep(options)

    def fit(self, x: Any, y: Any, **options: Any) -> Any:  # type: ignore[override]
        self.model = super().fit(x, y, **options).model_
        return self.model.history

    def predict(self, x: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().predict(x, **options)


class KerasClassifier(_Old, wrappers.KerasClassifier):  # pyright: ignore
    """A classifier, also of one-hot rows; of a model with one output, it predicts a column."""

    def _encoded(self, y: Array, first: bool) -> Array:
        return super()._encoded(_labels(y), first)

    def _decoded(self, p: Array) -> Any:
        classes = super()._decoded(p)
        return classes[:, None] if p.shape[1:] == (1,) else classes

    def score(self, x: Any, y: Any, **options: Any) -> Any:  # pyright: ignore
        return super().score(x, _labels(y), **options)


class KerasRegressor(_Old, wrappers.KerasRegressor):  # pyright: ignore
    """A regressor; ``score`` is the negative loss."""

    def score(self, x: Any, y: Any, **options: Any) -> Any:  # pyright: ignore
        return -self.model.evaluate(x, y, return_dict=True, **self._for("evaluate"), **options)["loss"]


def _labels(y: Any) -> Any:
    return y.argmax(axis=1) if getattr(y, "ndim", 1) == 2 and y.shape[1] > 1 else y
