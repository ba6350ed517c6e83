"""Objects in configurations: of a class of the tables in ``parts``, or of one handed over; and back."""

from collections.abc import Callable, Collection, Mapping
from inspect import isclass
from typing import Any

import numpy as np

from numpy_ann import activations
from numpy_ann.activations import ActivationFunction
from numpy_ann.keras_tensor import KerasTensor
from numpy_ann.layers.vocabulary import Found
from numpy_ann.part import ours
from numpy_ann.registration import CustomObjectScope, get_registered_name, get_registered_object, handed
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.options import TABLES, Row, Table, choice, function_name, read_options

_DTYPE = choice("bool", "int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64", "string")
_OF_FUNCTIONS = ("function", "activation", "initializer", "regularizer", "constraint", "loss", "metric")


def row_of(thing: Any, kind: str, table: Mapping[str, Row], cure: str = "") -> Row:
    """Return the row of an object's class; of a class of somebody's own, one with its signature alone."""
    cls = type(thing)
    if cls.__name__ in table and cls is table[cls.__name__].make:
        return table[cls.__name__]
    if ours(cls) or not isinstance(table, Table):
        known = ", ".join(sorted(table))
        raise ValueError(f"The {kind} {cls.__name__} can't be written to a Keras file; {known} can.{cure}")
    return Row(cls)


def class_of(entry: ConfigValue, kind: str, known: Collection[str]) -> str:
    """Return a serialized object's class, if it is known; Keras 2 writes ``Custom>Adam`` for its own Adam."""
    name = entry["class_name"].of(str).removeprefix("Custom>")
    if name not in known:
        cure = f"One of your own is handed over: custom_objects={{{name!r}: ...}}"
        hints = f"{cure}. Supported: {', '.join(sorted(known))}"
        raise entry.error(f"the {kind} {name!r} is not supported. {hints}")
    return name


def own_of(
    item: ConfigValue, known: Collection[str] = (), base: type[Any] | None = None
) -> tuple[Any, list[Any]]:
    """Return the class or function handed over for an entry, or None; and its names.

    With a ``base``, it is None unless it is a class below that.
    """
    names: list[Any] = [item.value]
    if isinstance(item.value, dict):
        name, registered = item["class_name"].of(str), item.value.get("registered_name")
        names = [registered or name] if registered or name not in known else []
        if "registered_name" not in item:
            names.append(name)
        if name == "function":
            names = [item["config"].value]
    given = (handed.objects.get(name) for name in names if isinstance(name, str))
    found = next((own for own in given if own is not None), None)
    return found if base is None or (isclass(found) and issubclass(found, base)) else None, names


def handed_over(item: ConfigValue, kind: str, table: Mapping[str, Row] | None = None) -> Any:
    """Return the object or function that the caller has handed over for an entry; None if none was."""
    found, names = own_of(item, table or ())
    if found is None:
        nameless = kind not in ("activation", "loss", "metric")  # of whose functions Keras has none by name
        function = isinstance(item.value, dict) and item.value.get("class_name") == "function"
        if (function and nameless) or (isinstance(item.value, dict) and item.value.get("module", "") is None):
            cure = f"custom_objects={{{names[0]!r}: ...}}, or keras.saving.register_keras_serializable"
            what = f"the {kind} {names[0]!r} is a class or a function of somebody's own"
            raise item.error(f"{what}. Hand it over: {cure}")
        return None
    base = getattr(table, "base", None)
    if isclass(found):
        if base is None or not issubclass(found, base) or not isinstance(item.value, dict):
            where = f"was handed over as {names[0]!r}, where the file has the {kind}"
            raise item.error(f"{found.__name__} {where}")
        return _made(found, item, table)
    if not callable(found) or kind not in _OF_FUNCTIONS:
        raise item.error(f"{found!r}, handed over as {names[0]!r}, stands where a {kind} belongs")
    return found


