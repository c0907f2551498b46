"""A place is never drawn from domestic or sexual incidents, whatever asks for it.

Two stores differ in nothing but where in its ward a flat is. Everything that has a place must come
out of both the same to the byte, without the flat's street and without a polygon that holds it. A
third store has the same rows as ordinary assaults: there the flat is listed, so the test can fail.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.access import Person
from data.exports import paper
from data.exports.answer import answer
from data.exports.hotspots import ENDINGS, export, map_picture
from data.exports.nights import areas_frame, areas_geojson, impact_frame, places_frame
from data.exports.paper.document import every_block
from data.exports.patterns import concentration_frame, runs_frame
from data.exports.places import close_up_description, street_names
from data.exports.tasking_sheet import tasking_sheet_file
from data.incidents.indicator_rows import indicator_rows
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.taskings.taskings import propose
from data.services.assessment import tactical_assessment_file
from data.services.detection import detect
from data.services.nights import night_history
from data.services.street_concentration import street_concentration
from data.services.team_weeks import WeekPlan, team_week
from data.services.ward_panel.population import ward_incidents
from data.services.worked_again import COUNT_KEY, worked_again
from geo.errors import PlainError
from models.calendar.periods import Period
from models.hotspots.agreement import agreement
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.methods import METHODS
from models.hotspots.risk_surface import OWN_BASES, RelativeRiskSettings
from models.incidents.by_month import surfaces_by_month
from models.incidents.by_time import (
    compared_surfaces,
    surfaces_by_part_of_week,
    surfaces_by_week,
)
from models.incidents.detection import detail
from models.incidents.filters import HoursFilter, IncidentFilter
from models.incidents.patterns import patterns
from models.incidents.runs import runs_in_fortnight
from models.incidents.view import View, view_query
from models.nights.area_rows import area_rows
from models.nights.area_search import find_night_areas
from models.nights.areas import NightArea, areas_for_review, standings
from models.nights.impact import cumulative_impact
from models.nights.review import night_review
from models.performance.counts import IndicatorAreas, count_all
from models.plans.planning import plan_basis, plan_request
from models.reviews.fixing import Choice
from models.reviews.questions import question_about
from models.reviews.reviewing import review
from models.tasking.patrol_plan import plan as make_plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows
from models.today.news import news
from models.wording.categories import CATEGORIES
from tests.moment import NOW
from tests.quiet_flat import (
    FLAT,
    FLAT_STREET,
    IN_FLAT,
    MOVED_FLAT,
    OTHERS,
    WARD_OF_FLAT,
    opened,
    quiet_flat,
)
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.incidents.store import Store
    from data.settings import Settings
    from models.hotspots.methods import MethodSettings

YEAR = IncidentFilter(period=Period(date(2025, 11, 1), date(2026, 10, 30)))
OFFICER = Person("A. Officer", "officer")
AROUND = shapely.Point(FLAT).buffer(150.0)
AROUND_MOVED = shapely.Point(MOVED_FLAT).buffer(150.0)


@dataclass(frozen=True)
class Told:
    """What one store tells: a text or file, and the outlines that it draws."""

    content: str | bytes
    shapes: tuple[Any, ...] = ()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return quiet_flat(tmp_path_factory.mktemp("one") / "var", streets=True)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return quiet_flat(tmp_path_factory.mktemp("two") / "var", flat=MOVED_FLAT, streets=True)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return quiet_flat(tmp_path_factory.mktemp("ord") / "var", sensitive=False, streets=True)


def text_of(value: Any) -> str:  # noqa: ANN401 - any result
    """Write a result out in full, every number of every array, store and snapshot left out."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {
            each.name: text_of(getattr(value, each.name))
            for each in fields(value)
            if each.name not in ("dataset", "store", "snapshot", "all_incidents", "all_rows")
        }
        return f"{type(value).__name__}({parts})"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.tolist()}"
    if isinstance(value, gpd.GeoDataFrame):
        return text_of(value.to_wkt().to_dict("records"))
    if isinstance(value, shapely.Geometry):
        return str(value.wkt)
    if isinstance(value, dict):
        return str({key: text_of(each) for key, each in value.items()})
    if isinstance(value, tuple | list):
        return str([text_of(each) for each in value])
    return repr(value)


