"""What all parts have that a user may subclass: nothing that Keras would call is overridden in vain."""

from abc import ABC
from collections.abc import Callable, Iterable, Mapping
from functools import cache, wraps
from inspect import Parameter, isabstract, signature
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, Self, TypeVar

__all__ = [
    "Described", "Part", "accepted", "arguments", "constructor_options", "did_you_mean",
    "explaining_old_names", "explanation", "no_method", "old_names", "ours", "required", "seen_as_ours",
]  # fmt: skip

P = ParamSpec("P")
T = TypeVar("T")

translate: Callable[[Callable[..., Any], Mapping[str, Any]], dict[str, Any] | None] | None = None
"""What turns old options into today's, while a script is run with those of Keras 1 and 2."""


@cache
def old_names() -> dict[str, Any]:
    """Return ``options`` and ``methods`` of Keras 1 and 2, with today's, and ``cures``, which say more."""
    import tomllib  # only a mistake pays for this import

    return tomllib.loads(Path(__file__).with_name("old_names.toml").read_text("utf-8"))


def _refusal(cls: type) -> str | None:
    """Return what is wrong with a class of a user's, if it is anything."""
    for base in cls.__mro__:
        above = cls.__mro__[: cls.__mro__.index(base)]
        for method, cure in vars(base).get("_not_called", {}).items():
            if any(method in vars(klass) and not ours(klass) for klass in above):
                return (
                    f"{cls.__name__} overrides `{method}`, which numpy_ann doesn't call: it would be "
                    f"ignored. Override {cure} instead."
                )
        for method, beside in vars(base).get("_together", {}).items():
            klass = next((klass for klass in above if {method, beside} & vars(klass).keys()), base)
            owner = next(klass for klass in cls.__mro__ if beside in vars(klass))
            if beside not in vars(klass) and not ours(klass) and owner is not base:
                return (
                    f"{cls.__name__} overrides `{method}` without `{beside}`, which it has from "
                    f"{owner.__name__} and which belongs to that one's formula. Define `{beside}` too."
                )
    return None


def required(method: T) -> T:
    """Make a method abstract, but to type checkers, who can't know that a class may have ``call`` instead."""
    method.__isabstractmethod__ = True  # type: ignore[attr-defined]
    return method


def ours(thing: Any) -> bool:
    """Return whether a class or a method is this package's own."""
    return bool(str(thing.__module__).partition(".")[0] == "numpy_ann")


