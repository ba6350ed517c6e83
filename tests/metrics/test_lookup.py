import pytest

from numpy_ann.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    Metric,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    check,
    get,
)


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("target_shape", "output_shape", "expected"),
    [
        ((10,), (10,), CategoricalAccuracy),
        ((), (10,), SparseCategoricalAccuracy),
        ((1,), (10,), SparseCategoricalAccuracy),
        ((5,), (5, 10), SparseCategoricalAccuracy),
        ((5, 1), (5, 10), SparseCategoricalAccuracy),
        ((5, 10), (5, 10), CategoricalAccuracy),
        ((), (1,), BinaryAccuracy),
        ((1,), (1,), BinaryAccuracy),
    ],
)
def test_accuracy_is_meant_by_the_shapes(
    name: str, target_shape: tuple[int, ...], output_shape: tuple[int, ...], expected: type[Metric]
) -> None:
    metric = get(name, target_shape, output_shape)
    assert type(metric) is expected
    assert metric.name == name  # the key in the history is the name that was asked for


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("binary_accuracy", BinaryAccuracy),
        ("categorical_accuracy", CategoricalAccuracy),
        ("sparse_categorical_accuracy", SparseCategoricalAccuracy),
        ("categorical_crossentropy", CategoricalCrossentropy),
        ("sparse_categorical_crossentropy", SparseCategoricalCrossentropy),
    ],
)
def test_other_names_mean_one_class(name: str, expected: type[Metric]) -> None:
    for identifier in (name, expected.__name__):
        metric = get(identifier, (3,), (3,))
        assert type(metric) is expected
        assert metric.name == name
        check(identifier)


def test_a_metric_is_itself_and_a_name_a_new_one() -> None:
    own = CategoricalAccuracy(name="own")
    check(own)
    assert get(own, (3,), (3,)) is own
    assert get("accuracy", (3,), (3,)) is not get("accuracy", (3,), (3,))


def test_what_is_no_metric_is_refused() -> None:
    for call in (check, lambda identifier: get(identifier, (3,), (3,))):
        with pytest.raises(ValueError, match=r"metric identifier: 'acuracy'\. Did you mean 'accuracy'"):
            call("acuracy")
        for identifier in (3, None, CategoricalAccuracy):
            with pytest.raises(ValueError, match="A metric is a name or a Metric"):
                call(identifier)
