"""What the lessons share: the option ``--output``, one look, and pictures that are small files."""

import argparse
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cycler import cycler
from matplotlib import rcParams
from PIL import Image

from numpy_ann.plots.colors import CLASS_COLORS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["save", "start"]

LOOK = {
    "axes.prop_cycle": cycler(color=CLASS_COLORS),
    "legend.frameon": False,
    "lines.linewidth": 2,
}


def start(file: str, text: str) -> Path:
    """Print a lesson's title, the first line of its text, and return where its picture goes; set its look."""
    title, _, rest = text.partition("\n")
    parser = argparse.ArgumentParser(
        description=title, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    folder = Path("outputs", "lessons")
    parser.add_argument("--output", type=Path, default=folder, help=f"folder for the picture ({folder})")
    picture = parser.parse_args().output / f"{Path(file).stem}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    print(title)
    rcParams.update(LOOK)
    return picture


def save(figure: "Figure", path: Path) -> None:
    """Write a figure as a PNG of 64 colours, a third of the size of one in full colour."""
    whole = BytesIO()
    figure.savefig(whole, format="png", dpi=180)
    Image.open(whole).convert("RGB").quantize(64, kmeans=2, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"\nwrote {path}")
