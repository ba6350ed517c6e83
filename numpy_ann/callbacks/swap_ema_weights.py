"""Evaluating with the average of the weights rather than with the last ones."""

from numpy_ann._typing import Array
from numpy_ann.callbacks.callback import Callback, Logs


class SwapEMAWeights(Callback):
    """Put the optimizer's average of the weights in their place while the model is evaluated or predicts.

    For an optimizer with ``use_ema=True``, which keeps ``average = m average + (1 - m) theta``. As in Keras,
    but that the average stays in the optimizer meanwhile: so a prediction gives the weights back, and an
    early end of training leaves the average in the model, where Keras 3.15 does neither.

    With ``swap_on_epoch``, the average is in the model from the end of an epoch to the beginning of the next
    too, for callbacks that come after this one: a ``ModelCheckpoint`` saves it then.

    Raises ``ValueError`` in use, if the optimizer keeps no average.

    Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on
    Control and Optimization 30 (1992).

    >>> SwapEMAWeights(swap_on_epoch=True).swap_on_epoch
    True
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._weights: Array | None = None  # the model's own, while the average is in their place
        self._until = ""  # the moment at which they come back

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._put_back("epoch")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.swap_on_epoch:
            self._put_average("epoch")

    def on_train_end(self, logs: Logs | None = None) -> None:
        self._weights = None  # at the end of training, the average takes their place for good

    def on_test_begin(self, logs: Logs | None = None) -> None:
        self._put_average("test")

    def on_test_end(self, logs: Logs | None = None) -> None:
        self._put_back("test")

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        self._put_average("predict")

    def on_predict_end(self, logs: Logs | None = None) -> None:
        self._put_back("predict")

    def _put_average(self, until: str) -> None:
        optimizer = self.model.optimizer
        if optimizer is None or not optimizer.use_ema:
            cure = "the optimizer keeps none: give it use_ema=True, as in Adam(use_ema=True)"
            what = f"SwapEMAWeights needs an average of the weights, but {cure}"
            raise ValueError(f"{what}. Received: optimizer={optimizer!r}")
        if self._weights is None and optimizer.iterations:
            self.model.claim_parameters()
            theta = self.model.theta[: self.model.gradient.size]
            self._weights, self._until = theta.copy(), until
            theta[...] = optimizer.state["average"]

    def _put_back(self, moment: str) -> None:
        if self._weights is not None and self._until == moment:
            self.model.theta[: self._weights.size] = self._weights
            self._weights = None
