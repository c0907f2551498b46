"""One plan, followed from the solver to the printed sheets, the calendar and the CSV."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from data.access import NotAllowedError, Person
from data.exports.calendar import to_ics
from data.exports.patrol import visits_csv
from data.exports.tasking_sheet import tasking_sheet_file
from data.exports.taskings import tasking_table
from data.operations.actor import Actor
from data.operations.taskings.from_plan import (
    ProposedAtOnceError,
    TeamSentElsewhereError,
    plan_drafts,
    propose_from_plan,
    taskings_from,
)
from data.operations.taskings.history import history
from data.operations.taskings.plans import SavedPlan, save_plan, saved_plan
from data.operations.taskings.taskings import PlannedVisitsError, change, move, tasking, taskings
from data.operations.visits.visits import NewVisit, log_visit, visits
from data.services.detection import detect
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.plans.planning import plan_basis, plan_request
from models.tasking.dosage import dosage
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows
from tests.made_taskings import FIXED, NOW
from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest
    from models.tasking.tasking import Tasking
    from models.tasking.teams import Team

OFFICER = Person("Amina Khan", "officer")
WEDNESDAY, DAYS = date(2026, 11, 25), 5  # to Sunday: all six teams have shifts
LONDON = "Europe/London"
TIMES = re.compile(r"(\d\d):(\d\d)(?: \((\w{3})\))?–(\d\d):(\d\d)(?: \((\w{3})\))?")
ROW = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2} Nov) (\d+)"
    r"((?:;? \d\d:\d\d[^–]*–\d\d:\d\d(?: \(\w{3}\))?)+)"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A plan for six teams from Wednesday to Sunday, with what it was made of."""

    request: PlanRequest
    plan: Plan
    areas: dict[str, object]
    view: dict[str, str]
    table_version: int


@pytest.fixture(scope="module")
def made(demo_store: Store) -> Made:
    chosen = demo_store.default_filter()
    basis = plan_basis(detect(demo_store, chosen))
    asked = plan_request(
        basis,
        teams_of_rows(DEFAULT_ROWS),
        settings=PlanSettings(WEDNESDAY, days=DAYS),
        timezone=LONDON,
    )
    return Made(
        asked, plan(asked), basis.areas, view_query(chosen, KdeSettings()), basis.table_version
    )


def keep(ops: Operations, made: Made) -> SavedPlan:
    record = save_plan(
        Actor(ops, OFFICER, NOW),
        made.plan,
        title="Next week",
        candidates=made.request.candidates,
        areas=made.areas,  # type: ignore[arg-type]
        teams=made.request.teams,
        settings=made.request.settings,
        view=made.view,
        table_version=made.table_version,
    )
    return saved_plan(ops, record.plan_id)


def planned(made: Made) -> Counter[tuple[str, str, date]]:
    """The plan's visits by team, place and the day on which the shift begins."""
    return Counter((each.team, each.hotspot_id, each.day) for each in made.plan.visits)


def names_of(made: Made) -> dict[str, str]:
    """What each place is called, no two alike."""
    named = {each.hotspot_id: each.near for each in made.request.candidates}
    assert len({name.casefold() for name in named.values()}) == len(named)
    assert all(named.values())
    return named


def shift_of(team: Team, day: date) -> tuple[datetime, datetime]:
    """When a team's shift on a day begins and ends, on the clock."""
    (shift,) = [each for each in team.shifts if day.weekday() in each.weekdays]
    midnight = datetime.combine(day, datetime.min.time())
    begins = midnight + timedelta(minutes=shift.start_minute)
    return begins, begins + timedelta(minutes=shift.minutes)


def printed_visits(text: str) -> dict[date, list[tuple[datetime, datetime]]]:
    """Every visit that a sheet's text lists, by the day on which its shift begins."""
    found: dict[date, list[tuple[datetime, datetime]]] = {}
    for said, count, times in ROW.findall(text):
        day = datetime.strptime(f"{said} 2026", "%d %b %Y").date()
        found[day] = []
        for hour, minute, weekday, to_hour, to_minute, to_weekday in TIMES.findall(times):
            ends = _at(day, to_hour, to_minute, to_weekday)
            begins = _at(day, hour, minute, weekday or to_weekday)
            found[day].append((begins - timedelta(days=begins > ends), ends))
        assert len(found[day]) == int(count)
    return found


