"""The night-time economy review of the demo: what is planted is found, and figures add up."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from shapely import Point

from data.access import Person
from data.demo.night_areas import build_night_areas, remove_night_areas
from data.demo.truth import NIGHT_AREAS, demo_truth
from data.exports.nights import (
    area_hours_frame,
    areas_frame,
    areas_geojson,
    change_description,
    nights_frame,
    places_frame,
)
from data.exports.patterns import patterns_csv
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.nights.areas import AreaDraft, keep_area, kept_areas
from data.services.nights import night_history
from data.services.premises import premises_in_use
from models.calendar.periods import Period
from models.nights.area_rows import AreaRow, area_rows
from models.nights.area_search import find_night_areas
from models.nights.areas import DetectedAreas, NightArea, areas_for_review, standings
from models.nights.counting import NO_NIGHT, nights_of
from models.nights.impact import cumulative_impact
from models.nights.licensing import premises_with_repeats
from models.nights.review import night_review
from models.statistics.rates import RateRatio

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings
    from models.incidents.filters import IncidentFilter
    from models.nights.history import NightHistory

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture(scope="module")
def chosen(demo_store: Store) -> IncidentFilter:
    return replace(demo_store.default_filter(), period=OCTOBER)


@pytest.fixture(scope="module")
def history(demo_store: Store, chosen: IncidentFilter) -> NightHistory:
    return night_history(demo_store, chosen)


@pytest.fixture(scope="module")
def found(demo_store: Store, history: NightHistory) -> DetectedAreas:
    return find_night_areas(demo_store, history, last=OCTOBER.last)


@pytest.fixture(scope="module")
def rows(
    demo_store: Store, chosen: IncidentFilter, history: NightHistory, found: DetectedAreas
) -> tuple[AreaRow, ...]:
    areas = areas_for_review(found, (), land=None)
    return area_rows(
        demo_store,
        chosen,
        history=history,
        areas=areas,
        standings=standings(history, found, areas),
        evidence={area.key: said for area, said in zip(found.areas, found.evidence, strict=True)},
        premises=premises_in_use(demo_store.settings),
    )


def area_at(rows: tuple[AreaRow, ...], easting: float, northing: float) -> AreaRow:
    return next(row for row in rows if row.area.polygon.contains(Point(easting, northing)))


def test_the_planted_night_area_is_flagged_as_emerging_with_its_evidence(
    rows: tuple[AreaRow, ...],
) -> None:
    wick = demo_truth().place("hackney-wick")
    row = area_at(rows, wick.easting, wick.northing)
    assert row.standing.emerging
    assert row.standing.change.low > 5
    said = " ".join(row.standing.evidence)
    assert "A year ago 0% of this ground" in said
    assert "mostly consecutive" in said
    assert row.new_premises is not None
    assert row.new_premises >= 3
    assert row.peak == "Fri–Sat nights 23:00–03:00"


def test_no_other_area_is_flagged_and_the_old_ones_are_found(rows: tuple[AreaRow, ...]) -> None:
    assert [row.standing.emerging for row in rows].count(True) == 1
    old = {area.name: area for area in NIGHT_AREAS}
    for name in ("Brick Lane", "Shoreditch", "Dalston"):
        row = area_at(rows, old[name].easting, old[name].northing)
        assert row.standing.name == "established"
        assert row.evidence


@pytest.mark.parametrize(("last", "flags"), [(date(2026, 3, 31), 0), (date(2026, 4, 30), 1)])
def test_the_flag_comes_seven_months_after_the_area_began_to_grow(
    last: date, flags: int, demo_store: Store, history: NightHistory
) -> None:
    found = find_night_areas(demo_store, history, last=last)
    judged = standings(history, found, found.areas)
    assert [each.emerging for each in judged].count(True) == flags


def test_nothing_is_called_emerging_where_two_years_are_not_covered(
    demo_store: Store, history: NightHistory
) -> None:
    for last in (date(2024, 10, 31), date(2027, 3, 31)):
        found = find_night_areas(demo_store, history, last=last)
        judged = standings(history, found, found.areas)
        assert judged
        assert {each.name for each in judged} == {"not compared"}
        assert all("Two years of nights" in each.evidence[0] for each in judged)


def test_the_area_on_the_border_is_whole_with_both_boroughs(rows: tuple[AreaRow, ...]) -> None:
    wick = demo_truth().place("hackney-wick")
    row = area_at(rows, wick.easting, wick.northing)
    shares = dict(row.boroughs)
    assert set(shares) == {"Tower Hamlets", "Hackney"}
    assert sum(shares.values()) == pytest.approx(1.0)
    assert row.notes == ()


def test_areas_of_the_chosen_wards_are_those_that_touch_them(
    demo_store: Store, chosen: IncidentFilter, found: DetectedAreas
) -> None:
    land = demo_store.area(demo_store.select(chosen).ward_codes).land
    touching = areas_for_review(found, (), land=land)
    assert 0 < len(touching) < len(found.areas)
    dalston = next(area for area in NIGHT_AREAS if area.name == "Dalston")
    middle = Point(dalston.easting, dalston.northing)
    assert not any(area.polygon.contains(middle) for area in touching)


def test_a_kept_area_takes_the_place_of_a_found_one(found: DetectedAreas) -> None:
    polygon = found.areas[0].polygon.buffer(30)
    kept = NightArea("A-0001", "Kept", polygon, "drawn", area_id=1, version=1)
    shown = areas_for_review(found, [kept], land=None)
    assert shown[0] is kept
    assert len(shown) == len(found.areas)
    assert found.areas[0] not in shown


def test_the_demo_keeps_its_old_areas_by_name_and_takes_them_out_again(
    demo_settings: Settings, tmp_path: Path
) -> None:
    ops = Operations.open(demo_settings)
    kept = kept_areas(ops)
    ops.close()
    assert [each.name for each in kept] == ["Brick Lane", "Canary Wharf", "Dalston", "Shoreditch"]
    assert all(each.kept_by.endswith("(simulated)") for each in kept)
    own = demo_settings.model_copy(update={"store": tmp_path / "var"})
    shutil.copytree(demo_settings.store, own.store)
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert build_night_areas(own, now=now) == 0
    ops = Operations.open(own)
    person = Person("Amina Rahman", "officer")
    mine = AreaDraft("Mine", kept[0].polygon, "drawn")
    keep_area(Actor(ops, person, now), mine)
    assert remove_night_areas(own, now=now) == 4
    assert [each.name for each in kept_areas(ops)] == ["Mine"]
    ops.close()


def test_nights_groups_kinds_and_hours_add_up(
    demo_store: Store, chosen: IncidentFilter, history: NightHistory
) -> None:
    review = night_review(demo_store, chosen, history=history)
    assert review.span.missing == ()
    assert review.rate.nights == 31 == sum(each.rate.nights for each in review.groups)
    assert review.rate.incidents == sum(each.rate.incidents for each in review.groups)
    assert review.curve.sum() == pytest.approx(review.rate.incidents)
    assert review.curve.sum(axis=1).round(6).tolist() == review.tally.incidents.tolist()
    assert review.changed == ((date(2026, 10, 24), 13.0),)
    friday = review.groups[0].rate
    assert friday.low > review.groups[2].rate.high
    frame = nights_frame(review)
    assert frame["Incidents"].tolist()[-1] == sum(frame["Incidents"].tolist()[:-1])


def test_the_night_whose_morning_the_data_do_not_reach_is_missing(
    demo_store: Store, chosen: IncidentFilter, history: NightHistory
) -> None:
    november = replace(chosen, period=Period(date(2026, 11, 1), date(2026, 11, 20)))
    review = night_review(demo_store, november, history=history)
    assert review.span.missing == (date(2026, 11, 20),)
    assert review.rate.nights == 19


def test_each_incident_of_the_demo_is_in_one_night_or_none_or_not_to_be_told(
    demo_store: Store, history: NightHistory
) -> None:
    held = demo_store.snapshot.incidents
    told = nights_of(held, rule=history.rule)
    in_one = told.night != NO_NIGHT
    assert not (in_one & told.unknown).any()
    assert int(in_one.sum()) > len(history.incidents) > 100_000
    assert set(history.night.tolist()) <= set(told.night[in_one].tolist())
    elsewhere = nights_of(history.unknown, rule=history.rule)
    assert elsewhere.unknown.all()


def test_cumulative_impact_agrees_with_counting_three_years_by_hand(
    history: NightHistory, rows: tuple[AreaRow, ...]
) -> None:
    years = cumulative_impact(history, OCTOBER.last, areas=rows[:1])
    assert [each.nights for each in years] == [366, 365, 365]
    assert all(each.whole for each in years)
    by_hand = history.within(history.nights(years[-1].year))
    inside = [
        rows[0].area.polygon.intersects(Point(x, y))
        for x, y in zip(
            history.incidents.easting[by_hand], history.incidents.northing[by_hand], strict=True
        )
        if rows[0].area.polygon.envelope.contains(Point(x, y))
    ]
    assert years[-1].kinds.total == sum(inside)
    assert years[0].change is None
    assert years[-1].change is not None


def test_premises_of_the_demo_have_repeat_incidents_and_are_simulated(
    demo_store: Store, chosen: IncidentFilter, history: NightHistory
) -> None:
    held = premises_in_use(demo_store.settings)
    assert held is not None
    ground = demo_store.area(demo_store.select(chosen).ward_codes)
    table = premises_with_repeats(history, OCTOBER, premises=held, ground=ground)
    assert table.rows
    assert all("SIMULATED" in row.name and row.kinds.total >= 3 for row in table.rows)
    assert 0 < table.incidents < sum(row.kinds.total for row in table.rows)  # near several


def test_a_table_as_csv_says_its_period_and_that_it_is_simulated(
    demo_store: Store, rows: tuple[AreaRow, ...]
) -> None:
    written = patterns_csv(demo_store, areas_frame(rows), period=OCTOBER, filters="all")
    read = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert len(read) == len(rows)
    assert read[0]["period"] == "1 Oct 2026 to 31 Oct 2026"
    assert read[0]["data"].startswith("SIMULATED")


def test_areas_as_geojson_lie_where_they_are_and_say_that_they_are_simulated(
    demo_store: Store, rows: tuple[AreaRow, ...]
) -> None:
    read = json.loads(areas_geojson(demo_store, rows, period=OCTOBER, filters="all"))
    assert len(read["features"]) == len(rows)
    first = read["features"][0]
    assert first["properties"]["Area"] == rows[0].name
    assert first["properties"]["data"].startswith("SIMULATED")
    corners = first["geometry"]["coordinates"][0]
    assert all(-0.1 < x < 0.05 and 51.4 < y < 51.6 for x, y in corners)


def test_the_tables_of_an_area_add_up_to_it(
    history: NightHistory, rows: tuple[AreaRow, ...]
) -> None:
    hours = area_hours_frame(rows[0], start_hour=history.rule.start_hour)
    assert hours["Hour"].tolist()[0] == "18:00"
    assert hours.drop(columns="Hour").to_numpy().sum() == pytest.approx(rows[0].kinds.total, abs=1)
    places = places_frame(rows[0])
    assert (places["Incidents"] >= 3).all()
    assert places["Incidents"].sum() <= rows[0].kinds.total


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (None, "not covered"),
        (RateRatio(math.nan, math.nan, math.nan), "none then or now"),
        (RateRatio(math.inf, 2.0, math.inf), "▲ none before"),
        (RateRatio(1.2, 1.1, 1.3), "▲ 20%"),
        (RateRatio(0.8, 0.7, 1.1), "▼ 20% (may be chance)"),
        (RateRatio(0.998, 0.9, 1.1), "= 0% (may be chance)"),
    ],
)
def test_a_change_is_an_arrow_and_words(ratio: RateRatio | None, words: str) -> None:
    assert change_description(ratio) == words
