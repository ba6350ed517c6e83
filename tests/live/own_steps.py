"""A script of Keras' on TensorFlow with steps of one's own: run by both, which print the same numbers.

Each model takes ten steps and more, from weights that the script sets.
"""

import json

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

rng = np.random.RandomState(0)
X = rng.normal(size=(64, 5)).astype("float32")
Y = (X[:, :1] * 2 + X[:, 1:2] ** 2).astype("float32")
FIT = {"epochs": 3, "batch_size": 16, "shuffle": False, "verbose": 0}


def begun(model, seed=1):
    first = np.random.RandomState(seed)
    model.set_weights([0.3 * first.normal(size=w.shape) for w in model.get_weights()])
    return model


def ends():
    x = keras.Input((5,))
    hidden = layers.Dense(6, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")(x)
    return x, layers.Dense(1)(hidden)


class Plain(keras.Model):
    """As Keras' guide has it, with the compiled loss and metrics, and weights."""

    def train_step(self, data):
        x, y, *weight = data
        w = weight[0] if weight else None
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=w)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=w)
        return {metric.name: metric.result() for metric in self.metrics}

    def predict_step(self, data):
        return 2 * self(data, training=False)


class Trackers(keras.Sequential):
    """A chain's class, with metrics of its own in place of the compiled ones."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.tracker = keras.metrics.Mean(name="loss")
        self.mae = keras.metrics.MeanAbsoluteError(name="mae")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = keras.losses.mean_squared_error(y, y_pred)
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        self.tracker.update_state(loss)
        self.mae.update_state(y, y_pred)
        return {"loss": self.tracker.result(), "mae": self.mae.result()}

    @property
    def metrics(self):
        return [self.tracker, self.mae]


class Losses(keras.Model):
    """``compute_loss`` and ``compute_metrics`` overridden, around the built-in step."""

    def __init__(self):
        super().__init__()
        self.hidden, self.out = layers.Dense(6, activation="relu"), layers.Dense(1)
        self.extra = keras.metrics.Mean(name="extra")

    def call(self, x, training=None):
        return self.out(self.hidden(x))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = ops.mean((y_pred - y) ** 2) + ops.sum(ops.abs(self.out.kernel)) * 0.01
        self.extra.update_state(loss)
        return loss

    def compute_metrics(self, x, y, y_pred, sample_weight):
        found = super().compute_metrics(x, y, y_pred, sample_weight)
        return {**found, "twice": 2 * found["mae"]}


class Adversaries(keras.Model):
    """Two models, two optimizers, no targets."""

    def __init__(self, judge, maker):
        super().__init__()
        self.judge, self.maker = judge, maker
        self.of_judge, self.of_maker = keras.metrics.Mean(name="judge"), keras.metrics.Mean(name="maker")

    def compile(self, optimizers, loss):
        super().compile()
        self.optimizers, self.loss_function = optimizers, loss

    @property
    def metrics(self):
        return [self.of_judge, self.of_maker]

    def train_step(self, real):
        real = real[0] if isinstance(real, tuple) else real
        n = ops.shape(real)[0]
        z = ops.reshape(ops.arange(n * 2, dtype="float32") / 100.0, (n, 2))
        both = ops.concatenate([self.maker(z), real], axis=0)
        labels = ops.concatenate([ops.ones((n, 1)), ops.zeros((n, 1))], axis=0)
        with tf.GradientTape() as tape:
            loss = self.loss_function(labels, self.judge(both))
        self.optimizers[0].apply(
            tape.gradient(loss, self.judge.trainable_weights), self.judge.trainable_weights
        )
        self.of_judge.update_state(loss)
        with tf.GradientTape() as tape:
            loss = self.loss_function(ops.zeros((n, 1)), self.judge(self.maker(z)))
        self.optimizers[1].apply(
            tape.gradient(loss, self.maker.trainable_weights), self.maker.trainable_weights
        )
        self.of_maker.update_state(loss)
        return {"judge": self.of_judge.result(), "maker": self.of_maker.result()}


numbers = {}
model = begun(Plain(*ends()))
model.compile("adam", "mse", metrics=["mae"])
numbers["a step"] = sorted(model.fit(X, Y, validation_data=(X[:20], Y[:20]), **FIT).history.items())
numbers["weighted"] = sorted(model.fit(X, Y, sample_weight=np.linspace(0, 1, 64), **FIT).history.items())
numbers["evaluated"] = model.evaluate(X, Y, verbose=0, batch_size=16)
numbers["predicted"] = model.predict(X, batch_size=30, verbose=0)[:3].tolist()

model = begun(Trackers([keras.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1)]))
model.compile(keras.optimizers.SGD(0.01))
numbers["trackers"] = sorted(model.fit(X, Y, **FIT).history.items())

model = Losses()
model(X[:1])
begun(model).compile("adam", metrics=["mae"])
numbers["losses"] = sorted(model.fit(X, Y, validation_split=0.25, **FIT).history.items())

judge = begun(keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="relu"), layers.Dense(1)]))
maker = begun(keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="relu"), layers.Dense(5)]), 2)
model = Adversaries(judge, maker)
entropy = keras.losses.BinaryCrossentropy(from_logits=True)
model.compile([keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.02)], entropy)
numbers["adversaries"] = sorted(model.fit(X, **FIT).history.items())
numbers["made"] = maker.predict(X[:2, :2], verbose=0).tolist()
print(json.dumps(numbers, default=float))
