"""Classes that define what Keras asks for, and no more, can be made."""

from typing import Any

import numpy as np

from numpy_ann import ops
from numpy_ann.layers import Dense, Layer
from numpy_ann.losses import Loss
from numpy_ann.metrics import Metric
from numpy_ann.models import Model, Sequential
from numpy_ann.optimizers.schedules import LearningRateSchedule
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving import register_keras_serializable


@register_keras_serializable("typing")
class Twice(Layer):
    def call(self, inputs: Any) -> Any:
        return 2 * inputs


class Error(Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.abs(y_true - y_pred), axis=-1)


class Count(Metric):
    def __init__(self) -> None:
        super().__init__()
        self.seen = self.add_weight(name="seen")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.seen.assign_add(len(y_pred))

    def result(self) -> Any:
        return self.seen.value


class Fixed(LearningRateSchedule):
    def __call__(self, step: Any) -> Any:
        return 0.5


class Squares(Regularizer):
    def __call__(self, w: Any) -> Any:
        return ops.sum(w * w)


class Small(Model):
    def __init__(self) -> None:
        super().__init__()
        self.dense = Dense(1, kernel_regularizer=Squares())

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.dense(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        return super().train_step(data)


def right() -> None:
    for model in (Small(), Sequential([Twice(name="twice")])):
        model.compile("sgd", Error(), metrics=[Count()])
        model.fit(np.ones((4, 1)), np.ones((4, 1)), verbose=0)
    print(Fixed()(3), Twice().call(1.0))


def wrong() -> None:
    print(Twice().units)  # E: attr-defined, reportAttributeAccessIssue
