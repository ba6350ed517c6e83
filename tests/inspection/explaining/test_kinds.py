"""Kinds of parts, and what a name stands for."""

import pytest

from numpy_ann import callbacks, layers, losses, metrics
from numpy_ann.inspection.explaining.explain import KINDS, kind_of, named


def test_kinds_of_objects_and_classes():
    for kind, (base, _) in KINDS.items():
        assert kind_of(base) == kind
    assert kind_of(losses.Huber(1.0)) == "loss"
    with pytest.raises(TypeError, match="Received: <class 'int'>"):
        kind_of(int)


def test_names_give_objects_where_settings_are_usual_and_classes_where_not():
    assert named("Dense") is layers.Dense
    assert named("EarlyStopping") is callbacks.EarlyStopping
    assert isinstance(named("huber"), losses.Huber)
    assert isinstance(named("binary_accuracy"), metrics.BinaryAccuracy)


def test_what_is_no_part_is_not_found():
    for name in ("get", "Logs", "confusion_matrix", ""):
        with pytest.raises(ValueError, match="Nothing is called"):
            named(name)
