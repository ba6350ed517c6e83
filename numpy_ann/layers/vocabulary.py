"""Words and codes as numbers, by a vocabulary that is given or found in the data."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from numpy_ann._typing import Array, BatchShape
from numpy_ann.layers.categories import EncodingLayer
from numpy_ann.validation import checked_bool, checked_integer

_MOST_NAMED = 5  # of the words that a message lists


class Found(list[Any]):
    """The tokens that ``adapt`` found; a layer made with them can be adapted anew."""

    whole: Sequence[Any] = ()  # with the special tokens


class LookupLayer(EncodingLayer):
    """The base of the lookups: a table from tokens, words or whole numbers, to numbers, or back.

    The vocabulary begins with ``mask_token``, if there is one and numbers come out, then with the numbers of
    unknown tokens, then come the others.

    Parameters
    ----------
    max_tokens : int, optional
        The most entries of the vocabulary.
    num_oov_indices : int
        How many numbers there are for tokens that aren't in it ("out of vocabulary").
    mask_token, oov_token : optional
        What stands for nothing, and for an unknown token.
    vocabulary : sequence, or path, optional
        The tokens; left out, ``adapt`` finds them. Or a text file of them.
    idf_weights : sequence of float, optional
        With ``"tf_idf"`` and a vocabulary: a weight for each token.
    invert : bool
        From numbers to tokens.
    output_mode : {"int", "one_hot", "multi_hot", "count", "tf_idf"}
        What comes out.
    pad_to_max_tokens : bool
        Whether rows have ``max_tokens`` places, though the vocabulary is smaller.
    """

    modes = (*EncodingLayer.modes, "tf_idf")
    input_kind: ClassVar[str] = "any"
    sparse = False
    vocabulary: list[Any] | None = None
    idf_weights: list[float] | None = None
    oov_token: Any

    def __init__(
        self, max_tokens: int | None, num_oov_indices: int, mask_token: Any, oov_token: Any, vocabulary: Any,
        idf_weights: Sequence[float] | None, invert: bool, output_mode: str, pad_to_max_tokens: bool,
        sparse: bool, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(output_mode, sparse, **options)
        self.max_tokens = None if max_tokens is None else checked_integer("max_tokens", max_tokens, least=2)
        self.num_oov_indices = checked_integer("num_oov_indices", num_oov_indices, least=0)
        self.mask_token = None if mask_token is None else self._token(mask_token)
        self.oov_token = None if oov_token is None else self._token(oov_token)
        self.invert = checked_bool("invert", invert)
        self.pad_to_max_tokens = checked_bool("pad_to_max_tokens", pad_to_max_tokens)
        self._tokens: list[Any] = []
        self.weights_of_tokens: Array = np.empty(0)
        self._adapted = True
        if self.pad_to_max_tokens and max_tokens is None:
            raise ValueError("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=None")
        if self.invert and self.output_mode != "int":
            raise ValueError(
                f"`output_mode` must be 'int' when `invert` is true. Received: output_mode={output_mode!r}"
            )
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            if not isinstance(vocabulary, Found):
                self.vocabulary, self._adapted = list(self._tokens), False
                self.idf_weights = self._own_weights()
        elif idf_weights is not None:
            raise ValueError("`idf_weights` go with a `vocabulary`, one a token.")

    @staticmethod
    def _token(value: Any) -> Any:
        raise NotImplementedError

    def _first_unknown(self) -> int:
        return int(self.mask_token is not None and self.output_mode == "int")

    def _first(self) -> int:
        """Return the number of the first token: those before it are for the mask and for unknown ones."""
        return self._first_unknown() + self.num_oov_indices

    def vocabulary_size(self) -> int:
        """Return how many numbers there are, those of the mask and of unknown tokens included."""
        return len(self._tokens) + self._first()

    def depth(self) -> int:
        if self.pad_to_max_tokens:
            return self.max_tokens or 0
        if not self._tokens:
            cure = "give it one, or call adapt(data), before it is called"
            raise ValueError(f"Layer {self.name!r} has no vocabulary yet: {cure}.")
        return self.vocabulary_size()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the tokens, each at its number; the special ones may be left out."""
        special = [self.mask_token] * self._first_unknown() + [self.oov_token] * self.num_oov_indices
        return [*(special if include_special_tokens else ()), *self._tokens]

    def set_vocabulary(self, vocabulary: Any, idf_weights: Sequence[float] | None = None) -> None:
        """Take tokens as the vocabulary, in place of those before: a sequence, or a text file, a line each.

        Those of the mask and of unknown ones may be the first. With ``output_mode="tf_idf"``, and only then,
        ``idf_weights`` has a weight for each entry. Raises ``ValueError`` if it is empty, a token stands
        there twice, there are more than ``max_tokens``, or weights are missing or too many.
        """
        if isinstance(vocabulary, str):
            vocabulary = Path(vocabulary).read_text(encoding="utf-8").splitlines()
        tokens = [self._token(token) for token in np.asarray(vocabulary).reshape(-1).tolist()]
        if (idf_weights is None) == (self.output_mode == "tf_idf"):
            raise ValueError("`idf_weights` are given with output_mode='tf_idf', and only then.")
        weights = None if idf_weights is None else np.asarray(idf_weights, np.float64).reshape(-1)
        if weights is not None and len(weights) != len(tokens):
            raise ValueError(
                f"`idf_weights` must be the same length as vocabulary: {len(weights)} and {len(tokens)}."
            )
        first = self._first()
        special = self.get_vocabulary()[:first]
        has_special = first > 0 and tokens[:first] == special
        tokens = tokens[first:] if has_special else tokens
        repeated = [token for token, count in Counter(tokens).items() if count > 1]
        reserved = {self.mask_token} | ({self.oov_token} if self.invert else set())
        if not tokens or repeated or reserved & set(tokens):
            problem = f"repeats {repeated[:_MOST_NAMED]}" if repeated else "holds a reserved token"
            raise ValueError(
                f"The vocabulary {problem if tokens else 'is empty'}: it has each token once. Those of the "
                f"mask and of unknown ones may stand at its beginning, as {special}, or be left out."
            )
        if self.max_tokens is not None and len(tokens) + first > self.max_tokens:
            raise ValueError(
                f"The vocabulary has {len(tokens) + first} entries, but `max_tokens` is {self.max_tokens}."
            )
        self._take(tokens, weights if weights is None or not has_special else weights[first:])
        if weights is not None and has_special:
            self.weights_of_tokens[:first] = weights[:first]

    def _take(self, tokens: list[Any], weights: Array | None) -> None:
        """Make the table; unknown tokens have the mean of the weights, since nobody knows theirs."""
        self._tokens = tokens
        self._numbers = {token: number for number, token in enumerate(tokens, self._first())}
        if weights is not None:
            front = np.full(self._first(), weights.mean())
            back = np.zeros(max(self.depth() - len(weights) - len(front), 0))
            self.weights_of_tokens = np.concatenate([front, weights, back])

    def _own_weights(self) -> list[float] | None:
        """Return the weights of the tokens, without those of unknown ones and of places that are free."""
        return self.weights_of_tokens[self._first() : self.vocabulary_size()].tolist() or None

    def adapt(self, data: Any) -> None:
        """Take the tokens of ``data`` as the vocabulary: the most frequent first, of equals the later ones.

        Data are an array, a list, or an iterable of batches. With ``output_mode="tf_idf"``, a token's weight
        is ``log(1 + documents / (1 + those that have it))``, where each row is a document; of one axis, each
        entry. Raises ``ValueError`` if a vocabulary was given, or there are no tokens.
        """
        if not self._adapted:
            raise ValueError(f"Layer {self.name!r} was given a vocabulary: make one without, to adapt it.")
        whole = isinstance(data, list | tuple) or hasattr(data, "__array__")
        batches: Iterable[Any] = [np.asarray(data).reshape(len(data), -1)] if whole else data
        counts: Counter[Any] = Counter()
        having: Counter[Any] = Counter()
        documents = 0
        for batch in batches:
            rows = np.atleast_2d(batch[0] if isinstance(batch, tuple) else batch)
            for row in rows.reshape(len(rows), -1).tolist():
                tokens = [*map(self._token, row)]
                counts.update(tokens)
                having.update(set(tokens))
                documents += 1
        for special in (self.mask_token, self.oov_token):
            counts.pop(special, None)
        if not counts:
            raise ValueError("adapt() received no data: an array or an iterable without a single token.")
        ordered = sorted(counts, key=lambda token: (counts[token], token), reverse=True)
        if self.max_tokens is not None:
            ordered = ordered[: self.max_tokens - self._first()]
        weights = np.log(1 + documents / (1 + np.array([having[token] for token in ordered])))
        self._take(ordered, weights if self.output_mode == "tf_idf" else None)

    def compute_output_shape(self, input_shape: BatchShape) -> BatchShape:
        if self.output_mode != "tf_idf":
            return super().compute_output_shape(input_shape)
        return (input_shape[0], self.depth())

    def forward(self, x: Array, *, training: bool = False, out: Array | None = None) -> Array:
        x = self._checked(x)
        if self.invert:
            vocabulary = dict(enumerate(self.get_vocabulary()))
            tokens = [vocabulary.get(int(n), self.oov_token) for n in x.reshape(-1).tolist()]
            return np.array(tokens, dtype=None if tokens else np.int64).reshape(x.shape)
        tokens = [self._token(token) for token in x.reshape(-1).tolist()]
        numbers = np.array([self._number(token) for token in tokens], np.int64).reshape(x.shape)
        if self.num_oov_indices == 0 and (unknown := numbers == -1).any():
            found = sorted({tokens[i] for i in np.flatnonzero(unknown)})[:_MOST_NAMED]
            raise ValueError(
                f"Layer {self.name!r} received tokens that aren't in its vocabulary: {found}. With "
                "num_oov_indices=1, there is a number for unknown ones."
            )
        if self.output_mode == "tf_idf":
            rows = np.apply_along_axis(
                lambda row: np.bincount(row[row >= 0], minlength=self.depth()), -1, numbers
            )
            return (rows * self.weights_of_tokens).astype(self.dtype)
        return self._encoded(numbers)

    def _number(self, token: Any) -> int:
        """Return the number of a token: below 0, -2 for a mask that is left out of rows, -1 for no number."""
        if token == self.mask_token and self.mask_token is not None:
            return 0 if self.output_mode == "int" else -2
        if self._tokens and token in self._numbers:
            return self._numbers[token]
        return -1 if self.num_oov_indices == 0 else self._first_unknown() + self._unknown(token)

    def _unknown(self, token: Any) -> int:
        return 0

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self._adapted and self._tokens:
            found = Found(self._tokens)
            found.whole = self.get_vocabulary()
            config.update(vocabulary=found, idf_weights=self._own_weights())
        return config


