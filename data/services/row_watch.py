"""Watching the rows of operations while the app runs, so that no page goes on from damaged ones.

Every row is compared with its digest before the first page, and again every hour in the background,
which nobody waits for; once damage is known, every minute, so that it is no longer said soon after
it was put right. What the database itself has noted is asked for each time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from data.operations.integrity import known_damage, operations_damage
from geo.errors import PlainError

if TYPE_CHECKING:
    from data.incidents.damage import Damage
    from data.operations.database import Operations

EVERY_S: Final = 3600.0
EVERY_S_ONCE_DAMAGED: Final = 60.0
_NAME: Final = "The operations database"
PANEL_SENTENCE: Final = (
    "Something that the figures come from was found to be damaged. Do not rely on what is shown "
    "here until the people who run the app have put it right."
)


@dataclass(slots=True)
class RowWatch:
    """What is known of the rows of one database; one for each process.

    Attributes
    ----------
    looked_at : float or None
        When the last look began, by the clock that only goes forward; None before the first.
    known : tuple of Damage
    """

    looked_at: float | None = None
    known: tuple[Damage, ...] = ()
    _alone: Lock = field(default_factory=Lock)

    def damage(self, ops: Operations) -> tuple[Damage, ...]:
        """Return what is known to be damaged; the first who asks waits for the first look.

        Raises
        ------
        OperationsUnreachableError
            If the database no longer answers.
        """
        with self._alone:
            if self.looked_at is None:
                self._look(ops)
            elif monotonic() - self.looked_at > (EVERY_S_ONCE_DAMAGED if self.known else EVERY_S):
                self.looked_at = monotonic()
                Thread(target=self._look_again, args=(ops,), daemon=True).start()
        if self.known:
            return self.known
        with ops.reading() as session:
            return known_damage(session.connection(), name=_NAME)

    def _look(self, ops: Operations) -> None:
        with ops.reading() as session:
            self.known = operations_damage(session.connection(), name=_NAME, full=False)
        self.looked_at = monotonic()

    def _look_again(self, ops: Operations) -> None:
        with suppress(PlainError):  # the page that asks a database that is gone says so
            self._look(ops)


def damage_seen(ops: Operations) -> tuple[Damage, ...]:
    """Return what this process knows to be damaged in the operations database on SQLite."""
    if ops.engine.dialect.name != "sqlite":
        return ()
    return _watch_of(str(ops.engine.url)).damage(ops)


@lru_cache(maxsize=8)
def _watch_of(_address: str) -> RowWatch:
    return RowWatch()
