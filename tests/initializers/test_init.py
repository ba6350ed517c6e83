"""The contract of all initializers, and their distributions against what Keras documents."""

from math import sqrt

import numpy as np
import pytest

from numpy_ann import initializers
from numpy_ann.initializers import Initializer, RandomInitializer, VarianceScaling
from numpy_ann.initializers.scaling import fans
from numpy_ann.lookup import concrete_classes
from numpy_ann.random_streams import drawing_from
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.objects import write_part
from numpy_ann.saving.formats.parts import read_initializer
from tests.parts import Case, by_part, names
from tests.parts.initializers import CASES
from tests.parts.tables import stored

CONTRACT_PARTS = names(CASES)
every_initializer = by_part(CASES)
SHAPE = (300, 200)


def draw(initializer: Initializer, shape: tuple[int, ...] = SHAPE, dtype: str = "float64") -> np.ndarray:
    with drawing_from(np.random.default_rng(11)):
        return initializer(shape, dtype)


def test_every_public_initializer_has_a_case() -> None:
    assert set(CONTRACT_PARTS) == {
        cls.__name__ for cls in concrete_classes(initializers.__all__, vars(initializers)).values()
    }


@every_initializer
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shape_dtype_and_repetition(case: Case, dtype: str) -> None:
    initializer = case.make()
    first = draw(initializer, (5, 4), dtype)
    assert (first.shape, first.dtype) == ((5, 4), dtype)
    assert np.array_equal(draw(initializer, (5, 4), dtype), first)
    with drawing_from(np.random.default_rng(0)):
        a, b = (initializer((5, 4), dtype) for _ in range(2))
    moves = isinstance(initializer, RandomInitializer) and initializer.seed is None
    assert np.array_equal(a, b) is not moves  # one stream gives new numbers, a seed of its own the same
    assert np.array_equal(initializer((5, 4)), initializer((5, 4)))  # alone, the same, as in Keras
    assert initializer((5, 4)).dtype == "float32"


@every_initializer
def test_configuration_and_file_round_trip(case: Case) -> None:
    initializer = case.make()
    again = type(initializer).from_config(initializer.get_config())
    assert again.get_config() == initializer.get_config()
    written = write_part(initializer)
    read = read_initializer(ConfigValue(written, "here"))
    assert type(read) is type(initializer)
    for other in (again, read):
        assert np.array_equal(draw(other, (6, 5)), draw(initializer, (6, 5)))


@every_initializer
def test_equals_keras(case: Case) -> None:
    """Keras' configuration is read as the initializer; what draws nothing gives Keras' numbers."""
    numbers, initializer = stored(case), case.make()
    read = read_initializer(ConfigValue({"class_name": case.cls, "config": numbers["config"]}, "keras"))
    assert type(read) is type(initializer)
    ours, again = initializer.get_config(), read.get_config()
    forgotten = ours.keys() - numbers["config"].keys()
    assert forgotten == ({"gain"} if case.cls == "Identity" else set())  # Keras' own slip
    assert {**again, **{key: ours[key] for key in forgotten}} == ours
    if "values" in numbers:
        np.testing.assert_allclose(draw(initializer, (3, 2)), numbers["values"], rtol=1e-7)


def test_distributions() -> None:
    # Name: the variance, the largest size a number can have, for fans of 300 and 200.
    expected = {
        "glorot_uniform": (2 / 500, sqrt(6 / 500)),
        "glorot_normal": (2 / 500, 2 * sqrt(2 / 500) / 0.87962566),
        "he_uniform": (2 / 300, sqrt(6 / 300)),
        "he_normal": (2 / 300, 2 * sqrt(2 / 300) / 0.87962566),
        "lecun_uniform": (1 / 300, sqrt(3 / 300)),
        "lecun_normal": (1 / 300, 2 * sqrt(1 / 300) / 0.87962566),
        "random_uniform": (0.1**2 / 12, 0.05),
        "truncated_normal": ((0.05 * 0.87962566) ** 2, 0.1),
        "random_normal": (0.05**2, np.inf),
    }
    for name, (variance, largest) in expected.items():
        W = draw(initializers.get(name))
        assert abs(W.var() / variance - 1) < 0.03, name  # 60,000 numbers: six deviations of the estimate
        assert abs(W.mean()) < 6 * sqrt(variance / W.size), name
        assert np.abs(W).max() <= largest * (1 + 1e-7), name
        assert largest == np.inf or np.abs(W).max() > 0.99 * largest, name  # and they do go that far


