"""The pins of the environment with the lowest versions."""

import tomllib

import pytest

from tests.lowest import CORE, ROOT, pins


def test_every_dependency_is_pinned_to_its_lower_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "numpy==2.0" in pins(project)
    assert len(pins(project)) == len(project["dependencies"]) + len(project["optional-dependencies"]["test"])


def test_a_dependency_without_one_is_named():
    with pytest.raises(ValueError, match="rich"):
        pins({"dependencies": ["numpy>=2.0", "rich"], "optional-dependencies": {"test": []}})


def test_the_named_tests_exist():
    assert [path for path in CORE if not (ROOT / path).exists()] == []
