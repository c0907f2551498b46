"""Cameras of a store: shares against brute force, sites tested on later months, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.exports.cameras import cameras_json, cover_csv, sites_csv, sites_label
from data.layers.place_groups import place_groups
from data.layers.streets import streets_in_use
from data.services.nearby import camera_cover_of, camera_sites_of
from models.calendar.periods import Period
from models.hotspots.aoristic import aoristic_week_of
from models.hotspots.study_area import in_study_area
from models.incidents.camera_sites import CameraSitesError, camera_sites
from models.incidents.cameras import SightDistanceError, camera_cover
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.settings import Settings
    from models.hotspots.inputs import Incidents
    from models.incidents.filters import IncidentFilter


@pytest.fixture(scope="module")
def asked(demo_store: Store) -> IncidentFilter:
    shown = demo_store.default_filter()
    return replace(shown, categories=("robbery", "theft_person"), comparison="none")


def of_wards(store: Store, asked: IncidentFilter) -> Incidents:
    selection = store.select(asked)
    area = store.area(selection.ward_codes, sources=asked.sources)
    return selection.incidents.take(in_study_area(selection.incidents, area))


def cameras_of(store: Store) -> np.ndarray:
    group = next(each for each in place_groups(store.settings) if each.key == "camera")
    return shapely.get_coordinates(group.shapes)


def distances(incidents: Incidents, places: np.ndarray) -> np.ndarray:
    at = np.column_stack((incidents.easting, incidents.northing))
    return np.hypot(*(at[:, None, :] - places[None, :, :]).T).min(axis=0)


def test_shares_are_those_of_every_distance_worked_out(
    demo_store: Store, asked: IncidentFilter
) -> None:
    cover = camera_cover_of(demo_store, asked, sight_m=50.0)
    incidents = of_wards(demo_store, asked)
    near = distances(incidents, cameras_of(demo_store)) <= 50.0
    assert cover.all is not None
    assert cover.all.incidents == len(incidents)
    assert cover.all.within == pytest.approx(near.sum(), abs=2)  # the circle is a polygon
    assert cover.all.share.low < cover.all.share.value < cover.all.share.high
    assert sum(each.incidents for each in cover.kinds) == len(incidents)
    hours = aoristic_week_of(incidents).matrix.sum(axis=0)
    parts = [hours[at : at + 6].sum() for at in range(0, 24, 6)]
    assert [each.incidents for each in cover.hours] == pytest.approx(parts)
    timed = incidents.take(near)
    assert sum(each.within for each in cover.hours) == pytest.approx(
        aoristic_week_of(timed).timed, abs=2
    )


def test_sites_are_on_streets_see_what_they_say_and_were_chosen_before_what_they_are_tested_on(
    demo_store: Store, asked: IncidentFilter
) -> None:
    sites = camera_sites_of(demo_store, asked, new=4, sight_m=50.0)
    network = streets_in_use(demo_store.settings)
    assert network is not None
    assert sites.cover.proven
    assert len(sites.sites) == 4
    incidents = of_wards(demo_store, asked)
    unseen = incidents.take(distances(incidents, cameras_of(demo_store)) > 50.0)
    # The period is twelve months; the newest four are held back.
    assert sites.held_back == date(2026, 7, 1)
    cut = int(np.datetime64(sites.held_back, "m").astype(np.int64))
    older = unseen.take(unseen.starts_minute < cut)
    later = unseen.take(unseen.starts_minute >= cut)
    at = np.array([(each.easting, each.northing) for each in sites.sites])
    for site in at:
        assert np.hypot(*(network.node_xy - site).T).min() < 1e-6
        near = distances(older, site[None, :]) <= 50.0
        assert near.sum() >= 10
        there = np.column_stack((older.easting, older.northing))[near]
        assert len(np.unique(there, axis=0)) >= 3
    assert sites.cover.covered == pytest.approx((distances(older, at) <= 50.0).sum(), abs=2)
    share = (distances(later, at) <= 50.0).mean()
    assert sites.later.value == pytest.approx(share, abs=2 / len(later))
    assert sum(each.later for each in sites.sites) == round(
        sites.later.value * sites.later_uncovered
    )
    assert sites.later.low > 3 * sites.later_by_chance


def test_what_happens_in_the_months_held_back_changes_no_site(
    demo_store: Store, asked: IncidentFilter
) -> None:
    whole = camera_sites_of(demo_store, asked, new=3)
    snapshot = demo_store.snapshot
    cut = int(np.datetime64(whole.held_back, "m").astype(np.int64))
    moved = snapshot.incidents.easting.copy()
    newer = (snapshot.incidents.starts_minute >= cut) & np.isfinite(moved)
    moved[newer] = np.random.default_rng(1).permutation(moved[newer])
    other = replace(snapshot, incidents=replace(snapshot.incidents, easting=moved))
    again = camera_sites_of(replace(demo_store, snapshot=other), asked, new=3)
    chosen = [[(s.easting, s.northing, s.chosen_on) for s in each.sites] for each in (whole, again)]
    assert chosen[0] == chosen[1]
    assert whole.later != again.later


def test_without_streets_sites_lie_on_a_grid(demo_store: Store, asked: IncidentFilter) -> None:
    sites = camera_sites(demo_store, asked, cameras=None, streets=None, new=2)
    assert {(each.easting % 50, each.northing % 50) for each in sites.sites} == {(25.0, 25.0)}
    assert {each.street for each in sites.sites} == {""}


def test_map_points_ranges_and_short_periods_are_refused(
    demo_store: Store, asked: IncidentFilter
) -> None:
    snapshot = demo_store.snapshot
    snapped = replace(snapshot.incidents, snapped=np.ones(len(snapshot), dtype=np.bool_))
    store = replace(demo_store, snapshot=replace(snapshot, incidents=snapped))
    assert "anonymised map points" in camera_cover_of(store, asked).refused
    with pytest.raises(CameraSitesError, match="anonymised map points"):
        camera_sites_of(store, asked, new=2)
    with pytest.raises(SightDistanceError, match="Choose 10 to 200 m"):
        camera_cover_of(demo_store, asked, sight_m=500)
    with pytest.raises(CameraSitesError, match="Choose 1 to 20"):
        camera_sites_of(demo_store, asked, new=21)
    short = replace(asked, period=Period(date(2026, 9, 1), date(2026, 10, 31)))
    with pytest.raises(CameraSitesError, match="2 months"):
        camera_sites_of(demo_store, short, new=2)
    none = camera_cover(demo_store, asked, cameras=None)
    assert "No camera is loaded" in none.refused
    rare = replace(asked, categories=("weapons",))
    empty = camera_sites(demo_store, rare, cameras=None, streets=None, new=2, sight_m=10.0)
    assert empty.sites == ()
    assert "No crossing has 10 incidents" in sites_label(empty)
    assert json.loads(cameras_json(demo_store, none, empty))["new"]["sites"] == []


def test_files_and_the_command_say_the_same(
    demo_store: Store, demo_settings: Settings, asked: IncidentFilter
) -> None:
    cover = camera_cover_of(demo_store, asked)
    sites = camera_sites_of(demo_store, asked, new=2)
    table = cover_csv(demo_store, cover).decode("utf-8-sig").splitlines()
    assert len(table) == 1 + 1 + len(cover.kinds) + len(cover.hours)
    assert len(sites_csv(demo_store, sites).decode("utf-8-sig").splitlines()) == 3
    done = hotspots(
        "cameras", "--new", "2", "--category", "robbery,theft_person", store=demo_settings.store
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["new"]["proven_best"] is True
    assert told["new"] == json.loads(cameras_json(demo_store, cover, sites))["new"]
    assert "Surveillance Camera Code of Practice" in told["warning"]
