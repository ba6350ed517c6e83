"""A matrix for regularizers and constraints; its columns have the lengths 5 and 0.5."""

__all__ = ["MATRIX"]

MATRIX = [[3.0, 0.3], [4.0, -0.4]]
