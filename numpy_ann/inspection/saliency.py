"""Which pixels matter: the derivative of a class' score with respect to the input."""

from collections.abc import Sequence
from copy import copy

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.answers import BATCH, Answers
from numpy_ann.inspection.labels import as_class_index
from numpy_ann.inspection.tracing.predicting import use_moving_averages
from numpy_ann.layers import Layer
from numpy_ann.models import Sequential
from numpy_ann.training.backpropagation import backpropagation

__all__ = ["saliency"]


def saliency(model: Sequential, x: Array, class_index: int | Array | None = None) -> Array:
    """Return the gradient of a class' score with respect to the input: where a small change matters most.

    ::

        dx = dz_c / dx         z = the scores: what the last softmax or sigmoid is applied to

    A positive number says that a brighter pixel raises the score of class ``c``, a negative one that it
    lowers it. The score is taken before the softmax, because a probability also rises when the other
    classes' scores fall, and because its gradient is all but 0 where the model is certain. Models that end in
    neither softmax nor sigmoid, as in regression, have their outputs for scores.

    The pass is one of predicting: dropout is off, and batch normalization uses its moving averages. Model
    and parameters stay as they are. Layers of your own may differ in training only if they derive from
    ``NoiseLayer``.

    Parameters
    ----------
    model : Sequential
        Built; it needs no ``compile``.
    x : ndarray, shape (samples, ...)
        Inputs as for ``predict``.
    class_index : int or ndarray of shape (samples,), optional
        ``c``, one for all samples or one each; left out, the class predicted for each. A single sigmoid has
        the classes 1, with the score ``z``, and 0, with ``-z``. In regression it is the output's number; left
        out, the largest output.

    Returns
    -------
    ndarray
        Of the shape of ``x`` and the model's dtype.

    Raises
    ------
    TypeError
        If ``model`` is no ``Sequential``, or ``x`` holds no numbers.
    ValueError
        If the model isn't built, ``x`` doesn't fit it, there is no such class, or a layer of your own
        computes something else in training than in predicting.

    Source: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2013), section 3: "image-
    specific class saliency", there with the sign left off.

    Examples
    --------
    >>> from numpy_ann.layers import Dense, Input
    >>> model = Sequential([Input((2,)), Dense(3, activation="softmax")])
    >>> model.set_weights([np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.zeros(3)])
    >>> saliency(model, np.array([[0.0, 1.0]]), class_index=1)  # a linear score's gradient is its weights
    array([[2., 5.]], dtype=float32)
    """
    answers = Answers(model)
    x = answers.inputs(x)
    wanted = None if class_index is None else as_class_index(class_index, len(x), answers.classes)
    layers = _that_go_back(answers.layers)
    gradient = np.empty(x.shape, dtype=model.dtype)
    with answers.limited_blas():
        for start in range(0, len(x), BATCH):
            batch = slice(start, start + BATCH)
            z = _scores(layers, x[batch].astype(model.dtype, copy=False), answers.ends_in_link)
            if start == 0:
                _check_same(z, answers.scores(x[batch]))
            classes = answers.predicted(z) if wanted is None else wanted[batch]
            dz = _gradient_of_score(z, classes, answers)
            if not answers.ends_in_link:
                dz = layers[-1].backward_activation(dz)
            gradient[batch] = backpropagation(layers, dz, trained=[False] * len(layers))
    return gradient


def _that_go_back(layers: Sequence[Layer]) -> list[Layer]:
    """Return copies that share the parameters, compute what predicting computes, and keep what is needed."""
    copies = [copy(layer) for layer in layers]
    use_moving_averages(copies)
    return copies


def _scores(layers: Sequence[Layer], x: Array, ends_in_link: bool) -> Array:
    """Return the scores; the layers keep what going back needs, as in training."""
    for layer in layers[:-1]:
        x = layer.forward(x, training=True)
    last = layers[-1]
    return last.pre_activation(x, training=True) if ends_in_link else last.forward(x, training=True)


def _check_same(z: Array, predicted: Array) -> None:
    """Complain if the scores of the pass that can go back aren't those of predicting."""
    largest = float(np.abs(predicted[np.isfinite(predicted)]).max(initial=0))
    if not np.allclose(z, predicted, rtol=1e-3, atol=1e-5 * largest, equal_nan=True):
        raise ValueError(
            "A layer of this model computes something else with training=True than in predicting, so its "
            "backward pass isn't that of predicting. Derive a layer that only adds noise from "
            "numpy_ann.layers.noise.NoiseLayer."
        )


def _gradient_of_score(z: Array, classes: Array, answers: Answers) -> Array:
    """Return the derivative of each sample's chosen score with respect to all its scores: 1 and zeros."""
    if answers.is_binary:
        return np.where(classes == 1, 1, -1).astype(z.dtype)[:, np.newaxis]
    gradient = np.zeros_like(z)
    gradient[np.arange(len(z)), classes] = 1
    return gradient
