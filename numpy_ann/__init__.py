"""The Keras MNIST workflow, written from scratch in NumPy."""

__version__ = "0.1.0"