def _at(day: date, hour: str, minute: str, weekday: str) -> datetime:
    at = datetime(day.year, day.month, day.day, int(hour), int(minute))
    if not weekday:
        return at
    assert f"{at + timedelta(days=1):%a}" == weekday
    return at + timedelta(days=1)


def test_the_printed_sheets_add_up_to_the_plan(
    made: Made, demo_store: Store, sqlite_operations: Operations
) -> None:
    actor = Actor(sqlite_operations, OFFICER, NOW)
    done = propose_from_plan(actor, keep(sqlite_operations, made))
    assert len({each.draft.team for each in done.made}) == 6
    teams = {each.name: each for each in made.request.teams}
    added_up: Counter[tuple[str, str, date]] = Counter()
    for each in done.made:
        content = tasking_sheet_file(demo_store, each, person=OFFICER, now=NOW)
        read = read_pdf(content)
        assert len(read.pages) == 2  # the sheet, and the walking loop on its back
        own = each.draft.team_plan
        assert own is not None
        assert each.draft.near == names_of(made)[own.hotspot_id]
        assert "".join(each.draft.near.split()) in "".join(read.text.split())
        assert f"rank {own.rank}" in read.text
        assert f"Planned visits of {each.draft.team}: {len(own.visits)}" in read.text
        assert "a week" not in read.text.split("What to record")[0].replace("next week", "")
        for day, times in printed_visits(read.text).items():
            first, last = shift_of(teams[each.draft.team], day)
            assert all(first <= begins < ends <= last for begins, ends in times)
            added_up[each.draft.team, own.hotspot_id, day] += len(times)
        if own.spare_visits:
            assert f"{own.spare_visits} in spare time" in read.text.replace("- ", "")
    assert added_up == planned(made)
    assert added_up.total() == len(made.plan.visits)


def test_the_calendar_and_the_csv_add_up_to_the_plan(made: Made) -> None:
    table = visits_csv(
        made.plan,
        candidates=made.request.candidates,
        timezone=LONDON,
        table_version=1,
        seed=1,
        simulated=True,
    )
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    by_row = Counter(
        (each["team"], each["hotspot_id"], date.fromisoformat(each["shift_began"])) for each in rows
    )
    assert by_row == planned(made)
    assert {each["hotspot_id"]: each["near"] for each in rows}.items() <= names_of(made).items()
    spare = sum(each.in_spare_time for each in made.plan.visits)
    assert sum(each["in_spare_time"] == "yes" for each in rows) == spare > 0
    for team in made.request.teams:
        content = to_ics(
            made.plan,
            candidates=made.request.candidates,
            timezone=LONDON,
            now=NOW,
            about="",
            team=team.name,
        )
        events = Calendar.from_ical(content).walk("VEVENT")
        own = [each for each in made.plan.visits if each.team == team.name]
        assert sorted(f"{each['location']}".split(", ")[0] for each in events) == sorted(
            names_of(made)[each.hotspot_id].split(", ")[0] for each in own
        )
        assert sorted(each["dtstart"].dt for each in events) == sorted(
            datetime.fromtimestamp(60 * each.starts, tz=UTC) for each in own
        )
        for each in own:
            first, last = shift_of(team, each.day)
            assert first <= each.at < each.at + timedelta(minutes=each.minutes) <= last


def test_proposing_again_makes_nothing_and_leads_to_what_was_made(
    made: Made, operations: Operations
) -> None:
    actor = Actor(operations, OFFICER, NOW)
    saved = keep(operations, made)
    drafts = plan_drafts(saved, timezone=LONDON)
    ranks = [each.team_plan.rank for each in drafts.values() if each.team_plan]
    assert ranks == sorted(ranks)
    first = next(iter(drafts))
    one = propose_from_plan(actor, saved, places=[first])
    rest = propose_from_plan(actor, saved)
    assert (len(one.made), len(rest.made), rest.there) == (1, len(drafts) - 1, one.made)
    again = propose_from_plan(actor, saved)
    assert (again.made, len(again.there)) == ((), len(drafts))
    assert len(taskings(operations)) == len(drafts)
    assert taskings_from(operations, saved.record.plan_id)[first] == one.made[0]
    move(actor, one.made[0].tasking_id, to="cancelled", version=1, reason="Roadworks")
    again = propose_from_plan(actor, saved)
    assert [each.draft for each in again.made] == [one.made[0].draft]
    assert len(taskings(operations)) == len(drafts) + 1
    with pytest.raises(NotAllowedError):
        propose_from_plan(Actor(operations, Person("Panel", "panel"), NOW), saved)


