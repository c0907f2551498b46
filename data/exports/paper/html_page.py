"""A document as one HTML file that needs nothing else: no script, no request, pictures inside.

Every text goes through the template's own escaping; the page may load nothing but its own pictures
and styles (its content security policy says so to the browser).
"""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.exports.paper.letters import paragraphs, tidy

if TYPE_CHECKING:
    from jinja2 import Template

    from data.exports.paper.blocks import Block
    from data.exports.paper.document import Document


def html(document: Document) -> str:
    """Return a document as an HTML page."""
    return _template().render(document=document)


@lru_cache(maxsize=1)
def _template() -> Template:
    surroundings = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    surroundings.filters |= {
        "tidy": tidy,
        "paragraphs": paragraphs,
        "base64": _base64,
        "kind": _kind,
    }
    return surroundings.get_template("document.html")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _kind(block: Block) -> str:
    return type(block).__name__