def _made(cls: type[Any], entry: ConfigValue, table: Any) -> Any:
    """Return the object of a class of one's own; options of the class above it are read as that one's."""
    row = next((table[k.__name__] for k in cls.__mro__ if ours(k) and k.__name__ in table), table.own)
    # Who makes objects of his own configuration himself is given it as it is.
    read = plain if ours(cls.from_config) else (lambda item: item.value)
    options = {}
    for key, item in entry["config"].fields().items():
        if key in row.arguments:
            options[key] = row.arguments[key](item)
        elif key in row.inert:
            read_options(ConfigValue({key: item.value}, entry.place), {}, row.inert)
        else:
            options[key] = read(item)
    try:
        thing = cls.from_config(options)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise entry.error(f"{cls.__name__} can't be made of what the file says: {error}") from error
    if not isinstance(thing, table.base):
        raise entry.error(f"{cls.__name__}.from_config returned {thing!r}")
    return thing


def make(
    entry: ConfigValue, kind: str, table: Mapping[str, Row], get: Callable[[Any], Any] | None = None
) -> Any:
    """Return the object of ``{"class_name": ..., "config": ...}``, of a class in ``table`` or one's own.

    With ``get``, which takes names, it may also be the name of one with Keras' own options.
    """
    if get and "name" in entry and "class_name" not in entry:
        options = {key: value for key, value in entry.value.items() if key != "name"}  # Keras 1: beside it
        entry = ConfigValue({"class_name": entry.value["name"], "config": options}, entry.place)
    if (own := handed_over(entry, kind, table)) is not None:
        return own
    if get and isinstance(entry.value, str):
        return entry.checked(get, entry.of(str))
    row = table[class_of(entry, kind, table)]
    given = read_options(entry["config"], row.arguments, row.inert)
    options = {row.old.get(name, name): value for name, value in given.items()}
    if len(options) < len(given):
        raise entry.error("an option stands there twice: under its name and under the one of Keras 1")
    return entry.checked(row.make, **options)  # an argument may be missing, or out of the class's own bounds


def read_activation(item: ConfigValue) -> Any:
    """Read a function's name; or a layer that stands for its function: ``activation=LeakyReLU(0.1)``."""
    if (own := handed_over(item, "activation")) is not None:
        return own
    if isinstance(item.value, dict) and item["class_name"].value != "function":
        layers = next(table for table in TABLES if table.module == "keras.layers")
        known = {name: row for name, row in layers.items() if hasattr(row.make, "as_activation")}
        return make(item, "activation", known).as_activation()
    return item.checked(activations.get, "linear" if item.value is None else function_name(item)).name


def plain(item: ConfigValue) -> Any:
    """Return an option of a class of somebody's own: plain data, and what objects in it describe."""
    if isinstance(item.value, list | tuple):
        return [plain(ConfigValue(one, f"{item.place}[{i}]")) for i, one in enumerate(item.value)]
    if not isinstance(item.value, dict):
        return item.value
    if not {"class_name", "config"} <= item.value.keys():
        return {key: plain(one) for key, one in item.fields().items()}
    name, module = item["class_name"].of(str), item.value.get("module")
    config = item["config"]
    if name in ("__numpy__", "__tensor__"):
        return item.checked(np.array, plain(config["value"]), _DTYPE(config["dtype"]))
    if name in ("__slice__", "__ellipsis__"):
        places = ("start", "stop", "step") if name == "__slice__" else ()
        return slice(*(config[at].value for at in places)) if places else ...
    if name == "__keras_tensor__":  # whose `node` is where the file says what makes it
        place: Any = config["keras_history"]
        return KerasTensor((), _DTYPE(config["dtype"]), "tensor", place)
    if name == "function":
        own = handed_over(item, "activation")
        return item.checked(activations.get, item["config"].of(str)) if own is None else own
    registered = item.value.get("registered_name") or name
    if isclass(own := get_registered_object(registered)):
        table = next((table for table in TABLES if issubclass(own, table.base)), TABLES[0])
    else:
        having = [table for table in TABLES if name.removeprefix("Custom>") in table]
        if not having and own is None:
            cure = f"One of your own is handed over: custom_objects={{{registered!r}: ...}}"
            raise item.error(f"there is no class {name!r} here. {cure}")
        table = next((table for table in having if table.module == module), (having or TABLES)[0])
    return make(item, table.kind, table)


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """Return the object that a configuration describes: layers, losses, and so on; plain data as they are.

    Classes are those of this package, and those handed over: registered, in a scope, in ``custom_objects``.

    Raises ``ModelFormatError`` if it names another class, or one can't be made of it; code in it is refused,
    whatever ``safe_mode``.

    >>> from numpy_ann.layers import Dense
    >>> deserialize_keras_object(serialize_keras_object(Dense(3, name="out")))
    <Dense name=out, built=False>
    """
    with CustomObjectScope(custom_objects):
        return plain(ConfigValue(config, "the configuration"))