class StringLookup(LookupLayer):
    """Number words by a vocabulary.

    Forward ``y = the number of x in the vocabulary``; or, by ``output_mode``, rows as by
    ``CategoryEncoding``, of which ``"tf_idf"`` multiplies counts by weights. Backward nothing: ``dx = 0`` has
    no meaning for words. **Input shape** ``(batch, ...)``, of text. **Output shape** that, or rows.

    Parameters
    ----------
    num_oov_indices : int
        How many numbers there are for words that aren't in the vocabulary: 0 or 1.
    encoding, salt
        Keras' options, of which only the defaults are supported. The others are those of ``LookupLayer``.

    >>> layer = StringLookup(vocabulary=["red", "green"])
    >>> layer(np.array([["green", "red", "pink"]]))
    array([[2, 1, 0]])
    >>> layer.get_vocabulary()
    ['[UNK]', 'red', 'green']
    """

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: str | None = None,
        oov_token: str | None = "[UNK]", vocabulary: Any = None, idf_weights: Any = None,  # noqa: S107  (no password)
        invert: bool = False, output_mode: str = "int", pad_to_max_tokens: bool = False,
        sparse: bool = False, encoding: str = "utf-8", salt: None = None, **options: Any,
    ) -> None:  # fmt: skip
        if checked_integer("num_oov_indices", num_oov_indices, least=0) > 1 or salt is not None:
            raise ValueError(
                "`num_oov_indices` is 0 or 1, and there is no `salt`: which of several numbers an unknown "
                "word has, Keras decides by a hash of TensorFlow's that isn't here. Received: "
                f"num_oov_indices={num_oov_indices}, salt={salt!r}"
            )
        if encoding.lower().replace("_", "-") not in ("utf-8", "utf8"):
            raise ValueError(f'`encoding` is "utf-8". Received: encoding={encoding!r}')
        self.encoding = encoding
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, **options,
        )  # fmt: skip

    @staticmethod
    def _token(value: Any) -> str:
        if not isinstance(value, str | bytes):
            raise ValueError(f"A token is text; fill what is missing, as by .fillna(''). Received: {value!r}")
        return value if isinstance(value, str) else value.decode()


