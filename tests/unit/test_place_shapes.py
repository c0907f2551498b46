"""Shapes are fitted to the kind of place, and every row ends accepted or rejected once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from data.sources.place_rows import REPEATED_REASON, GatheredPlaces, PlaceBatch
from geo.place_shapes import (
    FLAT_REASON,
    NO_SHAPE_REASON,
    NOWHERE_REASON,
    OUTSIDE_REASON,
    fitted_shapes,
)
from geo.places import KIND_FAMILIES, PLACE_KINDS, PlaceKind

BOX = (0.0, 0.0, 100.0, 100.0)


def fitted(kind: PlaceKind, *shapes: shapely.Geometry | None) -> tuple[list[object], list[str]]:
    result = fitted_shapes(np.array([*shapes, None], dtype=object)[:-1], kind=kind, box=BOX)
    return result.shapes.tolist(), result.reason.tolist()


def test_a_line_that_leaves_the_box_is_cut_and_one_outside_is_refused() -> None:
    shapes, reasons = fitted(
        "street",
        LineString([(50, 50), (150, 50)]),
        LineString([(150, 50), (160, 50)]),
        LineString([(100, 0), (100, 100)]),
        LineString([(100, 50), (150, 50)]),
    )
    assert reasons == ["", OUTSIDE_REASON, "", OUTSIDE_REASON]
    assert shapes[0] == LineString([(50, 50), (100, 50)])
    assert shapes[1] is None


def test_a_line_that_leaves_and_comes_back_is_cut_into_its_parts() -> None:
    shapes, reasons = fitted("rail", LineString([(50, 90), (50, 150), (60, 150), (60, 90)]))
    assert reasons == [""]
    assert shapely.length(shapes[0]) == pytest.approx(20.0)


def test_a_polygon_of_a_kind_shown_as_points_becomes_a_point_inside() -> None:
    horseshoe = Polygon([(0, 0), (90, 0), (90, 90), (80, 90), (80, 10), (0, 10)])
    shapes, reasons = fitted(
        "school", horseshoe, MultiPoint([(5, 5)]), Point(7, 8), LineString([(0, 0), (1, 1)])
    )
    assert reasons[:3] == ["", "", ""]
    assert shapely.contains(horseshoe, shapes[0])
    assert shapes[1:3] == [Point(5, 5), Point(7, 8)]
    assert reasons[3] == ("the shape is one of lines, and schools are read from points or polygons")


def test_broken_flat_and_missing_shapes() -> None:
    bow = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    line = LineString([(0, 0), (0, 0)])
    result = fitted_shapes(
        np.array(
            [bow, None, Polygon(), box(0, 0, 5, 0), Polygon([(0, 0, 9), (1, 0, 9), (1, 1, 9)])]
        ),
        kind="park",
        box=BOX,
    )
    assert result.reason.tolist()[:3] == ["", NO_SHAPE_REASON, NO_SHAPE_REASON]
    assert (result.reason[3], result.mended) == (FLAT_REASON, 1)
    assert isinstance(result.shapes[0], MultiPolygon)
    assert shapely.area(result.shapes[0]) == 50.0
    assert not shapely.has_z(result.shapes[4])
    assert fitted("street", line)[1] == [FLAT_REASON]
    assert fitted("bus_stop", Point(np.inf, 1))[1] == [NOWHERE_REASON]


def test_of_a_collection_the_parts_that_are_wanted_are_taken() -> None:
    mixed = GeometryCollection([Point(1, 1), LineString([(0, 0), (9, 0)]), box(0, 0, 4, 4)])
    assert fitted("street", mixed)[0] == [LineString([(0, 0), (9, 0)])]
    assert shapely.equals(fitted("park", mixed)[0][0], box(0, 0, 4, 4))
    assert fitted("park", GeometryCollection([Point(1, 1)]))[1] == [
        "the shape is one of points, and parks and green space are read from polygons"
    ]


NUMBERS = st.integers(-40, 140).map(float)
POINTS = st.tuples(NUMBERS, NUMBERS)
SHAPES = st.one_of(
    st.none(),
    POINTS.map(Point),
    st.lists(POINTS, min_size=2, max_size=5).map(LineString),
    st.lists(POINTS, min_size=3, max_size=6).map(Polygon),
    st.lists(POINTS, min_size=1, max_size=3).map(MultiPoint),
    st.lists(POINTS.map(Point), max_size=2).map(GeometryCollection),
)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(PLACE_KINDS),
    rows=st.lists(
        st.tuples(
            SHAPES,
            st.sampled_from(["", "Bow Road", "Elm Row"]),
            st.sampled_from(["", "residential", "proposed", "primary"]),
            st.sampled_from(["", "", "it has closed"]),
        ),
        max_size=12,
    ),
    cut=st.integers(0, 12),
)
def test_every_row_is_accepted_or_rejected_once(
    kind: PlaceKind,
    rows: list[tuple[shapely.Geometry | None, str, str, str]],
    cut: int,
) -> None:
    places = GatheredPlaces(kind, BOX)
    for start, part in ((0, rows[:cut]), (cut, rows[cut:])):
        shapes = np.full(len(part), None, dtype=object)
        for at, row in enumerate(part):
            shapes[at] = row[0]
        reason = np.array([row[3] for row in part], dtype=object)
        numbers = np.arange(len(part)) + start + 1
        places.add(PlaceBatch([r[1] for r in part], [r[2] for r in part], shapes, reason, numbers))
    frame = places.frame(metric_crs="EPSG:27700")
    assert len(frame) + sum(each.rows for each in places.rejected) == len(rows) == places.rows_read
    wanted = {"point": 0, "line": 1, "polygon": 2}
    dimensions = set(shapely.get_dimensions(frame.geometry.to_numpy()).tolist())
    assert dimensions <= {wanted[each] for each in KIND_FAMILIES[kind]}
    assert bool(frame.geometry.is_valid.all())
    assert bool(shapely.covers(box(*BOX).buffer(1e-9), frame.geometry.to_numpy()).all())
    whole = [[*frame.iloc[i, :2].tolist(), frame.geometry.iloc[i].wkb] for i in range(len(frame))]
    assert len({tuple(each) for each in whole}) == len(whole)


def test_a_row_that_stands_twice_is_taken_once() -> None:
    places = GatheredPlaces("bus_stop", BOX)
    point = np.array([Point(1, 1), Point(1, 1), Point(1, 1)], dtype=object)
    blank = np.array(["", "", ""], dtype=object)
    places.add(PlaceBatch(["A", "A", "B"], ["", "", ""], point, blank, np.array([1, 2, 3])))
    assert len(places) == 2
    assert [str(each) for each in places.rejected] == [
        f"1 row rejected: {REPEATED_REASON} (first: row 2, A)"
    ]
