"""Keras 3, on the backend that the environment variable KERAS_BACKEND names, with its default settings."""

import keras

from benchmarks.peers.keras_workflow import KerasWorkflow

__all__ = ["make"]


def make() -> KerasWorkflow:
    """Return the peer."""
    return KerasWorkflow(keras)
