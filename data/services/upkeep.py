"""Upkeep of the whole store: which table versions decisions still rest on, and when it is due.

A decision names the version of the incident table that it was made on. The version's files are kept
while the decision is open, and for as long as the settings say after it was made.
"""

from __future__ import annotations

import logging
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from deltalake.exceptions import DeltaError
from sqlalchemy import or_, select

from data.incidents import upkeep as incidents
from data.locks import locked
from data.operations.database import Operations
from data.operations.performance.tables import FixedHotspotsRow, SignOffRow
from data.operations.reviews.tables import ReviewRow
from data.operations.tables import TaskingRow
from data.operations.taskings.plans import PlanRow
from data.operations.wards.tables import WardReleaseRow
from geo.errors import PlainError
from models.calendar.months import Month

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from data.incidents.upkeep import Upkept
    from data.settings import Settings

_LOG: Final = logging.getLogger(__name__)
_OPEN: Final = ("proposed", "approved", "active", "completed")
# Each table that names a version of the incident table, and when what it records was decided.
_DECISIONS: Final[tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...]] = (
    (TaskingRow.decision_table_version, TaskingRow.decision_made_at),
    (ReviewRow.table_version, ReviewRow.reviewed_at),
    (PlanRow.table_version, PlanRow.made_at),
    (FixedHotspotsRow.table_version, FixedHotspotsRow.at),
    (SignOffRow.table_version, SignOffRow.at),
    (WardReleaseRow.table_version, WardReleaseRow.published_at),
)


def upkeep(settings: Settings, *, now: datetime, ops: Operations) -> Upkept | None:
    """Join small files of the incident table and remove those that nothing needs any more.

    Returns
    -------
    Upkept or None
        None where nothing was ever imported.

    Raises
    ------
    CommitConflictError
        If an import was stored meanwhile.
    """
    with locked(settings.store, "upkeep", shared=True):
        decided = decided_versions(ops, settings=settings, now=now)
        return incidents.upkeep(settings, now=now, decided=decided)


def upkeep_when_due(settings: Settings, *, now: datetime) -> None:
    """Do it at the end of an import, where enough has piled up.

    The import is stored by then and is not called failed because of this: what hinders it (another
    import, a full disk, operations that do not answer) goes into the log, and the next import or
    `hotspots upkeep` tries again.
    """
    if not incidents.is_due(settings):
        return
    try:
        ops = Operations.open(settings)
        try:
            upkeep(settings, now=now, ops=ops)
        finally:
            ops.close()
    except (PlainError, DeltaError, OSError) as problem:
        _LOG.warning("Upkeep of the incident table is put off: %s", problem)


def decided_versions(ops: Operations, *, settings: Settings, now: datetime) -> set[int]:
    """Return the versions of the incident table that decisions still rest on.

    Those of the last months (``version_months``), and of every tasking that is not finished.
    """
    day = Month.of(now.astimezone(ops.timezone).date()).later(-settings.version_months).first
    since = datetime.combine(day, time(), tzinfo=ops.timezone)
    found: set[int] = set()
    with ops.reading() as session:
        for version, at in _DECISIONS:
            still: ColumnElement[bool] = at >= since
            if version.class_ is TaskingRow:
                still = or_(still, TaskingRow.status.in_(_OPEN))
            found.update(session.scalars(select(version).where(still, version.is_not(None))))
    return found
