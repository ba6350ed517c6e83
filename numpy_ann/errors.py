"""The exceptions that numpy_ann adds to Python's own.

Wrong use raises ``ValueError`` or ``TypeError``; these three say which file is not what it claims to be, and
where training stopped making sense: what came, what was expected and, where there is one, the usual cure.
"""

from math import nan

__all__ = ["DataFormatError", "ModelFormatError", "NonFiniteError", "escaped"]


def escaped(text: str) -> str:
    r"""Return a text from a file as it may be shown: what would steer a terminal or a page is spelled out.

    Control characters, line ends, invisible marks that turn the direction of writing and the like become
    their escapes; everything that can be seen stays, in any script.

    >>> escaped("größe\x1b[31m\u202e")
    'größe\\x1b[31m\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class _FormatError(ValueError):
    def __init__(self, message: str) -> None:
        super().__init__(escaped(message))


class DataFormatError(_FormatError):
    """A data file is not what its format says: truncated, corrupt, or another format altogether."""


class ModelFormatError(_FormatError):
    """A model file is not a Keras file that numpy_ann can read; the message says what is wrong and where."""


class NonFiniteError(ArithmeticError):
    """The loss became NaN or infinite; the message names the epoch, the batch and the first layer at fault.

    The step that would have spread the damage was not taken: the weights are those of the batch before.
    ``loss`` is what it was.
    """

    def __init__(self, message: str, loss: float = nan) -> None:
        super().__init__(message)
        self.loss = loss
