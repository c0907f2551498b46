"""A plan as a calendar, as CSV, as words in a link, and as routes on the map."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from shapely import box

from data.exports.calendar import NoVisitError, to_ics
from data.exports.patrol import hotspot_table, visits_csv, ward_table
from geo.screen.route_layers import Route, RouteStop, route_layers, route_styles
from models.calendar.clock_changes import clock_changes
from models.plans.planning import drafts_of, hours_of, team_visit
from models.plans.query import PlanQuery, default_plan_query, plan_query_parameters, read_plan_query
from models.tasking.dosage import inside_hours
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import LockedVisit
from models.tasking.tasking import TaskingDraft, TaskingError, TaskingHours
from models.tasking.team_plan import TeamVisit
from models.tasking.wording import visit_times_label
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


def test_each_visit_is_one_event_at_its_moment() -> None:
    asked, patrols = made()
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about="Seed 1."
    )
    found = Calendar.from_ical(content).walk("VEVENT")
    assert len(found) == len(patrols.visits) == 8
    first = found[0]
    assert first["dtstart"].dt == datetime.fromtimestamp(60 * patrols.visits[0].starts, tz=UTC)
    assert first["dtstart"].dt.utcoffset() == timedelta(0)
    local = first["dtstart"].dt.astimezone(ZoneInfo("Europe/London"))
    assert local.replace(tzinfo=None) == patrols.visits[0].at
    assert (first["dtend"].dt - first["dtstart"].dt).seconds == 15 * 60
    assert "Seed 1." in first["description"]
    assert len({str(each["uid"]) for each in found}) == 8


def test_events_keep_their_uid_and_a_team_can_have_its_own() -> None:
    asked, patrols = made()
    how = {"candidates": asked.candidates, "timezone": "Europe/London", "about": ""}
    one = events(to_ics(patrols, now=NOW, **how))
    later = events(to_ics(patrols, now=NOW.replace(year=2027), **how))
    assert [each["UID"] for each in one] == [each["UID"] for each in later]
    assert all(
        early["SEQUENCE"] < late["SEQUENCE"] < 2**31 for early, late in zip(one, later, strict=True)
    )
    assert events(to_ics(patrols, now=NOW, team="Late", **how)) == one
    with pytest.raises(NoVisitError, match="'Nobody' has no visit"):
        to_ics(patrols, now=NOW, team="Nobody", **how)


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
    local = begins.astimezone(ZoneInfo("Europe/London"))
    assert local.utcoffset() == timedelta(hours=1)
    assert local.replace(tzinfo=None) == patrols.visits[0].at
    assert 14 <= local.hour < 18


@pytest.mark.parametrize("name", ["A\r\nATTENDEE:mailto:x@y", "=1+1", *HOSTILE_NAMES])
def test_no_name_adds_a_line_or_a_formula(name: str) -> None:
    asked, patrols = made(near=name)
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about=""
    )
    assert not any("ATTENDEE" in each for each in events(content))
    table = visits_csv(
        patrols,
        candidates=asked.candidates,
        timezone="Europe/London",
        table_version=3,
        seed=1,
        simulated=True,
    )
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(patrols.visits)
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_the_csv_says_what_it_was_made_on() -> None:
    asked, patrols = made()
    table = visits_csv(
        patrols,
        candidates=asked.candidates,
        timezone="Europe/London",
        table_version=3,
        seed=1,
        simulated=True,
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


def drafts(asked: PlanRequest, patrols: Plan) -> list[TaskingDraft]:
    return drafts_of(
        patrols,
        plan_id=1,
        candidates=asked.candidates,
        areas={"K-1": box(0, 0, 10, 10), "K-2": box(200, 0, 210, 10)},
        starts_on=MONDAY,
        days=7,
        timezone="Europe/London",
    )


def test_the_title_of_a_tasking_reads_well_where_no_street_is_claimed() -> None:
    asked, patrols = made()
    first, *rest = asked.candidates
    asked = replace(asked, candidates=(replace(first, near="around Mile End station"), *rest))
    assert drafts(asked, patrols)[0].title == "Patrols around Mile End station"


def test_a_plan_becomes_one_tasking_for_each_hotspot_and_team() -> None:
    asked, patrols = made()
    one, other = drafts(asked, patrols)
    assert [one.title, other.title] == ["Patrols at Brick Lane", "Patrols at Street 2"]
    assert (one.hours.weekdays, one.visits_per_week, one.origin) == ((0, 5), 4, "plan")
    assert one.area == box(0, 0, 10, 10)
    assert (one.team, one.team_plan.rank, other.team_plan.rank) == ("Late", 1, 2)
    own = [each for each in patrols.visits if each.hotspot_id == "K-1"]
    planned = [(each.day, each.starts_at.replace(tzinfo=None)) for each in one.team_plan.visits]
    assert planned == [(each.day, each.at) for each in own]


def test_each_team_at_a_hotspot_has_its_own_visits_in_its_own_hours() -> None:
    places = [candidate(1), candidate(2, x=200.0)]
    teams = [team("Early", start=8, end=14), team("Late", start=14, end=20)]
    asked = request(places, teams)
    patrols = plan(asked)
    found = drafts(asked, patrols)
    assert [(each.team_plan.rank, each.team) for each in found] == [
        (1, "Early"),
        (1, "Late"),
        (2, "Early"),
        (2, "Late"),
    ]
    hours = {"Early": range(8, 14), "Late": range(14, 20)}
    for each in found:
        assert all(it.starts_at.hour in hours[each.team] for it in each.team_plan.visits)
        assert {each.hours.start_hour, each.hours.end_hour - 1} <= set(hours[each.team])
    assert sum(len(each.team_plan.visits) for each in found) == len(patrols.visits)


def test_a_tasking_of_a_plan_names_the_team_and_the_days_of_its_visits() -> None:
    one, _ = drafts(*made())
    with pytest.raises(TaskingError, match="planned for Late, and it names the team Early"):
        replace(one, team="Early")
    with pytest.raises(TaskingError, match="4 of its 4 planned visits are not between"):
        replace(one, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 10))


def test_hours_that_come_twice_are_told_apart() -> None:
    """The clocks go back at 02:00 on 25 October 2026: 01:00 to 02:00 comes twice."""
    saturday = date(2026, 10, 24)
    night = team("Night", days=(5,), start=22, end=4)
    asked = request([candidate(1)], [night], gap_minutes=40)
    asked = replace(
        asked,
        settings=replace(asked.settings, starts_on=saturday),
        changes=clock_changes("Europe/London", first=saturday, last=saturday),
    )
    patrols = plan(asked)
    content = to_ics(
        patrols, candidates=asked.candidates, timezone="Europe/London", now=NOW, about=""
    )
    read = Calendar.from_ical(content).walk("VEVENT")
    moments = [datetime.fromtimestamp(60 * each.starts, tz=UTC) for each in patrols.visits]
    assert [each["dtstart"].dt.astimezone(UTC) for each in read] == moments
    assert {each["dtend"].dt - each["dtstart"].dt for each in read} == {timedelta(minutes=15)}
    second = [at for at in moments if at.hour == 1 and at.date() == date(2026, 10, 25)]
    assert second
    assert all(
        f"DTSTART:{at:%Y%m%dT%H%M%SZ}".encode() in content for at in second
    )  # a local time would mean the first pass
    table = visits_csv(
        patrols,
        candidates=asked.candidates,
        timezone="Europe/London",
        table_version=3,
        seed=1,
        simulated=False,
    )
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [each["starts_utc"] for each in rows] == [f"{at:%Y-%m-%dT%H:%MZ}" for at in moments]
    assert {each["shift_began"] for each in rows} == {"2026-10-24"}
    visits = [team_visit(each, timezone="Europe/London") for each in patrols.visits]
    labels = {visit_times_label(each, timezone="Europe/London") for each in visits}
    assert len(labels) == len(visits)  # no two read alike
    twice = [
        visit_times_label(each, timezone="Europe/London")
        for each, at in zip(visits, moments, strict=True)
        if date(2026, 10, 25) == at.date() and at.hour in (0, 1)
    ]
    assert [each.rpartition(", ")[2].split()[0] for each in twice] == [
        "before" if at.hour == 0 else "after"
        for at in moments
        if date(2026, 10, 25) == at.date() and at.hour in (0, 1)
    ]
    ends = [(at + timedelta(minutes=15)).astimezone(ZoneInfo("Europe/London")) for at in moments]
    assert [each["to"] for each in rows] == [f"{at:%H:%M}" for at in ends]


SATURDAY = date(2026, 10, 24)


def _visits_at(*hours_of_shift: int) -> list[TeamVisit]:
    """Visits of a quarter of an hour, ten past hours counted from the midnight before Saturday."""
    midnight = datetime(2026, 10, 24, tzinfo=UTC)
    starts = (midnight + timedelta(hours=hour, minutes=10) for hour in hours_of_shift)
    return [TeamVisit(SATURDAY, at, at + timedelta(minutes=15)) for at in starts]


@pytest.mark.parametrize(
    ("hours_of_shift", "expected"),
    [
        ((22, 23, 25), TaskingHours((5,), 22, 2)),
        ((22, 23), TaskingHours((5,), 22, 24)),
        ((25, 27), TaskingHours((6,), 1, 4)),  # of a Saturday's shift, and all on Sunday
        ((8, 25), TaskingHours((5,), 8, 2)),  # not 01:00 to 09:00 on Saturday
        ((6, 29), TaskingHours((5,), 6, 6)),
        ((0, 23), TaskingHours((5,), 0, 24)),
    ],
)
def test_the_hours_of_visits_count_from_the_day_of_their_shift(
    hours_of_shift: tuple[int, ...], expected: TaskingHours
) -> None:
    visits = _visits_at(*hours_of_shift)
    hours = hours_of(visits)
    assert hours == expected
    assert all(inside_hours(each.starts_at, hours, ZoneInfo("UTC")) for each in visits)


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
