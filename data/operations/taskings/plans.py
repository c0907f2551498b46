"""Saved patrol plans: what was asked, what came out, on which data, by whom and when.

A saved plan never changes; a plan that is made again is saved as another one. It is the record of
what was decided, whatever a later version of the solver would find. The long texts of a plan are
not repeated in the audit trail, which names the plan, its maker and its seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import shapely
from pydantic import TypeAdapter
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, defer, mapped_column

from data.operations.base import SECRET, MappedRow, UtcDateTime
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.patrol_demand import Candidate
from models.tasking.patrol_plan import Plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.teams import Team

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from shapely import MultiPolygon, Polygon

    from data.operations.actor import Actor
    from data.operations.database import Operations

_CANDIDATES: Final = TypeAdapter(tuple[Candidate, ...])
_TEAMS: Final = TypeAdapter(tuple[Team, ...])
_SETTINGS: Final = TypeAdapter(PlanSettings)
_PLAN: Final = TypeAdapter(Plan)
_LONGEST: Final = 120


class UnknownPlanError(PlainError, LookupError):
    """There is no such saved plan."""

    def __init__(self, plan_id: int) -> None:
        super().__init__(f"There is no saved plan P-{plan_id:04d}. Choose one from the list.")


class PlanTitleError(PlainError, ValueError):
    """A plan was to be saved without a name, or with one that is too long."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"The plan's name has {counted(len(title), 'character')}; it must have 1 to {_LONGEST}."
        )


class PlanRow(MappedRow):
    """One saved plan."""

    __tablename__ = "patrol_plans"

    plan_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(_LONGEST))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    made_by: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    days: Mapped[int]
    visits: Mapped[int]
    seed: Mapped[int]
    table_version: Mapped[int]
    view: Mapped[list[list[str]]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    candidates: Mapped[list[Any]] = mapped_column(JSON, info=SECRET)
    teams: Mapped[list[Any]] = mapped_column(JSON, info=SECRET)
    areas: Mapped[dict[str, str]] = mapped_column(JSON, info=SECRET)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON, info=SECRET)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """What a list says of a saved plan."""

    plan_id: int
    title: str
    made_at: datetime
    made_by: str
    starts_on: date
    days: int
    visits: int

    @property
    def reference(self) -> str:
        """The number people use for it."""
        return f"P-{self.plan_id:04d}"


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A saved plan with all that it followed from.

    Attributes
    ----------
    record : PlanRecord
    table_version : int
        Of the incident table.
    view : tuple of (str, str)
        The view's words: filter, method and its settings.
    candidates : tuple of Candidate
    areas : dict of str to Polygon or MultiPolygon
        By `hotspot_id`, in the metric CRS.
    teams : tuple of Team
    settings : PlanSettings
        The seed among them.
    plan : Plan
    """

    record: PlanRecord
    table_version: int
    view: tuple[tuple[str, str], ...]
    candidates: tuple[Candidate, ...]
    areas: dict[str, Polygon | MultiPolygon]
    teams: tuple[Team, ...]
    settings: PlanSettings
    plan: Plan


def save_plan(  # noqa: PLR0913 - all that a plan followed from
    actor: Actor,
    plan: Plan,
    *,
    title: str,
    candidates: tuple[Candidate, ...],
    areas: Mapping[str, Polygon | MultiPolygon],
    teams: tuple[Team, ...],
    settings: PlanSettings,
    view: Mapping[str, str],
    table_version: int,
) -> PlanRecord:
    """Keep a plan.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    PlanTitleError
    """
    actor.must_be_officer("Saving a patrol plan")
    name = title.strip()
    if not 1 <= len(name) <= _LONGEST:
        raise PlanTitleError(name)
    with actor.session() as session:
        row = PlanRow(
            title=name,
            made_at=actor.now,
            made_by=actor.person.name,
            starts_on=settings.starts_on,
            days=settings.days,
            visits=len(plan.visits),
            seed=settings.seed,
            table_version=table_version,
            view=[[key, text] for key, text in view.items()],
            settings=_SETTINGS.dump_python(settings, mode="json"),
            candidates=_CANDIDATES.dump_python(candidates, mode="json"),
            teams=_TEAMS.dump_python(teams, mode="json"),
            areas={name: shapely.to_wkb(area, hex=True) for name, area in areas.items()},
            plan=_PLAN.dump_python(plan, mode="json"),
        )
        session.add(row)
        session.flush()
        return _record(row, zone=actor.ops.timezone)


def saved_plans(ops: Operations) -> tuple[PlanRecord, ...]:
    """List the saved plans, newest first."""
    long = (PlanRow.candidates, PlanRow.teams, PlanRow.areas, PlanRow.plan, PlanRow.settings)
    with ops.reading() as session:
        asked = select(PlanRow).order_by(PlanRow.plan_id.desc())
        rows = session.scalars(asked.options(*(defer(column) for column in long)))
        return tuple(_record(row, zone=ops.timezone) for row in rows)


def saved_plan(ops: Operations, plan_id: int) -> SavedPlan:
    """Return a saved plan, just as it was.

    Raises
    ------
    UnknownPlanError
    """
    with ops.reading() as session:
        row = session.get(PlanRow, plan_id)
        if row is None:
            raise UnknownPlanError(plan_id)
        return SavedPlan(
            record=_record(row, zone=ops.timezone),
            table_version=row.table_version,
            view=tuple((key, text) for key, text in row.view),
            candidates=_CANDIDATES.validate_python(row.candidates),
            areas={name: _area(text) for name, text in row.areas.items()},
            teams=_TEAMS.validate_python(row.teams),
            settings=_SETTINGS.validate_python(row.settings),
            plan=_PLAN.validate_python(row.plan),
        )


def last_teams(ops: Operations) -> tuple[Team, ...]:
    """Return the teams of the plan that was saved last; none where none was saved."""
    with ops.reading() as session:
        asked = select(PlanRow.teams).order_by(PlanRow.plan_id.desc()).limit(1)
        teams = session.scalars(asked).first()
        return () if teams is None else _TEAMS.validate_python(teams)


def _area(text: str) -> Polygon | MultiPolygon:
    found = shapely.from_wkb(text)
    if not isinstance(found, shapely.Polygon | shapely.MultiPolygon):
        message = f"a saved plan holds a {found.geom_type} where an area is expected"
        raise TypeError(message)
    return found


def _record(row: PlanRow, *, zone: ZoneInfo) -> PlanRecord:
    return PlanRecord(
        plan_id=row.plan_id,
        title=row.title,
        made_at=row.made_at.astimezone(zone),
        made_by=row.made_by,
        starts_on=row.starts_on,
        days=row.days,
        visits=row.visits,
    )
