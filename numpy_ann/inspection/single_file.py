"""One HTML file out of a template, a style, scripts and data, which asks nobody for anything."""

import base64
import hashlib
import html
import json
import os
import re
import zlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from numpy_ann._typing import Array
from numpy_ann.atomic import write_atomically


def packed(pixels: Array) -> str:
    """Return bytes as the pages unpack them."""
    return base64.b64encode(zlib.compress(pixels.tobytes(), 9)).decode()


def scripts(room: str, names: str) -> list[str]:
    """Return the JavaScript files of a room by their names."""
    return [f"{room}/{name}" for name in names.split()]


def write_page(
    path: str | os.PathLike[str], room: str, scripts: Sequence[str], title: str, data: dict[str, Any]
) -> None:
    """Write ``page.html`` of a folder beside this file, filled in; what comes from data can end no tag.

    ``scripts`` stand in the order in which they build on each other; ``title`` is text.
    """
    folder = files("numpy_ann.inspection")
    page, own = (folder.joinpath(room, name).read_text("utf-8") for name in ("page.html", "style.css"))
    code = "\n".join(folder.joinpath(f"{name}.js").read_text("utf-8") for name in scripts)
    paper = folder.joinpath("paper.css").read_text("utf-8")
    style, script = f"\n{paper}{own}", f'\n"use strict";\n{code}'
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)  # ASCII only, so no odd line breaks
    # Only these two texts run, and nothing is fetched. Source: W3C, "Content Security Policy Level 3",
    # sections 2.3 (hashes) and 6.1 (fetch directives).
    of_style, of_script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    parts = {
        "title": html.escape(title),
        "policy": f"default-src 'none'; script-src 'sha256-{of_script}'; style-src 'sha256-{of_style}'; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "data": text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026"),
    }
    # In one pass: what is filled in is not searched again.
    write_atomically(path, re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], page).encode())
