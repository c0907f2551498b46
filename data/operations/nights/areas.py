"""Night-time areas that a reviewer named and keeps: found, drawn or uploaded; retired, not deleted.

An area that is retired no longer takes part in reviews and stays on record with the day and the
reason, since licensing papers of earlier years name it. A name is used by one area in use at a
time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.database import Geometry, MappedRow, UtcDateTime, check_version
from geo.errors import PlainError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shapely import MultiPolygon, Polygon
    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations

LONGEST_NAME: Final = 80
ORIGINS: Final = ("found", "drawn", "uploaded")


class NightAreaError(PlainError, ValueError):
    """A night-time area cannot be kept like this; the message lists every fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The night-time area cannot be kept as it is. " + " ".join(faults))


class UnknownNightAreaError(PlainError, LookupError):
    """There is no such night-time area."""

    def __init__(self, area_id: int) -> None:
        super().__init__(f"There is no night-time area A-{area_id:04d}. Choose one from the list.")


class NteAreaRow(MappedRow):
    """One kept area."""

    __tablename__ = "nte_areas"
    __table_args__ = (
        CheckConstraint("origin IN ('found','drawn','uploaded')", name="origin_known"),
        CheckConstraint("retired_at IS NULL OR retired_why <> ''", name="retired_says_why"),
    )

    area_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    area: Mapped[BaseGeometry] = mapped_column(Geometry())
    origin: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text())
    kept_by: Mapped[str] = mapped_column(String(200))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime())
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    retired_why: Mapped[str] = mapped_column(Text())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


@dataclass(frozen=True, slots=True)
class AreaDraft:
    """What a reviewer says of an area.

    Attributes
    ----------
    name : str
        By which people know it.
    polygon : Polygon or MultiPolygon
        In the store's metric CRS.
    origin : str
        "found", "drawn" or "uploaded".
    note : str
    """

    name: str
    polygon: Polygon | MultiPolygon
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeptArea:
    """A kept night-time area.

    Attributes
    ----------
    area_id : int
        Shown as A-0001.
    version : int
        Grows by one with each change; a change names the version it was made on.
    name : str
    polygon : Polygon or MultiPolygon
        In the store's metric CRS.
    origin : str
        "found", "drawn" or "uploaded".
    note : str
    kept_by : str
    kept_at : datetime
    retired_at : datetime or None
        None while it is in use.
    retired_why : str
    """

    area_id: int
    version: int
    name: str
    polygon: Polygon | MultiPolygon
    origin: str
    note: str
    kept_by: str
    kept_at: datetime
    retired_at: datetime | None
    retired_why: str

    @property
    def reference(self) -> str:
        """What links and tables call it: "A-0001"."""
        return f"A-{self.area_id:04d}"


def kept_areas(ops: Operations, *, retired: bool = False) -> tuple[KeptArea, ...]:
    """List the areas in use by name; the retired ones too, after them, where they are asked for."""
    with ops.reading() as session:
        rows = session.scalars(select(NteAreaRow).order_by(NteAreaRow.name, NteAreaRow.area_id))
        found = [_kept(row, zone=ops.timezone) for row in rows]
    in_use = [each for each in found if each.retired_at is None]
    out = [each for each in found if each.retired_at is not None] if retired else []
    return (*in_use, *out)


def keep_area(actor: Actor, draft: AreaDraft) -> KeptArea:
    """Name an area and keep it.

    Raises
    ------
    NightAreaError
        If the name is empty, too long or in use, or the area is none.
    NotAllowedError
        If the person is of a ward panel.
    """
    actor.must_be_officer("Keeping night-time areas")
    with actor.session() as session:
        row = NteAreaRow(
            name=_checked(session, draft, itself=None),
            area=draft.polygon,
            origin=draft.origin,
            note=draft.note.strip(),
            kept_by=actor.person.name,
            kept_at=actor.now,
            retired_at=None,
            retired_why="",
        )
        session.add(row)
        session.flush()
        return _kept(row, zone=actor.ops.timezone)


