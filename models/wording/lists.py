"""Several names as one phrase, the same in every sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def list_label(names: Sequence[str]) -> str:
    """Return one or more names as people say them: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def first_few(names: Sequence[str], *, most: int = 2) -> list[str]:
    """Return the first names, and how many more there are as the last: "A", "B", "3 more"."""
    few = list(names[:most])
    return [*few, f"{len(names) - most:,} more"] if len(names) > most else few