def did_you_mean(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the sentence that offers the names most like one, if there are any."""
    from difflib import get_close_matches  # only a mistake pays for this import

    near = get_close_matches(name, dict.fromkeys(known), n=3, cutoff=cutoff)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def explanation(
    error: TypeError, called: Any, args: tuple[Any, ...], options: Mapping[str, Any], has: Any = None
) -> str | None:
    """Return what an unknown option, of older versions of Keras or from elsewhere, is called here."""
    if "unexpected keyword argument" not in str(error) and "required positional argument" not in str(error):
        return None
    whose, has = f"{called.__name__}()", has or signature(called).parameters
    elsewhere: dict[str, str] = getattr(args[0], "_called_elsewhere", {}) if args else {}
    known, cured = old_names()["options"], old_names()["cures"]
    if called.__name__ == "__init__":
        whose = type(args[0]).__name__
        if getattr(type(args[0]).__init__, "__wrapped__", None) is not called:
            return None  # that of a base class: the caller has said more
    for name in (name for name in options if name not in has):
        old = "" if name in elsewhere else ", a name of older versions of Keras"
        today = next((new for new in (elsewhere.get(name), *known.get(name, ())) if new in has), None)
        cures = [f"say {today}={options[name]!r} instead"] if today else []
        cures += [cure for cure in (cured.get(name), elsewhere.get(name)) if cure and cure != today]
        if cures:
            return f"{whose} has no option `{name}`{old}: {', '.join(cures)}."
        if f"keyword argument '{name}'" in str(error) and (near := did_you_mean(name, has)):
            return f"{whose} has no option `{name}`.{near}"
    return None


def no_method(cls: type, name: str) -> str:
    """Return what is said of a method that a class hasn't; for one of Keras 1 and 2, that of today."""
    today = old_names()["methods"].get(name)
    near = did_you_mean(name, (known for known in dir(cls) if not known.startswith("_")))
    old = f", a name of older versions of Keras: say {today} instead."
    return f"{cls.__name__} has no method `{name}`{old if today else '.' + near}"


def explaining_old_names(method: Callable[P, T]) -> Callable[P, T]:
    """Return the method, which says today's name of an option that Keras 1 or 2 had.

    >>> @explaining_old_names
    ... def fit(epochs=1): ...
    >>> fit(nb_epoch=3)
    Traceback (most recent call last):
        ...
    TypeError: fit() has no option `nb_epoch`, a name of older versions of Keras: say epochs=3 instead.
    """
    makes = method.__name__ == "__init__" and not ours(method)

    @wraps(method)
    def explained(*args: P.args, **options: P.kwargs) -> T:
        if makes:
            vars(args[0]).setdefault("_made_with", (args[1:], options))
        if translate is not None:
            options = translate(method, options) or options  # type: ignore[assignment]
        try:
            made = method(*args, **options)
        except TypeError as error:
            if (said := explanation(error, method, args, options)) is None:
                raise
            raise TypeError(said) from error.__cause__
        if makes and type(args[0])._needed not in {*vars(args[0]), ""}:  # type: ignore[attr-defined]
            raise TypeError(f"{type(args[0]).__name__}.__init__ must call super().__init__() first.")
        return made

    return explained


class Part(ABC):  # noqa: B024  (what is abstract, those below it say)
    """The base of layers, losses, optimizers and all others that take options and that a user may subclass.

    A class says in ``_not_called`` which methods this package doesn't call, each with what to
    override instead: no instance is made of a subclass that has one, as it would be ignored. It says in
    ``_together`` which method is of no use, or wrong, without which, such as a formula without its
    derivative. An option of Keras 1 or 2 is refused with today's name.

    Raises ``TypeError`` if the class overrides what isn't called, or the one of two methods that go together.
    """

    _not_called: ClassVar[dict[str, str]] = {}
    _together: ClassVar[dict[str, str]] = {}
    _needed: ClassVar[str] = ""  # an attribute that the constructor sets, without which nothing works

    def __init_subclass__(cls, **options: Any) -> None:
        """Explain old names of the constructor's options, and refuse instances that override in vain."""
        super().__init_subclass__(**options)
        # setattr(), as type checkers would take an assignment for the signature of all constructors.
        if "__init__" in vars(cls):
            setattr(cls, "__init__", explaining_old_names(vars(cls)["__init__"]))  # noqa: B010
        if _refusal(cls) is not None:
            setattr(cls, "__new__", staticmethod(_refuse))  # noqa: B010


def seen_as_ours(thing: T) -> T:
    """Return a part as the nearest class of this package that it derives from: what ``super().call`` means.

    Both share their attributes; methods that are overridden are those of that class.
    """
    cls = next(klass for klass in type(thing).__mro__ if ours(klass))
    if cls is type(thing):
        return thing
    if isabstract(cls):
        raise NotImplementedError(f"{type(thing).__name__}.call: {cls.__name__}, above it, has no formula.")
    view: T = object.__new__(cls)
    object.__setattr__(view, "__dict__", vars(thing))
    return view


def _refuse(cls: type[Any], *args: Any, **options: Any) -> Any:
    """Make no instance of a class that overrides in vain; a class below it may have mended that."""
    if (refusal := _refusal(cls)) is not None:
        raise TypeError(refusal)
    return object.__new__(cls)


class Described(Part):
    """A part that the arguments of its constructor describe, each of them kept under its name."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make another one like this, under Keras' names."""
        return accepted(type(self), arguments(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the part that ``get_config`` described."""
        return cls(**config)


def arguments(thing: Any) -> dict[str, Any]:
    """Return what a part was made with: its constructor's arguments that it keeps under their names.

    Where a constructor hands ``**options`` on, the arguments of the next class up count too.

    >>> class Scale:
    ...     def __init__(self, factor=2.0):
    ...         self.factor = factor
    >>> arguments(Scale())
    {'factor': 2.0}
    """
    names, _ = constructor_options(type(thing))
    found: dict[str, Any] = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    given, options = getattr(thing, "_made_with", ((), {}))
    found |= dict(zip(names, given, strict=False))
    return found | options


def accepted(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options that the constructor of a class of one's own takes."""
    names, more = constructor_options(cls)
    return {name: value for name, value in config.items() if more or ours(cls) or name in names}


def constructor_options(cls: type) -> tuple[list[str], bool]:
    """Return what a class is made with, and whether by a constructor that takes anything."""
    names: dict[str, None] = {}
    any_number = (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)
    for constructor in (vars(klass)["__init__"] for klass in cls.__mro__[:-1] if "__init__" in vars(klass)):
        parameters = list(signature(constructor).parameters.values())[1:]
        names |= dict.fromkeys(p.name for p in parameters if p.kind not in any_number)
        if not any(p.kind is Parameter.VAR_KEYWORD for p in parameters):
            return list(names), False
    return list(names), True
