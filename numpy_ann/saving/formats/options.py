"""How a configuration's options are read: by a row for each class that a file may name.

Arguments and types are those of the class's signature, ranges those of a room's readers; others are refused.
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import ModuleType, NoneType
from typing import Any, Final, TypeAlias, get_args, get_origin

from numpy_ann.lookup import snake_case
from numpy_ann.saving.containers.strict_json import ConfigValue, shown

__all__ = [
    "ANYTHING", "TABLES", "Neutral", "Reader", "Row", "Table", "choice", "each", "function_name", "numbers",
    "optional", "read_dtype", "read_options", "rows", "within",
]  # fmt: skip

Reader: TypeAlias = Callable[[ConfigValue], Any]
"""Turns a value into an argument, or raises ``ModelFormatError``."""

Neutral: TypeAlias = tuple[Any, ...] | Reader
"""The values at which an option changes nothing; or a reader that raises at those which it may not have."""

ANYTHING: Final[Neutral] = lambda item: None  # noqa: E731  (the option never changes anything)

_MOST_INTEGERS, _MOST_ENTRIES = 32, 10_000  # axes; thresholds and weights of classes
_LARGEST = 1e30  # of a number of which nothing more is known


def each(names: str, value: Any) -> dict[Any, Any]:
    """Return a dictionary with that value for each of the names, which blanks part."""
    return dict.fromkeys(names.split(), value)


def within(kind: type[int] | type[float], low: float, high: float) -> Reader:
    """Return the reader of an int or a float from ``low`` to ``high``."""
    return lambda item: item.of(kind, low, high)


def optional(reader: Reader, otherwise: Any = None) -> Reader:
    """Return the reader of what ``reader`` reads, or of null, which means ``otherwise``."""
    return lambda item: otherwise if item.value is None else reader(item)


def numbers(axes: int) -> Reader:
    """Return the reader of a number, or of an array of at most so many axes: lists in lists."""

    def read(item: ConfigValue) -> Any:
        if axes and isinstance(item.value, list):
            return [numbers(axes - 1)(entry) for entry in item.array(1 << 16)]
        return item.of(float, -_LARGEST, _LARGEST)

    return read


def choice(*words: str, **meanings: Any) -> Reader:
    """Return the reader of one of a few words; it gives what the word means, which may be itself."""
    meanings |= dict(zip(words, words, strict=True))

    def read(item: ConfigValue) -> Any:
        word = item.of(str)
        if word not in meanings:
            raise item.error(f"{word!r} is not supported. Supported: {', '.join(sorted(meanings))}")
        return meanings[word]

    return read


def function_name(item: ConfigValue) -> str:
    """Read the name of a function, plain or in the object that Keras makes of its own functions."""
    wrapped = isinstance(item.value, dict) and item["class_name"].value == "function"
    return (item["config"] if wrapped else item).of(str)


# How numpy_ann computes what each of Keras' policies asks for: in that precision or a better one.
_DTYPES = choice("float32", "float64", float16="float32", mixed_float16="float32")


def read_dtype(item: ConfigValue) -> str:
    """Read a dtype or a dtype policy: a name, an object around a name, or null (Keras 3.0, of metrics)."""
    if item.value is None:
        return "float32"
    if isinstance(item.value, dict):
        name = item["class_name"].of(str)
        if name not in ("DTypePolicy", "FloatDTypePolicy", "Policy"):
            raise item.error(f"the dtype policy {name!r} is not supported; DTypePolicy is")
        if item["config"].fields().keys() - {"name", "source_name"}:
            raise item["config"].unexpected("a dtype policy's name alone")
        item = item["config"]["name"]
    return _DTYPES(item)  # type: ignore[no-any-return]


def _refused(item: ConfigValue) -> None:
    raise item.error(f"{shown(item.value)} is not supported; only null is")


# What is read where nothing but the type is known; the class itself then says what it can't take.
_BY_TYPE: dict[Any, Reader] = {
    bool: lambda item: item.of(bool), float: within(float, -_LARGEST, _LARGEST),
    int: within(int, -(2**31), 2**31), str: lambda item: item.of(str),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What files know of one class, beside what its signature says."""

    make: type[Any]
    # From an argument's name, or a class in its annotation, to its reader; None where files have no such
    # option. Others are derived from their annotations.
    readers: Mapping[Any, Reader | None] = field(default_factory=dict)
    inert: Mapping[str, Neutral] = field(default_factory=dict)  # Keras' options that change nothing
    written: Mapping[str, Any] = field(default_factory=dict)  # beside our arguments, as Keras writes it
    # From a layer's options, or an optimizer's slots, to Keras 2's names for them, where those differ.
    keras2: Mapping[str, str] = field(default_factory=dict)
    old: Mapping[str, str] = field(default_factory=dict)  # from names in Keras 1 to today's arguments
    # From an optimizer's slots to their names in keras.optimizers.legacy of Keras 2; None where that has no
    # such optimizer, or it computes something else; whether, with this one's options, it computes the same.
    legacy: Mapping[str, str] | None = None
    legacy_if: Callable[[Any], bool] = lambda optimizer: True

    @cached_property
    def arguments(self) -> dict[str, Reader]:
        """The reader of each argument, under Keras' name, and under Keras 1's too where that was another."""
        annotations: dict[str, Any] = {}
        for i, make in enumerate(
            vars(cls)["__init__"] for cls in self.make.__mro__[:-1] if "__init__" in vars(cls)
        ):
            _, *parameters = inspect.signature(make).parameters.values()
            for parameter in parameters:
                # What the base class requires, this one gives it: it is no option.
                given = i and parameter.default is parameter.empty
                if not given and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                    annotations.setdefault(parameter.name, parameter.annotation)
            if not any(parameter.kind == parameter.VAR_KEYWORD for parameter in parameters):
                break  # it hands no options on
        read = {name: _reader(name, annotation, self.readers) for name, annotation in annotations.items()}
        found = {name: reader for name, reader in read.items() if reader is not None}
        return found | {name: self.readers.get(name) or found[now] for name, now in self.old.items()}


