"""What ``trace`` returns: every array of one pass by name, and a table of them for terminal and notebook."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.errors import escaped
from numpy_ann.inspection.tracing.recording import LayerTrace

__all__ = ["Trace", "as_html", "as_text", "figures_of"]

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
    loss_name : str
        What the loss is called.
    training : bool
        Whether the pass was one of training.
    note : str
        On how the last gradient was come by, if it needs a word.
    inputs : mapping of str to (ndarray, ndarray or None)
        What went in, and its gradient: by name, or as ``input``.
    outputs : sequence of ndarray
        The predictions.

    >>> import numpy as np
    >>> from numpy_ann.inspection import trace
    >>> from numpy_ann.layers import Dense, Input
    >>> from numpy_ann.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1, kernel_initializer="ones")])
    >>> model.compile(loss="mse")
    >>> t = trace(model, np.array([[1.0, 2.0]]), np.array([[1.0]]))
    >>> t.loss, t["dense/output"], t["dense/kernel/gradient"]
    (4.0, array([[3.]], dtype=float32), array([[4.],
           [8.]], dtype=float32))
    """

    def __init__(
        self, layers: Sequence[LayerTrace], others: Mapping[str, Array], loss: float, loss_name: str,
        training: bool, note: str = "", *, inputs: Mapping[str, tuple[Array, Array | None]],
        outputs: Sequence[Array],
    ) -> None:  # fmt: skip
        self.layers = tuple(layers)
        self.loss, self.loss_name = loss, loss_name
        self.penalty = sum(layer.penalty for layer in layers)
        self.training = training
        self.note = note
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
        """Return the array of that name."""
        if name in self._arrays:
            return self._arrays[name]
        from difflib import get_close_matches

        near = get_close_matches(str(name), self._arrays, n=3)
        hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise KeyError(f"The trace has no array {name!r}.{hint} list(trace) has all names.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._arrays)

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)

    def __repr__(self) -> str:
        return f"<Trace of {len(self.layers)} layers, loss {self.loss:.6g}, {len(self)} arrays>"


def figures_of(array: Array | None) -> tuple[str, str, str, str]:
    """Return an array's smallest number, mean, largest, and share of zeros; dashes where there is none.

    >>> figures_of(np.array([0.0, 0.5, -1234.5]))
    ('-1.23e+3', '-411', '0.5', '33%')
    """
    if array is None:
        return ("-", "-", "-", "-")
    with np.errstate(all="ignore"):  # NaN and infinity are shown, not complained about
        numbers = (array.min(), array.mean(dtype=np.float64), array.max())
    zeros = np.count_nonzero(array == 0) / array.size
    return (*(_short(float(number)) for number in numbers), _percent(zeros))  # type: ignore[return-value]


def _short(number: float) -> str:
    return f"{number:.3g}".replace("e-0", "e-").replace("e+0", "e+")


def _percent(share: float) -> str:
    """Return a share in percent; what isn't 0 or 1 doesn't look so."""
    text = f"{100 * share:.0f}%"
    return {"0%": "<1%", "100%": ">99%"}.get(text, text) if 0 < share < 1 else text


def as_text(trace: Trace) -> str:
    """Return the table for a terminal of 100 columns."""
    rows = {layer.name: _rows(layer) for layer in trace.layers}
    first = [_row(escaped(name), *pair) for name, pair in trace.inputs.items()]
    cells = [*first, *(row for part in rows.values() for row in part)]
    titles = ("", "shape", *_FIGURES, *_FIGURES)
    widths = [max(len(row[i]) for row in [titles, *cells]) for i in range(len(titles))]
    widths[0] += 2

    def line(row: tuple[str, ...]) -> str:
        left = row[0].ljust(widths[0]) + "  " + row[1].ljust(widths[1])
        values, gradients = (
            " ".join(cell.rjust(w) for cell, w in zip(row[i : i + 4], widths[i : i + 4], strict=True))
            for i in (2, 6)
        )
        return f"{left} {values}  {gradients}".rstrip()

    above = (widths[0] + widths[1] + 3, sum(widths[2:6]) + 5)
    lines = [*_heading(trace), "", f"{'':{above[0]}}{'values':<{above[1]}}gradient of the loss"]
    lines += [line(titles), *map(line, first)]
    for layer in trace.layers:
        lines += wrap(_title(layer, trace), _WIDTH, subsequent_indent="    ")
        lines += wrap("; ".join(layer.formula), _WIDTH, initial_indent="    ", subsequent_indent="    ")
        lines += [line((f"  {row[0]}", *row[1:])) for row in rows[layer.name]]
    lines += wrap(trace.note, _WIDTH)
    return "\n".join(lines)


def as_html(trace: Trace) -> str:
    """Return the table for a notebook, in whatever colours that has."""
    parts = [
        "<table>",
        f"<caption>{escape(' '.join(_heading(trace)))}</caption>",
        '<thead><tr><th colspan="2"></th><th colspan="4">values</th>',
        '<th colspan="4">gradient of the loss</th></tr>',
        _tr("th", ("", "shape", *_FIGURES, *_FIGURES)) + "</thead>",
        "<tbody>",
        *(_tr("td", _row(escaped(name), *pair)) for name, pair in trace.inputs.items()),
    ]
    for layer in trace.layers:
        formula = escape("; ".join(layer.formula))
        title = f"<b>{escape(_title(layer, trace))}</b> <code>{formula}</code>"
        parts.append(f'<tr><td colspan="10" style="text-align: left">{title}</td></tr>')
        parts += [_tr("td", row) for row in _rows(layer)]
    parts.append("</tbody></table>")
    if trace.note:
        parts.append(f"<p>{escape(trace.note)}</p>")
    return "\n".join(parts)


def _title(layer: LayerTrace, trace: Trace) -> str:
    """Return name and kind of a layer, and what it reads, unless that is what stands above it."""
    at = trace.layers.index(layer)
    above = tuple(trace.inputs) if at == 0 else (trace.layers[at - 1].name,)
    reads = "" if layer.reads == above else f" of {', '.join(map(escaped, layer.reads))}"
    return f"{escaped(layer.name)} ({layer.kind}){reads}"


def _tr(tag: str, row: tuple[str, ...]) -> str:
    sides = ["left", "left", *["right"] * 8]
    cells = (f'<{tag} style="text-align: {s}">{escape(c)}</{tag}>' for c, s in zip(row, sides, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _rows(layer: LayerTrace) -> list[tuple[str, ...]]:
    return [_row(name, *pair) for name, pair in layer.pairs().items()]


def _row(name: str, value: Array, gradient: Array | None) -> tuple[str, ...]:
    """Return name, shape, figures of the values and figures of the gradient of an array."""
    return name, str(value.shape).replace(" ", ""), *figures_of(value), *figures_of(gradient)


def _heading(trace: Trace) -> list[str]:
    samples = len(next(iter(trace.inputs.values()))[0])
    how = "as in training" if trace.training else "as in predicting"
    penalty = f", of which {trace.penalty:.6g} are the regularizers'" if trace.penalty else ""
    batch = f"{samples} sample{'s' if samples > 1 else ''}"
    return [f"loss {trace.loss:.6g} ({escaped(trace.loss_name)}{penalty}) of {batch}, {how}"]