def _detected(method: MethodSettings) -> Callable[[Store], Told]:
    def told(store: Store) -> Told:
        found = detect(store, YEAR, method=method)
        frame = found.hotspots.frame
        cards = [detail(store, found, hotspot_id=each) for each in frame["hotspot_id"]]
        surface = found.hotspots.surface
        walked = found.hotspots.stretches
        said = [frame, walked, found.area, surface, found.notes, cards, plan_basis(found)]
        return Told(text_of(said), tuple(frame.geometry))

    return told


def _exported(name: str, ending: str) -> Callable[[Store], Told]:
    def told(store: Store) -> Told:
        method = METHODS[name].defaults
        found = detect(store, YEAR, method=method)
        content = export(store, found, method=method, now=NOW, ending=ending)
        if ending == ".gpkg":  # the format holds the moment of writing
            path = store.settings.store.parent / "hotspots.gpkg"
            path.write_bytes(content)
            assert FLAT_STREET.encode() not in content
            layers = gpd.list_layers(path)["name"]
            content = "".join(gpd.read_file(path, layer=each).to_json() for each in layers).encode()
        return Told(content)

    return told


def _printed(name: str) -> Callable[[Store], Told]:
    def told(store: Store) -> Told:
        method = METHODS[name].defaults
        found = detect(store, YEAR, method=method)
        return Told(map_picture(store, found, method=method, now=NOW))

    return told


def _months(store: Store) -> Told:
    found = detect(store, YEAR)
    return Told(text_of([surfaces_by_month(found, None), answer(found)]))


def _over_time(store: Store) -> Told:
    """Weeks, parts of the week, and two periods: what the map plays, swipes and subtracts."""
    found = detect(store, replace(YEAR, comparison="before"))
    autumn = detect(store, replace(YEAR, period=Period(date(2026, 6, 1), date(2026, 10, 25))))
    halves = detect(
        store,
        replace(YEAR, period=Period(date(2026, 5, 1), date(2026, 10, 30)), comparison="before"),
    )
    both = compared_surfaces(halves, None)
    return Told(
        text_of(
            [
                surfaces_by_week(autumn, None),
                surfaces_by_part_of_week(found, None),
                both,
                both.change_per_km2,
            ]
        )
    )


def _two_methods(store: Store) -> Told:
    found = [detect(store, YEAR, method=METHODS[name].defaults) for name in ("kde", "dbscan")]
    return Told(
        text_of(
            agreement(
                found[0].hotspots,
                found[1].hotspots,
                incidents=found[0].selection.incidents,
                area=found[0].area,
            )
        )
    )


def _patterns(store: Store) -> Told:
    made = patterns(store, YEAR)
    assert made.concentration is not None
    lists = [
        runs_frame(runs_in_fortnight(store, YEAR, category=name)).to_csv() for name in CATEGORIES
    ]
    return Told(f"{concentration_frame(made.concentration).to_csv()} {lists}")


def _on_streets(store: Store) -> Told:
    return Told(text_of(street_concentration(store, YEAR)))


def _today(store: Store) -> Told:
    told = news(store, today=date(2026, 11, 1))
    return Told(
        text_of([told.hotspots, told.runs, told.sensitive]), tuple(told.hotspots["geometry"])
    )


def _nights(store: Store) -> Told:
    """A night-time area is kept around each place of the flat: even there it is not counted."""
    history = night_history(store, YEAR)
    detected = find_night_areas(store, history, last=YEAR.period.last)
    kept = [
        NightArea(f"A-{number}", f"Area {number}", shape, "drawn", area_id=number, version=1)
        for number, shape in enumerate((AROUND, AROUND_MOVED), start=1)
    ]
    areas = areas_for_review(detected, kept, land=None)
    rows = area_rows(
        store,
        YEAR,
        history=history,
        areas=areas,
        standings=standings(history, detected, areas),
        evidence={},
    )
    assert {row.kinds.total for row in rows if row.area.area_id} == {0}
    impact = cumulative_impact(history, YEAR.period.last, areas=rows)
    files = [areas_frame(rows).to_csv(), impact_frame(impact).to_csv()]
    files += [places_frame(row).to_csv() for row in rows]
    files += [areas_geojson(store, rows, period=YEAR.period, filters="").decode()]
    found = [each for each in areas if not each.area_id]
    assert found  # the market is one
    return Told(text_of([files, rows]), tuple(each.polygon for each in found))


