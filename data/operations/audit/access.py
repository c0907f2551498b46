"""Who viewed and who exported what: a log that is only ever added to.

A view is recorded once when a person opens a page with some filters, not at each rerun of it. An
export is recorded, and on the disk, before a byte of it leaves: what cannot be recorded is not
handed out. Neither is in the audit trail, which is of changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd
from sqlalchemy import Index, String, Text, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import MappedRow, UtcDateTime

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.actor import Actor
    from data.operations.database import Operations

ACCESS_COLUMNS: Final = (
    "Number", "When", "Who", "Role", "Did", "What", "Kind of file", "Period", "Filters", "Rows",
    "Table version",
)  # fmt: skip
SAME_OPENING: Final = timedelta(minutes=30)
_LONGEST_WHAT: Final = 200
_LONGEST_FILTERS: Final = 2000
_LONGEST_KIND: Final = 20
_LONGEST_PERIOD: Final = 80


class AccessRow(MappedRow):
    """One page that was opened, or one file that was handed out."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_at", "at"),
        Index("ix_access_log_person_what", "person", "what"),
    )

    access_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    person: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(10))
    what: Mapped[str] = mapped_column(String(_LONGEST_WHAT))
    kind: Mapped[str] = mapped_column(String(_LONGEST_KIND))
    period: Mapped[str] = mapped_column(String(_LONGEST_PERIOD))
    filters: Mapped[str] = mapped_column(Text)
    rows: Mapped[int | None]
    table_version: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds, as far as it can be said.

    Attributes
    ----------
    kind : str
        Of file: csv, geojson, pdf.
    period : str
        In words; empty where it is of no period.
    filters : str
        The words of the view.
    rows : int or None
        Of the file; None for a document.
    table_version : int or None
        Of the incident table; None where no incident is in it.
    """

    kind: str = ""
    period: str = ""
    filters: str = ""
    rows: int | None = None
    table_version: int | None = None


def record_view(actor: Actor, page: str, *, filters: str = "") -> bool:
    """Record that a person has opened a page; nothing where it is the same opening still.

    Parameters
    ----------
    actor : Actor
    page : str
        Its address or title.
    filters : str
        The words of the view.

    Returns
    -------
    bool
        Whether an entry was added. None is where the person's last view of the page had the same
        filters and was less than half an hour ago; asking that changes nothing and waits for
        nobody.

    Raises
    ------
    OperationsBusyError, OperationsUnreachableError
    """
    page, filters = page[:_LONGEST_WHAT], filters[:_LONGEST_FILTERS]
    newest = (
        select(AccessRow.at, AccessRow.filters)
        .where(
            AccessRow.person == actor.person.name,
            AccessRow.what == page,
            AccessRow.action == "viewed",
        )
        .order_by(AccessRow.access_id.desc())
        .limit(1)
    )
    with actor.reading() as session:
        last = session.execute(newest).first()
    if last is not None and last.filters == filters and actor.now - last.at < SAME_OPENING:
        return False
    _add(actor, action="viewed", what=page, about=Exported(filters=filters))
    return True


def record_export(actor: Actor, what: str, *, about: Exported) -> None:
    """Record what is about to be handed out; the record is on the disk when this returns.

    Parameters
    ----------
    actor : Actor
    what : str
        The page's or the command's name for it.
    about : Exported

    Raises
    ------
    OperationsBusyError, OperationsUnreachableError
        The export must not be handed out then.
    """
    _add(actor, action="exported", what=what, about=about)


def access_log(
    ops: Operations, *, person: Person, newest: int | None = 500, name: str | None = None
) -> pd.DataFrame:
    """Return the log, newest entry first, for an administrator.

    Parameters
    ----------
    ops : Operations
    person : Person
        Who asks.
    newest : int, optional
        How many entries; None for all.
    name : str, optional
        Only those of the person of this name.

    Returns
    -------
    DataFrame
        Columns `ACCESS_COLUMNS`; times local.

    Raises
    ------
    NotAllowedError
    """
    person.must_be_administrator("The access log")
    wanted = select(AccessRow).order_by(AccessRow.access_id.desc()).limit(newest)
    if name is not None:
        wanted = wanted.where(AccessRow.person == name)
    with ops.reading() as session:
        rows = [
            (
                each.access_id,
                each.at.astimezone(ops.timezone).replace(tzinfo=None),
                each.person,
                each.role,
                each.action,
                each.what,
                each.kind,
                each.period,
                each.filters,
                each.rows,
                each.table_version,
            )
            for each in session.scalars(wanted)
        ]
    table = pd.DataFrame(rows, columns=list(ACCESS_COLUMNS))
    return table.astype({"Rows": "Int64", "Table version": "Int64"})


def _add(actor: Actor, *, action: str, what: str, about: Exported) -> None:
    with actor.session() as session:
        session.connection().execute(
            insert(AccessRow),
            {
                "at": actor.now,
                "person": actor.person.name,
                "role": actor.person.role,
                "action": action,
                "what": what[:_LONGEST_WHAT],
                "kind": about.kind[:_LONGEST_KIND],
                "period": about.period[:_LONGEST_PERIOD],
                "filters": about.filters,
                "rows": about.rows,
                "table_version": about.table_version,
            },
        )
