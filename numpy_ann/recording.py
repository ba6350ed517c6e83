"""Whether a tape records, which layers and parameters ask without loading the tape."""

import threading
from collections.abc import Sequence
from typing import Any

__all__ = ["here"]


class _Here(threading.local):
    tapes: Sequence[Any] = ()  # those that record in this thread, the outermost first


here = _Here()
