"""Orthogonal matrices to start from."""

from math import prod
from typing import Any

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.initializers.initializer import RandomInitializer

__all__ = ["Orthogonal"]


class Orthogonal(RandomInitializer):
    """A random matrix whose rows, or columns if they are fewer, are orthogonal and of length ``gain``.

    ``A = Q R`` is a matrix of normal numbers; ``W = gain Q``, with the signs of ``R``'s diagonal, so that
    every orthogonal matrix is as likely as any other. Shapes of more axes are filled as ``(product, last)``.

    Parameters
    ----------
    gain : float
        How much longer the output is than the input.
    seed : int, optional
        See ``RandomInitializer``.

    Raises
    ------
    ValueError
        When called, if the shape has fewer than two axes.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks", ICLR 2014; for the signs, Mezzadri, "How to generate random matrices from the
    classical compact groups", Notices of the AMS 54 (2007).

    Examples
    --------
    >>> W = Orthogonal()((3, 2), np.random.default_rng(0), np.dtype(np.float64))
    >>> bool(np.allclose(W.T @ W, np.eye(2)))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = float(gain)

    def draw(self, shape: Shape, rng: np.random.Generator) -> Array:  # noqa: D102
        if len(shape) < 2:
            raise ValueError(f"Orthogonal fills arrays of two axes and more. Received: shape={shape}")
        rows, columns = prod(shape[:-1]), shape[-1]
        Q, R = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        Q *= np.sign(np.diagonal(R))
        return self.gain * (Q if rows >= columns else Q.T).reshape(shape)

    def get_config(self) -> dict[str, Any]:  # noqa: D102
        return {**super().get_config(), "gain": self.gain}
