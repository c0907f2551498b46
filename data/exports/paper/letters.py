"""Text from data, made printable: one line, no controls, and no word that cannot be broken.

Neither renderer reads markup from a text. What is left to do is for paper alone: a character that
the font lacks becomes a box, and a very long word may be broken after every few letters.
"""

from __future__ import annotations

import re
from typing import Final

from geo.escaping import plain_text
from geo.paper.margins import drawable

_LONGEST: Final = 20_000
_UNBROKEN: Final = re.compile(r"[^\s\u200b]{25,}")
_EVERY: Final = 6
_LINES: Final = re.compile(r"[\r\n\v\f\u0085\u2028\u2029]+")


def tidy(text: str) -> str:
    """Return `text` on one line without control characters: for HTML and what is not drawn."""
    return plain_text(text, longest=_LONGEST)


def printable(text: str) -> str:
    """Return `text` on one line, drawn wholly by the font, its long words breakable."""
    return _UNBROKEN.sub(_with_breaks, drawable(text, longest=_LONGEST))


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, none empty."""
    return tuple(part for part in _LINES.split(text) if part.strip())


def _with_breaks(word: re.Match[str]) -> str:
    letters = word[0]
    parts = (letters[at : at + _EVERY] for at in range(0, len(letters), _EVERY))
    return "\N{ZERO WIDTH SPACE}".join(parts)
