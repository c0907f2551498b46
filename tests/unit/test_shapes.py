"""Whatever a repair or a cut gives back, what is taken from it is polygons, and all of them."""

from __future__ import annotations

import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.shapes import polygon_parts, polygonal

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])  # two triangles of 1 m² each
TWO_BOXES = MultiPolygon([box(0, 0, 1, 1), box(3, 3, 4, 5)])
SPIKE = Polygon([(0, 0), (4, 0), (4, 4), (2, 4), (2, 9), (2, 4), (0, 4)])  # a square and a line


@pytest.mark.parametrize(
    ("geometry", "areas"),
    [
        (box(0, 0, 2, 3), [6]),
        (MultiPolygon([box(0, 0, 1, 1), box(5, 5, 7, 6)]), [1, 2]),
        (BOW_TIE, [1, 1]),
        (SPIKE, [16]),
        (MultiPolygon([SPIKE, box(9, 9, 10, 10)]), [16, 1]),
        (GeometryCollection([LineString([(0, 0), (1, 1)]), box(0, 0, 1, 1), Point(3, 3)]), [1]),
        (
            GeometryCollection([Point(9, 9), GeometryCollection([TWO_BOXES])]),
            [1, 2],
        ),
        (box(0, 0, 1, 1).intersection(box(1, 0, 2, 1)), []),  # they share an edge
        (Point(1, 1), []),
        (Polygon(), []),
        (Polygon([(0, 0), (1, 1), (2, 2)]), []),  # no area
    ],
)
def test_the_polygons_of_any_geometry(geometry: shapely.Geometry, areas: list[float]) -> None:
    parts = polygon_parts(geometry)
    assert [part.area for part in parts] == areas
    assert all(part.is_valid for part in parts)
    ground = polygonal(geometry)
    assert ground.is_valid
    assert ground.area == pytest.approx(sum(areas))
    assert ground.geom_type == ("Polygon" if len(areas) == 1 else "MultiPolygon")
    assert ground.is_empty == (not areas)
