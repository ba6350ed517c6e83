"""The parts of the benchmark, a to g: one file each, with one function ``run``."""

from benchmarks.parts import epoch, growth, importing, memory, neighbour, prediction, tutorial

__all__ = ["PARTS"]

PARTS = {
    "a": ("an epoch of the tutorial's model", epoch.run),
    "b": ("the whole tutorial, cold", tutorial.run),
    "c": ("predict", prediction.run),
    "d": ("how the cost grows", growth.run),
    "e": ("import", importing.run),
    "f": ("memory", memory.run),
    "g": ("beside a busy process", neighbour.run),
}
