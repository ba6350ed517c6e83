"""How large a model file may be before it is refused."""

from dataclasses import dataclass

HIGHEST_RATIO = 100  # of compressed weights; real ones, even with all of Adam's still 0, stay far below
JSON_BYTES = 1 << 20  # of one JSON text: a thousand layers fit; parsed, the worst text takes some 30 MB
METADATA_READ = 4 << 20  # bytes read in one go of anything but weights: names, tables, configurations
VOCABULARY_BYTES = 16 << 20  # of all vocabularies of a file together: two million words


@dataclass(frozen=True)
class Limits:
    """What a file may ask for; a larger model needs larger limits, given by whoever trusts the file.

    ``layers`` of a model; ``units``: numbers in one sample, at the input or behind any layer; ``parameters``:
    numbers in all weights together, 2^28 of which are 1 GiB in float32; ``uses`` of layers in a graph, and of
    arrays by them, those of a model in it each time that it is used; ``depth`` of models in models.

    >>> Limits(parameters=2**31).layers
    1000
    """

    layers: int = 1000
    units: int = 1 << 24
    parameters: int = 1 << 28
    uses: int = 1 << 14
    depth: int = 16
