"""Pictures in files and folders, through pillow: ``load_img``, ``img_to_array``, ``from_directory``."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from numpy_ann._typing import Array
from numpy_ann.atomic import open_regular
from numpy_ann.errors import DataFormatError
from numpy_ann.validation import checked_choice

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "ENDINGS", "Pictures", "array_to_img", "from_directory", "img_to_array", "load_img", "mnist_like",
    "save_img",
]  # fmt: skip

_MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}
_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def _pillow() -> Any:
    try:
        import PIL.Image
    except ImportError as error:
        cure = "python -m pip install pillow"
        raise ImportError(f"Pictures are read by pillow, which isn't installed: {cure}") from error
    return PIL.Image


def load_img(
    path: str | os.PathLike[str], color_mode: str = "rgb", target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest", keep_aspect_ratio: bool = False,
) -> "Image":  # fmt: skip
    """Read a picture, a PNG, JPEG, BMP or GIF file.

    Raises ``DataFormatError`` if it isn't a picture; ``ImportError`` if pillow isn't installed.

    Parameters
    ----------
    path : str or path-like
        Of the file.
    color_mode : {"rgb", "rgba", "grayscale"}
        What its pixels become.
    target_size : tuple of int, optional
        Height and width to which it is scaled.
    interpolation : {"nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"}
        How it is scaled.
    keep_aspect_ratio : bool
        Cut the middle out to the target's proportions, before scaling.
    """
    image = _pillow()
    checked_choice("color_mode", color_mode, tuple(_MODES))
    checked_choice("interpolation", interpolation, _INTERPOLATIONS)
    try:
        with open_regular(Path(path)) as file, image.open(file) as opened:
            picture = opened.convert(_MODES[color_mode])
    except (OSError, ValueError, SyntaxError, image.DecompressionBombError) as error:
        if isinstance(error, FileNotFoundError | PermissionError):
            raise
        # Of an unknown format pillow shows the Python object that it was given.
        unknown = isinstance(error, image.UnidentifiedImageError)
        why = "it is damaged, or of no format that pillow knows" if unknown else error
        raise DataFormatError(f"{path} can't be read as a picture: {why}") from error
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture  # type: ignore[no-any-return]
    height, width = target_size
    box = None
    if keep_aspect_ratio:
        across = min(picture.width, picture.height * width / height)
        down = across * height / width
        left, top = (picture.width - across) / 2, (picture.height - down) / 2
        box = (left, top, left + across, top + down)
    return picture.resize((width, height), getattr(image.Resampling, interpolation.upper()), box)  # type: ignore[no-any-return]


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Array:
    """Return a picture as an array, ``(height, width, channels)``, float32 from 0 to 255.

    Raises ``ValueError`` if the channels are wanted first.
    """
    checked_choice("data_format", data_format, (None, "channels_last"))
    pixels = np.asarray(img, dtype or np.float32)
    return pixels if pixels.ndim == 3 else pixels[..., np.newaxis]


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> "Image":
    """Return an array, ``(height, width, 1, 3 or 4 channels)``, as a picture.

    Its numbers are from 0 to 255, or any: with ``scale``, the smallest becomes 0 and the largest 255, which
    is computed in ``dtype``, by default float32. Raises ``ValueError`` if the shape isn't that of a picture.
    """
    checked_choice("data_format", data_format, (None, "channels_last"))
    x = np.array(x, dtype or np.float32)
    if x.ndim != 3 or x.shape[2] not in (1, 3, 4):
        raise ValueError(f"A picture has the shape (height, width, 1, 3 or 4). Received: shape={x.shape}")
    if scale:
        x -= x.min()
        x *= 255 / (x.max() or 1)
    pixels = x.astype(np.uint8)
    return _pillow().fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)  # type: ignore[no-any-return]


def save_img(
    path: str | os.PathLike[str], x: Any, data_format: str | None = None, file_format: str | None = None,
    scale: bool = True,
) -> None:  # fmt: skip
    """Write an array as a picture; see ``array_to_img``."""
    array_to_img(x, data_format, scale).save(path, file_format)


def mnist_like(image: Any) -> Array:
    """Bring a picture of one digit, a photo or a scan, to MNIST's form: light on black, 28 x 28, centred.

    The paper, a plane through the picture's frame, is taken off, whichever of ink and paper is lighter. The
    ink is scaled by areas into a box of 20 x 20, and its centre of mass put in the middle of 28 x 28.

    Raises ``ValueError`` if the shape isn't that of a picture, or nothing stands out from the paper.

    Parameters
    ----------
    image : PIL.Image.Image, path-like or array_like, shape (height, width) or (height, width, 1, 3 or 4)
        The picture, its numbers from 0 to 255; what is returned has 0 for blank and 255 for ink, uint8.

    Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition"
    (1998), section III.A.

    >>> paper = np.full((60, 40), 230)
    >>> paper[10:50, 18:22] = 30  # a one: 40 high, which is the box's 20, and 4 wide
    >>> mnist_like(paper)[3:6, 12:16]
    array([[  0,   0,   0,   0],
           [  0, 255, 255,   0],
           [  0, 255, 255,   0]], dtype=uint8)
    """
    if isinstance(image, str | os.PathLike):
        image = load_img(image, "rgba")
    grey = np.asarray(image, np.float64)
    if grey.ndim == 3 and grey.shape[2] in (3, 4):
        opaque = grey[..., 3] / 255 if grey.shape[2] == 4 else 1.0
        grey = grey[..., :3] @ (0.299, 0.587, 0.114) * opaque + 255 * (1 - opaque)
    elif grey.ndim == 3 and grey.shape[2] == 1:
        grey = grey[..., 0]
    if grey.ndim != 2 or min(grey.shape) < 3:
        wanted = "one picture, (height, width) or (height, width, 1, 3 or 4), of 3 x 3 pixels or more"
        raise ValueError(f"mnist_like takes {wanted}. Received: shape={grey.shape}")
    # The paper: on a frame around the middle, 1, x and y are orthogonal, so each slope is one quotient.
    y, x = (np.arange(n) - (n - 1) / 2 for n in grey.shape)
    wide, frame = max(min(grey.shape) // 16, 1), np.ones(grey.shape)
    frame[wide:-wide, wide:-wide] = 0
    level = (frame * grey).sum() / frame.sum()
    across = (frame * grey * x).sum() / (frame * x**2).sum()
    down = (frame * grey * y[:, np.newaxis]).sum() / (frame * y[:, np.newaxis] ** 2).sum()
    ink = level + across * x + down * y[:, np.newaxis] - grey
    ink *= 1 if ink.max() > -ink.min() else -1
    if ink.max() < 25:
        raise ValueError("Nothing in the picture stands out from the paper: is it a digit, dark on light?")
    ink = np.clip((ink / ink.max() - 0.25) / 0.5, 0, 1)

    sides, spans = [], []
    for axis in (0, 1):
        sums = ink.sum(axis=1 - axis)
        held = np.flatnonzero(sums > sums.max() / 50)  # specks of grain are no ink
        spans.append(held[-1] + 1 - held[0])
        sides.append((sums * (np.arange(len(sums)) + 0.5)).sum() / sums.sum())  # the centre of mass
    edges = (np.arange(29) - 14)[:, np.newaxis] * (max(spans) / 20)
    rows, columns = (  # how much of each pixel lies between each edge and the next
        np.diff(np.clip(centre + edges - np.arange(n), 0, 1), axis=0)
        for centre, n in zip(sides, ink.shape, strict=True)
    )
    small = rows @ ink @ columns.T
    return np.rint(255 * small / small.max()).astype(np.uint8)  # type: ignore[no-any-return]


class Pictures(NamedTuple):
    """The pictures of a folder: pixels, labels, what the labels mean, and the files, in one order."""

    x: Array
    y: Array
    class_names: list[str]
    paths: list[str]


def from_directory(
    directory: str | os.PathLike[str], class_names: Sequence[str] | None = None, color_mode: str = "rgb",
    image_size: tuple[int, int] = (256, 256), interpolation: str = "bilinear",
    keep_aspect_ratio: bool = False,
) -> Pictures:  # fmt: skip
    """Read a folder of pictures, one folder inside it for each class: ``digits/seven/photo.png``.

    Raises ``FileNotFoundError`` if the folder, or one of a class, isn't there, or there are no pictures;
    ``DataFormatError`` if a file isn't a picture. Warns if all pictures lie a folder deeper than that.

    ``class_names`` are the folders inside it in the order of their labels; left out, all of them, by name.
    Each picture is scaled to ``image_size``, height and width; the other options are those of ``load_img``.
    Of what is returned, ``x`` is uint8 of shape (n, height, width, channels), and ``y`` int32 from 0.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {str(folder)!r}.")
    names = list(class_names or sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))
    lacking = [name for name in names if not (folder / name).is_dir()]
    if lacking or not names:
        wanted = f"a folder of pictures for each class; missing: {', '.join(lacking) or 'all'}."
        inside = any(path.suffix.lower() in ENDINGS for path in folder.iterdir())
        low = f" It holds pictures itself: is it one class, of {str(folder.parent)!r}?" if inside else ""
        raise FileNotFoundError(f"{str(folder)!r} must hold {wanted}{low}")
    found = [(label, path) for label, name in enumerate(names) for path in sorted((folder / name).rglob("*"))]
    files = [(label, path) for label, path in found if path.suffix.lower() in ENDINGS and path.is_file()]
    if not files:
        raise FileNotFoundError(f"No pictures ({', '.join(ENDINGS)}) in the folders of {str(folder)!r}.")
    if all(path.parent.parent != folder for _, path in files):
        below = f"{str(folder / names[0])!r} or another. Now the classes are {', '.join(names)}."
        warnings.warn(f"All pictures lie a folder deeper. Is this one too high? Name {below}", stacklevel=2)
    options = (color_mode, image_size, interpolation, keep_aspect_ratio)
    x = np.stack([img_to_array(load_img(path, *options), dtype="uint8") for _, path in files])
    y = np.array([label for label, _ in files], np.int32)
    return Pictures(x, y, names, [str(path) for _, path in files])
