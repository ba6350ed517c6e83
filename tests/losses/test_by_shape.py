import pytest

from numpy_ann import losses
from numpy_ann.losses.targets import CROSSENTROPY
from numpy_ann.metrics.identifiers import kind_of_targets


@pytest.mark.parametrize(
    ("target", "output", "kind"),
    [
        ((), (1,), "binary"),
        ((1,), (1,), "binary"),
        ((5,), (5, 1), "binary"),
        ((), (3,), "sparse_categorical"),
        ((1,), (3,), "sparse_categorical"),
        ((5,), (5, 3), "sparse_categorical"),
        ((3,), (3,), "categorical"),
        ((2,), (2,), "categorical"),
        ((5, 3), (5, 3), "categorical"),
    ],
)
def test_kinds(target: tuple[int, ...], output: tuple[int, ...], kind: str) -> None:
    assert kind_of_targets(target, output) == kind


@pytest.mark.parametrize("name", CROSSENTROPY)
def test_only_compile_knows_these_names(name: str) -> None:
    """As in Keras, ``losses.get`` has no targets to decide by."""
    with pytest.raises(ValueError, match="Could not interpret loss identifier"):
        losses.get(name)
