"""Naming what was probably meant where a name is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_ALIKE: Final = 0.6


def nearest_name(name: str, known: Collection[str]) -> str | None:
    """Return the known name that is like one that is not known; None where none is."""
    by_folded = {each.casefold(): each for each in known}
    alike = get_close_matches(name.casefold(), by_folded, n=1, cutoff=_ALIKE)
    return by_folded[alike[0]] if alike else None


def nearest_hint(name: str, known: Collection[str]) -> str:
    """Return a sentence that names the known name nearest to one that is not known.

    Where none is like it, all are named.
    """
    alike = nearest_name(name, known)
    if alike is not None:
        return f"Did you mean {alike!r}?"
    return f"Known are: {', '.join(known)}."


def unknown_key(name: str, known: Collection[str], *, what: str = "key") -> str:
    """Return the message that a key is not known, with the nearest one that is."""
    shortened = name if len(name) <= 40 else f"{name[:37]}..."
    return f"Unknown {what} {shortened!r}. {nearest_hint(name, known)}"
