"""Naming what was probably meant where a name is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_ALIKE: Final = 0.6


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that a mistyped one probably means; None where none is like it."""
    by_folded = {each.casefold(): each for each in known}
    alike = get_close_matches(name.strip().casefold(), by_folded, n=1, cutoff=_ALIKE)
    return by_folded[alike[0]] if alike else None


def nearest_hint(name: str, known: Collection[str]) -> str:
    """Return a sentence that names the known name nearest to one that is not known.

    Where none is like it, all are named.
    """
    meant = nearest(name, known)
    return f"Did you mean {meant!r}?" if meant else f"Known are: {', '.join(known)}."


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return "; did you mean 'levy'?" for a name near a known one, and "" where none is near."""
    meant = nearest(name, known)
    return f"; did you mean {meant!r}?" if meant else ""


def unknown_key(name: str, known: Collection[str], *, what: str = "key") -> str:
    """Return the message that a key is not known, with the nearest one that is."""
    shortened = name if len(name) <= 40 else f"{name[:37]}..."
    return f"Unknown {what} {shortened!r}. {nearest_hint(name, known)}"
