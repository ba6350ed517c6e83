"""What Keras' files have no place for: written where Keras doesn't look, read as strictly as the rest."""

import re
from typing import Any

from numpy_ann.saving.formats.config_value import ConfigValue
from numpy_ann.saving.formats.model_contents import ResumeState
from numpy_ann.saving.formats.options import read_options

__all__ = ["KEY", "read_resume_state", "write_resume_state"]

KEY = "numpy_ann"
"""The name of an attribute of ``.h5`` files, and of an entry of ``.keras`` files' ``metadata.json``."""

_VERSION = 1
_MOST_STREAMS = 10_000
_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,64}")
_WIDE = ("state", "inc")  # of the generator PCG64: 128 bits each, more than JSON readers promise to keep


def write_resume_state(state: ResumeState) -> dict[str, Any]:
    """Return the JSON object; large integers are hexadecimal strings."""
    streams = state.random_streams
    return {
        "version": _VERSION,
        "epochs_trained": state.epochs_trained,
        "seed": hex(streams["seed"]),
        "streams": {
            name: {**stream, "state": {key: hex(stream["state"][key]) for key in _WIDE}}
            for name, stream in streams["streams"].items()
        },
    }


def read_resume_state(item: ConfigValue) -> ResumeState | None:
    """Read the object; None if it is of a later version, for nothing in it is needed to use the model."""
    if item["version"].integer(1, 2**31) != _VERSION:
        return None
    fields = read_options(
        item,
        {
            "version": lambda value: value.integer(1, _VERSION),
            "epochs_trained": lambda value: value.integer(0, 2**31),
            "seed": _hexadecimal,
            "streams": _streams,
        },
        {},
    )
    state = {"seed": fields.get("seed", 0), "streams": fields.get("streams", {})}
    return ResumeState(state, fields.get("epochs_trained", 0))


def _hexadecimal(item: ConfigValue) -> int:
    text = item.string()
    if not _HEXADECIMAL.fullmatch(text):
        raise item.unexpected("a hexadecimal number such as '0x1f'")
    return int(text, 16)


def _streams(item: ConfigValue) -> dict[str, Any]:
    """Read the state of each PCG64 generator."""
    streams = item.fields()
    if len(streams) > _MOST_STREAMS:
        raise item.error(f"{len(streams)} random streams; at most {_MOST_STREAMS} are read")
    states = {}
    for name, stream in streams.items():
        wide = {key: _hexadecimal(stream["state"][key]) for key in _WIDE}
        if max(wide.values()) >= 2**128 or not wide["inc"] % 2:
            raise stream["state"].unexpected("the state of a PCG64 generator")
        if stream["bit_generator"].string() != "PCG64":
            raise stream["bit_generator"].unexpected("'PCG64'")
        states[name] = {
            "bit_generator": "PCG64",
            "state": wide,
            "has_uint32": stream["has_uint32"].integer(0, 1),
            "uinteger": stream["uinteger"].integer(0, 2**32 - 1),
        }
    return states
