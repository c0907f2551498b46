"""The product's own documents that a page shows, read from where they are written once.

`docs/methods.md` is the one home of what the methods assume and what must not be concluded: the
page *Methods and limits* shows that file, part by part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo.errors import PlainError

METHODS_PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "methods.md"
_TITLE: Final = re.compile(r"\A# (?P<title>[^\n]+)\n(?P<rest>.*)\Z", re.DOTALL)
_PART: Final = re.compile(r"^## ", re.MULTILINE)


class DocumentError(PlainError, ValueError):
    """A document of the product is not there or not in the form that a page can show."""

    def __init__(self, path: Path, *, what: str) -> None:
        super().__init__(
            f"The document {path.name} {what}, so it cannot be shown. Install the product again, "
            "with its folder docs."
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level and the Markdown under it; `anchor` is its place in a link."""

    heading: str
    anchor: str
    body: str


@dataclass(frozen=True, slots=True)
class MarkdownDocument:
    """A Markdown document in parts; `whole` is the file letter by letter."""

    title: str
    lead: str
    parts: tuple[Section, ...]
    whole: str


def methods_text(path: Path = METHODS_PATH) -> MarkdownDocument:
    """Read *Methods and limits*.

    Parameters
    ----------
    path : Path
        Markdown: one title (``#``), a lead, and parts (``##``), in UTF-8.

    Raises
    ------
    DocumentError
        If the file is missing, has no title, or has no parts.
    """
    if not path.is_file():
        raise DocumentError(path, what="is missing")
    whole = path.read_text(encoding="utf-8")
    titled = _TITLE.match(whole)
    if titled is None:
        raise DocumentError(path, what="does not begin with a title")
    lead, *parts = _PART.split(titled["rest"])
    if not parts:
        raise DocumentError(path, what="has no parts")
    return MarkdownDocument(
        title=titled["title"].strip(),
        lead=lead.strip(),
        parts=tuple(_part(text) for text in parts),
        whole=whole,
    )


def _part(text: str) -> Section:
    heading, _, body = text.partition("\n")
    anchor = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
    return Section(heading=heading.strip(), anchor=anchor, body=body.strip())
