"""scikit-learn's estimators: networks for ``Pipeline``, ``cross_val_score`` and ``GridSearchCV``.

scikit-learn is needed here and nowhere else.
"""

from numpy_ann.wrappers.classifier import NeuralNetworkClassifier
from numpy_ann.wrappers.regressor import NeuralNetworkRegressor

__all__ = ["NeuralNetworkClassifier", "NeuralNetworkRegressor"]
