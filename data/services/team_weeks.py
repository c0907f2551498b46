"""The weekly sheets of a plan's teams: each shift a page, one team as a file or all as one pack.

Everything on a page follows from the visits of that team in that shift. What is expected at a place
is what the plan's view has counted there, in the table as it is now; domestic and sexual incidents
have no place and take no part. Walking loops are those of the team's visits to a place, in all of
the plan's days, as its tasking's own sheet has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data.exports import paper
from data.exports.paper import Document, PageBreak
from data.exports.places import ground_credit
from data.exports.shift_page import Ground, shift_page
from data.exports.week_page import week_page
from data.layers.ground import ground_layers
from data.services.shift_sheets import SheetMaker
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.shift_visits import shifts_of
from models.wording.days import span_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from shapely import MultiPolygon, Polygon

    from data.access import Person
    from data.exports.paper import Block
    from data.incidents.store import Store
    from data.operations.database import Operations
    from data.operations.taskings.plans import PlanRecord
    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanSettings
    from models.tasking.teams import Team

_WHAT: Final = "A team's weekly sheet"


class UnknownTeamError(PlainError, LookupError):
    """A plan has no team of that name."""

    def __init__(self, team: str, *, teams: Sequence[str]) -> None:
        super().__init__(
            f"The plan has no team {team[:80]!r}. Its teams are {', '.join(teams)}. Choose one of "
            "these."
        )


class NothingPlannedError(PlainError, LookupError):
    """There is no shift to print a page for."""

    def __init__(self) -> None:
        super().__init__(
            "There is no sheet to print: the plan has no shift. Add a team with a shift on one of "
            "the plan's days, and make the plan again."
        )


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A plan to print, just made or saved.

    Attributes
    ----------
    plan : Plan
    candidates : tuple of Candidate
    areas : mapping of str to Polygon or MultiPolygon
        By `hotspot_id`, in the store's metric CRS.
    teams : tuple of Team
    settings : PlanSettings
    view : mapping of str to str
        The words of the view that its hotspots come from.
    table_version : int
        That it was made on.
    record : PlanRecord or None
        Where it is a saved one.
    """

    plan: Plan
    candidates: tuple[Candidate, ...]
    areas: Mapping[str, Polygon | MultiPolygon]
    teams: tuple[Team, ...]
    settings: PlanSettings
    view: Mapping[str, str]
    table_version: int
    record: PlanRecord | None = None


def team_week_file(
    store: Store,
    week: WeekPlan,
    *,
    ops: Operations,
    person: Person,
    now: datetime,
    team: str | None = None,
    tell: Callable[[float], None] | None = None,
) -> bytes:
    """Return the sheets of one team, or of all teams as one pack, as a PDF.

    Parameters
    ----------
    store : Store
    week : WeekPlan
    ops : Operations
        Has the taskings that are live near by, and those that were proposed from the plan.
    person : Person
        Who prints it.
    now : datetime
        Aware.
    team : str, optional
        Whose; all teams' without it, after a page with the week by team and day.
    tell : callable, optional
        Told the share that is done.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    UnknownTeamError, NothingPlannedError
    """
    return paper.pdf(team_week(store, week, ops=ops, person=person, now=now, team=team, tell=tell))


def team_week(
    store: Store,
    week: WeekPlan,
    *,
    ops: Operations,
    person: Person,
    now: datetime,
    team: str | None = None,
    tell: Callable[[float], None] | None = None,
) -> Document:
    """Return the document of `team_week_file`; the same parameters and errors."""
    person.must_be_officer(_WHAT)
    timezone = store.settings.timezone
    every = shifts_of(week.plan, week.teams, dates=week.settings.dates, timezone=timezone)
    teams = list(dict.fromkeys(each.team for each in every))
    if team is not None and team not in (*teams, *(each.name for each in week.teams)):
        raise UnknownTeamError(team, teams=teams)
    shifts = [each for each in every if team in (None, each.team)]
    if not shifts:
        raise NothingPlannedError
    local = now.astimezone(ZoneInfo(timezone))
    maker = SheetMaker.of(store, week, ops=ops, person=person, now=local)
    ground = Ground(store.wards.frame, ground_layers(store.settings), ground_credit(store))
    span = span_label(week.settings.dates[0], week.settings.dates[-1])
    whose = team or f"Patrols of {counted(len(teams), 'team')}"
    title = f"{whose}: {span}"
    blocks: list[Block] = []
    if team is None:
        candidates = tuple(maker.candidates.values())
        dates = week.settings.dates
        blocks.append(
            week_page(shifts, dates, candidates, title=title, about=maker.about, now=local)
        )
    for done, shift in enumerate(shifts):
        first = not blocks
        above = title if first else ""
        page = shift_page(maker.sheet(shift), ground, title=above, now=local)
        blocks += [page] if first else [PageBreak(), page]
        if tell is not None:
            tell((done + 1) / len(shifts))
    return Document(
        title=title,
        blocks=tuple(blocks),
        marking=paper.marking(simulated=store.simulated, handling=store.settings.paper_marking),
        period=span,
        table_version=str(week.table_version),
        made_at=local,
        made_by=person.name,
    )