def _reader(name: str, annotation: Any, readers: Mapping[Any, Reader | None]) -> Reader | None:
    """Return the reader of an argument, from its name and its annotation; None if nothing says how."""
    if readers.get(name, Row) is None:  # named as no option, whatever its kind
        return None
    kinds = {type(None) if kind is None else kind for kind in get_args(annotation) or (annotation,)}
    if get_origin(annotation) is Sequence:
        kinds = {annotation}
    if kinds == {NoneType}:  # an argument that Keras has, and that can't be used here
        return optional(_refused)
    for kind in kinds:
        if isinstance(kind, type) and kind in readers:
            return readers[kind]
    lists = [kind for kind in kinds if get_origin(kind) is Sequence]
    entries = {entry for kind in lists for entry in get_args(get_args(kind)[0]) or get_args(kind)}
    types = [kind for kind in (bool, int, float, str) if kind in kinds | entries]
    known = len(types) == 1 and kinds <= {*types, *lists, NoneType}
    one = readers.get(name, _BY_TYPE[types[0]] if known else None)
    if one is None:
        return None
    read, most = one, _MOST_INTEGERS if int in entries else _MOST_ENTRIES
    if lists:
        entry = optional(one) if NoneType in entries else one
        alone = bool(kinds & {bool, int, float, str})
        read = lambda item: (  # noqa: E731
            one(item) if alone and not isinstance(item.value, list) else [*map(entry, item.array(most))]
        )
    return optional(read) if NoneType in kinds else read


class Table(dict[str, Row]):
    """The rows of a room by the names of its classes; ``own`` is that of any class of somebody's own."""

    base: type[Any]
    own: Row
    kind: str  # what messages call the parts
    module: str  # what Keras calls the room


TABLES: list[Table] = []  # all of them


def rows(
    room: ModuleType, base: type[Any], readers: Mapping[Any, Reader | None] | None = None,
    inert: Mapping[str, Neutral] | None = None, own: Sequence[Row] = (), without: Collection[str] = (),
) -> Table:  # fmt: skip
    """Return the row of each class that a room offers but abstract ones, ``base``, and those ``without``."""
    by_class, found = {row.make: row for row in own}, Table()
    found.base, found.kind = base, snake_case(base.__name__).replace("_", " ")
    found.module = room.__name__.replace("numpy_ann", "keras")
    found.own = Row(base, readers or {}, {**(inert or {}), "autocast": (True,)})
    TABLES.append(found)
    for name in room.__all__:
        cls = getattr(room, name)
        ours = isinstance(cls, type) and issubclass(cls, base) and cls is not base and name not in without
        if ours and not inspect.isabstract(cls):
            row = by_class.get(cls) or Row(cls)
            found[cls.__name__] = replace(
                row, readers={**(readers or {}), **row.readers}, inert={**(inert or {}), **row.inert}
            )
    return found


def read_options(
    config: ConfigValue, arguments: Mapping[str, Reader], inert: Mapping[str, Neutral]
) -> dict[str, Any]:
    """Return the arguments that a configuration gives, each checked; refuse what isn't known."""
    found = {}
    for key, item in config.fields().items():
        if key in arguments:
            found[key] = arguments[key](item)
        elif key not in inert:
            known = ", ".join(sorted({*arguments, *inert}))
            raise item.error(f"this option is not supported, and could mean something. Known here: {known}")
        elif callable(values := inert[key]):
            values(item)
        # True isn't 1 here, nor false 0.
        elif not any(item.value == v and isinstance(item.value, bool) == isinstance(v, bool) for v in values):
            allowed = " or ".join(map(shown, values))
            raise item.error(f"{shown(item.value)} is not supported; only {allowed} is")
    return found
