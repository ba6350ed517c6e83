"""The vocabularies that ``adapt`` found: in ``.keras`` files they lie beside the configuration, as in Keras'.

::

    assets/layers/string_lookup/vocabulary.txt      a token a line, special ones too
    layers/string_lookup/vars/idf_weights           in the weights, wherever output_mode="tf_idf"

Those that a layer was given stand in its configuration, as do those with line breaks in their tokens.
"""

from collections.abc import Callable, Iterator
from typing import Any

from numpy_ann.errors import ModelFormatError
from numpy_ann.layers.vocabulary import Found
from numpy_ann.lookup import snake_case
from numpy_ann.saving.containers.limits import VOCABULARY_BYTES

_DIGITS = 20  # of a whole number of 64 bits


def lookups_in(model: Any, place: str = "layers/", depth: int = 16) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each lookup's configuration and its numbers' place in the file; nothing need be checked yet."""
    config = model.get("config") if isinstance(model, dict) else None
    entries = config.get("layers") if isinstance(config, dict) else config
    counts: dict[str, int] = {}
    for entry in entries if isinstance(entries, list) and depth else ():
        kind = entry.get("class_name") if isinstance(entry, dict) else None
        if not isinstance(kind, str):
            continue
        name = snake_case(kind)
        number = counts[name] = counts.get(name, -1) + 1
        at = place + (f"{name}_{number}" if number else name)
        if kind in ("StringLookup", "IntegerLookup"):
            if isinstance(entry.get("config"), dict):
                yield at, entry["config"]
        else:
            yield from lookups_in(entry, f"{at}/layers/", depth - 1)


def take_vocabularies(config: Any) -> dict[str, bytes]:
    """Take what ``adapt`` found out of a model's configuration; return it as the archive's members."""
    members: dict[str, bytes] = {}
    for place, options in lookups_in(config):
        found = options.get("vocabulary")
        if isinstance(found, Found):
            lines = list(map(str, found.whole))
            if lines[-1] and "\n".join(lines).splitlines() == lines:
                members[f"assets/{place}/vocabulary.txt"] = "\n".join(lines).encode()
                options |= {"vocabulary": None, "idf_weights": None, "vocabulary_size": len(lines)}
    return members


def fill_vocabularies(
    config: Any, read: Callable[[str, int], bytes | None], weights: Callable[[str], list[float]]
) -> None:
    """Put into a model's configuration what ``adapt`` had found, by what looks up texts and weights."""
    left = VOCABULARY_BYTES
    for place, options in lookups_in(config):
        if options.get("vocabulary") is not None:
            continue
        name = f"assets/{place}/vocabulary.txt"
        data = read(name, left)
        if data is None:
            size, unknown = options.get("vocabulary_size"), options.get("num_oov_indices")
            if isinstance(size, int) and isinstance(unknown, int) and size > unknown + 1:
                cure = "Keras leaves what adapt() found out of .h5 files: save as .keras there."
                text = f"{place}: the vocabulary of {size} entries isn't in the file. {cure}"
                raise ModelFormatError(text)
            continue
        left -= len(data)
        try:
            lines = data.decode().splitlines()
        except UnicodeDecodeError as error:
            raise ModelFormatError(f"{name}: not text in UTF-8: {error}") from None
        while lines and not lines[-1]:
            lines.pop()
        whole = options.get("vocabulary_dtype", "string") != "string"
        try:
            if whole and max(map(len, lines), default=0) > _DIGITS:
                raise ValueError
            tokens: list[Any] = list(map(int, lines)) if whole else lines
        except ValueError:
            raise ModelFormatError(f"{name}: not whole numbers, a line each") from None
        options["vocabulary"] = Found(tokens)
        if options.get("output_mode") == "tf_idf":
            options["idf_weights"] = weights(f"{place}/vars")[: len(tokens)]
