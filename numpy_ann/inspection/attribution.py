"""Which pixels matter for an answer: by the derivative of its score, and by covering them."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.class_scores import BATCH, ClassScores, class_index_of
from numpy_ann.inspection.picture_inputs import picture_shape
from numpy_ann.inspection.tracing.recording_plan import predicting
from numpy_ann.models import Model
from numpy_ann.training.data.bundles import arrays_of
from numpy_ann.validation import checked_integer, checked_number, is_integer


def saliency(model: Model, x: Any, class_index: int | Array | None = None) -> Any:
    """Return the gradient of a class' score with respect to the input: where a small change matters most.

    ::

        dx = dz_c / dx         z = the scores: what the last softmax or sigmoid is applied to

    It has the shape of ``x``, and the model's dtype. Of several inputs it is a dictionary by their names, of
    those that can be changed a little: words and whole numbers can't. A positive number says that a brighter
    pixel raises the score of class ``c``, a negative one that it lowers it. The score is taken before the
    softmax, because a probability also rises when the other classes' scores fall, and because its gradient is
    all but 0 where the model is certain. Models that end in neither softmax nor sigmoid, as in regression,
    have their outputs for scores.

    The pass is one of predicting: dropout is off, and batch normalization uses its moving averages. Model and
    parameters stay as they are. Layers of your own may differ in training only if they derive from
    ``NoiseLayer``. Raises ``TypeError`` if ``model`` is no model, or ``x`` holds no numbers. Raises
    ``ValueError`` if the model isn't built or has several outputs, ``x`` doesn't fit it, there is no such
    class, or a layer of your own computes something else in training than in predicting.

    Parameters
    ----------
    model : Sequential or Model
        Built; it needs no ``compile``.
    x : ndarray, shape (samples, ...), list or dict
        Inputs as for ``predict``.
    class_index : int or ndarray of shape (samples,), optional
        ``c``, one for all samples or one each; left out, the class predicted for each. A single sigmoid has
        the classes 1, with the score ``z``, and 0, with ``-z``. In regression it is the output's number; left
        out, the largest output.

    Source: Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2013), section 3: "image-
    specific class saliency", there with the sign left off.

    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((2,)), layers.Dense(3, activation="softmax")])
    >>> model.set_weights([np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.zeros(3)])
    >>> saliency(model, np.array([[0.0, 1.0]]), class_index=1)  # a linear score's gradient is its weights
    array([[2., 5.]], dtype=float32)
    """
    scores = ClassScores(model)
    x = scores.inputs(x)
    wanted = None if class_index is None else class_index_of(class_index, len(x), scores.classes)
    plan = predicting(scores.plan)
    for use in plan:  # copies, which share the parameters, and keep their own passes
        use.layer.trainable, use.owner = False, use.layer
    needed, made = plan.needed(inputs=True), plan.outputs[0]
    moved = {i: np.empty(a.shape, model.dtype) for i, a in enumerate(arrays_of(x)) if needed[i]}
    if not moved:
        raise ValueError(
            f"Model {model.name!r} reads whole numbers or words, which can't be changed a little. Look at "
            "what its first layers make of them: Model(layer.output, model.output)."
        )
    with scores.limited_blas():
        for start in range(0, len(x), BATCH):
            batch = slice(start, start + BATCH)
            values = plan.forward(scores.batch(x, start), training=True, logits=scores.ends_in_link)
            z = values[made]
            if start == 0:
                _check_same(z, scores.scores(x[batch]))
            classes = scores.predicted(z) if wanted is None else wanted[batch]
            # Of the chosen score with respect to all: 1 and zeros; of a single sigmoid, 1 or -1.
            sign = np.where(classes == 1, 1, -1) if scores.is_binary else 1
            dz = np.zeros_like(z)
            dz[np.arange(len(z)), 0 if scores.is_binary else classes] = sign
            if not scores.ends_in_link:
                dz = plan.uses[made - plan.inputs].layer.backward_activation(dz)
            found = plan.backward([dz], values, needed)
            for i, gradient in moved.items():
                gradient[batch] = found[i]
    return {model.input_names[i]: g for i, g in moved.items()} if plan.inputs > 1 else moved[0]


def _check_same(z: Array, predicted: Array) -> None:
    """Complain if the scores of the pass that can go back aren't those of predicting."""
    largest = float(np.abs(predicted[np.isfinite(predicted)]).max(initial=0))
    if not np.allclose(z, predicted, rtol=1e-3, atol=1e-5 * largest, equal_nan=True):
        raise ValueError(
            "A layer of this model computes something else with training=True than in predicting, so its "
            "backward pass isn't that of predicting. Derive a layer that only adds noise from "
            "numpy_ann.layers.dropout.NoiseLayer."
        )


