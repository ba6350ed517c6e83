"""Small problems and models that the tests of training share."""

import numpy as np

from numpy_ann.layers import Dense, Dropout, Input
from numpy_ann.models import Sequential


def blobs(samples=70, features=4, classes=3, seed=0):
    """Return ``x``, one-hot ``y`` and integer labels of noisy clusters."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, samples)
    centres = rng.standard_normal((classes, features))
    x = centres[labels] + 0.3 * rng.standard_normal((samples, features))
    return x.astype(np.float32), np.eye(classes, dtype=np.float32)[labels], labels


def classifier(
    *, dropout=0.3, seed=1, dtype="float32", optimizer="adam", metrics=("accuracy",), features=4, **loss
):
    """Return a compiled model with a dropout layer (none for ``dropout=None``) for three classes."""
    hidden = [Dense(8, activation="relu"), *([] if dropout is None else [Dropout(dropout)])]
    model = Sequential(
        [Input(shape=(features,)), *hidden, Dense(3, activation="softmax")], seed=seed, dtype=dtype
    )
    model.compile(optimizer, loss.get("loss", "categorical_crossentropy"), metrics=list(metrics))
    return model


def equal_weights(a, b):
    """Whether two models, or lists of weights, hold the same bits."""
    a, b = (m if isinstance(m, list) else m.get_weights() for m in (a, b))
    return len(a) == len(b) and all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))