def serialize_keras_object(obj: Any) -> Any:
    """Return an object as plain data, in the form of Keras' files; numbers, texts and None as they are.

    Raises ``ValueError`` if files can't hold it, such as a lambda.
    """
    return written("the object", obj)


def write_part(part: Any, *, keras2: bool = False) -> dict[str, Any]:
    """Return the object that Keras reads; with ``keras2``, its options have Keras 2's names."""
    table = next(table for table in TABLES if isinstance(part, table.base))
    row, name = row_of(part, table.kind, table), type(part).__name__
    names, options = row.keras2 if keras2 else {}, {**part.get_config(), **row.written}
    config = {names.get(key, key): written(key, value, keras2) for key, value in options.items()}
    entry = {"class_name": name, "config": config}
    if name in table and table[name].make is type(part):
        return {"module": table.module, **entry, "registered_name": None}
    return {"module": None, **entry, "registered_name": get_registered_name(type(part))}


def written(key: str, value: Any, keras2: bool = False) -> Any:
    """Return an option as plain data; ``ValueError`` that names ``key``, if files can't hold it."""
    if value is None or isinstance(value, bool | int | float | str | Found):
        return value
    if isinstance(value, ActivationFunction):
        return _written_activation(key, value, keras2)
    if any(isinstance(value, table.base) for table in TABLES):
        function = getattr(value, "function", None) if isinstance(value, Regularizer) else None
        return write_part(value) if function is None or not ours(type(value)) else written(key, function)
    if isinstance(value, Mapping):
        return {name: written(f"{key}[{name!r}]", one, keras2) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [written(key, one, keras2) for one in value]
    if isinstance(value, slice | type(...)):  # of an op between layers
        places = ("start", "stop", "step") if isinstance(value, slice) else ()
        config = {at: written(key, getattr(value, at)) for at in places}
        return {"class_name": "__slice__" if places else "__ellipsis__", "config": config}
    if isinstance(value, np.generic | np.dtype):
        return value.item() if isinstance(value, np.generic) else value.name
    if isinstance(value, np.ndarray):
        array = {"value": value.tolist(), "dtype": value.dtype.name}
        return {"module": "numpy", "class_name": "__numpy__", "config": array, "registered_name": None}
    name = get_registered_name(value) if hasattr(value, "__name__") else ""
    if not callable(value) or isclass(value) or not name or "<lambda>" in name or ours(value):
        raise ValueError(
            f"A Keras file can't hold this: {key} is {value!r}. It holds numbers, texts, and parts and "
            "functions by name, which loading is handed over: no lambdas, and no objects beside. Write a "
            "lambda with def; an .h5 file leaves the loss out with save(path, include_optimizer=False)."
        )
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def _written_activation(key: str, function: ActivationFunction, keras2: bool) -> Any:
    """Return a function's name, or the layer that stands for one with options of its own, as Keras does."""
    if function.derived_by_tape:
        return written(key, function.forward.args[0])  # type: ignore[attr-defined]
    if isinstance(named := activations.serialize(function), str):
        return named
    table = next(table for table in TABLES if table.module == "keras.layers")
    names = {"elu": "ELU", "leaky_relu": "LeakyReLU", "relu": "ReLU", "softmax": "Softmax"}
    if name := names.get(function.name):
        return write_part(table[name].make(**function.options), keras2=keras2)
    raise ValueError(
        f"A Keras file can't hold this activation function with options of its own: {key} is "
        f"{function.name} with {dict(function.options)}. The layers ReLU, LeakyReLU, ELU and Softmax do."
    )
