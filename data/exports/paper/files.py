"""A document as a file, by the ending that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports.paper.html_page import html
from data.exports.paper.typesetting import pdf
from geo.errors import PlainError

if TYPE_CHECKING:
    from data.exports.paper.document import Document

ENDINGS: Final = (".pdf", ".html")


class UnknownPaperEndingError(PlainError, ValueError):
    """A document was asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"Unknown file ending {ending!r}: documents are written as {' or '.join(ENDINGS)}. "
            "Choose one of these endings."
        )


def check_ending(ending: str) -> None:
    """Refuse an ending that is not written, before the document is made.

    Raises
    ------
    UnknownPaperEndingError
    """
    if ending.lower() not in ENDINGS:
        raise UnknownPaperEndingError(ending)


def paper_file(document: Document, *, ending: str) -> bytes:
    """Return a document as the bytes of a file that ends in ``.pdf`` or ``.html``.

    Raises
    ------
    UnknownPaperEndingError
    """
    check_ending(ending)
    return pdf(document) if ending.lower() == ".pdf" else html(document).encode()