def _reviewed(store: Store) -> Told:
    """An area around the flat itself is reviewed."""
    asked = question_about(
        store,
        AROUND,
        after=Period(date(2026, 7, 1), date(2026, 8, 31)),
        incident_filter=replace(YEAR, comparison="none"),
        choice=Choice(),
    )
    made = review(store, asked)
    assert made.counts["treated"].before == made.counts["treated"].after == 0
    assert any("never counted in an area" in note for note in made.notes)
    return Told(text_of(made))


def _sheet(store: Store) -> Told:
    """A tasking whose area is the flat: its sheet counts nothing there and names no street."""
    ops = Operations.open(store.settings)
    method = METHODS["kde"].defaults
    view = tuple(view_query(YEAR, method).items())
    draft = TaskingDraft(
        title="Patrol",
        area=AROUND,
        objective="Be seen.",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 2),
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 12, 20),
        origin="drawn",
    )
    tasking = propose(
        Actor(ops, OFFICER, NOW),
        draft,
        decision=Decision(view, "", store.snapshot.version, None, OFFICER.name, NOW),
        ward_codes=[WARD_OF_FLAT],
    )
    ops.close()
    made = tasking_sheet_file(store, tasking, person=OFFICER, now=NOW, ending=".html")
    assert b"0 incidents in the area" in made
    assert b"never counted in areas" in made
    return Told(made)


def _team_sheets(store: Store) -> Told:
    """The pages of a small plan's teams, with every picture on them."""
    chosen = IncidentFilter(Period(date(2025, 11, 1), date(2026, 10, 30)))
    method = DbscanSettings()
    basis = plan_basis(detect(store, chosen, method=method), top=3)
    crew = teams_of_rows(DEFAULT_ROWS)[1:2]
    settings = PlanSettings(date(2026, 11, 24), days=1)
    asked = plan_request(basis, crew, settings=settings, timezone=store.settings.timezone)
    week = WeekPlan(
        plan=make_plan(asked),
        candidates=basis.candidates,
        areas=basis.areas,
        teams=crew,
        settings=settings,
        view=view_query(chosen, method),
        table_version=basis.table_version,
    )
    ops = Operations.open(store.settings)
    document = team_week(store, week, ops=ops, person=OFFICER, now=NOW)
    ops.close()
    pictures = [
        each.image for each in every_block(document.blocks) if isinstance(each, paper.Picture)
    ]
    assert pictures
    content = b"".join([paper.html(document).encode(), *pictures])
    return Told(content, tuple(basis.areas.values()))


def _assessment(store: Store) -> Told:
    ops = Operations.open(store.settings)
    view = View(YEAR, METHODS["dbscan"].defaults)
    made = tactical_assessment_file(store, view, person=OFFICER, now=NOW, ops=ops, ending=".html")
    ops.close()
    return Told(made)


def _names(store: Store) -> Told:
    west, south, east, north = store.wards.frame.total_bounds
    names = street_names(store, (west, south, east, north), most=99)
    assert names
    return Told(text_of([names, close_up_description(store, AROUND, name="it")]))


def _indicators(store: Store) -> Told:
    """The hotspots fixed for the year and the night-time areas lie around the flat."""
    areas = (AROUND, AROUND_MOVED)
    places = IndicatorAreas(asb_hotspots={2025: areas, 2026: areas}, nte_areas=areas)
    counts = count_all(store, indicator_rows(store), places=places)
    for key, unplaced in (("vwi_asb_hotspots", 26), ("vwi_nte_areas", 26)):
        tally = counts.tallies[key]
        assert tally.boroughs.sum() == 0
        # Every fourth is a domestic assault with injury, every fourth a domestic dispute with one.
        assert tally.unplaced.sum() == unplaced
    assert counts.tallies["vwi"].unplaced.sum() == 0
    assert counts.tallies["vwi"].wards.sum() > 26  # the total keeps them
    return Told(text_of(counts))