def occlusion(
    model: Model, x: Array, class_index: int | Array | None = None, *, patch: int | Sequence[int] = 7,
    stride: int = 1, fill: float = 0.0,
) -> Array:  # fmt: skip
    """Return by how much a class' probability drops when the parts of a picture are covered, one by one.

    A patch wanders over the picture, and each pixel gets the mean over the patches that cover it::

        drop = p_c(x) - p_c(x with the patch covered)

    A positive number says that the pixel's surroundings speak for class ``c``, a negative one that they speak
    against it. Models without softmax or sigmoid have their outputs for ``p``. The drops have the model's
    dtype, and the shape ``(samples, rows, columns)``.

    Raises errors as ``saliency``; also ``ValueError`` if the model reads no pictures, the patch doesn't fit
    them, or it leaves pixels uncovered.

    Parameters
    ----------
    model, class_index
        As for ``saliency``; the model reads ``(rows, columns)``, ``(rows, columns, 1)`` or one row of a
        square's numbers.
    x : ndarray, shape (samples, ...)
        Pictures as for ``predict``.
    patch : int or (int, int)
        Its height and width in pixels; 7 is a quarter of MNIST's 28.
    stride : int
        By how many pixels it moves; the last place in a row or column ends at the picture's edge.
    fill : float
        What it is filled with: 0, MNIST's background, covers ink. Zeiler and Fergus took grey.

    Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.

    >>> from numpy_ann import Sequential, layers
    >>> model = Sequential([layers.Input((2, 2)), layers.Flatten(), layers.Dense(1, use_bias=False)])
    >>> model.set_weights([np.array([[1.0], [2.0], [3.0], [4.0]])])
    >>> occlusion(model, np.array([[[1.0, 0.0], [0.0, 1.0]]]), patch=1)
    array([[[1., 0.],
            [0., 4.]]], dtype=float32)
    """
    scores, sides = ClassScores(model), picture_shape(model)
    x = scores.inputs(x)
    patches = [patch, patch] if is_integer(patch) else patch
    if not isinstance(patches, Sequence) or len(patches) != 2:
        raise ValueError(f"`patch` is a side, or height and width. Received: patch={patch!r}")
    height, width = (checked_integer("patch", side, least=1) for side in patches)
    stride, fill = checked_integer("stride", stride, least=1), checked_number("fill", fill)
    covering = f"A patch of {height} x {width} pixels"
    if height > sides[0] or width > sides[1]:
        raise ValueError(f"{covering} doesn't fit pictures of {sides[0]} x {sides[1]}: pass a smaller patch.")
    # Where it begins along each axis; the last place ends at the edge.
    starts = (sorted({*range(0, n - m, stride), n - m}) for n, m in zip(sides, (height, width), strict=True))
    windows = [np.s_[i : i + height, j : j + width] for i, j in product(*starts)]
    covers = np.zeros(sides)
    for window in windows:
        covers[window] += 1
    if not covers.all():
        raise ValueError(f"{covering} that moves by {stride} leaves some uncovered: pass a smaller stride.")
    z = scores.scores(x)
    classes = scores.predicted(z)
    if class_index is not None:
        classes = class_index_of(class_index, len(x), scores.classes)
    p = scores.values(z)[np.arange(len(x)), classes]

    drops = np.zeros((len(x), *sides))
    for sample, picture in enumerate(x.reshape(drops.shape)):
        # So many pictures at once and no more, however large they are and however many the windows.
        for start in range(0, len(windows), BATCH):
            batch = windows[start : start + BATCH]
            covered = np.repeat(picture[np.newaxis].astype(scores.dtype), len(batch), axis=0)
            for image, window in zip(covered, batch, strict=True):
                image[window] = fill
            after = scores.values(scores.scores(covered.reshape(-1, *x.shape[1:])))[:, classes[sample]]
            for window, drop in zip(batch, p[sample] - after, strict=True):
                drops[sample][window] += drop
    drops /= covers
    return drops.astype(model.dtype)
