"""Good files with random damage: each loads, with finite weights, or raises ModelFormatError; nothing else.

``NUMPY_ANN_MUTATIONS=5000 python -m pytest tests/saving/test_mutations.py`` is the longer run.
"""

import contextlib
import json
import os
import random

import h5py
import numpy as np
import pytest
from hypothesis import settings

from numpy_ann.errors import ModelFormatError
from numpy_ann.models import load_model
from tests.saving.files import good, members, read_config, repack, write_config
from tests.saving.test_old_optimizers import stored

# Of each kind, for each format.
COUNT = int(os.environ.get("NUMPY_ANN_MUTATIONS", 2 * settings().max_examples))
VALUES = [None, True, False, 0, -1, 1.5, 2**31, 2**63, "", "x", "../x", [], {}, [[]], {"class_name": "Dense"}]


def flip_bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def flip_a_bit(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def move_a_piece(data: bytes, rng: random.Random) -> bytes:
    size = rng.randrange(1, 256)
    source, target = rng.randrange(len(data) - size), rng.randrange(len(data) - size)
    return data[:target] + data[source : source + size] + data[target + size :]


def mutate_json(value, rng: random.Random):
    """Return a configuration with one place changed: a value replaced, a key dropped, doubled or renamed."""
    places = []

    def collect(node):
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                collect(node[key])

    value = json.loads(json.dumps(value))
    collect(value)
    node, key = rng.choice(places)
    action = rng.choice(["replace", "replace", "drop", "rename", "copy"])
    if action == "drop":
        del node[key]
    elif action == "rename" and isinstance(node, dict):
        node[rng.choice(["x", "class_name", "config", "name", "units"])] = node.pop(key)
    elif action == "copy":
        other, other_key = rng.choice(places)
        node[key] = json.loads(json.dumps(other[other_key]))
    else:
        node[key] = rng.choice(VALUES)
    return value


def open_for_editing(path):
    return h5py.File(path, "r+") if path.suffix == ".h5" else contextlib.nullcontext()


def attempt(path) -> bool:
    """Return whether the file loads; fail on anything but a whole model or ModelFormatError."""
    try:
        model = load_model(path)
    except ModelFormatError:
        return False
    assert all(np.isfinite(w).all() for w in model.get_weights())
    return True


@pytest.mark.parametrize("mutate", [flip_bytes, flip_a_bit, cut, move_a_piece])
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes(suffix, mutate, tmp_path):
    original = good(tmp_path / f"model{suffix}").read_bytes()
    path = tmp_path / f"damaged{suffix}"
    rng = random.Random(f"{suffix} {mutate.__name__}")  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        path.write_bytes(mutate(original, rng))
        loaded += attempt(path)
    print(f"{suffix} {mutate.__name__}: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert loaded < COUNT


@pytest.mark.parametrize("mutate", [flip_bytes, flip_a_bit, cut, move_a_piece])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_weights_in_a_sound_archive(mutate, tmp_path):
    """Zip notices nearly all damage by its checksum; here it is made anew, so that HDF5 is reached."""
    content = members(good(tmp_path / "model.keras"))
    rng = random.Random(mutate.__name__)  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        damaged = mutate(content["model.weights.h5"], rng)
        loaded += attempt(repack(tmp_path / "damaged.keras", {**content, "model.weights.h5": damaged}))
    print(f"model.weights.h5 {mutate.__name__}: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert loaded < COUNT


@pytest.mark.parametrize("text", ["training_config", "numpy_ann", "metadata.json"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_changed_texts_beside_the_configuration(text, tmp_path):
    path = good(tmp_path / ("model.keras" if text == "metadata.json" else "model.h5"))
    content = members(path) if path.suffix == ".keras" else {}
    with open_for_editing(path) as root:
        original = json.loads(content[text] if content else root.attrs[text])
    rng = random.Random(text)  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        changed = json.dumps(mutate_json(original, rng))
        if content:
            repack(path, {**content, text: changed.encode()})
        else:
            with open_for_editing(path) as root:
                root.attrs[text] = changed
        loaded += attempt(path)
    print(f"{text}: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert 0 < loaded < COUNT


OLD = [("keras_1_2_2.zip", "nadam"), ("keras_2_0_9.zip", "adam_decay"), ("keras_2_12_0.zip", "ftrl_decay")]


@pytest.mark.parametrize(("archive", "case"), OLD)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_changed_options_of_older_optimizers(archive, case, tmp_path):
    path, _ = stored(archive, case, tmp_path)
    with open_for_editing(path) as root:
        text = root.attrs["training_config"]
    original = json.loads(text)["optimizer_config"]
    rng = random.Random(case)  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        with open_for_editing(path) as root:
            changed = {**json.loads(text), "optimizer_config": mutate_json(original, rng)}
            root.attrs["training_config"] = json.dumps(changed)
        loaded += attempt(path)
    print(f"{archive} {case}: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert 0 < loaded < COUNT


@pytest.mark.parametrize(("archive", "case"), OLD)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_files_with_older_optimizers(archive, case, tmp_path):
    path, _ = stored(archive, case, tmp_path)
    original, rng = path.read_bytes(), random.Random(case)  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        path.write_bytes(flip_bytes(original, rng))
        loaded += attempt(path)
    print(f"{archive} {case}: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert loaded < COUNT


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_changed_configurations(suffix, tmp_path):
    path = good(tmp_path / f"model{suffix}")
    config = json.loads(read_config(path))
    rng = random.Random(suffix)  # noqa: S311  (repeatable, not secret)
    loaded = 0
    for _ in range(COUNT):
        write_config(path, json.dumps(mutate_json(config, rng)))
        loaded += attempt(path)
    print(f"{suffix} configuration: {COUNT} mutations, {loaded} loaded, {COUNT - loaded} refused")
    assert 0 < loaded < COUNT
