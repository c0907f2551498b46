"""Lines of ways: as long as the ways that are measured, along the streets, from place to place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.network import StreetNetwork, street_network
from geo.streets.way_lines import THIN_M, way_lines
from geo.streets.ways import Travel, distances, standing

Row = tuple[list[tuple[float, float]], str, str]


def network(*rows: Row) -> StreetNetwork:
    frame = gpd.GeoDataFrame(
        {
            "name": [""] * len(rows),
            "place_class": [row[1] for row in rows],
            "one_way": [row[2] for row in rows],
        },
        geometry=[shapely.LineString(row[0]) for row in rows],
        crs=27700,
    )
    return street_network(frame)


@st.composite
def streets_and_places(draw: st.DrawFn) -> tuple[StreetNetwork, np.ndarray]:
    nodes = [(100.0 * x, 100.0 * y) for x in range(3) for y in range(3)]
    sides = [(a, b) for a in nodes for b in nodes if abs(np.subtract(a, b)).sum() == 100]
    chosen = draw(st.lists(st.sampled_from(sides), min_size=3, max_size=12))
    kinds = st.tuples(
        st.sampled_from(["local", "local", "path", "motorway"]),
        st.sampled_from(["", "", "forward", "backward"]),
    )
    rows: list[Row] = []
    for one, other in chosen:
        bend = ((one[0] + other[0]) / 2 + draw(st.integers(-20, 20)), (one[1] + other[1]) / 2 + 9)
        rows.append(([one, bend, other], *draw(kinds)))
    spots = st.tuples(st.integers(-20, 220), st.integers(-20, 220))
    places = draw(st.lists(spots, min_size=2, max_size=5))
    return network(*rows), np.array(places, dtype=float)


@given(streets_and_places(), st.sampled_from(["foot", "bike", "car"]))
@settings(max_examples=50, deadline=None)
def test_a_line_is_as_long_as_the_way_that_is_measured(
    case: tuple[StreetNetwork, np.ndarray], travel: Travel
) -> None:
    net, xy = case
    metres = distances(net, standing(net, xy, travel=travel), travel=travel)
    legs = [(a, b) for a in range(len(xy)) for b in range(len(xy)) if a != b]
    drawn = way_lines(net, xy, legs, travel=travel, thin_m=0.0)
    streets = shapely.buffer(shapely.union_all(net.lines), 0.01)
    for (one, other), line in zip(legs, drawn, strict=True):
        if line is None:
            assert np.isinf(metres[one, other])
            continue
        assert shapely.length(line) == pytest.approx(metres[one, other], abs=1e-3)
        points = shapely.get_coordinates(line)
        assert points[0].tolist() == xy[one].tolist()
        assert points[-1].tolist() == xy[other].tolist()
        assert streets.covers(shapely.LineString(points[1:-1]))


def test_a_line_is_thinned_and_stays_near_its_street() -> None:
    x = np.linspace(0, 600, 200)
    crescent = np.column_stack([x, 40 * np.sin(x / 100)])
    net = network(([(float(a), float(b)) for a, b in crescent], "local", ""))
    (line,) = way_lines(net, crescent[[0, -1]], [(0, 1)], travel="foot")
    assert line is not None
    assert len(line.coords) < 20
    assert shapely.hausdorff_distance(line, net.lines[0]) <= THIN_M


def test_without_a_street_there_is_no_line() -> None:
    net = network(([(0, 0), (100, 0)], "local", ""))
    far = np.array([[50.0, 5.0], [5000.0, 0.0]])
    assert way_lines(net, far, [(0, 1), (1, 0)], travel="foot") == [None, None]
    assert way_lines(net, far, [], travel="foot") == []
    assert way_lines(network(), far, [(0, 1)], travel="foot") == [None]
