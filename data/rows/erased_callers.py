"""Callers who were erased on request, so that no import brings them back.

Nothing is kept of a caller but a keyed hash of the reference, under the store's secret for callers
and for this purpose alone: it is no incident's reference and finds none in a backup. Without the
secret it cannot be reversed. Who has both the secret and the file can try numbers, as with the
references of all other callers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from data import seals
from data.faults import DamagedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PURPOSE: Final = b"hotspots erased caller "


@dataclass(frozen=True, slots=True)
class ErasedCallers:
    """Who is not to be stored again.

    Attributes
    ----------
    days : mapping of str to date
        By the hash of the caller: when the erasure was asked for.
    salt : bytes
        The store's secret for callers.
    """

    days: Mapping[str, date] = field(default_factory=dict)
    salt: bytes = field(default=b"", repr=False)

    def erased_on(self, reference: str | None) -> date | None:
        """Return the day on which a caller was erased; None for any other."""
        if reference is None or not self.days:
            return None
        return self.days.get(_hash(reference, salt=self.salt))

    def with_caller(self, reference: str, *, on: date) -> ErasedCallers:
        """Return them with one more; who is there already keeps the first day."""
        return ErasedCallers({_hash(reference, salt=self.salt): on, **self.days}, self.salt)

    def without_caller(self, reference: str) -> ErasedCallers:
        """Return them without one."""
        gone = _hash(reference, salt=self.salt)
        return ErasedCallers({key: on for key, on in self.days.items() if key != gone}, self.salt)

    def write(self, path: Path) -> None:
        """Keep them, sealed."""
        values = {key: on.isoformat() for key, on in sorted(self.days.items())}
        seals.write_file(path, json.dumps(values, indent=1).encode())


def erased_callers(path: Path, *, salt: bytes) -> ErasedCallers:
    """Read who was erased; nobody where there is no file.

    Raises
    ------
    data.faults.DamagedError
        If the file is lost or not what was stored: whoever it names could come back unseen.
    """
    try:
        content = seals.read_file(path)
        values = None if content is None else json.loads(content)
        days = None if values is None else {key: date.fromisoformat(values[key]) for key in values}
    except FileNotFoundError:
        days = None if seals.sealed(path) and not seals.is_going(path) else {}
    except (ValueError, TypeError, AttributeError):
        days = None
    if days is None:
        raise DamagedError(
            what=f"The list of erased callers ({path.name}) is damaged or lost.",
            found="it is not what was stored, so an erased caller could be stored again",
            do="Restore the newest backup, or put the file and its seal back from one.",
        )
    return ErasedCallers(days, salt)


def _hash(reference: str, *, salt: bytes) -> str:
    return hmac.new(salt, _PURPOSE + reference.encode(), hashlib.sha256).hexdigest()
