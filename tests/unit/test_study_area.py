"""The study area: land, observed ground, and counts by ward."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from models.hotspots.study_area import UnknownWardsError, study_area, ward_totals
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, square_wards

CODES = tuple(square_wards()["ward_code"])


def recorded(*boxes: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Positions every 100 m over each box, in metres from the corner."""
    points = [
        (x, y)
        for west, south, east, north in boxes
        for x in np.arange(west + 50, east, 100)
        for y in np.arange(south + 50, north, 100)
    ]
    easting, northing = (np.array(points) + CORNER).T
    return easting, northing


def test_land_is_the_chosen_wards_and_without_positions_the_layer_is_observed() -> None:
    area = square_area(chosen=[0, 1])
    assert area.land.area == pytest.approx(8e6)
    assert area.observed.area == pytest.approx(16e6)
    assert area.chosen_wards.tolist() == [True, True, False, False]
    assert area.ward_codes == CODES
    assert not area.chosen_wards.flags.writeable


def test_a_ward_with_incidents_all_over_is_observed_whole_and_one_with_a_few_in_part() -> None:
    # Ward 1 is full; ward 2 has incidents in one corner only; ward 3 none; ground beyond a little.
    positions = recorded((2000, 0, 4000, 2000), (0, 2000, 500, 2500), (-500, 0, 0, 500))
    area = study_area(square_wards(), ward_codes=[CODES[0]], buffer=positions, crs="EPSG:27700")
    for x, y, expected in (
        (3900, 1900, True),
        (100, 2100, True),
        (1500, 3500, False),
        (3000, 3000, False),
        (-100, 100, True),
        (-100, 1500, False),
    ):
        assert area.observed.contains(shapely.Point(WEST + x, SOUTH + y)) == expected, (x, y)
    assert area.observed.buffer(1e-6).contains(area.land)
    assert area.observed.is_valid


def test_only_the_neighbourhood_counts() -> None:
    positions = recorded((30_000, 0, 31_000, 1000))
    area = study_area(square_wards(), ward_codes=list(CODES), buffer=positions, crs="EPSG:27700")
    assert area.observed.bounds == area.land.bounds


def test_wards_in_degrees_are_taken_to_metres() -> None:
    degrees = square_wards().to_crs("EPSG:4326")
    area = study_area(degrees, ward_codes=[CODES[2]], buffer=None, crs="EPSG:27700")
    assert area.land.area == pytest.approx(4e6, rel=1e-4)
    assert area.crs == "EPSG:27700"


def test_slivers_and_touching_wards_leave_valid_polygons_only() -> None:
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    wards = gpd.GeoDataFrame(
        {"ward_code": ["A", "B"], "ward_name": ["a", "b"]},
        geometry=[bow_tie, shapely.box(2, 0, 4, 2)],
        crs="EPSG:27700",
    )
    area = study_area(wards, ward_codes=["A", "B"], buffer=None, crs="EPSG:27700")
    assert area.land.is_valid
    assert area.land.area == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "No ward was chosen"),
        (
            ["E09999999", CODES[0]],
            "Unknown wards E09999999",
        ),
    ],
)
def test_wards_that_are_not_there_are_refused(chosen: list[str], words: str) -> None:
    with pytest.raises(UnknownWardsError, match=words):
        study_area(square_wards(), ward_codes=chosen, buffer=None, crs="EPSG:27700")


def test_ward_totals_and_outside_add_up_to_all() -> None:
    ward = np.array([0, 0, 3, -1, 2, 3, 3, -1], dtype=np.int16)
    incidents = incidents_at(np.zeros(8), np.zeros(8), ward=ward)
    totals = ward_totals(incidents, square_area(chosen=[0, 3]))
    assert totals.incidents.tolist() == [2, 0, 1, 3]
    assert totals.outside == 2
    assert totals.in_study_area == 5
