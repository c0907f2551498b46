"""A patrol plan from the store to a file in one call, as the command line makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.exports.calendar import to_ics
from data.exports.contents import SIMULATED
from data.exports.patrol import visits_csv
from data.incidents.store import Store
from data.operations.taskings.plans import saved_plan
from data.services.detection import detect
from data.services.plan_ways import plan_ways
from data.services.team_weeks import UnknownTeamError, WeekPlan, team_week_file
from data.sources.team_files import read_teams
from geo.counting import counted
from geo.errors import PlainError
from models.incidents.filters import FilterError
from models.incidents.view import filter_description, read_view, view_query
from models.plans.planning import plan_basis, plan_request
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.patrol_ways import travel_label, travel_note
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from data.settings import Settings
    from models.tasking.patrol_plan import Plan
    from models.tasking.teams import Team


class PlanEndingError(PlainError, ValueError):
    """A plan was asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"A plan is written as .csv, .ics or .pdf; {ending!r} was asked for. Choose one of "
            "these."
        )


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the command line says of a plan; with a team, the calendar or the sheets are its own."""

    starts_on: date
    days: int
    top: int
    minutes: int
    seed: int
    seconds: float
    team: str | None = None


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as a file, and its summary, line by line."""

    content: bytes
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """A plan that was made of a view, and what is said of it."""

    store: Store
    week: WeekPlan
    about: str
    sensitive: int
    lines: tuple[str, ...]


def plan_file(
    settings: Settings,
    *,
    query: Mapping[str, str],
    teams: Path | None,
    options: PlanOptions,
    ending: str,
    actor: Actor,
    tell: Callable[[float], None] | None = None,
) -> PlanFile:
    """Make a plan of a view and return it as a file.

    Parameters
    ----------
    settings : Settings
    query : mapping of str to str
        The view's words.
    teams : Path or None
        A file of teams; the product's own without one.
    options : PlanOptions
    ending : str
        ``.csv``, ``.ics``, or ``.pdf`` for the teams' sheets.
    actor : Actor
        Who makes it, when, and the board that the sheets are printed with.
    tell : callable, optional
        Told the share of the time that has passed.

    Raises
    ------
    PlanEndingError, TeamFileError, PlanRequestError, ConflictError, NoPlanInTimeError
    data.services.team_weeks.UnknownTeamError
    """
    kind = ending.lower()
    if kind not in (".csv", ".ics", ".pdf"):
        raise PlanEndingError(ending)
    crews = read_teams(teams) if teams else teams_of_rows(DEFAULT_ROWS)
    names = [each.name for each in crews]
    if options.team is not None and options.team not in names:
        raise UnknownTeamError(options.team, teams=names)
    made = _made(settings, query=query, crews=crews, options=options, tell=tell)
    week = made.week
    if kind == ".pdf":
        content = team_week_file(
            made.store,
            week,
            ops=actor.ops,
            person=actor.person,
            now=actor.now,
            team=options.team,
        )
    elif kind == ".ics":
        content = to_ics(
            week.plan,
            candidates=week.candidates,
            timezone=settings.timezone,
            now=actor.now,
            about=f"{made.about} {SIMULATED}." if made.store.simulated else made.about,
            team=options.team,
        )
    else:
        content = visits_csv(
            week.plan,
            candidates=week.candidates,
            timezone=settings.timezone,
            table_version=week.table_version,
            seed=options.seed,
            simulated=made.store.simulated,
            sensitive=made.sensitive,
        )
    return PlanFile(content, made.lines)


def _made(
    settings: Settings,
    *,
    query: Mapping[str, str],
    crews: tuple[Team, ...],
    options: PlanOptions,
    tell: Callable[[float], None] | None,
) -> _Made:
    store = Store.open(settings)
    view = read_view(query, dataset=store)
    if view.problems:
        raise FilterError(" ".join(view.problems))
    detection = detect(store, view.filter, method=view.method)
    basis = plan_basis(detection, top=options.top)
    plan_settings = PlanSettings(
        starts_on=options.starts_on,
        days=options.days,
        visit_minutes=options.minutes,
        seed=options.seed,
        time_limit_s=options.seconds,
    )
    travels = {each.travel for each in crews}
    detour = plan_settings.detour
    ways = plan_ways(settings, basis.candidates, travels=travels, detour=detour)
    request = plan_request(
        basis, crews, settings=plan_settings, timezone=settings.timezone, ways=ways
    )
    made = plan(request, tell=tell)
    sensitive = detection.selection.now.sensitive
    label = filter_description(view.filter, dataset=store)
    heading = f"{view.filter.period} · {label} · table version {basis.table_version}"
    note = travel_note(ways, candidates=basis.candidates, travels=travels, detour=detour)
    return _Made(
        store=store,
        week=WeekPlan(
            plan=made,
            candidates=basis.candidates,
            areas=basis.areas,
            teams=crews,
            settings=plan_settings,
            view=view_query(view.filter, view.method),
            table_version=basis.table_version,
        ),
        about=(
            f"Table version {basis.table_version}, seed {options.seed}. Left out: {sensitive:,} "
            f"domestic or sexual incidents. Travel times: "
            f"{travel_label(ways, travels=travels, detour=detour)}."
        ),
        sensitive=sensitive,
        lines=(heading, *view.problems, *basis.notes, note, *plan_words(made)),
    )


def saved_week(ops: Operations, plan_id: int) -> WeekPlan:
    """Return a saved plan as its sheets are printed from it.

    Raises
    ------
    data.operations.taskings.plans.UnknownPlanError
    """
    saved = saved_plan(ops, plan_id)
    return WeekPlan(
        plan=saved.plan,
        candidates=saved.candidates,
        areas=saved.areas,
        teams=saved.teams,
        settings=saved.settings,
        view=dict(saved.view),
        table_version=saved.table_version,
        record=saved.record,
    )


def plan_words(made: Plan) -> tuple[str, ...]:
    """Return in words what a plan is worth."""
    incidents = made.coverage.incidents
    teams = len({each.team for each in made.visits})
    hotspots = made.coverage.hotspots
    left_out = [each for each in hotspots if each.left_out]
    visited = len(hotspots) - len(left_out)
    spare = sum(each.in_spare_time for each in made.visits)
    return (
        f"{counted(len(made.visits), 'visit')} by {counted(teams, 'team')} to {visited} of "
        f"{counted(len(hotspots), 'hotspot')}; {spare} of them in spare time.",
        f"{incidents.share:.1%} of the expected incidents fall into hours served (best possible: "
        f"{made.coverage.best_share:.1%} of what was to be covered; spread evenly "
        f"{incidents.even_share:.1%}).",
        f"Gap to the best possible at most {made.gap:.1%}; {made.seconds:.1f} seconds.",
        *(f"Left out: {each.label}. {each.left_out}" for each in left_out),
    )
