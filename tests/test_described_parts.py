"""``{"class_name": ..., "config": ...}`` wherever a part's name is taken, as Keras takes it."""

import pytest

from numpy_ann import constraints, initializers, layers, losses, metrics, optimizers, regularizers

PARTS = [
    (regularizers, "L1L2", {"l1": 0.25, "l2": 0.5}),
    (initializers, "HeNormal", {"seed": 1}),
    (constraints, "MaxNorm", {"max_value": 2.0}),
    (losses, "Huber", {"delta": 2.0}),
    (metrics, "BinaryAccuracy", {"threshold": 0.25}),
    (optimizers, "SGD", {"momentum": 0.5}),
]


@pytest.mark.parametrize(("room", "name", "config"), PARTS, ids=[name for _, name, _ in PARTS])
def test_a_configuration_makes_its_part(room, name, config):
    entry = {"module": room.__name__, "class_name": name, "config": config, "registered_name": None}
    part = room.get(entry)
    assert type(part) is getattr(room, name)
    assert config.items() <= part.get_config().items()


def test_configurations_stand_in_others():
    rate = {
        "class_name": "ExponentialDecay",
        "config": {"initial_learning_rate": 0.5, "decay_steps": 9, "decay_rate": 0.9},
    }
    optimizer = optimizers.get({"class_name": "adam", "config": {"learning_rate": rate}})
    assert optimizer.learning_rate == 0.5
    layer = layers.Dense(
        2,
        {"class_name": "function", "config": "relu"},
        kernel_regularizer={"class_name": "L2", "config": {"l2": 0.5}},
    )
    assert layer.activation.name == "relu"
    assert layer.kernel_regularizer.l2 == 0.5


@pytest.mark.parametrize(
    ("room", "entry", "words"),
    [
        (losses, {"class_name": "Hubber", "config": {}}, "'Hubber'. Did you mean 'huber'"),
        (regularizers, {"class_name": "L2", "config": 3}, "is a dictionary of its options"),
        (optimizers, {"class_name": "Adam", "config": {"lrr": 1.0}}, "lrr"),
    ],
)
def test_a_wrong_configuration_says_why(room, entry, words):
    with pytest.raises((TypeError, ValueError), match=words):
        room.get(entry)