def test_variance_scaling_modes() -> None:
    for mode, n in {"fan_in": 300, "fan_out": 200, "fan_avg": 250}.items():
        for distribution in ("normal", "untruncated_normal", "uniform"):
            assert abs(draw(VarianceScaling(2.0, mode, distribution)).var() * n / 2 - 1) < 0.03
    assert VarianceScaling(distribution="normal").distribution == "truncated_normal"
    assert abs(draw(VarianceScaling(1.0), (0, 5)).size) == 0  # no inputs: n is 1 at least


def test_orthogonal() -> None:
    tall, wide, deep = (draw(initializers.Orthogonal(3.0), s) for s in ((5, 3), (3, 5), (2, 2, 3)))
    assert np.allclose(tall.T @ tall, 9 * np.eye(3))
    assert np.allclose(wide @ wide.T, 9 * np.eye(3))
    assert np.allclose(deep.reshape(4, 3).T @ deep.reshape(4, 3), 9 * np.eye(3))
    signs = [draw(initializers.Orthogonal(seed=i), (1, 1)).item() for i in range(40)]
    assert {round(s, 9) for s in signs} == {-1.0, 1.0}  # every orthogonal matrix, mirrors too


def test_constants() -> None:
    assert draw(initializers.Constant(0.3), (2,)).tolist() == [0.3, 0.3]
    assert draw(initializers.Identity(2.0), (2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]


def test_fans_by_hand() -> None:
    assert (fans(()), fans((7,)), fans((3, 5)), fans((2, 2, 3, 5))) == ((1, 1), (7, 7), (3, 5), (12, 20))


def test_names() -> None:
    assert isinstance(initializers.get("uniform"), initializers.RandomUniform)
    assert isinstance(initializers.get("LecunNormal"), initializers.LecunNormal)
    assert isinstance(initializers.get(initializers.Ones), initializers.Ones)
    assert initializers.get(np.zeros) is np.zeros
    with pytest.raises(ValueError, match=r"identifier: 'he_norm'\. Did you mean 'he_normal'"):
        initializers.get("he_norm")
    with pytest.raises(ValueError, match="a name, an Initializer, or a function"):
        initializers.get(3)  # type: ignore[arg-type]


def test_refused() -> None:
    with pytest.raises(ValueError, match="`scale` must be a number above 0"):
        VarianceScaling(0.0)
    with pytest.raises(ValueError, match="`mode` must be one of"):
        VarianceScaling(mode="fan")
    with pytest.raises(ValueError, match="`distribution` must be one of"):
        VarianceScaling(distribution="cauchy")
    for wrong in "int32", bool, "complex64":
        with pytest.raises(ValueError, match=r"RandomNormal fills arrays of floats\. Received: dtype="):
            initializers.RandomNormal(seed=1)((2,), wrong)
    assert initializers.RandomNormal(seed=1)((2,), "float16").dtype == np.float16
    with pytest.raises(ValueError, match="matrices, of two axes"):
        draw(initializers.Identity(), (3,))
    with pytest.raises(ValueError, match="two axes and more"):
        draw(initializers.Orthogonal(), (3,))
    with pytest.raises(ValueError, match="`stddev` must be a number of 0 or more"):
        initializers.RandomNormal(stddev=-1.0)
