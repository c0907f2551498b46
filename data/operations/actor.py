"""Who acts, when, and on which store: what every function that changes something is given.

The three belong together: the audit trail names the person and the moment of each change, and a
change made by one person at one moment goes into one store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from data.access import Person
    from data.operations.database import Operations


@dataclass(frozen=True, slots=True)
class Actor:
    """A person who changes the operations store at a moment.

    Attributes
    ----------
    ops : Operations
        The store that is changed.
    person : Person
        Who makes the change, for the audit trail.
    now : datetime
        When, with its time zone.

    Raises
    ------
    ValueError
        If the moment has no time zone, so that it could be any hour.
    """

    ops: Operations
    person: Person
    now: datetime

    def __post_init__(self) -> None:
        if self.now.utcoffset() is None:
            message = f"The moment {self.now} has no time zone. Give it one."
            raise ValueError(message)

    @property
    def today(self) -> date:
        """The day in the store's time zone."""
        return self.now.astimezone(self.ops.timezone).date()

    def at(self, moment: datetime) -> Actor:
        """Return the same person on the same store at another moment."""
        return replace(self, now=moment)

    def session(self) -> AbstractContextManager[Session]:
        """Give a session that changes things in this person's name; see `Operations.session`."""
        return self.ops.session(self.person, self.now)

    def reading(self) -> AbstractContextManager[Session]:
        """Give a session that only reads; see `Operations.reading`."""
        return self.ops.reading()

    def must_be_officer(self, what: str) -> None:
        """Refuse what a ward panel may not see or do.

        Raises
        ------
        data.access.NotAllowedError
        """
        self.person.must_be_officer(what)

    def must_be_administrator(self, what: str) -> None:
        """Refuse what only an administrator may do.

        Raises
        ------
        data.access.NotAllowedError
        """
        self.person.must_be_administrator(what)
