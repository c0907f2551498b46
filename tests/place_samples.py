"""A small file of places of every format, and the function that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
from shapely.geometry import LineString

from data.sources.places_reading import PLACE_LIMITS, read_places
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID
from tests.osm_files import osm_pbf, osm_xml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.places import PlaceKind

    Counts = tuple[int, int]


def place_files(
    folder: Path, frame: gpd.GeoDataFrame
) -> list[tuple[str, bytes, Callable[[Path], Counts]]]:
    """Return streets in several formats and stops as a CSV: name, content and what reads it."""
    west, south, east, north = frame.total_bounds
    lines = [LineString([(west, y), (east, y)]) for y in (south, (south + north) / 2, north)]
    streets = gpd.GeoDataFrame(
        {"name": ["Bow Road", "Elm Row", ""], "highway": ["primary", "residential", "proposed"]},
        geometry=lines,
        crs=frame.crs,
    )
    folder = folder / "places"
    folder.mkdir()
    for ending in ("gpkg", "fgb"):
        streets.to_file(folder / f"roads.{ending}")
    streets.to_crs("EPSG:4326").to_file(folder / "roads.geojson")
    osm_pbf(folder / "roads.osm.pbf")
    osm_xml(folder / "roads.osm")
    stops = "name,easting,northing\n" + "".join(
        f"Stop {i},{west + i:.0f},{south + i:.0f}\n" for i in range(5)
    )

    def read(kind: PlaceKind) -> Callable[[Path], Counts]:
        def counts(path: Path) -> Counts:
            file = read_places(
                open_source(path, limits=PLACE_LIMITS),
                kind=kind,
                box=(west - 9e5, south - 9e5, east + 9e5, north + 9e5),
                metric_crs=BRITISH_NATIONAL_GRID,
            )
            assert len(file.frame) + file.rows_rejected == file.rows_read
            return len(file.frame), file.rows_rejected

        return counts

    return [
        *(
            (each.name, each.read_bytes(), read("street"))
            for each in sorted(folder.glob("roads.*"))
        ),
        ("stops.csv", stops.encode(), read("bus_stop")),
    ]
