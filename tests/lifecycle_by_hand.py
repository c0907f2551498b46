"""The life of a tasking as the borough decided it, written out by hand: every pair of statuses.

Tests compare the product with this and never with its own table of moves.
"""

from __future__ import annotations

from typing import Final

STATUSES: Final = ("proposed", "approved", "active", "completed", "reviewed", "cancelled")

# From the status at the left to the one above.
_PAIRS: Final = """
            proposed  approved  active  completed  reviewed  cancelled
proposed    no        yes       no      no         no        yes
approved    no        no        yes     no         no        yes
active      no        no        no      yes        no        yes
completed   no        no        no      no         yes       no
reviewed    no        no        no      no         no        no
cancelled   no        no        no      no         no        no
"""
MAY_MOVE_A_TASKING: Final = {"officer": True, "administrator": True, "panel": False}


def _read() -> dict[tuple[str, str], bool]:
    head, *rows = (line.split() for line in _PAIRS.strip().splitlines())
    return {
        (now, to): {"yes": True, "no": False}[word]
        for now, *words in rows
        for to, word in zip(head, words, strict=True)
    }


ALLOWED: Final[dict[tuple[str, str], bool]] = _read()


def next_statuses(now: str) -> set[str]:
    """Return the statuses that follow one, by the table above."""
    return {to for to in STATUSES if ALLOWED[now, to]}
