"""Incidents near places of a store: against brute force, refused on map points, in every file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.exports.assessment_hotspots import each_hotspot
from data.exports.hotspots import export
from data.exports.near_places import (
    here_label,
    here_rows,
    near_csv,
    near_frame,
    near_json,
    ratio_label,
)
from data.layers.place_groups import place_groups, places_at
from data.layers.places import places_path, save_places
from data.services.detection import detect
from data.services.nearby import near_places_of
from models.hotspots.kde import KdeSettings
from models.hotspots.study_area import in_study_area
from models.incidents.near_places import (
    NEAR_IS_NOT_BECAUSE,
    NOT_BECAUSE,
    NearDistanceError,
    NearKind,
    near_places,
)
from models.statistics.rates import RateRatio
from tests.made_places import made_layer
from tests.moment import NOW
from tests.quiet_flat import opened, quiet_flat
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings


def test_counts_are_those_of_every_distance_worked_out(demo_store: Store) -> None:
    shown = demo_store.default_filter()
    asked = replace(shown, categories=("robbery",), comparison="none")
    found = near_places_of(demo_store, asked, near_m=100.0)
    selection = demo_store.select(asked)
    area = demo_store.area(selection.ward_codes, sources=asked.sources)
    inside = selection.incidents.take(in_study_area(selection.incidents, area))
    at = np.column_stack((inside.easting, inside.northing))
    groups = {each.key: each for each in place_groups(demo_store.settings)}
    counted = 0
    for kind in found.kinds:
        if kind.key not in ("station", "school", "camera", "premises"):
            continue
        places = shapely.get_coordinates(groups[kind.key].shapes)
        distance = np.hypot(*(at[:, None, :] - places[None, :, :]).T).min(axis=0)
        sure = np.abs(distance - 100.0) > 0.3  # the circle is a polygon of 64 corners
        near, unsure = int((distance[sure] <= 100.0).sum()), int((~sure).sum())
        assert near <= kind.near <= near + unsure
        assert kind.near + kind.elsewhere == len(inside) == found.incidents
        counted += 1
    assert counted == 4


def test_planted_robberies_gather_around_the_demos_schools(demo_store: Store) -> None:
    asked = replace(demo_store.default_filter(), categories=("robbery",), comparison="none")
    found = near_places_of(demo_store, asked)
    schools = next(each for each in found.kinds if each.key == "school")
    assert found.unit == "km of street"
    assert schools.ratio is not None
    assert schools.ratio.verdict == "up"


def test_without_streets_rates_are_for_land_without_water(demo_store: Store) -> None:
    asked = demo_store.default_filter()
    groups = place_groups(demo_store.settings)
    dry = near_places(demo_store, asked, groups=groups)
    wet = near_places(demo_store, asked, groups=tuple(g for g in groups if g.key != "water"))
    area = demo_store.area(dry.selection.ward_codes).land.area / 10_000
    assert dry.unit == wet.unit == "hectare"
    assert {each.key for each in dry.kinds} == {each.key for each in wet.kinds}
    total = [each.kinds[0].near_exposure + each.kinds[0].elsewhere_exposure for each in (dry, wet)]
    assert total[1] == pytest.approx(area, rel=1e-3)
    assert total[0] < total[1] - 10


def test_a_distance_out_of_range_is_refused(demo_store: Store) -> None:
    with pytest.raises(NearDistanceError, match=r"5000 m\. Choose 25 to 250 m"):
        near_places_of(demo_store, demo_store.default_filter(), near_m=5000)


def test_map_points_bear_no_distances(demo_store: Store) -> None:
    snapshot = demo_store.snapshot
    snapped = np.ones(len(snapshot), dtype=np.bool_)
    moved = replace(snapshot, incidents=replace(snapshot.incidents, snapped=snapped))
    found = near_places_of(replace(demo_store, snapshot=moved), demo_store.default_filter())
    assert found.kinds == ()
    assert "100% of these incidents lie on anonymised map points" in found.refused
    told = json.loads(near_json(demo_store, found))
    assert (told["kinds"], told["refused"]) == ([], found.refused)


def test_a_card_lists_what_is_here_with_the_rates_of_all_wards(demo_store: Store) -> None:
    asked = demo_store.default_filter()
    near = near_places_of(demo_store, asked)
    frame = detect(demo_store, asked).hotspots.frame
    rows: dict[str, str] = {}
    for shape in frame.geometry:
        rows |= here_rows(places_at(shape, demo_store.settings), near)
    assert "times elsewhere (" in rows["Licensed premises"]
    assert "Incidents near" not in rows["Streets"]
    table = near_frame(near)
    assert table["Incidents near"].add(table["Incidents elsewhere"]).eq(near.incidents).all()


def test_geojson_says_what_is_here_and_every_file_that_near_is_not_because(
    demo_store: Store,
) -> None:
    asked, method = demo_store.default_filter(), KdeSettings()
    detection = detect(demo_store, asked, method=method)
    written = export(demo_store, detection, method=method, now=NOW, ending=".geojson")
    features = json.loads(written)["features"]
    shapes = dict(
        zip(detection.hotspots.frame["hotspot_id"], detection.hotspots.frame.geometry, strict=True)
    )
    streets = {each.key: each for each in place_groups(demo_store.settings)}["station"]
    for feature in features:
        shape = shapes[feature["id"]]
        inside = sum(shape.intersects(each) for each in streets.shapes)
        listed = {each["kind"]: each for each in feature["properties"]["here"]}
        assert listed.get("station", {"inside": 0})["inside"] == inside
    near = near_places_of(demo_store, asked)
    assert near_csv(demo_store, near).decode("utf-8-sig").count(NOT_BECAUSE) == len(near.kinds)


def test_the_assessment_says_what_is_at_a_hotspot(demo_store: Store) -> None:
    detection = detect(demo_store, demo_store.default_filter())
    said = repr(list(each_hotspot(demo_store, detection, top=1)))
    (station,) = (
        each
        for each in places_at(detection.hotspots.frame.geometry.iloc[0], demo_store.settings)
        if each.key == "station"
    )
    assert "What is here" in said
    assert f"Stations: {here_label(station)}" in said
    assert NEAR_IS_NOT_BECAUSE in said


def test_the_command_gives_hotspots_and_kinds(demo_settings: Settings) -> None:
    done = hotspots("here", "--near", "50", store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["near_m"] == 50
    assert told["warning"] == NOT_BECAUSE
    assert {each["kind"] for each in told["kinds"]} >= {"station", "school", "camera", "premises"}
    assert [each["rank"] for each in told["hotspots"]] == sorted(
        each["rank"] for each in told["hotspots"]
    )
    assert any(each["places"] for each in told["hotspots"])


@pytest.mark.parametrize(
    ("low", "high", "label"),
    [
        (0.9, 2.94, "1.6 times elsewhere (0.90 to 2.9)"),
        (1.0, 12.3, "3.5 times elsewhere (1.0 to 12.3)"),
    ],
)
def test_a_ratio_is_said_as_times_elsewhere(low: float, high: float, label: str) -> None:
    ratio = RateRatio((low * high) ** 0.5, low, high)
    kind = NearKind("station", "Stations", 9, 20, 30, 1.0, 2.0, ratio)
    assert ratio_label(kind) == label


def test_a_damaged_layer_takes_no_hotspot_away(tmp_path: Path) -> None:
    settings = quiet_flat(tmp_path / "var")
    store = opened(settings)
    shape = detect(store, store.default_filter()).area.land
    station = made_layer("station", [("Station", "", shape.representative_point())])
    save_places(station, settings, now=NOW, person="A. Officer")
    assert [each.inside for each in places_at(shape, settings)] == [1]
    places_path(settings, "station").write_bytes(b"not a layer")
    assert places_at(shape, settings) == ()
