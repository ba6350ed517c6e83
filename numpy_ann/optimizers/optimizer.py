"""What every optimizer is: a rule that turns a gradient into a step."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.lookup import snake_case

__all__ = ["Optimizer"]

_LARGEST = float(np.finfo(np.float32).max)


class Optimizer(ABC):
    """Changes all parameters at once, as one flat vector ``theta``, by the gradient ``g`` of the loss.

    An optimizer defines ``slots``, the vectors that it remembers between steps, and ``update``.

    Parameters
    ----------
    learning_rate : float
        How far a step goes; not negative. Held in float32 precision, as in Keras and its files.
    name : str, optional
        Left out, it is the class name in snake case.

    Attributes
    ----------
    iterations : int
        How many steps were taken.
    state : dict of str to ndarray
        The slots by name, each of the length of ``theta``; empty until built.

    Raises
    ------
    ValueError
        If the learning rate isn't a finite number of 0 or more.
    """

    def __init__(self, learning_rate: float, *, name: str | None = None) -> None:
        self.learning_rate = learning_rate
        self.name = name or snake_case(type(self).__name__)
        self.iterations = 0
        self.state: dict[str, Array] = {}
        self.size: int | None = None

    @property
    def learning_rate(self) -> float:
        """How far a step goes; can be set between steps."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not number or not 0 <= value <= _LARGEST:  # NaN is not, either
            raise ValueError(
                "Argument `learning_rate` should be a finite number of 0 or more, such as 0.001. "
                f"Received: learning_rate={value!r}"
            )
        self._learning_rate = float(np.float32(value))

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the vectors kept between steps, in the order of Keras' files."""
        return ()

    def build(self, size: int, dtype: np.dtype[np.floating]) -> None:
        """Make the slots, all 0, for a vector of ``size`` parameters.

        Raises
        ------
        ValueError
            If the optimizer has been built for another size: it belongs to another model.
        """
        if self.size is not None:
            if self.size != size:
                raise ValueError(
                    f"This optimizer has been training {self.size} parameters and can't go on with {size}. "
                    "Give each model its own optimizer, and compile anew when you change what is trained."
                )
            return
        self.size = size
        self.state = {name: np.zeros(size, dtype=dtype) for name in self.slots}
        self._scratch = np.empty(size, dtype=dtype)

    def step(self, theta: Array, gradient: Array) -> None:
        """Take one step: change ``theta`` in place; ``gradient`` is left alone. Both are ``(size,)``."""
        if self.size is None:
            self.build(theta.size, theta.dtype)
        self.iterations += 1
        self.update(theta, gradient)

    @abstractmethod
    def update(self, theta: Array, g: Array) -> None:
        """Change ``theta`` and the slots in place, by the rule; ``iterations`` counts this step already."""

    def set_state(self, iterations: int, state: dict[str, Array]) -> None:
        """Go on from a saved place: copies ``state`` into the slots.

        Raises
        ------
        ValueError
            If the names or shapes aren't those of the slots, or the optimizer isn't built.
        """
        if self.size is None:
            raise ValueError("The optimizer has no slots yet to set: call build(size, dtype) first.")
        expected = {name: slot.shape for name, slot in self.state.items()}
        received = {name: np.shape(value) for name, value in state.items()}
        if received != expected:
            raise ValueError(f"The optimizer has the slots {expected}, but the state has {received}.")
        for name, slot in self.state.items():
            slot[...] = state[name]
        self.iterations = int(iterations)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer anew, under Keras' names."""
        return {"name": self.name, "learning_rate": self.learning_rate}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the optimizer that ``get_config`` described."""
        return cls(**config)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items() if key != "name")
        return f"{type(self).__name__}({arguments})"
