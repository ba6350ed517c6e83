"""Measurements: of speed and memory beside other libraries (compare.py), of accuracy (accuracy.py)."""
