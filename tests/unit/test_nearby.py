"""What lies near an outline, and ground near places, against values by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import LineString, Point, box

from geo.nearby import PlaceGroup, ground_near, ground_points, places_here, street_points


def group(key: str, *places: tuple[str, shapely.Geometry]) -> PlaceGroup:
    names = np.array([name for name, _ in places], dtype=object)
    shapes = np.array([shape for _, shape in places], dtype=object)
    return PlaceGroup(key, key.title(), names, shapes)


def test_places_inside_come_apart_from_those_around() -> None:
    outline = box(0, 0, 200, 200)
    stations = group(
        "station",
        ("Far", Point(301, 100)),
        ("At the edge of reach", Point(300, 100)),
        ("Inside", Point(100, 100)),
        ("", Point(50, 50)),
        ("On the line", Point(200, 100)),
    )
    (found,) = places_here(outline, (stations, group("school", ("School", Point(900, 900)))))
    assert (found.inside, found.inside_names) == (3, ("Inside", "On the line"))
    assert (found.around, found.around_names) == (1, ("At the edge of reach",))


def test_a_street_of_many_lines_is_one_and_is_not_around_where_it_is_inside() -> None:
    lines = [("High Street", LineString([(x, 50), (x + 50, 50)])) for x in range(0, 300, 50)]
    cut = group("street", *lines, ("", LineString([(0, 0), (9, 9)])), ("Side", Point(250, 50)))
    (found,) = places_here(box(0, 0, 200, 200), (cut,))
    assert (found.inside, found.inside_names) == (1, ("High Street",))
    assert (found.around, found.around_names) == (1, ("Side",))


def test_no_more_than_five_names_are_listed_and_all_are_counted() -> None:
    stops = group("bus_stop", *((f"Stop {n}", Point(n, n)) for n in range(9)))
    (found,) = places_here(box(-1, -1, 50, 50), (stops,))
    assert found.inside == 9
    assert found.inside_names == tuple(f"Stop {n}" for n in range(5))


def test_ground_where_circles_overlap_counts_once() -> None:
    apart = ground_near(np.array([Point(0, 0), Point(1000, 0)]), within_m=100)
    twice = ground_near(np.array([Point(0, 0), Point(0, 0)]), within_m=100)
    assert apart.area == pytest.approx(2 * math.pi * 100**2, rel=0.003)
    assert twice.area == pytest.approx(math.pi * 100**2, rel=0.003)


def test_points_of_ground_add_up_to_its_hectares_and_those_of_streets_to_kilometres() -> None:
    land = box(0, 0, 1000, 500).difference(box(100, 100, 300, 200))
    xy, hectares = ground_points(land)
    assert hectares.sum() == pytest.approx(48.0)
    assert shapely.contains_xy(land, *xy.T).all()
    lines = np.array([LineString([(-500, 250), (500, 250)]), LineString([(0, 0), (0, 0.4)])])
    _, kilometres = street_points(lines, land=land)
    assert kilometres.sum() == pytest.approx(0.5, abs=0.011)  # half of the first lies outside
