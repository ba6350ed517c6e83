"""What only numpy_ann writes: there and back, and as strict as the rest."""

import json

import pytest

from numpy_ann.errors import ModelFormatError
from numpy_ann.random_streams import RandomStreams
from numpy_ann.saving.containers.strict_json import ConfigValue
from numpy_ann.saving.formats.compile_config import read_resume_state, write_resume_state
from numpy_ann.saving.formats.model_contents import ResumeState

HUGE = hex(2**128)


def streams():
    used = RandomStreams(2**127 + 5)
    used["shuffle"].random(7)
    used["dropout"].bit_generator.random_raw(3)
    return used


def test_there_and_back():
    before = streams()
    text = json.dumps(write_resume_state(ResumeState(before.get_state(), 12)))
    extras = read_resume_state(ConfigValue(json.loads(text), "x"))
    after = RandomStreams(0)
    after.set_state(extras.random_streams)
    assert extras.epochs_trained == 12
    assert after.get_state() == before.get_state()
    assert after["shuffle"].random() == before["shuffle"].random()
    assert after["new"].random() == before["new"].random()


def test_a_later_version_is_passed_over():
    assert read_resume_state(ConfigValue({"version": 2, "anything": [1]}, "x")) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": True}, "expected an integer"),
        ({"epochs_trained": -1}, "not between"),
        ({"seed": 5}, "expected a string"),
        ({"seed": "-0x5"}, "hexadecimal"),
        ({"seed": "0x" + "f" * 65}, "hexadecimal"),
        ({"streams": []}, "expected an object"),
        ({"streams": {"a": {"bit_generator": "MT19937", "state": {"state": "0x1", "inc": "0x1"}}}}, "PCG64"),
        ({"streams": {"a": {"bit_generator": "PCG64", "state": {"state": "0x1", "inc": "0x2"}}}}, "PCG64"),
        ({"streams": {"a": {"bit_generator": "PCG64", "state": {"state": HUGE, "inc": "0x1"}}}}, "PCG64"),
        ({"more": 1}, "could mean something"),
    ],
)
def test_refused(change, problem):
    written = {**write_resume_state(ResumeState(streams().get_state(), 0)), **change}
    with pytest.raises(ModelFormatError, match=problem):
        read_resume_state(ConfigValue(written, "x"))


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_streams_as_a_model_may_have_are_read_and_not_one_more(more):
    written = write_resume_state(ResumeState(streams().get_state(), 0))
    written["streams"] = {str(i): written["streams"]["shuffle"] for i in range(10_000 + more)}
    if more:
        with pytest.raises(ModelFormatError, match="streams: 10001 random streams; at most 10000 are read"):
            read_resume_state(ConfigValue(written, "x"))
    else:
        read = read_resume_state(ConfigValue(written, "x")).random_streams["streams"]
        assert read["9999"] == streams().get_state()["streams"]["shuffle"]
        assert len(read) == 10_000
