"""When to save: at the end of every epoch, or after so many batches."""

from typing import Any

__all__ = ["BatchCounter", "checked_save_freq"]


def checked_save_freq(save_freq: Any) -> str | int:
    """Return ``save_freq``: ``"epoch"``, or a number of batches of at least 1.

    Raises
    ------
    ValueError
        If it is something else.
    """
    is_count = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq >= 1
    if save_freq != "epoch" and not is_count:
        raise ValueError(
            f"Unrecognized save_freq: {save_freq!r}. Expected save_freq are 'epoch' or integer values."
        )
    return save_freq


class BatchCounter:
    """Counts batches across epochs, and says when it is time.

    Examples
    --------
    >>> counter = BatchCounter(3)
    >>> [counter.is_due() for batch in range(7)]
    [False, False, True, False, False, True, False]
    >>> BatchCounter("epoch").is_due()
    False
    """

    def __init__(self, save_freq: str | int) -> None:
        self.every = checked_save_freq(save_freq)
        self._seen = 0

    def is_due(self) -> bool:
        """Count one batch; return whether it is time."""
        if isinstance(self.every, str):
            return False
        self._seen += 1
        if self._seen < self.every:
            return False
        self._seen = 0
        return True