class IntegerLookup(LookupLayer):
    """Number whole numbers, such as codes or years, by a vocabulary.

    Forward ``y = the number of x in the vocabulary``; or, by ``output_mode``, rows as by ``StringLookup``.
    Backward nothing: ``dx = 0`` almost everywhere, and so it isn't worked out. **Input shape** ``(batch,
    ...)``, of whole numbers. **Output shape** the same; with rows, as by ``CategoryEncoding``.

    Parameters
    ----------
    num_oov_indices : int
        How many numbers there are for those that aren't in the vocabulary; the remainder decides which.
    vocabulary_dtype, oov_method, salt
        Keras' options, of which only the defaults are supported. The others are those of ``LookupLayer``.

    >>> layer = IntegerLookup()
    >>> layer.adapt([1999, 2024, 2024])
    >>> layer(np.array([[2024, 1999, 1066]]))
    array([[1, 2, 0]])
    """

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: int | None = None,
        oov_token: int | None = -1, vocabulary: Any = None, vocabulary_dtype: str = "int64",
        idf_weights: Any = None, invert: bool = False, output_mode: str = "int", sparse: bool = False,
        pad_to_max_tokens: bool = False, oov_method: str = "floormod", salt: None = None, **options: Any,
    ) -> None:  # fmt: skip
        given = {"vocabulary_dtype": vocabulary_dtype, "oov_method": oov_method, "salt": salt}
        for (name, value), only in zip(given.items(), ("int64", "floormod", None), strict=True):
            if value != only:
                raise ValueError(f"`{name}` is {only!r}, and no other. Received: {name}={value!r}")
        self.vocabulary_dtype = vocabulary_dtype
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode,
            pad_to_max_tokens, sparse, **options,
        )  # fmt: skip

    @staticmethod
    def _token(value: Any) -> int:
        if not isinstance(value, int | float | str) or isinstance(value, bool):
            raise ValueError(f"A token is a whole number. Received: {value!r}")
        return int(value)

    def _unknown(self, token: Any) -> int:
        return int(token % self.num_oov_indices)
