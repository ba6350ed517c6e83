"""The table that ``model.summary()`` prints, as Keras prints it."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy_ann.models.sequential import Sequential

__all__ = ["format_bytes", "summarize"]


def summarize(model: Sequential, line_length: int | None = None) -> str:
    """Return the table of layers, output shapes and parameters, with totals.

    Parameters
    ----------
    model : Sequential
        Built or not; an unbuilt one has unknown shapes.
    line_length : int, optional
        The table's width in characters, at least 40. Left out, it follows the terminal, up to 88. Long names
        are wrapped, never cut.

    Returns
    -------
    str
        Several lines.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    width = max(40, line_length or min(88, get_terminal_size().columns - 4))
    first, second = int(width * 0.45), int(width * 0.80)
    table = Table(width=width, box=box.HEAVY_HEAD, show_lines=True, pad_edge=True, header_style="")
    table.add_column("Layer (type)", width=first - 3, overflow="fold")
    table.add_column("Output Shape", width=second - first - 4, overflow="fold")
    table.add_column("Param #", width=width - second - 3, justify="right", overflow="fold")
    for layer in model.layers:
        shape, count = "?", "0 (unbuilt)"
        if layer.built:
            shape, count = str((None, *(layer.output_shape or ()))), f"{layer.count_params():,}"
        table.add_row(f"{layer.name} ({type(layer).__name__})", shape, count)

    console = Console(
        width=width, color_system=None, force_terminal=False, force_jupyter=False, markup=False, emoji=False
    )
    with console.capture() as capture:
        console.print(table)
    lines = [f'Model: "{model.name}"', *capture.get().rstrip("\n").split("\n"), *_totals(model)]
    return "\n".join(lines)


def _totals(model: Sequential) -> list[str]:
    """Return the lines below the table."""
    number_size = model.dtype.itemsize
    trainable = sum(p.size for p in model.trainable_parameters)
    rest = sum(p.size for p in model.parameters) - trainable
    optimizer = 0
    if model.optimizer is not None:
        slots = sum(slot.size for slot in model.optimizer.state.values())
        # Keras counts two numbers more: how many steps were taken, and the learning rate.
        optimizer = slots + 2 if model.optimizer.size is not None else 0
    counts = {
        "Total": trainable + rest + optimizer,
        "Trainable": trainable,
        "Non-trainable": rest,
        "Optimizer": optimizer,
    }
    return [
        f" {what} params: {count:,} ({format_bytes(count * number_size)})"
        for what, count in counts.items()
        if what != "Optimizer" or count
    ]


def format_bytes(count: int) -> str:
    """Return a size in B, KB, MB or GB, of 1024 each to the next, as Keras shows it.

    Examples
    --------
    >>> [format_bytes(n) for n in (0, 437544, 1312640)]
    ['0.00 B', '427.29 KB', '1.25 MB']
    """
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"
