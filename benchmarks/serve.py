"""The process that a peer lives in: answers requests, a line of JSON each, until its input ends.

Started by ``peer_process.py``, possibly with another interpreter: it needs NumPy and the peer's own library.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Keep to the cores and the memory that are allowed, import the peer, then do as asked."""
    replies = take_standard_output()
    settings = json.loads(sys.argv[1])
    keep_within(settings["cores"], settings["data_limit"])
    sys.path[0] = str(ROOT)  # instead of this folder, whose files could hide a library's
    from benchmarks.answers import Answers

    answers = Answers(importlib.import_module(f"benchmarks.peers.{settings['module']}").make())
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply: dict[str, Any] = {"result": getattr(answers, request["name"])(**request["arguments"])}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(reply), file=replies, flush=True)


def take_standard_output() -> TextIO:
    """Return the standard output for replies alone; whatever libraries print goes to the standard error."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return replies


def keep_within(cores: list[int], data_limit: int | None) -> None:
    """Bind the process to ``cores`` and bound its private memory, in bytes; mapped files don't count."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    if data_limit is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (data_limit, data_limit))


if __name__ == "__main__":
    main()
