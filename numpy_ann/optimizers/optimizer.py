"""What every optimizer is: a rule that turns a gradient into a step."""

import inspect
import warnings
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import prod
from typing import Any, ClassVar, Self, TypeAlias, TypedDict

import numpy as np

from numpy_ann._typing import Array, Shape
from numpy_ann.optimizers import schedules
from numpy_ann.optimizers.flat_vector import CLIPPINGS, Exclusion, slices
from numpy_ann.optimizers.schedules import LearningRateSchedule
from numpy_ann.optimizers.variables import Iterations, LearningRate
from numpy_ann.parameter import Parameter
from numpy_ann.part import Part
from numpy_ann.validation import checked_bool, checked_integer, checked_number, is_number

_LARGEST = float(np.finfo(np.float32).max)

Slots: TypeAlias = dict[str, Array]
"""What a rule remembers between steps, by name."""

LearningRateLike: TypeAlias = float | LearningRateSchedule


class OtherOptions(TypedDict, total=False):
    """The keyword arguments that ``Optimizer`` describes, but for ``weight_decay``."""

    clipnorm: float | None
    global_clipnorm: float | None
    clipvalue: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None


class Options(OtherOptions, total=False):
    """The keyword arguments that ``Optimizer`` describes."""

    weight_decay: float | None


