"""One HTML file out of a template, a style, scripts and data, which asks nobody for anything."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

__all__ = ["page_of"]


def page_of(room: str, scripts: Sequence[str], title: str, data: dict[str, Any]) -> str:
    """Return ``page.html`` of a folder beside this file, filled in; what comes from data can end no tag.

    ``scripts`` are the JavaScript files, as ``"explorer/view"``, in the order in which they build on each
    other; ``title`` is text.
    """
    folder = files("numpy_ann.inspection")
    page, own = (folder.joinpath(room, name).read_text("utf-8") for name in ("page.html", "style.css"))
    code = "\n".join(folder.joinpath(f"{name}.js").read_text("utf-8") for name in scripts)
    paper = folder.joinpath("paper.css").read_text("utf-8")
    style, script = f"\n{paper}{own}", f'\n"use strict";\n{code}'
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)  # ASCII only, so no odd line breaks
    parts = {
        "title": html.escape(title),
        "policy": _policy(style, script),
        "style": style,
        "script": script,
        "data": text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026"),
    }
    # In one pass: what is filled in is not searched again.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], page)


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy under which nothing but these two texts runs, and nothing is fetched.

    Source: W3C, "Content Security Policy Level 3", sections 2.3 (hashes) and 6.1 (fetch directives).
    """
    digests = (hashlib.sha256(text.encode()).digest() for text in (style, script))
    style_hash, script_hash = (base64.b64encode(digest).decode() for digest in digests)
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; style-src 'sha256-{style_hash}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