def _ward_panel(store: Store) -> Told:
    made = ward_incidents(store)
    assert len(made.ward) == OTHERS + IN_FLAT  # within their kinds, in the ward's total
    assert (made.piece < 0).sum() >= IN_FLAT  # and on no map
    return Told(text_of(replace(made, pieces=())))  # the ground has corners at round coordinates


def _command(*arguments: str, out: str = "") -> Callable[[Store], Told]:
    def told(store: Store) -> Told:
        folder = store.settings.store.parent
        written = [f"--out={folder / out}"] if out else []
        done = hotspots(*arguments, *written, store=store.settings.store)
        assert done.returncode == 0, done.stderr
        file = (folder / out).read_bytes() if out else b""
        said = f"{done.stdout}{done.stderr}".replace(str(folder), "")
        said = "".join(line for line in said.splitlines() if " seconds." not in line)
        return Told(_CLOCK.sub(b"", said.encode() + file))

    return told


# The product's clock goes on while a command runs, and a bar says how long it took.
_CLOCK = re.compile(rb"09:\d\d(:\d\d)?|\d:\d\d:\d\d|DTSTAMP:\w+|SEQUENCE:\d+")
AT_FLAT = ("--place", f"{FLAT[0]:.0f} {FLAT[1]:.0f}", "--from", "2026-07-01", "--to", "2026-08-31")
PLAN = ("plan", "--starts", "2026-11-23", "--days", "2", "--top", "5", "--view", "method=dbscan")
VIEW = "from=2025-11-01&to=2026-10-30&method=dbscan"
# These are given an area around the flat, which they may repeat, and must count nothing in it.
ASKED_ABOUT_THE_FLAT = (
    "nights",
    "review",
    "tasking sheet",
    "names of streets",
    "hotspots review",
    "hotspots review as CSV",
)
QUESTIONS: dict[str, Callable[[Store], Told]] = {
    **{f"method {each.name}": _detected(each.defaults) for each in METHODS.values()},
    **{f"relative to {base}": _detected(RelativeRiskSettings(base=base)) for base in OWN_BASES},
    "hotspots by harm": _detected(DbscanSettings(weight="harm")),
    **{f"{ending} of {name}": _exported(name, ending) for name in METHODS for ending in ENDINGS},
    **{f"printed map of {name}": _printed(name) for name in METHODS},
    "month by month": _months,
    "weeks, parts of the week, two periods": _over_time,
    "two methods": _two_methods,
    "patterns": _patterns,
    "concentration on streets": _on_streets,
    "today": _today,
    "nights": _nights,
    "review": _reviewed,
    "tasking sheet": _sheet,
    "sheets of teams": _team_sheets,
    "assessment": _assessment,
    "names of streets": _names,
    "indicators of areas": _indicators,
    "ward panel": _ward_panel,
    "hotspots detect": _command("detect", "--view", VIEW),
    "hotspots plan as CSV": _command(*PLAN, out="plan.csv"),
    "hotspots plan as calendar": _command(*PLAN, out="plan.ics"),
    "hotspots brief": _command("brief", "--view", VIEW, out="brief.html"),
    "hotspots near-repeat": _command("near-repeat", out="near.json"),
    "places of hotspots near-repeat": _command("near-repeat", "--places", out="places.csv"),
    "hotspots near-repeat of violence": _command(
        "near-repeat", "--category", "asb,violence", "--places", out="violence.csv"
    ),
    "hotspots here": _command("here", "--view", VIEW),
    "hotspots here as CSV": _command("here", "--view", VIEW, out="here.csv"),
    "hotspots cameras": _command("cameras", "--new", "3", "--sight", "100", "--view", VIEW),
    "hotspots backtest": _command("backtest", "--months", "1", out="backtest.json"),
    "hotspots review": _command("review", *AT_FLAT, out="review.json"),
    "hotspots review as CSV": _command("review", *AT_FLAT, out="review.csv"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_where_a_sensitive_incident_is_changes_nothing_that_has_a_place(
    question: str, here: Settings, moved: Settings
) -> None:
    try:
        one, other = (QUESTIONS[question](opened(each)) for each in (here, moved))
    except PlainError as problem:
        pytest.fail(f"{question} gave no answer to compare: {problem}")
    assert one.content == other.content
    content = one.content.encode() if isinstance(one.content, str) else one.content
    assert content
    assert FLAT_STREET.encode() not in content
    flats = [shapely.Point(each) for each in (FLAT, MOVED_FLAT)]
    assert not any(shape.contains(flat) for shape in one.shapes for flat in flats)
    if question not in ASKED_ABOUT_THE_FLAT:
        digits = {int(each) for each in re.findall(rb"\d{6}", content)}
        assert not {(x, y) for x, y in (FLAT, MOVED_FLAT) if {int(x), int(y)} <= digits}


def test_ordinary_incidents_at_the_same_flat_are_a_hotspot(ordinary: Settings) -> None:
    told = QUESTIONS["method dbscan"](opened(ordinary))
    assert any(shape.contains(shapely.Point(FLAT)) for shape in told.shapes)
    assert FLAT_STREET in str(told.content)


@pytest.mark.parametrize("hours", [HoursFilter(), HoursFilter("nights"), HoursFilter("nte")])
def test_totals_of_wards_keep_sensitive_incidents(here: Settings, hours: HoursFilter) -> None:
    store = opened(here)
    chosen = replace(YEAR, hours=hours, comparison="none")
    found = detect(store, chosen)
    whole = found.selection.now
    assert whole.sensitive == IN_FLAT
    assert len(whole.all_incidents) == len(whole.incidents) + IN_FLAT
    assert int(found.totals.incidents.sum()) == len(whole.all_incidents)
    home = found.totals.codes.index(WARD_OF_FLAT)
    placed = int((whole.incidents.ward == home).sum())
    assert found.totals.incidents[home] == placed + IN_FLAT
    assert patterns(store, chosen).incidents == len(whole.all_incidents)
    assert found.hotspots.incidents == len(whole.incidents)
    said = f"{IN_FLAT} domestic or sexual incidents of the chosen wards are in the totals"
    assert sum(said in note for note in found.notes) == 1


def test_hours_months_and_nights_of_whole_wards_keep_sensitive_incidents(here: Settings) -> None:
    store = opened(here)
    made = patterns(store, replace(YEAR, wards=(WARD_OF_FLAT,)))
    friday_night = made.week.matrix[4, 22:].sum() + made.week.matrix[5, 22:].sum()
    assert friday_night >= IN_FLAT
    assert made.months.counts.sum() == made.incidents
    history = night_history(store, YEAR)
    assert night_review(store, YEAR, history=history).sensitive > 0
    told = news(store, today=date(2026, 11, 1))
    assert told.sensitive == IN_FLAT  # of the twelve months that hotspots are drawn from
    of_week = sum(each.week for each in told.kinds)
    week = Period(date(2026, 10, 24), told.as_of)
    assert of_week == store.select(IncidentFilter(week, comparison="none")).now.in_wards


def test_a_file_says_how_many_are_left_out(here: Settings) -> None:
    store = opened(here)
    method = METHODS["kde"].defaults
    found = detect(store, YEAR, method=method)
    said = json.loads(export(store, found, method=method, now=NOW, ending=".geojson"))["metadata"]
    assert said["domestic_or_sexual_left_out"] == IN_FLAT
    assert said["incidents"] == len(found.selection.incidents)
    assert any("never on a map" in note for note in said["notes"])


def test_a_decision_that_counted_some_says_why_it_is_no_longer_the_same(here: Settings) -> None:
    store = opened(here)
    view = (*view_query(YEAR, METHODS["dbscan"].defaults).items(), (COUNT_KEY, f"{IN_FLAT}"))
    decision = Decision(view, "D-5304-1804", store.snapshot.version, None, OFFICER.name, NOW)
    again = worked_again(decision, AROUND, settings=here, current=store)
    assert again.outcome == "differs"
    assert "Domestic and sexual incidents are in no hotspot" in again.explanation


def test_the_store_of_the_test_is_as_it_says(here: Settings) -> None:
    snapshot = opened(here).snapshot
    assert (len(snapshot), int(snapshot.sensitive.sum())) == (IN_FLAT + OTHERS, IN_FLAT)
    assert len(snapshot.placed) == OTHERS
