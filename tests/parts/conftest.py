"""Keeps pytest's doctest collection away from the recorder: it imports Keras."""

collect_ignore = ["recording.py"]
