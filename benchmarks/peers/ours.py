"""numpy_ann."""

import numpy_ann
from benchmarks.peers.keras_workflow import KerasWorkflow

__all__ = ["make"]


def make() -> KerasWorkflow:
    """Return the peer."""
    return KerasWorkflow(numpy_ann)
