"""Bytes that nobody trusts: the zip, the HDF5 file and the JSON text that a model stands in."""

__all__: list[str] = []
