"""The tables that ``summary()`` prints of graphs, to the character: beside Keras on JAX, in any width."""

import contextlib
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from numpy_ann.lookup import clear_session
from tests.live.random_graphs import Graph, graphs

keras = pytest.importorskip("keras")


def printed(model: Any, **options: Any) -> str:
    """Return what goes into a pipe."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        model.summary(**options)
    return out.getvalue()


compared: list[list[str]] = []


@settings(
    max_examples=12,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(graphs())
def test_tables_of_random_graphs(graph: Graph) -> None:
    clear_session()
    keras.utils.clear_session()
    ours, theirs = graph.make("numpy_ann", "float32"), graph.make("keras", "float32")
    with pytest.MonkeyPatch.context() as patch:
        for columns in ("80", "100", "120", "200"):
            patch.setenv("COLUMNS", columns)
            for options in ({}, {"show_trainable": True}, {"line_length": 78}):
                texts: tuple[list[str], list[str]] = ([], [])
                ours.summary(print_fn=texts[0].append, **options)
                theirs.summary(print_fn=texts[1].append, **options)
                if "…" in texts[1][0].replace("Trai…", ""):  # Keras cuts long names off, and we wrap them
                    continue
                compared.append(texts[0])
                assert texts[0] == texts[1]
                assert printed(ours, **options) == printed(theirs, **options)


def test_most_tables_were_compared() -> None:
    assert len(compared) > 50
