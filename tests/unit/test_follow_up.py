"""The list for cocooning: rings from the table, who is on it until when, and what never leaves."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from models.hotspots.follow_up import ROUNDING_M, FollowUp, Zone, follow_up, zones
from models.hotspots.near_repeat import KnoxTable, NearRepeatSettings
from tests.planted import incidents_at

EPOCH = date(1970, 1, 1)
ON = date(2026, 11, 1)
WARDS = ("Bow East", "Weavers")


def table_with(raised: list[list[int]], *, distance: str = "manhattan") -> KnoxTable:
    """A table whose bands of 0, 1, 100, 200 m and 0, 7, 14 days and more are raised as told."""
    out = np.pad(np.array(raised, dtype=bool), ((0, 1), (0, 1)))
    return KnoxTable(
        settings=NearRepeatSettings(
            space_edges_m=(0, 1, 100, 200, math.inf),
            time_edges_days=(0, 7, 14, math.inf),
            distance=distance,  # type: ignore[arg-type]
        ),
        incidents=1000,
        observed=np.where(out, 30, 10),
        expected=np.full(out.shape, 10.0),
        at_least=np.where(out, 0, 500),
    )


NEIGHBOURS = [[0, 0], [1, 0], [0, 0]]


def listed(
    table: KnoxTable,
    places: list[tuple[float, float]],
    days_ago: list[int],
    **columns: object,
) -> tuple[FollowUp, ...]:
    easting, northing = np.array(places, dtype=np.float64).T
    incidents = incidents_at(easting, northing, **columns)  # type: ignore[arg-type]
    today = (ON - EPOCH).days
    return follow_up(table, incidents, day=today - np.array(days_ago), on=ON, ward_names=WARDS)


def test_bands_that_last_equally_long_are_one_ring_and_the_same_place_is_its_own() -> None:
    rings = zones(table_with([[1, 1], [1, 0], [1, 0]]))
    assert rings == (
        Zone(low_m=0, high_m=1, days=14, observed=60, expected=20.0, p=0.001),
        Zone(low_m=1, high_m=200, days=7, observed=60, expected=20.0, p=0.001),
    )
    assert rings[0].same_place
    assert rings[1].ratio == 3.0


def test_bands_that_end_on_other_days_are_rings_of_their_own() -> None:
    rings = zones(table_with([[0, 0], [1, 1], [1, 0]]))
    assert [(ring.low_m, ring.high_m, ring.days) for ring in rings] == [(1, 100, 14), (100, 200, 7)]


def test_a_table_without_raised_risk_lists_nothing() -> None:
    table = table_with([[0, 0], [0, 0], [0, 0]])
    assert zones(table) == ()
    assert listed(table, [(500, 500)], [1]) == ()


def test_risk_lasts_from_the_day_itself_to_the_last_day_of_the_band() -> None:
    rows = listed(table_with(NEIGHBOURS), [(500, 500), (9500, 500), (500, 9500)], [0, 6, 7])
    assert {(row.happened, row.until) for row in rows} == {
        (ON, ON + timedelta(days=6)),
        (ON - timedelta(days=6), ON),
    }


def test_what_happens_after_the_day_is_not_on_its_list() -> None:
    assert listed(table_with(NEIGHBOURS), [(500, 500)], [-1]) == ()


def test_a_place_is_rounded_and_named_by_ward_and_by_streets_that_may_be_shown() -> None:
    east = [533_123.4, 533_183.4, 533_143.4, 533_423.0]
    (row,) = listed(
        table_with(NEIGHBOURS),
        [(easting, 181_987.6) for easting in east],
        [2, 90, 90, 90],
        street=[-1, 0, 1, 2],
        streets=("Roman Road", "Vallance Road", "Far Away"),
        ward=[1, 0, 0, 0],
    )
    assert (row.easting, row.northing) == (533_120, 181_990)
    assert row.easting % ROUNDING_M == row.northing % ROUNDING_M == 0
    assert row.streets == ("Vallance Road", "Roman Road")
    assert row.ward == "Weavers"


def test_an_incident_outside_every_ward_has_no_ward() -> None:
    (row,) = listed(table_with(NEIGHBOURS), [(500, 500)], [1], ward=[-1])
    assert row.ward == ""


@pytest.mark.parametrize(("distance", "others"), [("manhattan", [0, 0]), ("euclidean", [1, 1])])
def test_others_near_are_counted_with_the_tables_own_distance(
    distance: str, others: list[int]
) -> None:
    # 60 m east and 60 m north: 120 m along the axes, 85 m straight.
    rows = listed(table_with(NEIGHBOURS, distance=distance), [(500, 500), (560, 560)], [1, 2])
    assert [row.others for row in rows] == others


def test_others_whose_risk_has_ended_are_not_counted() -> None:
    table = table_with([[0, 0], [1, 0], [1, 0]])
    rows = listed(table, [(500, 500), (550, 500), (650, 500)], [1, 8, 2])
    assert [(row.happened, row.others) for row in rows] == [
        (ON - timedelta(days=1), 1),
        (ON - timedelta(days=2), 1),
    ]


def test_the_strongest_evidence_comes_first_then_the_most_others_then_the_latest() -> None:
    table = table_with([[0, 0], [1, 0], [0, 0]])
    rows = listed(table, [(500, 500), (9000, 500), (9050, 500), (500, 9000)], [1, 3, 4, 2])
    assert [(ON - row.happened).days for row in rows] == [3, 4, 1, 2]


def test_the_reason_says_how_many_times_as_common_and_on_what_evidence() -> None:
    same, ring = zones(table_with([[1, 0], [1, 0], [0, 0]]))
    assert same.where == "the place itself"
    assert same.why == (
        "Two incidents at the same place and fewer than 7 days apart were 3.0 times as common as "
        "chance gives (30 pairs; chance gives 10.0)."
    )
    assert ring.where == "neighbours under 100 m away"
    assert "under 100 m apart and fewer than 7 days" in ring.why
