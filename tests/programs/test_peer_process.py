"""A peer's process answers, keeps to its cores, and fails in words."""

import sys

import pytest

from benchmarks.catalogue import PEERS, Peer, versions_of
from benchmarks.machine import allowed_cores
from benchmarks.peer_process import PeerError, PeerProcess

TEXTBOOK = next(peer for peer in PEERS if peer.name == "textbook")
TINY = {"hidden": [4], "classes": 10, "dropout": 0.3, "batch_size": 8}


def start(peer: Peer = TEXTBOOK, **options) -> PeerProcess:
    return PeerProcess(peer, sys.executable, allowed_cores()[:1], **options)


def test_process_answers_requests_in_order():
    with start() as process:
        assert process.ask("make_up", rows=20, inputs=5, network=TINY) is None
        seconds = process.ask("train", epochs=3)
        assert len(seconds) == 3
        assert process.ask("peak_memory") > 10_000_000


def test_blas_has_as_many_threads_as_cores():
    with start() as process:
        assert {pool["num_threads"] for pool in process.ask("blas")} == {1}


def test_an_error_in_the_peer_is_told_and_the_process_goes_on():
    with start() as process:
        with pytest.raises(PeerError, match="FileNotFoundError"):
            process.ask("tutorial", folder="/there/is/no/such/folder", epochs=1)
        process.ask("make_up", rows=20, inputs=5, network=TINY)


def test_a_library_that_is_missing_ends_the_process_in_words():
    with (
        start(Peer("none", "none", "no_such_peer")) as process,
        pytest.raises(PeerError, match="no_such_peer"),
    ):
        process.ask("peak_memory")


def test_a_process_that_takes_too_long_is_ended():
    with start(patience=1.0) as process:
        process.ask("make_up", rows=1000, inputs=50, network=TINY)
        with pytest.raises(PeerError, match="no answer within 1 s"):
            process.ask("train", epochs=1_000_000)


def test_versions_name_python_and_what_is_installed():
    peer = Peer("some", "some", "some", packages=("numpy", "no_such_package"))
    assert set(versions_of(peer)) == {"numpy", "python"}
