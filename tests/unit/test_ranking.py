"""Counted, compared, put in order and explained: the one shape, on hand-worked incidents."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from models.hotspots.method_result import MethodResult
from models.hotspots.ranking import Against, describe
from models.hotspots.reasons import shared_place_share
from models.hotspots.shape import HOTSPOT_COLUMNS, WardShare
from models.hotspots.study_area import ward_totals
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.shape import Hotspots

FRIDAY_22 = 4 * 24 + 22


def square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(WEST + x, SOUTH + y, WEST + x + side, SOUTH + y + side)


def ranked(
    polygons: Sequence[shapely.Polygon],
    incidents: Incidents,
    *,
    area: StudyArea | None = None,
    least: int = 1,
    against: Against | None = None,
) -> Hotspots:
    found = MethodResult(polygons=tuple(polygons), explanation="By hand.", least_incidents=least)
    area = square_area() if area is None else area
    return describe(found, incidents, area=area, method="hand", letter="H", against=against)


@pytest.fixture
def by_hand() -> Incidents:
    """Forty incidents: 20 in the first square, 12 in the second across two wards, 8 elsewhere."""
    first = [(1050.0, 1050.0)] * 10 + [(1010.0 + 5 * i, 1080.0) for i in range(10)]
    second = [(1950.0 + 8 * i, 3050.0) for i in range(12)]
    elsewhere = [(100.0 + 200 * i, 3900.0) for i in range(8)]
    easting, northing = (np.array(first + second + elsewhere) + CORNER).T
    hours = [FRIDAY_22] * 15 + [3] * 5 + [-1] * 20
    harm = [2.5] * 4 + [math.nan] * 36
    street = [1] * 12 + [0] * 8 + [-1] * 12 + [0] * 8
    return incidents_at(
        easting,
        northing,
        ward=ward_of(easting, northing),
        hour_of_week=np.array(hours, dtype=np.int16),
        harm=np.array(harm, dtype=np.float32),
        street=np.array(street, dtype=np.int32),
        streets=("Bow Road", "Brick Lane"),
    )


def test_figures_of_each_hotspot_are_those_worked_by_hand(by_hand: Incidents) -> None:
    result = ranked([square(1900, 3000, 200), square(1000, 1000, 100)], by_hand)
    assert tuple(result.frame.columns) == HOTSPOT_COLUMNS
    assert result.frame.crs == "EPSG:27700"
    assert (result.incidents, result.area_km2) == (40, 16.0)
    first, second = result.frame.to_dict("records")
    assert (first["rank"], first["incidents"], first["hotspot_id"]) == (1, 20, "H-5340-1820")
    assert (second["rank"], second["incidents"], second["hotspot_id"]) == (2, 12, "H-5350-1841")
    assert first["area_km2"] == pytest.approx(0.01)
    assert first["share_of_incidents"] == 0.5
    assert first["share_of_area"] == pytest.approx(0.01 / 16)
    assert first["pai"] == pytest.approx(800.0)
    assert (first["harm"], first["harm_known"]) == (10.0, 4)
    assert math.isnan(second["harm"])
    assert second["harm_known"] == 0
    assert (first["harm_rank"], second["harm_rank"]) == (1, 0)
    assert (first["near"], second["near"]) == ("around Brick Lane", "")
    assert first["top_place_share"] == 0.5
    assert second["top_place_share"] == pytest.approx(1 / 12)
    assert (first["timed_incidents"], second["timed_incidents"]) == (20, 0)
    assert str(first["peak_window"]).startswith("Fri ")
    assert first["peak_share"] == 0.75
    assert (second["peak_window"], math.isnan(second["peak_share"])) == (None, True)
    assert math.isnan(first["expected"])


def test_intervals_count_in_the_busiest_window_by_the_hours_they_cover(by_hand: Incidents) -> None:
    friday_20 = 24 * 60 + 20 * 60  # 2 January 1970
    spread = replace(
        by_hand,
        starts_minute=np.full(40, friday_20),
        hour_of_week=np.full(40, -1, dtype=np.int16),
        ends_minute=np.array([friday_20 + 240] * 18 + [-1] * 22),
    )
    row = ranked([square(1000, 1000, 100)], spread).frame.iloc[0]
    assert row["timed_incidents"] == 18
    assert (str(row["peak_window"]), row["peak_share"]) == ("Fri 20:00–00:00", pytest.approx(1.0))
    assert any("100 % of the 18 with a known time" in reason for reason in row["reasons"])


def test_shares_by_ward_come_largest_first_and_add_up(by_hand: Incidents) -> None:
    frame = ranked([square(1900, 3000, 200)], by_hand).frame
    # Seven of the twelve lie west of 2,000 m, the border of wards 2 and 3.
    assert (
        frame["wards"].iloc[0]
        == (
            WardShare("E05000003", "Ward 3", 5 / 12),
            WardShare("E05000002", "Ward 2", 7 / 12),
        )[::-1]
    )


def test_without_a_comparison_nothing_is_said_of_change(by_hand: Incidents) -> None:
    result = ranked([square(1000, 1000, 100)], by_hand)
    row = result.frame.iloc[0]
    assert result.comparison_incidents is None
    assert row["comparison_incidents"] == -1
    assert row[["change", "change_low", "change_high"]].isna().all()
    assert not any("last year" in reason for reason in row["reasons"])


def test_change_is_per_day_with_its_interval_and_in_words(by_hand: Incidents) -> None:
    before = by_hand.take(np.arange(10))
    against = Against(before, days=30, days_before=60, label="the same period last year")
    result = ranked([square(1000, 1000, 100), square(1900, 3000, 200)], by_hand, against=against)
    first, second = result.frame.to_dict("records")
    assert result.comparison_incidents == 10
    assert (first["comparison_incidents"], second["comparison_incidents"]) == (10, 0)
    assert first["change"] == 3.0  # 20 in 30 days against 10 in 60: four times the rate
    assert 0 < first["change_low"] < 3 < first["change_high"]
    assert first["reasons"][1].startswith(
        "allowing for the choice of place, up 300 % on the same period last year (10 then; 95 %"
    )
    assert second["change"] == math.inf
    assert second["change_high"] == math.inf
    assert second["reasons"][1] == "new: none here in the same period last year"
    assert "does not prove a cause" in result.notes[-1]


def test_reasons_are_plain_words(by_hand: Incidents) -> None:
    reasons = ranked([square(1000, 1000, 100)], by_hand).frame["reasons"].iloc[0]
    assert reasons == (
        "20 incidents, 50 % of all in the chosen wards, on under 0.1 % of their area "
        "(800 times the average density)",
        "75 % of incidents fall in Fri 19:00–23:00",
        "50 % on one spot",
        "no street or address is claimed: 50 % of its incidents share their exact place with "
        "another",
    )


def test_a_change_that_may_be_chance_says_so(by_hand: Incidents) -> None:
    against = Against(by_hand.take(np.arange(18)), days=1, days_before=1, label="May")
    reason = ranked([square(1000, 1000, 100)], by_hand, against=against).frame["reasons"].iloc[0][1]
    assert reason.startswith(
        "allowing for the choice of place, up 11 % on May, which may be chance (18 then; 95 % "
        "interval −"
    )


def test_incidents_of_other_wards_and_the_buffer_are_never_counted(by_hand: Incidents) -> None:
    across = square(1900, 3000, 200)
    result = ranked([across], by_hand, area=square_area(chosen=[2]))
    row = result.frame.iloc[0]
    assert result.incidents == 15  # 7 of the 12, and the 8 elsewhere
    assert row["incidents"] == 7
    assert [share.code for share in row["wards"]] == ["E05000002"]
    in_no_ward = replace(by_hand, ward=np.full(40, -1, dtype=np.int16))
    assert ranked([across], in_no_ward).frame.empty


def test_ties_go_by_density_then_by_place_and_the_order_of_rows_changes_nothing() -> None:
    spots = [(500.0, 500.0), (900.0, 500.0), (500.0, 900.0)]
    easting, northing = (np.repeat(np.array(spots), 5, axis=0) + CORNER).T
    polygons = [square(480, 480, 60), square(880, 480, 40), square(480, 880, 40)]
    incidents = incidents_at(easting, northing)
    one = ranked(polygons, incidents).frame
    assert one["hotspot_id"].tolist() == ["H-5335-1819", "H-5339-1815", "H-5335-1815"]
    order = np.random.default_rng(1).permutation(15)
    other = ranked(polygons[::-1], incidents.take(order)).frame
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


def test_two_hotspots_in_one_square_have_different_ids() -> None:
    incidents = incidents_at([WEST + 10.0] * 3 + [WEST + 80.0] * 2, [SOUTH + 50.0] * 5)
    frame = ranked([square(60, 30, 39), square(0, 30, 39)], incidents).frame
    assert frame["hotspot_id"].tolist() == ["H-5330-1810", "H-5330-1810-2"]


def test_an_id_names_a_place_inside_even_where_the_centre_is_outside() -> None:
    horseshoe = square(0, 0, 900).difference(square(100, 100, 900))
    incidents = incidents_at([WEST + 50.0] * 3, [SOUTH + 50.0] * 3)
    name = ranked([horseshoe], incidents).frame["hotspot_id"].iloc[0]
    east, north = (int(part) * 100 for part in name.split("-")[1:])
    assert horseshoe.intersection(shapely.box(east, north, east + 100, north + 100)).area > 0


def test_outlines_with_too_few_incidents_are_left_out_aloud(by_hand: Incidents) -> None:
    polygons = [square(1000, 1000, 100), square(90, 3890, 20)]
    result = ranked(polygons, by_hand, least=3)
    assert len(result.frame) == 1
    assert "1 outline with fewer than 3 incidents was left out." in result.notes


def test_no_hotspots_still_have_the_one_shape() -> None:
    result = ranked([], incidents_at([], []))
    assert tuple(result.frame.columns) == HOTSPOT_COLUMNS
    assert len(result.frame) == 0
    assert result.frame.crs == "EPSG:27700"
    assert result.frame["incidents"].dtype == "int64"
    assert result.frame["change"].dtype == "float64"
    assert result.notes == (
        "There are no incidents in the chosen wards for this filter, so no hotspots. Choose a "
        "longer period, more categories, all hours or more wards.",
    )


def test_small_numbers_are_said_and_sixty_are_not_small(by_hand: Incidents) -> None:
    assert any(note.startswith("Only 40 incidents") for note in ranked([], by_hand).notes)
    sixty = incidents_at(WEST + np.arange(60.0), SOUTH + np.arange(60.0))
    assert not any(note.startswith("Only") for note in ranked([], sixty).notes)


def test_snapped_points_and_missing_hours_are_said(by_hand: Incidents) -> None:
    snapped = replace(by_hand, snapped=np.arange(40) < 13)
    notes = ranked([square(1000, 1000, 100)], snapped).notes
    assert any(
        "32 % of the incidents are placed on anonymised map points" in note for note in notes
    )
    assert any("50 % of the incidents have no known hour" in note for note in notes)
    row = ranked([square(1000, 1000, 100)], snapped).frame.iloc[0]
    assert row["snapped_share"] == 13 / 20
    assert row["reasons"][-2:] == (
        "50 % on one map point",
        "no street or address is claimed: 65 % of its incidents lie on anonymised map points",
    )


def test_shared_places_are_said_even_when_no_source_calls_them_snapped(by_hand: Incidents) -> None:
    piled = by_hand.take(np.arange(20))
    assert shared_place_share(piled.easting, piled.northing) == 0.5
    assert any("share their exact place" in note for note in ranked([], piled).notes)
    assert not any("share their exact place" in note for note in ranked([], by_hand).notes)
    assert shared_place_share(np.zeros(0), np.zeros(0)) == 0.0


@given(
    st.lists(st.tuples(st.floats(-500, 4500), st.floats(-500, 4500)), min_size=1, max_size=60),
    st.sets(st.integers(0, 3), min_size=1),
)
@settings(max_examples=60, deadline=None)
def test_counts_are_conserved(points: list[tuple[float, float]], chosen: set[int]) -> None:
    easting, northing = (np.array(points) + CORNER).T
    incidents = incidents_at(easting, northing, ward=ward_of(easting, northing))
    area = square_area(chosen=sorted(chosen))
    totals = ward_totals(incidents, area)
    assert totals.incidents.sum() + totals.outside == len(incidents)
    # Squares that tile the chosen wards hold all of their incidents, each once.
    tiles = [square(x, y, 500) for x in range(0, 4000, 500) for y in range(0, 4000, 500)]
    tiles = [tile for tile in tiles if area.land.contains(tile.centroid)]
    result = ranked(tiles, incidents, area=area)
    assert result.incidents == totals.in_study_area
    assert result.frame["incidents"].sum() == totals.in_study_area
    for shares in result.frame["wards"]:
        assert sum(share.share for share in shares) == pytest.approx(1.0)
        assert all(int(share.code[-1]) in chosen for share in shares)


def test_an_id_names_the_square_of_the_centre_where_that_lies_inside() -> None:
    """An L whose centre is inside has a surely inner point elsewhere."""
    block = square(0, 0, 1000).difference(square(700, 700, 1000))
    assert block.centroid.within(block)
    incidents = incidents_at([WEST + 50.0] * 3, [SOUTH + 50.0] * 3)
    name = ranked([block], incidents).frame["hotspot_id"].iloc[0]
    assert name == "H-5334-1814"  # its centre lies 465 m east and north of the corner
