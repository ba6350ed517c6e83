"""The playground: one HTML file in which a network of one's choice learns, step by step, in the browser.

``learner.js``, ``functions.js`` and ``rules.js`` are the library's layers, functions and optimizers once
more, held to its numbers by a test.
"""

import os
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.inspection.class_scores import class_numbers
from numpy_ann.inspection.single_file import packed, scripts, write_page
from numpy_ann.saving.writer import KERAS_VERSION

__all__ = ["write_playground"]

SCRIPTS = [
    *scripts("explorer", "unpacking random elements colors themes curves picture drawing"),
    *scripts("playground", "functions learner rules hdf5 zip keras_file problems maps chart"),
    *scripts("playground", "columns opened controls own playground"),
]


def write_playground(path: str | os.PathLike[str], x: Array | None = None, y: Array | None = None) -> None:
    """Write the playground: one HTML file in which a network trains live, without a server or a request.

    Layers, units, activations, optimizer, learning rate, batch size, dropout and penalties are chosen in the
    page; it learns spirals, moons, circles, blobs, a table pasted in, or the pictures given here, and opens
    each step up, forward and back. Its JavaScript takes the library's steps, to 1e-5. A network made in it is
    saved as a ``.keras`` file, and such a file is opened. Raises ``ValueError`` if the pictures or the
    classes are of another kind; ``OSError`` if the file can't be written.

    Parameters
    ----------
    path : str or path-like
        The file, as ``"playground.html"``; one that is there is replaced.
    x, y : ndarray, optional
        Pictures of ten classes to learn from, whole numbers from 0 to 255 of shape ``(samples, rows,
        columns)``, and their class numbers: 2,000 of MNIST take 0.5 MB. Without them the page has no digits.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_playground(f"{folder}/playground.html")
    ...     os.listdir(folder)
    ['playground.html']
    """
    facts: dict[str, Any] = {"keras": KERAS_VERSION}
    if x is not None:
        x = np.asarray(x)
        if x.ndim != 3 or x.dtype != np.uint8 or len(x) < 2:
            raise ValueError(
                "The playground's pictures are uint8 numbers of shape (samples, rows, columns), two samples "
                f"at least. Received: {x.dtype} of shape {x.shape}"
            )
        labels = class_numbers(y, 10, "y")
        if len(labels) != len(x):
            raise ValueError(f"x and y hold {len(x)} and {len(labels)} samples; they must be the same.")
        rows, columns = x.shape[1:]
        facts["digits"] = {"rows": rows, "columns": columns, "pixels": packed(x), "labels": labels.tolist()}
    write_page(path, "playground", SCRIPTS, "A neural network that learns while you watch", facts)