def change_area(actor: Actor, area_id: int, *, draft: AreaDraft, version: int) -> KeptArea:
    """Change a kept area's name, note or outline.

    Raises
    ------
    ChangedMeanwhileError
        If it is no longer the version that was looked at.
    NightAreaError
        If it cannot be like this, or it is retired.
    UnknownNightAreaError, NotAllowedError
    """
    actor.must_be_officer("Changing night-time areas")
    with actor.session() as session:
        row = _row(session, area_id)
        check_version(actor.ops, session, row, version=version)
        _must_be_in_use(row)
        row.name = _checked(session, draft, itself=area_id)
        row.area, row.origin, row.note = draft.polygon, draft.origin, draft.note.strip()
        session.flush()
        return _kept(row, zone=actor.ops.timezone)


def retire_area(actor: Actor, area_id: int, *, version: int, why: str) -> KeptArea:
    """Take an area out of use; it stays on record with the reason.

    Raises
    ------
    ChangedMeanwhileError
    NightAreaError
        If no reason is given, or it is retired already.
    UnknownNightAreaError, NotAllowedError
    """
    actor.must_be_officer("Retiring night-time areas")
    if not why.strip():
        raise NightAreaError(["Say why it is taken out of use."])
    with actor.session() as session:
        row = _row(session, area_id)
        check_version(actor.ops, session, row, version=version)
        _must_be_in_use(row)
        row.retired_at, row.retired_why = actor.now, why.strip()
        session.flush()
        return _kept(row, zone=actor.ops.timezone)


def forget_areas(actor: Actor, *, kept_by: str) -> int:
    """Delete the areas that one person kept, which only the demo's own may be; return how many.

    The audit trail keeps what they were.
    """
    with actor.session() as session:
        rows = list(session.scalars(select(NteAreaRow).where(NteAreaRow.kept_by == kept_by)))
        for row in rows:
            session.delete(row)
        return len(rows)


def _checked(session: Session, draft: AreaDraft, *, itself: int | None) -> str:
    """Return the name as it is kept.

    Raises
    ------
    NightAreaError
    """
    name = " ".join(draft.name.split())
    polygon = draft.polygon
    faults: list[str] = []
    if not name:
        faults.append("It has no name: give one that people use.")
    if len(name) > LONGEST_NAME:
        faults.append(f"Its name has {len(name)} characters; make it at most {LONGEST_NAME}.")
    if polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty:
        faults.append("It has no area: draw or choose one.")
    elif not polygon.is_valid:
        faults.append("Its outline crosses itself: draw it again.")
    if draft.origin not in ORIGINS:
        faults.append(f"Its origin {draft.origin!r} is unknown: give one of {', '.join(ORIGINS)}.")
    in_use = session.scalars(select(NteAreaRow).where(NteAreaRow.retired_at.is_(None)))
    if name and any(
        row.name.casefold() == name.casefold() and row.area_id != itself for row in in_use
    ):
        faults.append(f"There is an area called {name} already: choose another name.")
    if faults:
        raise NightAreaError(faults)
    return name


def _must_be_in_use(row: NteAreaRow) -> None:
    if row.retired_at is not None:
        raise NightAreaError([f"{row.name} is retired, so it cannot be changed."])


def _row(session: Session, area_id: int) -> NteAreaRow:
    row = session.get(NteAreaRow, area_id)
    if row is None:
        raise UnknownNightAreaError(area_id)
    return row


def _kept(row: NteAreaRow, *, zone: ZoneInfo) -> KeptArea:
    return KeptArea(
        area_id=row.area_id,
        version=row.version,
        name=row.name,
        polygon=row.area,  # type: ignore[arg-type]  # checked when it was kept
        origin=row.origin,
        note=row.note,
        kept_by=row.kept_by,
        kept_at=row.kept_at.astimezone(zone),
        retired_at=None if row.retired_at is None else row.retired_at.astimezone(zone),
        retired_why=row.retired_why,
    )
