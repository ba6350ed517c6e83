"""The regularizers and constraints that a file may name."""

from collections.abc import Callable, Mapping
from typing import Any

from numpy_ann import constraints, regularizers
from numpy_ann.constraints import Constraint
from numpy_ann.regularizers import Regularizer
from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.options import Table, make, number

__all__ = ["read_constraint", "read_regularizer", "write_penalty"]

_factor = number(0, 1e30)


def _axis(item: ConfigValue) -> int | list[int]:
    if isinstance(item.value, list):
        return [axis.integer(-32, 31) for axis in item.array(32)]
    return item.integer(-32, 31)


_REGULARIZERS = {
    "L1": Table(regularizers.L1, {"l1": _factor}),
    "L1L2": Table(regularizers.L1L2, {"l1": _factor, "l2": _factor}),
    "L2": Table(regularizers.L2, {"l2": _factor}),
}
_CONSTRAINTS = {
    "MaxNorm": Table(constraints.MaxNorm, {"max_value": _factor, "axis": _axis}),
    "MinMaxNorm": Table(
        constraints.MinMaxNorm,
        {"min_value": _factor, "max_value": _factor, "rate": number(0, 1), "axis": _axis},
    ),
    "NonNeg": Table(constraints.NonNeg),
    "UnitNorm": Table(constraints.UnitNorm, {"axis": _axis}),
}


def _reader(
    kind: str, get: Callable[[Any], Any], tables: Mapping[str, Table]
) -> Callable[[ConfigValue], Any]:
    def read(item: ConfigValue) -> Any:
        if item.is_null:
            return None
        if not isinstance(item.value, str):
            return make(item, kind, tables)
        try:
            return get(item.string())
        except ValueError as error:
            raise item.error(str(error)) from None

    return read


read_regularizer = _reader("regularizer", regularizers.get, _REGULARIZERS)
read_constraint = _reader("constraint", constraints.get, _CONSTRAINTS)


def write_penalty(penalty: Regularizer | Constraint) -> dict[str, Any]:
    """Return the object that Keras reads.

    Raises
    ------
    ValueError
        If files have no such regularizer or constraint.
    """
    name = type(penalty).__name__
    kind, tables = (
        ("regularizers", _REGULARIZERS) if isinstance(penalty, Regularizer) else ("constraints", _CONSTRAINTS)
    )
    if name not in tables or type(penalty) is not tables[name].make:
        known = ", ".join(sorted(tables))
        raise ValueError(f"{name} can't be written to a Keras file; of the {kind}, {known} can.")
    return {
        "module": f"keras.{kind}",
        "class_name": name,
        "config": penalty.get_config(),
        "registered_name": None,
    }
