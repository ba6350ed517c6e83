"""What ``trace`` returns: every array of one pass by name, and a table of them for terminal and notebook."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import chain
from textwrap import wrap
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.inspection.tracing.recording_plan import LayerTrace
from numpy_ann.part import did_you_mean

_FIGURES = ("min", "mean", "max", "zeros")
_WIDTH = 100


class Trace(Mapping[str, Array]):
    """Every number of one forward and one backward pass; print it for a table.

    It maps names to arrays, all read-only copies: ``t["input"]``, ``t["input/gradient"]``,
    ``t["dense/kernel"]``, ``t["dense/kernel/gradient"]``, ``t["dense/pre_activation"]``,
    ``t["dense/output"]``, ..., ``t["targets"]``, and ``t["sample_weight"]`` if there was one. ``list(t)`` has
    all of them, and they complete with the tab key. The same arrays stand in ``t.layers``. ``t.penalty`` is
    the regularizers' part of the loss. Several inputs go by their names, ``t["width"]``, targets by those of
    the outputs, ``t["targets/price"]``; layers of a model within by ``t["inner/dense/output"]``, and the
    second use of one by ``t["dense[1]/output"]``.

    Parameters
    ----------
    layers : sequence of LayerTrace
        First to last.
    others : mapping of str to ndarray
        ``targets``, ``sample_weight``.
    loss : float
        The batch's, penalties included.
    loss_name, note : str
        What the loss is called, and how the last gradient was come by, if that needs a word.
    training : bool
        Whether the pass was one of training.
    inputs : mapping of str to (ndarray, ndarray or None)
        What went in, and its gradient: by name, or as ``input``.
    outputs : sequence of ndarray
        The predictions.

    >>> from numpy_ann import Sequential, inspection, layers
    >>> model = Sequential([layers.Input((2,)), layers.Dense(1, kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> t = inspection.trace(model, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    >>> t.loss, t["dense/output"]
    (4.0, array([[3.]], dtype=float32))
    """

    def __init__(
        self, layers: Sequence[LayerTrace], others: Mapping[str, Array], loss: float, loss_name: str,
        training: bool, note: str = "", *, inputs: Mapping[str, tuple[Array, Array | None]],
        outputs: Sequence[Array],
    ) -> None:  # fmt: skip
        self.layers, self.loss, self.loss_name = tuple(layers), loss, loss_name
        self.penalty = sum(layer.penalty for layer in layers)
        self.training, self.note = training, note
        self.inputs, self._outputs = dict(inputs), list(outputs)
        pairs = dict(inputs)
        for layer in layers:
            pairs |= {f"{layer.name}/{name}": pair for name, pair in layer.pairs().items()}
        self._arrays: dict[str, Array] = {}
        for name, (value, gradient) in pairs.items():
            self._arrays[name] = value
            if gradient is not None:
                self._arrays[f"{name}/gradient"] = gradient
        self._arrays.update(others)

    @property
    def output(self) -> Any:
        """The network's predictions, ``(batch, ...)``; of several outputs a list."""
        return self._outputs[0] if len(self._outputs) == 1 else self._outputs

    def __getitem__(self, name: str) -> Array:
        if name in self._arrays:
            return self._arrays[name]
        hint = did_you_mean(str(name), self._arrays)
        raise KeyError(f"The trace has no array {name!r}.{hint} list(trace) has all names.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._arrays)

    def __repr__(self) -> str:
        return f"<Trace of {len(self.layers)} layers, loss {self.loss:.6g}, {len(self)} arrays>"

    def __str__(self) -> str:
        rows = {layer.name: _rows(layer.pairs()) for layer in self.layers}
        first, titles = _rows(self.inputs), ("", "shape", *_FIGURES, *_FIGURES)
        cells = [titles, *first, *chain.from_iterable(rows.values())]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        widths[0] += 2

        def line(row: tuple[str, ...]) -> str:
            name, shape, *figures = (
                cell.ljust(width) if i < 2 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            return f"{name}  {shape} {' '.join(figures[:4])}  {' '.join(figures[4:])}".rstrip()

        above = (widths[0] + widths[1] + 3, sum(widths[2:6]) + 5)
        lines = [self._heading(), "", f"{'':{above[0]}}{'values':<{above[1]}}gradient of the loss"]
        lines += [line(titles), *map(line, first)]
        for layer in self.layers:
            lines += wrap(self._title(layer), _WIDTH, subsequent_indent="    ")
            lines += wrap("; ".join(layer.formula), _WIDTH, initial_indent="    ", subsequent_indent="    ")
            lines += [line((f"  {row[0]}", *row[1:])) for row in rows[layer.name]]
        lines += wrap(self.note, _WIDTH)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = ["<table>", f"<caption>{escape(self._heading())}</caption>"]
        parts.append('<thead><tr><th colspan="2"></th><th colspan="4">values</th>')
        parts.append('<th colspan="4">gradient of the loss</th></tr>')
        parts += [_tr("th", ("", "shape", *_FIGURES, *_FIGURES)) + "</thead>", "<tbody>"]
        parts += [_tr("td", row) for row in _rows(self.inputs)]
        for layer in self.layers:
            title = f"<b>{escape(self._title(layer))}</b> <code>{escape('; '.join(layer.formula))}</code>"
            parts.append(f'<tr><td colspan="10" style="text-align: left">{title}</td></tr>')
            parts += [_tr("td", row) for row in _rows(layer.pairs())]
        parts.append("</tbody></table>")
        if self.note:
            parts.append(f"<p>{escape(self.note)}</p>")
        return "\n".join(parts)

    def _title(self, layer: LayerTrace) -> str:
        """Return name and kind of a layer, and what it reads, unless that is what stands above it."""
        at = self.layers.index(layer)
        above = tuple(self.inputs) if at == 0 else (self.layers[at - 1].name,)
        reads = "" if layer.reads == above else f" of {', '.join(map(escaped, layer.reads))}"
        return f"{escaped(layer.name)} ({layer.kind}){reads}"

    def _heading(self) -> str:
        samples = len(next(iter(self.inputs.values()))[0])
        how = "as in training" if self.training else "as in predicting"
        penalty = f", of which {self.penalty:.6g} are the regularizers'" if self.penalty else ""
        batch = f"{samples} sample{'s' if samples > 1 else ''}"
        return f"loss {self.loss:.6g} ({escaped(self.loss_name)}{penalty}) of {batch}, {how}"


def figures_of(array: Array | None) -> tuple[str, str, str, str]:
    """Return an array's smallest number, mean, largest, and share of zeros; dashes where there is none.

    >>> figures_of(np.array([0.0, 0.5, -1234.5]))
    ('-1.23e+3', '-411', '0.5', '33%')
    """
    if array is None:
        return ("-", "-", "-", "-")
    with np.errstate(all="ignore"):  # NaN and infinity are shown, not complained about
        numbers = (array.min(), array.mean(dtype=np.float64), array.max())
    low, mean, high = (f"{float(n):.3g}".replace("e-0", "e-").replace("e+0", "e+") for n in numbers)
    share = np.count_nonzero(array == 0) / array.size
    zeros = f"{100 * share:.0f}%"
    if 0 < share < 1:  # what isn't all or nothing doesn't look so
        zeros = {"0%": "<1%", "100%": ">99%"}.get(zeros, zeros)
    return low, mean, high, zeros


def _tr(tag: str, row: tuple[str, ...]) -> str:
    sides = ["left", "left", *["right"] * 8]
    cells = (f'<{tag} style="text-align: {s}">{escape(c)}</{tag}>' for c, s in zip(row, sides, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _rows(pairs: Mapping[str, tuple[Array, Array | None]]) -> list[tuple[str, ...]]:
    """Return name, shape, figures of the values and figures of the gradient of each array."""
    return [
        (escaped(name), str(value.shape).replace(" ", ""), *figures_of(value), *figures_of(gradient))
        for name, (value, gradient) in pairs.items()
    ]
