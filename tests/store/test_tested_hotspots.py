"""Hotspots that are tested against chance, on the demo: planted truth, words and files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely

from data.demo.truth import demo_truth
from data.services.detection import detect
from models.calendar.periods import Period
from models.hotspots.cells import TooLittleDataError
from models.hotspots.emerging import EmergingSettings
from models.hotspots.gi_star import GiStarSettings
from models.hotspots.methods import METHODS
from models.incidents.filters import HoursFilter, IncidentFilter
from models.incidents.view import read_view, view_query
from tests.store_cli import hotspots

if TYPE_CHECKING:
    import geopandas as gpd

    from data.incidents.store import Store
    from data.settings import Settings

EMERGING_AREA = next(place for place in demo_truth().places if place.kind == "emerging_nte")
YEAR = Period(date(2025, 11, 1), date(2026, 10, 31))
RISING = {"new", "consecutive", "intensifying"}
KINDS = ("asb", "violence", "theft_person", "robbery")


def at_the_planted_area(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    centre = shapely.Point(EMERGING_AREA.easting, EMERGING_AREA.northing)
    return frame[frame.geometry.contains(centre)]


@pytest.mark.parametrize("hours", [HoursFilter("nights"), HoursFilter("clock", 21, 4, (4, 5))])
@pytest.mark.parametrize("categories", [(), KINDS])
@pytest.mark.parametrize("all_wards", [False, True])
def test_the_planted_emerging_area_comes_out_as_growing(
    hours: HoursFilter, categories: tuple[str, ...], all_wards: bool, demo_store: Store
) -> None:
    wards = demo_store.snapshot.ward_codes if all_wards else ()
    chosen = IncidentFilter(period=YEAR, categories=categories, hours=hours, wards=wards)
    frame = detect(demo_store, chosen, method=EmergingSettings()).hotspots.frame
    (row,) = at_the_planted_area(frame).itertuples()
    assert row.hot_class in RISING
    assert row.p_value < 0.001
    # Cells of one class are one hotspot, and around the middle it began later.
    ground = shapely.Point(EMERGING_AREA.easting, EMERGING_AREA.northing).buffer(
        EMERGING_AREA.radius_m
    )
    here = frame[frame.geometry.intersects(ground) & frame["hot_class"].isin(RISING)]
    assert here["incidents"].sum() > 400


def test_before_it_was_planted_it_is_nothing(demo_store: Store) -> None:
    before = Period(date(2024, 8, 1), date(2025, 7, 31))
    chosen = IncidentFilter(period=before, hours=HoursFilter("nights"))
    frame = detect(demo_store, chosen, method=EmergingSettings()).hotspots.frame
    assert at_the_planted_area(frame).empty


def test_an_area_that_was_always_busy_is_persistent(demo_store: Store) -> None:
    brick_lane = next(place for place in demo_truth().places if "Brick Lane" in place.name)
    chosen = IncidentFilter(period=YEAR, hours=HoursFilter("nights"))
    frame = detect(demo_store, chosen, method=EmergingSettings()).hotspots.frame
    centre = shapely.Point(brick_lane.easting, brick_lane.northing)
    assert frame[frame.geometry.contains(centre)]["hot_class"].tolist() == ["persistent"]


@pytest.mark.parametrize("method", [GiStarSettings(), EmergingSettings()])
def test_each_hotspot_has_a_class_of_the_legend_and_its_figures(
    method: GiStarSettings | EmergingSettings, demo_store: Store
) -> None:
    chosen = replace(demo_store.default_filter(), categories=("violence",))
    frame = detect(demo_store, chosen, method=method).hotspots.frame
    names = {each.name for each in METHODS["gi_star"].classes + METHODS["emerging"].classes}
    assert len(frame) > 3
    assert set(frame["hot_class"]) <= names
    assert frame["p_value"].between(0, 1).all()
    assert frame["incidents"].min() >= 3


@pytest.mark.parametrize("method", [GiStarSettings(confidence="99"), EmergingSettings(cell_m=200)])
def test_a_link_restores_the_method(
    method: GiStarSettings | EmergingSettings, demo_store: Store
) -> None:
    query = view_query(demo_store.default_filter(), method)
    read = read_view(query, dataset=demo_store)
    assert read.method == method
    assert not read.problems


def test_too_little_is_refused_before_anything_is_drawn(demo_store: Store) -> None:
    one_day = Period(date(2026, 10, 5), date(2026, 10, 5))
    chosen = IncidentFilter(period=one_day, categories=("weapons",))
    with pytest.raises(TooLittleDataError, match="at least 60"):
        detect(demo_store, chosen, method=GiStarSettings())
    week = Period(date(2026, 10, 5), date(2026, 10, 11))
    with pytest.raises(TooLittleDataError, match="7 days in the period, and it needs at least 10"):
        detect(demo_store, IncidentFilter(period=week), method=EmergingSettings())


@pytest.mark.parametrize("name", ["gi_star", "emerging"])
def test_the_command_line_writes_class_z_and_p(name: str, demo_settings: Settings) -> None:
    span = ("--from", f"{YEAR.first}", "--to", f"{YEAR.last}", "--category", "violence")
    done = hotspots("detect", "--method", name, *span, store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    written = json.loads(done.stdout)
    assert written["metadata"]["method"] == name
    properties = written["features"][0]["properties"]
    assert properties["hot_class"]
    assert isinstance(properties["z"], float)
    assert 0 <= properties["p_value"] <= 1


def test_the_command_line_says_why_it_refuses(demo_settings: Settings) -> None:
    span = ("--from", "2026-10-05", "--to", "2026-10-05", "--category", "weapons")
    done = hotspots("detect", "--method", "gi_star", *span, store=demo_settings.store)
    assert done.returncode == 1
    assert "Too little data for this method" in done.stderr
    assert "Traceback" not in done.stderr
