"""Whether this machine's clock runs behind what was stored by it before.

A clock that was set back, or a machine that starts without its time server, would date new imports
and decisions before old ones, keep sign-ins alive, and give backups the wrong order. The moments
that are compared are those that were written down as the product was told them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from data.incidents import table
from data.operations.audit.changes import AuditRow
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from data.operations.database import Operations
    from data.settings import Settings

TOLERANCE: Final = timedelta(minutes=5)  # two servers of one store need not agree to the second
_MOMENTS: Final = ("started", "asked")  # of an import, and of any other change of the table


def newest_import(settings: Settings) -> datetime | None:
    """Return the latest moment written into the incident table's history.

    None where there is none, or the history cannot be read: what needs it says why.
    """
    try:
        return max(_moments(settings), default=None)
    except PlainError:
        return None


def newest_entry(ops: Operations) -> datetime | None:
    """Return the latest moment in the audit trail; None where it is empty."""
    with ops.reading() as session:
        return session.scalar(select(func.max(AuditRow.at)))


def behind(now: datetime, newest: datetime | None, *, timezone: ZoneInfo) -> tuple[str, ...]:
    """Say that the clock runs behind, if it does.

    Parameters
    ----------
    now : datetime
        With its time zone.
    newest : datetime or None
        Latest moment known from before; nothing is said without one.
    timezone : ZoneInfo
        Of the moments in the message.

    Returns
    -------
    tuple of str
        One sentence, or none.
    """
    if newest is None or newest - now <= TOLERANCE:
        return ()
    return (
        f"The clock of this machine is behind: it says {_label(now, timezone)}, but something was "
        f"stored at {_label(newest, timezone)}. Have it set before anything else is imported or "
        "decided: dates, the end of sign-ins and the order of backups depend on it.",
    )


def _moments(settings: Settings) -> Iterator[datetime]:
    for version in table.versions(settings):
        for name in _MOMENTS:
            if name in version.event:
                yield datetime.fromisoformat(version.event[name])


def _label(moment: datetime, timezone: ZoneInfo) -> str:
    local = moment.astimezone(timezone)
    return f"{local:%H:%M} on {day_label(local)}"
