"""The known name that a mistyped one probably means, for messages."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return "; did you mean 'levy'?" for a name near a known one, and "" where none is near."""
    near = difflib.get_close_matches(name.strip().lower(), list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
