"""From the demo's incidents to hotspots: planted truth found again, and counts that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.demo.rates import streams
from data.demo.truth import PlantedPlace, demo_truth
from data.services.detection import detect
from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.risk_surface import MissingBaseError, RelativeRiskSettings
from models.incidents.detection import UnknownHotspotError, detail
from models.incidents.filters import HoursFilter, IncidentFilter
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings

PLACES = demo_truth().places
METHODS = (KdeSettings(), DbscanSettings())


def planted_filter(place: PlantedPlace, store: Store) -> IncidentFilter:
    """What an officer who knew the problem would choose: its kinds, its hours, its last year."""
    category = {stream.key: stream.category for stream in streams()}
    last = max(phase.last for phase in place.phases)
    first = max(min(phase.first for phase in place.phases), date(last.year - 1, last.month, 1))
    return IncidentFilter(
        period=Period(first, last),
        categories=tuple({category[key] for key in place.offences}),
        hours=HoursFilter("clock", place.start_hour, (place.end_hour - 1) % 24 + 1, place.days),
        wards=store.snapshot.ward_codes,
    )


@pytest.mark.parametrize("method", METHODS, ids=("kde", "dbscan"))
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.place_id)
def test_each_planted_place_is_among_the_hotspots_of_its_kind_and_hours(
    place: PlantedPlace, method: MethodSettings, demo_store: Store
) -> None:
    found = detect(demo_store, planted_filter(place, demo_store), method=method).hotspots.frame
    circle = shapely.Point(place.easting, place.northing).buffer(place.radius_m)
    assert shapely.intersects(found.geometry.to_numpy(), circle).any()


@pytest.mark.parametrize("method", METHODS, ids=("kde", "dbscan"))
def test_wards_and_outside_add_up_to_the_filtered_count(
    method: MethodSettings, demo_store: Store
) -> None:
    chosen = replace(demo_store.default_filter(), categories=("asb", "violence"))
    picture = detect(demo_store, chosen, method=method)
    totals = picture.totals
    now = picture.selection.now
    assert totals.incidents.sum() + totals.outside == len(now.all_incidents)
    assert totals.in_study_area == now.in_wards == picture.hotspots.incidents + now.sensitive
    assert now.sensitive > 0  # some of the demo's violence is domestic or sexual
    assert 0 < picture.hotspots.frame["incidents"].sum() <= picture.hotspots.incidents


def test_a_card_counts_the_same_incidents_in_kinds_hours_and_months(demo_store: Store) -> None:
    month = Period(date(2026, 10, 1), date(2026, 10, 31))
    picture = detect(demo_store, IncidentFilter(period=month))
    for row in picture.hotspots.frame.itertuples():
        shown = detail(demo_store, picture, hotspot_id=row.hotspot_id)
        assert sum(count for _, count in shown.categories) == row.incidents
        assert shown.week.timed + shown.week.untimed == row.incidents
        assert shown.week.weights.sum() == pytest.approx(shown.week.timed)
        assert shown.counts[-1] == row.incidents
        assert shown.year_before[-1] == row.comparison_incidents
        assert shown.months[-1] == month.first
        assert all(shown.known)


def test_a_card_says_which_months_the_data_do_not_cover(demo_store: Store) -> None:
    first_year = Period(date(2024, 4, 1), date(2024, 4, 30))
    picture = detect(demo_store, IncidentFilter(period=first_year))
    shown = detail(demo_store, picture, hotspot_id=picture.hotspots.frame["hotspot_id"].iloc[0])
    # The demo begins in November 2023.
    assert shown.known == (False,) * 6 + (True,) * 6
    assert shown.known_before == (False,) * 12
    assert any("is not covered" in note for note in picture.notes)


def test_a_hotspot_that_is_not_there_is_named(demo_store: Store) -> None:
    picture = detect(demo_store, demo_store.default_filter())
    with pytest.raises(UnknownHotspotError, match="K-0000-0000"):
        detail(demo_store, picture, hotspot_id="K-0000-0000")


def test_the_neighbour_shapes_the_edge_and_is_never_counted(demo_store: Store) -> None:
    chosen = demo_store.default_filter()
    picture = detect(demo_store, chosen)
    home = {
        code
        for code, borough in zip(
            demo_store.wards.codes, demo_store.wards.borough_codes, strict=True
        )
        if borough == demo_store.settings.borough_code
    }
    assert picture.selection.now.in_other_wards > 0
    for wards in picture.hotspots.frame["wards"]:
        assert {ward.code for ward in wards} <= home
    surface = picture.hotspots.surface
    assert surface is not None
    x, y = np.meshgrid(*surface.grid.centres())
    on_land = shapely.contains_xy(picture.area.land, x, y)
    assert np.isnan(surface.per_km2[~on_land]).mean() > 0.95


def test_the_demo_says_that_it_is_simulated_and_has_every_category(demo_store: Store) -> None:
    assert demo_store.simulated
    assert set(np.unique(demo_store.snapshot.incidents.category)) == set(range(len(CATEGORIES)))


def test_risk_is_compared_with_all_incidents_or_with_the_comparison_period(
    demo_store: Store,
) -> None:
    year = Period(date(2025, 11, 1), date(2026, 10, 31))
    chosen = replace(demo_store.default_filter(), period=year, categories=("violence",))
    against_all = detect(demo_store, chosen, method=RelativeRiskSettings())
    row = against_all.hotspots.frame.iloc[0]
    assert "where all incidents lead one to expect" in " ".join(row["reasons"])
    assert any("left blank" in note for note in against_all.notes)
    before = detect(demo_store, chosen, method=RelativeRiskSettings(base="before"))
    assert "the incidents of 1 Nov 2024 to 31 Oct 2025" in before.hotspots.explanation
    alone = replace(chosen, comparison="none")
    with pytest.raises(MissingBaseError, match="No base, so there is nothing"):
        detect(demo_store, alone, method=RelativeRiskSettings(base="before"))
