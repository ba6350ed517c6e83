"""What every optimizer is: a rule that turns a gradient into a step."""

import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.optimizers import parts, schedules
from numpy_ann.optimizers.checks import at_least_0, between_0_and_1
from numpy_ann.optimizers.clipping import CLIPPINGS
from numpy_ann.optimizers.options import DEFAULTS
from numpy_ann.optimizers.schedules import LearningRateSchedule
from numpy_ann.parameter import Parameter

__all__ = ["Optimizer"]

_LARGEST = float(np.finfo(np.float32).max)


class Optimizer(ABC):
    """Changes all parameters at once, as one flat vector ``theta``, by the gradient ``g`` of the loss.

    An optimizer defines ``own_slots``, the vectors that it remembers between steps, and ``update``. Around
    the update, a step clips the gradient, lets the parameters decay and keeps their average, if asked to::

        g = clipped(g)
        theta = theta - learning_rate weight_decay theta
        theta = update(theta, g)
        average = ema_momentum average + (1 - ema_momentum) theta

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        How far a step goes; not negative. Held in float32 precision, as in Keras and its files. A schedule
        is asked anew for each step.
    weight_decay : float, optional
        How strongly parameters are drawn to 0, beside their gradients: Loshchilov and Hutter, "Decoupled
        Weight Decay Regularization", ICLR 2019. See ``exclude_from_weight_decay``.
    clipnorm : float, optional
        The largest length of each parameter's gradient; longer ones are scaled down. 0 is no limit.
    global_clipnorm : float, optional
        The largest length of the whole gradient.
    clipvalue : float, optional
        The largest size of each number in the gradient. At most one of the three can be given.
    use_ema : bool
        Whether to keep a running average of the parameters (Polyak averaging). The average takes the
        parameters' place when ``fit`` ends.
    ema_momentum : float
        How slowly the average changes; from 0 to 1.
    ema_overwrite_frequency : int, optional
        After every so many steps, the average takes the parameters' place, too.
    loss_scale_factor, gradient_accumulation_steps : None
        Keras' options for half precision and for steps over several batches, which numpy_ann doesn't have.
    name : str, optional
        Left out, it is the class name in lower case.

    Attributes
    ----------
    iterations : int
        How many steps were taken.
    state : dict of str to ndarray
        The slots by name, each of the length of ``theta``; empty until built.

    Raises
    ------
    ValueError
        If an option is out of its range, or can't be had beside another.
    """

    interleaved: ClassVar[tuple[str, ...]] = ()
    """The slots that Keras' files keep side by side, parameter by parameter; the others come slot by slot."""

    non_negative_slots: ClassVar[frozenset[str]] = frozenset()
    """Sums or means of squares, and sizes: slots that the rule takes the root of, or divides by."""

    _owned: list[weakref.ref[Parameter]] | None = None  # whose parameters it trains, where that is known

    def __init__(
        self,
        learning_rate: float | LearningRateSchedule,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        global_clipnorm: float | None = None,
        clipvalue: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: None = None,
        gradient_accumulation_steps: None = None,
        name: str | None = None,
    ) -> None:
        self._learning_rate: float | LearningRateSchedule = 0.0
        self.learning_rate = learning_rate
        self.name = name or type(self).__name__.lower()
        self.iterations = 0
        self.state: dict[str, Array] = {}
        self.size: int | None = None

        self.weight_decay = None if weight_decay is None else at_least_0("weight_decay", weight_decay)
        self._excluded = parts.Exclusion()
        self._set_clipping(clipnorm=clipnorm, global_clipnorm=global_clipnorm, clipvalue=clipvalue)
        self.use_ema = bool(use_ema)
        self.ema_momentum = between_0_and_1("ema_momentum", ema_momentum)
        self.ema_overwrite_frequency = _frequency(ema_overwrite_frequency)
        _refuse(loss_scale_factor=loss_scale_factor, gradient_accumulation_steps=gradient_accumulation_steps)

    @property
    def learning_rate(self) -> float:
        """How far a step goes; can be set between steps, unless a schedule sets it.

        Raises
        ------
        TypeError
            On setting a number where a schedule is in force; another schedule can take its place.
        """
        if isinstance(self._learning_rate, float):
            return self._learning_rate
        return self._learning_rate(self.iterations)

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        if isinstance(value, LearningRateSchedule):
            self._learning_rate = value
            return
        if isinstance(self._learning_rate, LearningRateSchedule):
            raise TypeError(
                "This optimizer was created with a LearningRateSchedule as its `learning_rate`, hence its "
                "learning rate is not settable. To set it yourself, begin with a number."
            )
        number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not number or not 0 <= value <= _LARGEST:  # NaN is not, either
            raise ValueError(
                "Argument `learning_rate` should be a finite number of 0 or more, such as 0.001. "
                f"Received: learning_rate={value!r}. A LearningRateSchedule can stand there, too."
            )
        self._learning_rate = float(np.float32(value))

    @property
    def schedule(self) -> LearningRateSchedule | None:
        """The schedule that sets the learning rate, if one does."""
        return None if isinstance(self._learning_rate, float) else self._learning_rate

    @property
    def own_slots(self) -> tuple[str, ...]:
        """The names of the vectors that this rule keeps between steps, in the order of Keras' files."""
        return ()

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of all vectors kept between steps, in the order of Keras' files."""
        return ("average", *self.own_slots) if self.use_ema else self.own_slots

    def slot_order(self, parameters: int) -> list[tuple[str, int]]:
        """Return the slot and the number of the parameter of each array, as they follow each other in Keras.

        Examples
        --------
        >>> from numpy_ann.optimizers import Adam
        >>> Adam(amsgrad=True).slot_order(2)[:4]
        [('momentum', 0), ('velocity', 0), ('momentum', 1), ('velocity', 1)]
        >>> Adam(amsgrad=True).slot_order(2)[4:]
        [('velocity_hat', 0), ('velocity_hat', 1)]
        """
        groups = [self.interleaved, *((slot,) for slot in self.slots if slot not in self.interleaved)]
        groups.sort(key=lambda group: self.slots.index(group[0]) if group else -1)
        return [(slot, number) for group in groups for number in range(parameters) for slot in group]

    def initial_value(self, slot: str) -> float:
        """Return what a slot is filled with before the first step."""
        return 0.0

    def exclude_from_weight_decay(
        self, var_list: Sequence[Parameter] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say which parameters don't decay; a second call takes the first one's place.

        Parameters
        ----------
        var_list : list of Parameter, optional
            These.
        var_names : list of str, optional
            Those whose name (``"kernel"``, ``"bias"``) matches one of these patterns anywhere.

        Raises
        ------
        ValueError
            If the training has begun.
        """
        if self.size is not None:
            raise ValueError(
                "`exclude_from_weight_decay()` can only be called before the optimizer is built, which is "
                "when training begins."
            )
        self._excluded = parts.Exclusion(tuple(var_list or ()), tuple(var_names or ()))

    def build(
        self, size: int, dtype: np.dtype[np.floating], parameters: Sequence[Parameter] | None = None
    ) -> None:
        """Make the slots for a vector of ``size`` parameters.

        Parameters
        ----------
        size : int
            The length of ``theta``.
        dtype : dtype
            Of ``theta``.
        parameters : sequence of Parameter, optional
            What ``theta`` is made of, in order. Left out, it counts as one parameter without a name, to
            ``clipnorm`` and ``exclude_from_weight_decay``.

        Raises
        ------
        ValueError
            If the optimizer has been built for another size or other parameters: it belongs to another model.
        """
        if self.size is not None and self.size != size:
            raise ValueError(
                f"This optimizer has been training {self.size} parameters and can't go on with {size}. "
                "Give each model its own optimizer, and compile anew when you change what is trained."
            )
        if not self._may_train(parameters):
            raise ValueError(
                "This optimizer has been training another model, and would go on with that one's moments and "
                "steps. Give each model its own optimizer."
            )
        if parameters is not None:
            self._owned = [weakref.ref(p) for p in parameters]
        self._parts = parts.slices(size, parameters)
        self._decaying = self._excluded.others(size, parameters)
        if self.size is not None:
            return
        self.size = size
        self.state = {name: np.full(size, self.initial_value(name), dtype=dtype) for name in self.slots}
        # Memory that a rule doesn't write to costs nothing.
        self._scratch, self._spare, self._clipped = (np.empty(size, dtype=dtype) for _ in range(3))

    def _may_train(self, parameters: Sequence[Parameter] | None) -> bool:
        """Return whether these are the parameters that it has trained, if it knows of any."""
        if parameters is None or self._owned is None:
            return True
        return len(parameters) == len(self._owned) and all(
            ref() is p for ref, p in zip(self._owned, parameters, strict=True)
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave out whose parameters they were: a copy belongs to the model that it is built for first."""
        return {**self.__dict__, "_owned": None}

    def step(self, theta: Array, gradient: Array) -> None:
        """Take one step: change ``theta`` in place; ``gradient`` is left alone. Both are ``(size,)``."""
        if self.size is None:
            self.build(theta.size, theta.dtype)
        learning_rate = self.learning_rate  # a schedule's first value is that of 0 iterations
        self.iterations += 1
        if self._clipping is not None:
            clip, limit = self._clipping
            gradient = clip(gradient, limit, self._parts, self._clipped)
        if self.weight_decay:
            self._decay(theta, self.weight_decay, learning_rate)
        self.update(theta, gradient, learning_rate)
        if self.use_ema:
            self._update_average(theta)

    @abstractmethod
    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Change ``theta`` and the slots in place, by the rule; ``iterations`` counts this step already."""

    def finalize_variable_values(self, theta: Array) -> None:
        """Put the average in the parameters' place, if there is one; ``fit`` calls it at its end."""
        if self.use_ema and self.iterations:
            theta[...] = self.state["average"]

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
        schedule = self.schedule
        rate = self.learning_rate if schedule is None else schedules.serialize(schedule)
        options = {key: getattr(self, key, None) for key in DEFAULTS}
        return {"name": self.name, "learning_rate": rate, **options}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the optimizer that ``get_config`` described."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {**config, "learning_rate": schedules.deserialize(rate)}
        return cls(**config)

    def _set_clipping(self, **limits: float | None) -> None:
        """Choose the clipping; 0 is none, as in Keras."""
        given = {option: at_least_0(option, limit) for option, limit in limits.items() if limit is not None}
        if len(given) > 1:
            raise ValueError(
                f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: {given}"
            )
        self.clipnorm, self.global_clipnorm, self.clipvalue = map(given.get, limits)
        used = [(CLIPPINGS[option], limit) for option, limit in given.items() if limit > 0]
        self._clipping = used[0] if used else None

    def _decay(self, theta: Array, weight_decay: float, learning_rate: float) -> None:
        for part in self._decaying:
            step = np.multiply(theta[part], weight_decay, out=self._scratch[part])
            step *= learning_rate
            theta[part] -= step

    def _update_average(self, theta: Array) -> None:
        average = self.state["average"]
        # The first average is the parameters themselves. In the model's precision, as in Keras.
        momentum = theta.dtype.type(self.ema_momentum if self.iterations > 1 else 0)
        average *= momentum
        average += np.multiply(theta, 1 - momentum, out=self._scratch)
        if self.ema_overwrite_frequency and self.iterations % self.ema_overwrite_frequency == 0:
            theta[...] = average

    def __repr__(self) -> str:
        unsaid = {"name": self.name, **DEFAULTS}
        said = {k: v for k, v in self.get_config().items() if k not in unsaid or v != unsaid[k]}
        if self.schedule is not None:
            said["learning_rate"] = self.schedule
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in said.items())})"


def _frequency(value: Any) -> int | None:
    """Return the number of steps, if it is one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(
            "`ema_overwrite_frequency` must be an integer of at least 1, or None. "
            f"Received: ema_overwrite_frequency={value!r}"
        )
    return int(value)


def _refuse(**options: Any) -> None:
    """Raise if an option that numpy_ann doesn't have is given."""
    for option, value in options.items():
        if value is not None:
            raise ValueError(
                f"`{option}` is not supported: models compute in float32 or float64 and take a step on every "
                f"batch. Leave it out, or None. Received: {option}={value!r}"
            )
