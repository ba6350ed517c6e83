import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numpy_ann.random_streams import RandomStreams, checked_seed, new_seed, seed_everything

names = st.text(max_size=12)


@given(seed=st.integers(0, 2**128), name=names, others=st.lists(names, max_size=3))
def test_a_stream_depends_on_seed_and_name_alone(seed: int, name: str, others: list[str]) -> None:
    busy = RandomStreams(seed)
    for other in others:
        if other != name:
            busy[other].random(7)
    assert busy[name].random() == RandomStreams(seed)[name].random()


@given(seed=st.integers(0, 2**64), a=names, b=names)
def test_other_names_and_seeds_give_other_numbers(seed: int, a: str, b: str) -> None:
    streams = RandomStreams(seed)
    if a != b:
        assert streams[a].integers(2**63) != streams[b].integers(2**63)
    assert RandomStreams(seed)[a].integers(2**63) != RandomStreams(seed + 1)[a].integers(2**63)


def test_streams_are_uncorrelated() -> None:
    streams = RandomStreams(0)
    x = np.stack(
        [streams[name].normal(size=2000) for name in ("dropout", "dropout_1", "dropout_2", "shuffle")]
    )
    # A correlation of independent numbers has the standard deviation 1 / sqrt(2000).
    assert np.abs(np.corrcoef(x) - np.eye(4)).max() < 6 / np.sqrt(2000)


def test_the_same_generator_at_every_call() -> None:
    streams = RandomStreams(0)
    assert streams["a"] is streams["a"]
    assert streams["a"].random() != streams["a"].random()


def test_the_numbers_stay_those_of_earlier_versions() -> None:
    # Model files hold the seed and the streams' states: these numbers may not change.
    assert RandomStreams(7)["dropout"].integers(1000, size=4).tolist() == [63, 500, 645, 42]


@given(seed=st.integers(0, 2**128), used=st.dictionaries(names, st.integers(0, 5), max_size=3))
def test_goes_on_from_a_saved_state(seed: int, used: dict[str, int]) -> None:
    streams = RandomStreams(seed)
    for name, count in used.items():
        streams[name].random(count)
    saved = json.loads(json.dumps(streams.get_state()))  # as a file holds it
    restored = RandomStreams(3)
    held = {name: restored[name] for name in used}  # as a layer holds its stream
    restored.set_state(saved)
    for name in used:
        assert held[name].random() == streams[name].random()
    assert restored["not used before"].random() == streams["not used before"].random()


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, [1]])
def test_seeds_that_are_refused(seed: object) -> None:
    for call in (RandomStreams, checked_seed):
        with pytest.raises(ValueError, match=r"A seed is an integer of 0 or more\. Received: seed="):
            call(seed)  # type: ignore[arg-type]


def test_numpy_integers_are_seeds() -> None:
    assert type(checked_seed(np.int64(3))) is int
    assert RandomStreams(np.uint8(3))["a"].random() == RandomStreams(3)["a"].random()  # type: ignore[arg-type]


def test_the_global_sequence_repeats() -> None:
    seed_everything(5)
    first = [new_seed(), new_seed(), RandomStreams().seed]
    seed_everything(5)
    assert [new_seed(), new_seed(), RandomStreams().seed] == first
    assert len(set(first)) == 3
    assert all(0 <= seed < 2**128 for seed in first)
    seed_everything(6)
    assert new_seed() not in first


def test_without_a_seed_each_process_differs() -> None:
    code = "from numpy_ann.random_streams import new_seed; print(new_seed())"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] != runs[1]
