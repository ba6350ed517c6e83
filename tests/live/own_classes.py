"""A script of Keras with classes and functions of one's own: run by both, which print the same numbers.

Each model takes ten steps, from weights that the script sets, and then predicts.
"""

import json

import keras
import numpy as np
from keras import layers, ops

rng = np.random.RandomState(0)
X, Y = rng.normal(size=(40, 3)).astype("float32"), rng.normal(size=(40, 2)).astype("float32")


def smooth(x):
    return ops.sigmoid(2 * x) * x


class Scaled(layers.Layer):
    """A weight of its own, and a count that isn't trained."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units

    def build(self, input_shape):
        self.shift = self.add_weight(shape=(), initializer="zeros", trainable=False, name="shift")
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.shift


class Block(layers.Layer):
    """Sublayers, found by assignment, also in a list; training is passed on; a loss of its own."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.first = layers.Dense(units, activation="tanh")
        self.more = [layers.Dense(units, use_bias=False), layers.BatchNormalization()]

    def call(self, inputs, training=None):
        x = self.first(inputs)
        self.add_loss(0.01 * ops.mean(ops.square(x)))
        for layer in self.more:
            x = layer(x, training=training) if isinstance(layer, layers.BatchNormalization) else layer(x)
        return x


class Doubled(layers.Dense):
    def call(self, inputs):
        return 2.0 * super().call(inputs)


class Fill(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        return 0.3 * ops.ones(shape, dtype)


class Squares(keras.regularizers.Regularizer):
    def __call__(self, x):
        return 0.01 * ops.sum(x**2)


def cubes(x):
    return 0.001 * ops.sum(ops.abs(x) ** 3)


class Shrink(keras.constraints.Constraint):
    def __call__(self, w):
        return 0.99 * w


class Powers(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred) ** 1.5, axis=-1)


def logarithms(y_true, y_pred):
    return ops.mean(ops.log(1.0 + ops.square(y_true - y_pred)), axis=-1)


class Gap(keras.metrics.Metric):
    def __init__(self, **options):
        super().__init__(**options)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign(self.total + ops.sum(ops.abs(y_true - y_pred)))

    def result(self):
        return self.total / 10.0


class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 / (1.0 + 0.5 * ops.cast(step, "float32"))


class Small(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.first, self.inner = layers.Dense(units, activation=smooth), Block(3)
        self.drop, self.last = layers.Dropout(0.0), layers.Dense(2)

    def call(self, inputs, training=None):
        x = self.drop(self.first(inputs), training=training)
        return self.last(self.inner(x, training=training))


def own_layers():
    stack = [keras.Input((3,)), Scaled(4), layers.Activation(smooth), Block(3), Doubled(4, activation="relu")]
    model = keras.Sequential([*stack, layers.Lambda(lambda x: x**2), layers.Dense(2)])
    model.compile(
        keras.optimizers.SGD(Falling(), momentum=0.5), Powers(), metrics=[Gap(name="gap"), logarithms]
    )
    return model


def own_options():
    parts = {"kernel_initializer": Fill(), "kernel_regularizer": Squares(), "bias_regularizer": cubes}
    last = layers.Dense(2, activation=smooth, kernel_constraint=Shrink(), **parts)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="tanh"), last])
    model.compile("adam", logarithms, metrics=["mae"])
    return model


def own_model():
    model = Small(5)
    model(X[:1])
    model.compile(keras.optimizers.RMSprop(0.01), Powers(), metrics=[logarithms])
    return model


def own_graph():
    x = keras.Input((3,))
    both = Scaled(2)(x) * 2.0 + ops.tanh(layers.Dense(2)(x))
    model = keras.Model(x, layers.Add()([both, Doubled(2)(x)[:, ::-1]]))
    model.compile(keras.optimizers.Adagrad(0.1), "mse", metrics=[logarithms])
    return model


numbers = {}
for make in (own_layers, own_options, own_model, own_graph):
    model, first = make(), np.random.RandomState(1)
    weights = [0.3 * np.abs(first.normal(size=np.shape(w))) for w in model.get_weights()]
    model.set_weights(weights)
    history = model.fit(X, Y, batch_size=4, epochs=1, shuffle=False, verbose=0).history
    figures = [float(values[-1]) for _, values in sorted(history.items())]
    scores = [float(figure) for figure in model.evaluate(X, Y, batch_size=8, verbose=0)]
    found = [figures, scores, np.asarray(model.predict(X[:5], verbose=0)).tolist()]
    numbers[make.__name__] = [sorted(history), *found, [np.asarray(w).tolist() for w in model.get_weights()]]
print(json.dumps(numbers))
