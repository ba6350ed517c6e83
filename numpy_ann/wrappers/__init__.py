"""scikit-learn's estimators: networks for ``Pipeline``, ``cross_val_score`` and ``GridSearchCV``.

Beside our own there are those that Keras scripts know: Keras' ``SKLearnClassifier`` and its kin, and
scikeras' ``KerasClassifier`` and ``KerasRegressor``. scikit-learn is needed here and nowhere else.
"""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

__all__ = [
    "KerasClassifier", "KerasRegressor", "NeuralNetworkClassifier", "NeuralNetworkRegressor",
    "SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer",
]  # fmt: skip

if TYPE_CHECKING or find_spec("sklearn") is not None:
    from numpy_ann.wrappers.estimators import NeuralNetworkClassifier, NeuralNetworkRegressor
    from numpy_ann.wrappers.model_estimators import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer
    from numpy_ann.wrappers.routed_estimators import KerasClassifier, KerasRegressor
else:

    def __getattr__(name: str) -> Any:
        """Say what is missing; as ``AttributeError``, so that ``hasattr`` and ``help`` work."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        importing = sys._getframe(1).f_code.co_name == "_handle_fromlist"
        kind = ImportError if importing else AttributeError
        raise kind(f"{name} needs scikit-learn, which isn't installed: python -m pip install scikit-learn")
