"""Names from the ground on the demo: kept while the layers stand, and the same wherever shown."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.exports.features import to_geojson
from data.exports.hotspots import export_meta
from data.exports.labels import place_label
from data.exports.near_repeat import place_rows
from data.exports.spreadsheet import to_csv
from data.layers.gazetteer import gazetteer_in_use
from data.layers.places import loaded_place, remove_places
from data.services.detection import detect
from models.hotspots.methods import METHODS
from models.hotspots.naming import named_hotspots
from models.incidents.near_repeat import near_repeat, near_repeat_filter, places_at_risk
from models.incidents.runs import runs_in_fortnight
from models.plans.planning import plan_basis
from tests.incident_rows import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings


def distinct(names: list[str]) -> bool:
    return len({name.casefold() for name in names}) == len(names) and all(names)


@pytest.mark.parametrize("method", ["kde", "dbscan", "gi_star"])
def test_no_two_hotspots_of_a_list_read_alike(demo_store: Store, method: str) -> None:
    found = detect(demo_store, demo_store.default_filter(), method=METHODS[method].defaults)
    again = detect(demo_store, demo_store.default_filter(), method=METHODS[method].defaults)
    names = found.hotspots.frame["near"].tolist()
    assert len(names) > 3
    assert distinct(names)
    assert again.hotspots.frame["near"].tolist() == names


def test_a_hotspot_has_one_name_on_screen_in_files_and_in_a_plan(demo_store: Store) -> None:
    found = detect(demo_store, demo_store.default_filter())
    frame = found.hotspots.frame
    names = dict(zip(frame["hotspot_id"], frame["near"], strict=True))
    meta = export_meta(demo_store, found, method=METHODS["kde"].defaults, now=NOW)
    features = json.loads(to_geojson(found.hotspots, meta=meta))["features"]
    assert {
        each["properties"]["hotspot_id"]: each["properties"]["near"] for each in features
    } == names
    rows = csv.DictReader(io.StringIO(to_csv(found.hotspots, meta=meta).decode("utf-8-sig")))
    assert {row["hotspot_id"]: row["near"] for row in rows} == names
    candidates = plan_basis(found).candidates
    assert {each.hotspot_id: each.near for each in candidates} == names
    for row, candidate in zip(frame.itertuples(), candidates, strict=True):
        assert place_label(row) == candidate.where
        assert place_label(row).startswith(row.near)


def test_the_demos_market_and_stations_are_in_its_names(demo_store: Store) -> None:
    """The demo plants its hotspots there: Canary Wharf, Bethnal Green, Hackney Wick."""
    names = detect(demo_store, demo_store.default_filter()).hotspots.frame["near"].tolist()
    for station in ("Canary Wharf", "Bethnal Green", "Hackney Wick"):
        assert any(f"{station} station" in name for name in names), station


def test_runs_and_places_to_follow_up_have_names(demo_store: Store) -> None:
    chosen = demo_store.default_filter()
    runs = runs_in_fortnight(demo_store, chosen, category="asb").runs
    assert len(runs) > 3
    assert distinct([each.near for each in runs])
    wide = near_repeat_filter(chosen, at_least_a_year=True)
    listed = places_at_risk(demo_store, near_repeat(demo_store, wide))
    assert listed
    named = {(each.easting, each.northing): each.near for each in listed}
    assert distinct(list(named.values()))
    assert all(named[each.easting, each.northing] == each.near for each in listed)
    assert [row["near"] for row in place_rows(listed)] == [each.near for each in listed]


def test_names_follow_the_layers_that_are_loaded(demo_store: Store, tmp_path: Path) -> None:
    settings: Settings = demo_store.settings
    assert gazetteer_in_use(settings) is gazetteer_in_use(settings)
    shutil.copytree(settings.places_path, tmp_path / settings.places_path.name)
    bare = settings.model_copy(update={"store": tmp_path})
    store = replace(demo_store, settings=bare)
    before = detect(store, store.default_filter()).hotspots.frame["near"].tolist()
    for kind in ("street", "station", "park", "town_centre", "hospital", "school"):
        about = loaded_place(bare, kind)
        assert about is not None, kind
        assert remove_places(bare, kind, loaded_by=about.loaded_by)
    assert gazetteer_in_use(bare).empty
    after = detect(store, store.default_filter()).hotspots.frame
    assert distinct(after["near"].tolist())
    assert after["near"].tolist() != before
    streets = [each.removeprefix("Near ") for each in store.snapshot.placed.streets]
    said = [*streets, *store.snapshot.ward_names]  # all that is left
    assert all(any(text in name for text in said) for name in after["near"])


def test_no_street_is_claimed_where_incidents_are_snapped_or_share_their_points(
    demo_store: Store,
) -> None:
    found = detect(demo_store, demo_store.default_filter(), method=METHODS["dbscan"].defaults)
    assert not all(name.startswith("around ") for name in found.hotspots.frame["near"])
    exact = found.selection.incidents
    snapped = replace(exact, snapped=np.ones(len(exact), dtype=bool))
    corner = 100.0  # all of a square at its corner, as if placed by map point
    shared = replace(
        exact,
        easting=np.round(exact.easting / corner) * corner,
        northing=np.round(exact.northing / corner) * corner,
    )
    for incidents in (snapped, shared):
        named = named_hotspots(
            found.hotspots, incidents, area=found.area, gazetteer=demo_store.gazetteer
        )
        assert distinct(named.frame["near"].tolist())
        assert all(name.startswith("around ") for name in named.frame["near"])
