"""A river, a park, a railway, streets and stations by hand, over the wards of `made_hotspots`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
from shapely import LineString, Point, box

from geo.crs import BRITISH_NATIONAL_GRID
from geo.places import PlacesLayer
from tests.made_hotspots import SOUTH, WEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.places import PlaceKind

Row = tuple[str, str, "BaseGeometry"]


def made_layer(
    kind: PlaceKind, rows: Sequence[Row], *, credit: str = "© Makers of maps"
) -> PlacesLayer:
    """A layer of rows of name, class and shape."""
    columns = {"name": [row[0] for row in rows], "place_class": [row[1] for row in rows]}
    shapes = [row[2] for row in rows]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=BRITISH_NATIONAL_GRID)
    return PlacesLayer(
        kind=kind,
        title=f"Made {kind}",
        shown_on=date(2026, 1, 1),
        source="made by hand",
        licence="none",
        credit=credit,
        frame=frame,
    )


def line(*points: tuple[float, float]) -> LineString:
    """A line through points in metres from the south-western corner of the wards."""
    return LineString([(WEST + x, SOUTH + y) for x, y in points])


def made_places() -> tuple[PlacesLayer, ...]:
    """Every kind of the ground, and cameras, which are none of it.

    The river covers the south of the first ward (0 to 300 m), the park the middle of the third.
    """
    streets: list[Row] = [
        ("Whitechapel Road", "main", line((-500, 500), (1000, 510), (2000, 500))),
        ("Whitechapel Road", "main", line((2000, 500), (4500, 520))),
        ("Cable Street", "secondary", line((1500, 100), (1520, 900))),
        ("Raven Row", "local", line((200, 600), (900, 600))),
        ("", "path", line((600, 300), (600, 480))),
    ]
    stations: list[Row] = [
        ("Shadwell", "", Point(WEST + 800, SOUTH + 400)),
        ("Shadwell", "", Point(WEST + 850, SOUTH + 410)),
        ("Mile End", "", Point(WEST + 3000, SOUTH + 700)),
    ]
    return (
        made_layer("street", streets, credit="© OpenStreetMap contributors"),
        made_layer("water", [("River", "river", box(WEST, SOUTH, WEST + 1000, SOUTH + 300))]),
        made_layer("park", [("The Park", "", box(WEST + 2200, SOUTH, WEST + 2800, SOUTH + 400))]),
        made_layer("rail", [("", "", line((0, 400), (4000, 700)))]),
        made_layer("station", stations),
        made_layer("camera", [("Camera", "", Point(WEST + 500, SOUTH + 500))], credit="© Nobody"),
    )


def many_streets() -> PlacesLayer:
    """More small streets than travel in one file: 8,001 of 30 m, in rows of 90; and a main road."""
    rows: list[Row] = [
        (f"Street {number}", "local", line((x, y), (x + 30, y)))
        for number in range(8_001)
        for x, y in [(50 * (number % 90), 20 * (number // 90))]
    ]
    return made_layer("street", [*rows, ("Long Road", "main", line((0, 10), (4000, 10)))])