def test_two_who_propose_at_once_make_nothing_twice(
    made: Made, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = keep(operations, made)
    propose_from_plan(Actor(operations, OFFICER, NOW), saved)
    monkeypatch.setattr("data.operations.taskings.from_plan.taskings_from", lambda ops, plan_id: {})
    with pytest.raises(ProposedAtOnceError, match="P-0001 at this moment"):
        propose_from_plan(Actor(operations, OFFICER, NOW), saved)
    assert len(taskings(operations)) == len(plan_drafts(saved, timezone=LONDON))


def test_no_team_is_sent_out_twice_at_once_by_two_plans(made: Made, operations: Operations) -> None:
    actor = Actor(operations, OFFICER, NOW)
    first, second = keep(operations, made), keep(operations, made)
    done = propose_from_plan(actor, first)
    with pytest.raises(TeamSentElsewhereError, match="P-0001 sends the same teams") as told:
        propose_from_plan(actor, second)
    assert all(each.reference in str(told.value) for each in done.made)
    assert len(taskings(operations)) == len(done.made)
    team = done.made[0].draft.team
    for each in done.made:
        if each.draft.team == team:
            move(actor, each.tasking_id, to="cancelled", version=1, reason="Another plan")
    free = [key for key in plan_drafts(second, timezone=LONDON) if key[1] == team]
    again = propose_from_plan(actor, second, places=free)
    assert {each.draft.team for each in again.made} == {team}
    assert len(again.made) == len(free) > 0


def _worked(ops: Operations, made: Made) -> tuple[Actor, Tasking]:
    actor = Actor(ops, OFFICER, NOW)
    done = propose_from_plan(actor, keep(ops, made))
    most = max(done.made, key=lambda each: len(each.draft.team_plan.visits))  # type: ignore[union-attr]
    approved = move(actor, most.tasking_id, to="approved", version=1, fixed=FIXED)
    return actor, move(actor, most.tasking_id, to="active", version=approved.version)


def test_dosage_counts_against_the_teams_own_plan(made: Made, operations: Operations) -> None:
    actor, active = _worked(operations, made)
    assert active == tasking(operations, active.tasking_id)
    own = active.draft.team_plan
    assert own is not None
    later = actor.at(datetime(2026, 12, 1, 9, tzinfo=UTC))
    for each in own.visits:
        log_visit(
            later,
            NewVisit(active.tasking_id, active.draft.team, each.starts_at, each.ends_at),
        )
    logged = visits(operations, tasking_id=active.tasking_id)
    for until in (WEDNESDAY + timedelta(days=n) for n in range(-1, DAYS)):
        given = dosage(active, logged, until=until, timezone=operations.timezone)
        due = sum(each.day <= until for each in own.visits)
        assert (given.planned_visits, given.visits) == (due, due)
        assert given.inside_hours == due
    assert [each.planned_visits for each in given.weeks] == [len(own.visits)]
    assert given.planned_minutes == given.minutes == 15 * len(own.visits)


def test_what_a_plan_gave_is_not_changed_by_itself(made: Made, operations: Operations) -> None:
    actor, active = _worked(operations, made)
    draft = active.draft
    told = change(
        actor,
        active.tasking_id,
        draft=replace(draft, objective="Fewer calls at night"),
        version=active.version,
    )
    assert told.draft.team_plan == draft.team_plan
    for other in (
        replace(draft, visits_per_week=99),
        replace(draft, team_plan=None, team="Another team"),
        replace(draft, ends_on=draft.ends_on + timedelta(days=7)),
    ):
        with pytest.raises(PlannedVisitsError, match="Make another plan"):
            change(actor, active.tasking_id, draft=other, version=told.version)
    said = [each.what for each in history(operations, active.tasking_id)]
    assert said[:2] == ["Proposed", "Visits planned"]
    table = tasking_table([told], ward_names={}, now=NOW)
    own = draft.team_plan
    assert own is not None
    assert table["Planned visits"].tolist() == [len(own.visits)]
    assert table["Visits a week"].isna().all()
