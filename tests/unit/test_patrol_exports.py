"""A plan as a calendar, as CSV, as words in a link, and as routes on the map."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from shapely import box

from data.exports.calendar import to_ics
from data.exports.patrol import hotspot_table, visits_csv, ward_table
from geo.screen.route_layers import Route, RouteStop, route_layers, route_styles
from models.calendar.clock_changes import clock_changes
from models.plans.planning import drafts_of, hours_of
from models.plans.query import PlanQuery, default_plan_query, plan_query_parameters, read_plan_query
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import LockedVisit
from models.tasking.tasking import TaskingHours
from tests.hostile_names import HOSTILE_NAMES
from tests.patrols import MONDAY, candidate, request, team

if TYPE_CHECKING:
    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def made(near: str = "Brick Lane") -> tuple[PlanRequest, Plan]:
    places = [replace(candidate(1), near=near), candidate(2, x=200.0, ward="B")]
    asked = request(places, [team("Late", days=(0, 5), start=20, end=24)], days=7)
    return asked, plan(asked)


def events(content: bytes) -> list[dict[str, object]]:
    return [dict(each) for each in Calendar.from_ical(content).walk("VEVENT")]


def test_each_visit_is_one_event_in_local_time() -> None:
    asked, patrols = made()
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about="Seed 1."
    )
    found = Calendar.from_ical(content).walk("VEVENT")
    assert len(found) == len(patrols.visits) == 8
    first = found[0]
    assert first["dtstart"].dt.replace(tzinfo=None) == patrols.visits[0].at
    assert str(first["dtstart"].dt.tzinfo) == "Europe/London"
    assert (first["dtend"].dt - first["dtstart"].dt).seconds == 15 * 60
    assert "Seed 1." in first["description"]
    assert len({str(each["uid"]) for each in found}) == 8


def test_events_keep_their_uid_and_a_team_can_have_its_own() -> None:
    asked, patrols = made()
    how = {"candidates": asked.candidates, "timezone": "Europe/London", "about": ""}
    one = events(to_ics(patrols, now=NOW, **how))
    later = events(to_ics(patrols, now=NOW.replace(year=2027), **how))
    assert [each["UID"] for each in one] == [each["UID"] for each in later]
    assert events(to_ics(patrols, now=NOW, team="Nobody", **how)) == []


def test_a_visit_in_summer_has_summer_time() -> None:
    day = MONDAY.replace(month=7, day=6)
    asked = request([candidate(1)], [team()])
    asked = replace(
        asked,
        settings=replace(asked.settings, starts_on=day),
        changes=clock_changes("Europe/London", first=day, last=day),
    )
    patrols = plan(asked)
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about=""
    )
    begins = Calendar.from_ical(content).walk("VEVENT")[0]["dtstart"].dt
    assert begins.utcoffset().total_seconds() == 3600
    assert begins.replace(tzinfo=None) == patrols.visits[0].at
    assert 14 <= begins.hour < 18


@pytest.mark.parametrize("name", ["A\r\nATTENDEE:mailto:x@y", "=1+1", *HOSTILE_NAMES])
def test_no_name_adds_a_line_or_a_formula(name: str) -> None:
    asked, patrols = made(near=name)
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about=""
    )
    assert not any("ATTENDEE" in each for each in events(content))
    table = visits_csv(
        patrols, candidates=asked.candidates, table_version=3, seed=1, simulated=True
    )
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(patrols.visits)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_the_csv_says_what_it_was_made_on() -> None:
    asked, patrols = made()
    table = visits_csv(
        patrols, candidates=asked.candidates, table_version=3, seed=1, simulated=True
    )
    row = next(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert (row["team"], row["date"], row["day"]) == ("Late", "2026-11-23", "Mon")
    assert (row["table_version"], row["seed"]) == ("3", "1")
    assert "SIMULATED" in row["notice"]


def test_tables_of_coverage_add_up() -> None:
    _, patrols = made()
    wards, hotspots = ward_table(patrols.coverage), hotspot_table(patrols.coverage)
    assert wards["visits"].sum() == hotspots["visits"].sum() == len(patrols.visits)
    assert wards["expected_incidents"].sum() == pytest.approx(2 * 168)
    assert wards["covered_incidents"].sum() == pytest.approx(2 * 8)


def test_what_is_asked_for_comes_back_from_its_link() -> None:
    asked = PlanQuery(
        settings=replace(
            default_plan_query(MONDAY).settings,
            days=3,
            objective="mix",
            seed=7,
            must=("K-1", "K-2"),
            locked=(LockedVisit("Team; a|b", "K-1", 29_924_100),),
        ),
        teams=(team("Late"),),
        top=12,
        least=(("E05000001", 4),),
    )
    query = plan_query_parameters(asked)
    read, problems = read_plan_query(query, starts_on=MONDAY.replace(day=1))
    assert problems == ()
    assert replace(read, teams=()) == replace(asked, teams=())
    assert read.teams[0].shifts == asked.teams[0].shifts


def test_a_broken_link_takes_the_usual_and_says_so() -> None:
    read, problems = read_plan_query(
        {"plan_days": "many", "plan_objective": "glory", "plan_lock": "x", "plan_teams": "?"},
        starts_on=MONDAY,
    )
    assert read == default_plan_query(MONDAY)
    assert len(problems) == 4


def test_a_plan_becomes_one_tasking_a_hotspot() -> None:
    asked, patrols = made()
    areas = {"K-1": box(0, 0, 10, 10), "K-2": box(200, 0, 210, 10)}
    drafts = drafts_of(
        patrols, candidates=asked.candidates, areas=areas, starts_on=MONDAY, days=7, reference="P-1"
    )
    assert [each.title for each in drafts] == ["Patrols at Brick Lane", "Patrols at Street 2"]
    assert drafts[0].hours.weekdays == (0, 5)
    assert drafts[0].visits_per_week == 4
    assert drafts[0].origin == "plan"
    assert drafts[0].area == areas["K-1"]
    assert drafts[0].team == "Late"


def test_the_hours_of_visits_may_pass_midnight() -> None:
    _, patrols = made()
    base = patrols.visits[0]
    late = [replace(base, at=base.at.replace(hour=hour, minute=10)) for hour in (22, 23, 1)]
    assert hours_of(late) == TaskingHours((base.day.weekday(),), 22, 2)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_leaves_its_place_on_the_map(name: str) -> None:
    group = route_layers(
        [Route(name, ((534_000.0, 181_000.0), (534_500.0, 181_000.0)), "#0072b2", "10 6")],
        [RouteStop(534_000.0, 181_000.0, "1", name, (name,))],
        metric_crs="EPSG:27700",
    )
    (script,) = group._children.values()
    assert not any(mark in script.data for mark in ("<", ">", "`", "${", "'"))


def test_teams_keep_their_colour_and_dashes_apart() -> None:
    styles = route_styles([f"Team {number}" for number in range(8)])
    assert len({dashes for _, dashes in styles.values()}) == 8