class Optimizer(Part):
    """Changes all parameters at once, as one flat vector ``theta``, by the gradient ``g`` of the loss.

    An optimizer defines ``own_slots``, the vectors that it remembers between steps, and ``rule``, the formula
    of its paper; ``update`` is the same in place. Around it, a step clips the gradient, lets the parameters
    decay and keeps their average, if asked to::

        g = clipped(g)
        theta = theta - learning_rate weight_decay theta
        theta = rule(theta, g)
        average = ema_momentum average + (1 - ema_momentum) theta

    Parameters
    ----------
    learning_rate : float, LearningRateSchedule or callable
        How far a step goes; not negative. Held in float32 precision, as in Keras and its files. A schedule
        is asked anew for each gradient, and so is a function without arguments, which files can't hold.
    weight_decay : float, optional
        How strongly parameters are drawn to 0, beside their gradients. See ``exclude_from_weight_decay``.
    clipnorm, global_clipnorm, clipvalue : float, optional
        The largest length of each parameter's gradient (longer ones are scaled down), that of the whole
        gradient, and the largest size of each number in it. At most one can be given; 0 is no limit.
    use_ema : bool
        Whether to keep a running average of the parameters (Polyak averaging), which takes their place when
        ``fit`` ends.
    ema_momentum : float
        How slowly the average changes; from 0 to 1.
    ema_overwrite_frequency : int, optional
        After every so many steps, the average takes the parameters' place, too.
    loss_scale_factor : float, optional
        What ``scale_loss`` multiplies a loss by, and ``apply`` divides its gradients by. ``fit`` takes the
        gradients of the loss itself, for which both cancel.
    gradient_accumulation_steps : int, optional
        Of how many gradients the mean makes one step; at least 2. As in Keras, the average of the parameters
        moves, and a schedule goes on, with each gradient; all else with each step.
    name : str, optional
        Left out, it is the class name in lower case.
    **old
        ``decay``, which Keras 2 had: it is ignored, and a warning says so, as in Keras 3.

    Attributes
    ----------
    schedule : LearningRateSchedule, optional
        What sets the learning rate, if one does.
    state : dict of str to ndarray
        The slots by name, each as long as ``theta``, if ``slot_shape`` says nothing else; empty until built.

    Source: the decay: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019; the average:
    Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and
    Optimization 30 (1992).

    >>> class HeavyBall(Optimizer):
    ...     own_slots = ("momentum",)
    ...     def __init__(self, learning_rate=0.1, momentum=0.5, **options):
    ...         super().__init__(learning_rate, **options)
    ...         self.momentum = momentum
    ...     def rule(self, theta, g, state, t, learning_rate):
    ...         v = self.momentum * state["momentum"] - learning_rate * g
    ...         return theta + v, {"momentum": v}
    >>> theta, optimizer = np.array([1.0, 2.0]), HeavyBall(0.5)
    >>> for _ in range(2):
    ...     optimizer.step(theta, np.array([1.0, -1.0]))
    >>> theta  # 1 - 0.5 - 0.75
    array([-0.25,  3.25])
    """

    own_slots: Any = ()  # Any, so that it may be a property in a subclass, where options decide
    """The names of the vectors that this rule keeps between steps, in the order of Keras' files."""
    interleaved: ClassVar[tuple[str, ...]] = ()
    """The slots that Keras' files keep side by side, parameter by parameter; the others come slot by slot."""
    non_negative_slots: ClassVar[frozenset[str]] = frozenset()
    """Sums or means of squares, and sizes: slots that the rule takes the root of, or divides by."""

    _not_called: ClassVar[dict[str, str]] = {
        "update_step": "`rule(theta, g, state, t, learning_rate)`, which returns the next ones,",
        **dict.fromkeys(("apply", "apply_gradients", "stateless_apply"), "`rule`"),
        "load_own_variables": "`set_state`",
        "save_own_variables": "`get_config`",
        **dict.fromkeys(("_resource_apply_dense", "get_updates"), "`rule`"),
    }
    _together: ClassVar[dict[str, str]] = {"rule": "update"}
    schedule: LearningRateSchedule | None = None
    _owned: list[weakref.ref[Parameter]] | None = None  # whose parameters it trains, where that is known

    def __init__(
        self, learning_rate: float | LearningRateSchedule, *, weight_decay: float | None = None,
        clipnorm: float | None = None, global_clipnorm: float | None = None, clipvalue: float | None = None,
        use_ema: bool = False, ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
        name: str | None = None, **old: Any,
    ) -> None:  # fmt: skip
        if "decay" in old:
            del old["decay"]
            today = "learning_rate=InverseTimeDecay(rate, 1, decay), of optimizers.schedules, is today."
            said = "Argument `decay` is no longer supported and will be ignored, as in Keras 3. It was what"
            warnings.warn(f"{said} {today}", stacklevel=5)  # past both constructors, to who calls them
        own = type(self)
        for unknown in old:
            raise TypeError(f"{own.__name__}.__init__() got an unexpected keyword argument {unknown!r}")
        if own.rule is Optimizer.rule and own.update is Optimizer.update:
            raise TypeError(
                f"{own.__name__} defines no `rule(theta, g, state, t, learning_rate)`, which returns "
                "the next theta and the next slots. What Keras' `update_step` assigns to, `rule` returns."
            )
        self._learning_rate: float | LearningRateSchedule | Callable[[], float] = 0.0
        self.learning_rate = learning_rate
        self.name = name or own.__name__.lower()
        self._seen = self._t = 0  # gradients, and the number of the step that is being taken
        self.state: Slots = {}
        self.size: int | None = None
        self._excluded: Exclusion | None = None
        decay = None if weight_decay is None else checked_number("weight_decay", weight_decay, least=0)
        self.weight_decay = decay
        limits = {"clipnorm": clipnorm, "global_clipnorm": global_clipnorm, "clipvalue": clipvalue}
        given = {o: checked_number(o, limit, least=0) for o, limit in limits.items() if limit is not None}
        if len(given) > 1:
            raise ValueError(
                f"Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: {given}"
            )
        self.clipnorm, self.global_clipnorm, self.clipvalue = map(given.get, limits)
        used = [(CLIPPINGS[option], limit) for option, limit in given.items() if limit > 0]  # 0 is none
        self._clipping = used[0] if used else None
        self.use_ema = checked_bool("use_ema", use_ema)
        self.ema_momentum = checked_number("ema_momentum", ema_momentum, least=0, most=1)
        every, factor, steps = ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps or None
        counts = (("ema_overwrite_frequency", every, 1), ("gradient_accumulation_steps", steps, 2))
        self.ema_overwrite_frequency, self.gradient_accumulation_steps = (
            None if count is None else checked_integer(option, count, least=least)
            for option, count, least in counts
        )
        scale = None if factor is None else checked_number("loss_scale_factor", factor, above=0)
        self.loss_scale_factor = scale

    @property
    def learning_rate(self) -> LearningRate:
        """How far a step goes, a float; it can be set: where a schedule is in force, to another."""
        return LearningRate.of(self, "learning_rate", self._current_rate())

    @learning_rate.setter
    def learning_rate(self, value: float | LearningRateSchedule) -> None:
        if isinstance(value, LearningRateSchedule) or callable(value):
            self._learning_rate = value
            self.schedule = value if isinstance(value, LearningRateSchedule) else None
            return
        if callable(self._learning_rate):
            why = "a LearningRateSchedule as its `learning_rate`, hence its learning rate is not settable."
            raise TypeError(f"This optimizer was created with {why} To set it yourself, begin with a number.")
        if not is_number(value) or not 0 <= value <= _LARGEST:  # NaN is not, either
            raise ValueError(
                "Argument `learning_rate` should be a finite number of 0 or more, such as 0.001. "
                f"Received: learning_rate={value!r}. A LearningRateSchedule can stand there, too."
            )
        self._learning_rate = float(np.float32(value))

    def _current_rate(self) -> float:
        rate = self._learning_rate
        if isinstance(rate, float | int):
            return rate
        if isinstance(rate, LearningRateSchedule):
            return float(rate(self._seen))
        return float(np.float32(checked_number("learning_rate", float(rate()), least=0)))

    @property
    def iterations(self) -> Iterations:
        """How many steps were taken: an ``int``, which has Keras' ``assign`` and ``numpy`` beside."""
        return Iterations.of(self, "iterations", self._seen // (self.gradient_accumulation_steps or 1))

    @iterations.setter
    def iterations(self, value: int) -> None:
        steps = checked_integer("iterations", value, least=0)
        self._seen = steps * (self.gradient_accumulation_steps or 1)

    @property
    def gradients_seen(self) -> Iterations:
        """How many gradients came, with those that wait for a step: Keras' files hold it."""
        return Iterations.of(self, "gradients_seen", self._seen)

    @gradients_seen.setter
    def gradients_seen(self, value: int) -> None:
        self._seen = checked_integer("gradients_seen", value, least=0)

    @property
    def built(self) -> bool:
        """Whether the slots exist."""
        return self.size is not None

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of all vectors kept between steps, in the order of Keras' files."""
        kept = {"average": self.use_ema, "gradient_accumulator": self.gradient_accumulation_steps}
        return (*(name for name, wanted in kept.items() if wanted), *self.own_slots)

    def slot_order(self, parameters: int) -> list[tuple[str, int]]:
        """Return the slot and the number of the parameter of each array, as they follow each other in Keras.

        >>> from numpy_ann.optimizers import Adam
        >>> [f"{slot} {number}" for slot, number in Adam(amsgrad=True).slot_order(2)]
        ['momentum 0', 'velocity 0', 'momentum 1', 'velocity 1', 'velocity_hat 0', 'velocity_hat 1']
        """
        groups = [self.interleaved, *((slot,) for slot in self.slots if slot not in self.interleaved)]
        groups.sort(key=lambda group: self.slots.index(group[0]) if group else -1)
        return [(slot, number) for group in groups for number in range(parameters) for slot in group]

    def slot_shape(self, slot: str, shape: Shape) -> Shape:
        """Return the shape that a slot has for a parameter of ``shape``: the same, unless a rule differs."""
        return shape

    def slot_arrays(self, slot: str) -> list[Array]:
        """Return a slot cut into the parameters: a view of ``state[slot]`` for each, in its shape."""
        shapes = [self.slot_shape(slot, shape) for shape in self._shapes]
        places = slices(map(prod, shapes))
        return [self.state[slot][place].reshape(s) for place, s in zip(places, shapes, strict=True)]

    def initial_value(self, slot: str) -> float:
        """Return what a slot is filled with before the first step: 0, or what ``initial_..._value`` says."""
        return float(getattr(self, f"initial_{slot}_value", 0.0))

    @property
    def variables(self) -> list[Any]:
        """What it keeps, as Keras lists it: the gradients seen, the learning rate (no schedule's), the slots.

        Each has ``name``, ``shape``, ``dtype``, ``numpy()`` and ``assign(value)``.

        >>> from numpy_ann.optimizers import SGD
        >>> optimizer = SGD(momentum=0.5)
        >>> optimizer.build([Parameter("kernel", np.zeros((2, 3)))])
        >>> [(variable.name, variable.shape) for variable in optimizer.variables]
        [('iteration', ()), ('learning_rate', ()), ('kernel_momentum', (2, 3))]
        """
        numbers = [self.gradients_seen] if self.schedule else [self.gradients_seen, self.learning_rate]
        if self.size is None:
            return numbers
        arrays = {slot: self.slot_arrays(slot) for slot in self.slots}
        order = self.slot_order(len(self._names))
        names = (f"{self._names[p]}_{slot}" for slot, p in order)
        slots = (Parameter(n, arrays[s][p], trainable=False) for n, (s, p) in zip(names, order, strict=True))
        return [*numbers, *slots]

    def exclude_from_weight_decay(
        self, var_list: Sequence[Parameter] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Say, before training, which parameters don't decay; a second call takes the first one's place.

        These, and those whose name (``"kernel"``, ``"bias"``) matches a pattern of ``var_names`` anywhere.
        """
        if self.size is not None:
            when = "before the optimizer is built, which is when training begins."
            raise ValueError(f"`exclude_from_weight_decay()` can only be called {when}")
        self._excluded = Exclusion(tuple(var_list or ()), tuple(var_names or ()))

    def build(self, variables: Sequence[Parameter]) -> None:
        """Make the slots for all parameters that will be trained, of one dtype; ``fit`` does it.

        They are always the same, in this order, as an optimizer belongs to one model.
        """
        variables = list(variables)
        if not all(isinstance(v, Parameter) for v in variables):
            wanted = "a list of Parameters, such as model.trainable_parameters"
            raise TypeError(f"An optimizer is built for {wanted}. Received: {variables!r}")
        dtypes = {v.value.dtype for v in variables} or {np.dtype(np.float32)}
        if len(dtypes) > 1:
            raise ValueError(f"All variables have one dtype. Received: {', '.join(sorted(map(str, dtypes)))}")
        size = sum(v.value.size for v in variables)
        if self.size is not None and self.size != size:
            raise ValueError(
                f"This optimizer has been training {self.size} parameters and can't go on with {size}. "
                "Give each model its own optimizer, and compile anew when you change what is trained."
            )
        if self._owned is not None and [id(ref()) for ref in self._owned] != [*map(id, variables)]:
            why = "and would go on with that one's moments and steps. Give each model its own optimizer."
            raise ValueError(f"This optimizer has been training another model, {why}")
        self._owned = [weakref.ref(v) for v in variables]
        self._names, self._shapes = [v.name for v in variables], [v.value.shape for v in variables]
        vars(self).pop("_places", None)
        self._decaying = self._excluded.others(variables) if self._excluded else [slice(None)]
        if self.size is not None:
            return
        self.size, dtype = size, dtypes.pop()
        for name in self.slots:
            length = sum(prod(self.slot_shape(name, shape)) for shape in self._shapes)
            self.state[name] = np.full(length, self.initial_value(name), dtype=dtype)
        # Memory that a rule doesn't write to costs nothing.
        self._scratch, self._spare, self._clipped = (np.empty(size, dtype=dtype) for _ in range(3))

    @cached_property
    def _places(self) -> list[slice]:
        return slices(map(prod, self._shapes))

    def __getstate__(self) -> dict[str, Any]:
        # A copy belongs to the model that it is built for first.
        return {**self.__dict__, "_owned": None}

    def step(self, theta: Array, gradient: Array, skipped: Sequence[int] = ()) -> None:
        """Take one step: change ``theta``, all parameters one after the other, in place, by their gradient.

        ``skipped`` are the numbers of parameters that have no gradient this time, and stay as they are.
        """
        if self.size is None:
            self.build([Parameter("theta", theta)])
            self._owned = None  # later vectors may be others, of this size
        learning_rate = self._current_rate()  # a schedule's first value is that of 0
        kept = self._copies(theta, skipped) if skipped else ()
        accumulated = self.gradient_accumulation_steps
        steps, waiting = divmod(self._seen, accumulated or 1)
        self._seen += 1
        self._t = steps + 1
        if not accumulated:
            self._step(theta, gradient, learning_rate)
        else:
            mean = self.state["gradient_accumulator"]
            mean += gradient
            if waiting == accumulated - 1:
                mean /= accumulated
                self._step(theta, mean, learning_rate)
                mean.fill(0)
        for view, copy in kept:
            view[...] = copy
        if self.use_ema:
            self._update_average(theta)

    def _step(self, theta: Array, gradient: Array, learning_rate: float) -> None:
        if self._clipping is not None:
            clip, limit = self._clipping
            gradient = clip(gradient, limit, self._places, self._clipped)
        decay = self.weight_decay or 0.0
        for place in self._decaying if decay else ():
            step = np.multiply(theta[place], decay, out=self._scratch[place])
            step *= learning_rate
            theta[place] -= step
        self.update(theta, gradient, learning_rate)

    def rule(self, theta: Array, g: Array, state: Slots, t: int, learning_rate: float) -> tuple[Array, Slots]:
        """Return the next ``theta`` and the next slots, in new arrays: the formula as the paper has it.

        ``theta`` and ``g`` are a parameter and its gradient, in its shape (to a rule that treats every number
        alike, all parameters can be given as one vector), ``state`` the slots of ``own_slots``, ``t`` is the
        number of the step, 1 at the first, and ``learning_rate`` that of this step.
        """
        raise NotImplementedError(f"{type(self).__name__} has its rule in place alone: see update.")

    def update(self, theta: Array, g: Array, learning_rate: float) -> None:
        """Change ``theta`` and the slots in place, by the rule; ``iterations`` counts this step already.

        An optimizer that defines it needs less memory and time than ``rule`` takes for each parameter.
        """
        slots = {name: self.slot_arrays(name) for name in self.own_slots}
        for number, (place, shape) in enumerate(zip(self._places, self._shapes, strict=True)):
            state = {name: arrays[number] for name, arrays in slots.items()}
            x, dx = theta[place].reshape(shape), g[place].reshape(shape)
            new, kept = self.rule(x, dx, state, self._t, learning_rate)
            theta[place] = np.ravel(new)
            for name, value in kept.items():
                state[name][...] = value

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Parameter] | None = None) -> None:
        """Take one step by a list of gradients: of each variable, of its shape; without one (None), it stays.

        The first call builds the optimizer with the variables; left out, they are those it was built with.

        >>> from numpy_ann.optimizers import SGD
        >>> W, optimizer = Parameter("kernel", np.ones((1, 2))), SGD(0.5)
        >>> optimizer.apply([[[1.0, -1.0]]], [W])
        >>> W.value
        array([[0.5, 1.5]])
        """
        if not len(grads):
            return
        if trainable_variables is not None and self._owned is None:
            self.build(trainable_variables)
        known = [v for ref in self._owned or () if (v := ref()) is not None]
        if not known or len(known) < len(self._places):
            cure = "call build(variables) first, or pass them beside the gradients."
            raise ValueError(f"Without its variables, the optimizer can't apply gradients: {cure}")
        numbers = {id(v): number for number, v in enumerate(known)}
        variables = known if trainable_variables is None else list(trainable_variables)
        if unknown := [v for v in variables if id(v) not in numbers]:
            cure = "An optimizer is for those that it was built with; others need one of their own."
            raise ValueError(f"Unknown variables: {unknown}. {cure}")
        if len(grads) != len(variables):
            raise ValueError(f"Received {len(grads)} gradients for {len(variables)} variables.")
        pairs = [(v, g) for v, g in zip(variables, grads, strict=True) if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        if len(pairs) < len(variables):
            without = [v.name for v, g in zip(variables, grads, strict=True) if g is None]
            warnings.warn(f"Gradients do not exist for variables {without}; they stay.", stacklevel=2)

        theta = np.concatenate([v.value.ravel() for v in known])
        gradient, skipped = np.zeros_like(theta), set(range(len(known)))
        for v, g in pairs:
            number = numbers[id(v)]
            array = np.asarray(g)
            if array.dtype.kind not in "fiu" or array.shape != v.shape:
                wanted = f"The gradient of {v.name} must be an array of numbers of its shape, {v.shape}."
                raise ValueError(f"{wanted} Received: shape {array.shape}, dtype {array.dtype}")
            gradient[self._places[number]] = array.ravel()
            skipped.discard(number)
        if self.loss_scale_factor is not None:
            gradient /= self.loss_scale_factor
        self.step(theta, gradient, sorted(skipped))
        for v, place in zip(known, self._places, strict=True):
            v.value[...] = theta[place].reshape(v.shape)
        for v, _ in pairs:
            if v.constraint is not None:
                v.value[...] = v.constraint(v.value)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Parameter]]) -> Iterations:
        """Take one step by pairs of a gradient and its variable; return how many gradients came so far."""
        pairs = list(grads_and_vars)
        if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            raise TypeError(
                "Gradients come with their variables: apply_gradients(zip(gradients, variables))."
            )
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.gradients_seen

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss times ``loss_scale_factor``: its gradients are then for ``apply``."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def finalize_variable_values(self, var_list: Array | Sequence[Parameter]) -> None:
        """Put the average, if there is one, in the place of ``theta``, or of the variables: ``fit`` does."""
        if not (self.use_ema and self._seen):
            return
        if isinstance(var_list, np.ndarray):
            var_list[...] = self.state["average"]
            return
        for v, average in zip(var_list, self.slot_arrays("average"), strict=True):
            v.assign(average)

    def set_state(self, gradients_seen: int, state: Slots) -> None:
        """Go on from a saved place: copies ``state``, of the slots' names and shapes, into them."""
        if self.size is None:
            raise ValueError("The optimizer has no slots yet to set: call build(variables) first.")
        expected, received = ({name: np.shape(slot) for name, slot in s.items()} for s in (self.state, state))
        if received != expected:
            raise ValueError(f"The optimizer has the slots {expected}, but the state has {received}.")
        for name, slot in self.state.items():
            slot[...] = state[name]
        self._seen = checked_integer("gradients_seen", gradients_seen, least=0)

    @classmethod
    def own_options(cls) -> tuple[str, ...]:
        """Return the names of the rule's own arguments, beside those of every optimizer.

        >>> from numpy_ann.optimizers import AdamW
        >>> AdamW.own_options()
        ('beta_1', 'beta_2', 'epsilon', 'amsgrad')
        """
        makers = [vars(c)["__init__"] for c in reversed(cls.__mro__[:-1]) if "__init__" in vars(c)]
        options = [p for maker in makers for p in inspect.signature(maker).parameters.values()]
        own = dict.fromkeys(p.name for p in options if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD))
        return tuple(name for name in own if name not in {"self", "learning_rate", "name", *DEFAULTS})

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this optimizer anew, under Keras' names."""
        rate: Any = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            rate = schedules.serialize(rate)
        names = [*DEFAULTS, *(name for name in self.own_options() if hasattr(self, name))]
        return {"name": self.name, "learning_rate": rate, **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the optimizer that ``get_config`` described."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config = {**config, "learning_rate": schedules.deserialize(rate)}
        return cls(**config)

    def _update_average(self, theta: Array) -> None:
        average = self.state["average"]
        # The first average is the parameters themselves. In the model's precision, as in Keras.
        momentum = theta.dtype.type(self.ema_momentum if self._t > 1 else 0)
        average *= momentum
        average += np.multiply(theta, 1 - momentum, out=self._scratch)
        if self.ema_overwrite_frequency and self._t % self.ema_overwrite_frequency == 0:
            theta[...] = average

    def _copies(self, theta: Array, skipped: Sequence[int]) -> list[tuple[Array, Array]]:
        # What these parameters are and keep, as views with their copies.
        arrays = [self.slot_arrays(name) for name in self.slots if name != "average"]
        arrays.append([theta[place] for place in self._places])
        return [(views[number], views[number].copy()) for views in arrays for number in skipped]

    def __repr__(self) -> str:
        unsaid, rate = {"name": self.name, **DEFAULTS}, self.schedule
        config = self.get_config()
        config |= {"learning_rate": float(str(np.float32(config["learning_rate"]))) if rate is None else rate}
        said = {k: v for k, v in config.items() if k not in unsaid or v != unsaid[k]}
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in said.items())})"


DEFAULTS: dict[str, Any] = {
    option.name: option.default
    for option in inspect.signature(Optimizer.__init__).parameters.values()
    if option.kind is option.KEYWORD_ONLY and option.name != "name"
}
"""What the options of every optimizer are when left out, in the order of Keras' configurations."""
