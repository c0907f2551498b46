"""A restore that was cut short: how it is recognised, and that nothing is opened until it is over.

While the files of a store change places, a journal next to them says which. As long as it is there
the store is neither the old one nor the new one, and whoever opened it would see too little: an
incident table without incidents, or operations without accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import PlainError

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL: Final = ".restoring.json"
OLD_ASIDE: Final = ".replaced-"  # where versions before 0.3 moved what a restore replaced


class HalfRestoredError(PlainError, LookupError):
    """A restore was cut short and has not been taken back yet."""

    def __init__(self, store: Path, *, found: str, do: str) -> None:
        super().__init__(
            f"The store {store} is half restored: {found}. Nothing is opened until that is over. "
            f"{do}"
        )


def refuse_half_restored(store: Path) -> None:
    """Refuse a store whose files are changing places, or were when a restore was killed.

    Raises
    ------
    HalfRestoredError
    """
    if (store / JOURNAL).exists():
        raise HalfRestoredError(
            store,
            found=f"a restore is running, or was cut short ({JOURNAL} is there)",
            do="Wait until it has ended. If none is running, any `hotspots` command, or starting "
            "the app, takes it back; then run `hotspots restore` again.",
        )


def refuse_aside_of_old(store: Path) -> None:
    """Refuse a store that a restore of an earlier version left in pieces.

    Raises
    ------
    HalfRestoredError
    """
    aside = sorted(store.glob(f"{OLD_ASIDE}*"))
    if aside:
        raise HalfRestoredError(
            store,
            found=f"a restore by an earlier version was cut short, and what the store held before "
            f"is in {aside[0]}",
            do="Then move that back by hand, or restore a backup with --replace, which removes it.",
        )
