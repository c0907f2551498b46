"""The real layers: every street of a city, and parks and stations around a borough's wards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from data.sources.boundaries import read_wards
from data.sources.place_layers import WrongPlacesError
from data.sources.places_reading import PLACE_LIMITS, PlacesFile, read_places
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID
from geo.places import places_box
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from geo.grid import Bounds
    from geo.places import PlaceKind

pytestmark = needs_shared

LAYERS = SHARED / "data/layers"
NEWPORT = (324_500.0, 181_500.0, 336_308.0, 189_429.0)


def read(name: str, kind: PlaceKind, box: Bounds) -> PlacesFile:
    source = open_source(LAYERS / name, limits=PLACE_LIMITS)
    return read_places(source, kind=kind, box=box, metric_crs=BRITISH_NATIONAL_GRID)


def borough() -> Bounds:
    path = SHARED / "data/boundaries/wards_2014_tower_hamlets.geojson"
    return places_box(read_wards(open_source(path), metric_crs=BRITISH_NATIONAL_GRID).bounds)


def test_every_street_of_a_city_is_read_with_its_name_and_class() -> None:
    file = read("streets_newport_wales.gpkg", "street", places_box(NEWPORT))
    assert (file.rows_read, file.rejected) == (3_043, ())
    assert file.frame["place_class"].value_counts().to_dict() == {
        "local": 2_211, "secondary": 465, "main": 281, "motorway": 70, "path": 16,
    }  # fmt: skip
    assert len(set(file.frame["name"]) - {""}) == 1_365
    assert file.frame.geometry.length.sum() / 1000 == pytest.approx(475, abs=1)


def test_they_are_refused_for_a_borough_elsewhere() -> None:
    with pytest.raises(WrongPlacesError, match=r"lies elsewhere.*196 km away"):
        read("streets_newport_wales.gpkg", "street", borough())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("greenspace_os.gpkg", "park"),
        ("water.gpkg", "water"),
        ("stations_tfl.gpkg", "station"),
        ("rail_lines_tfl.gpkg", "rail"),
        ("schools_from_food_register.gpkg", "school"),
    ],
)
def test_what_is_accepted_is_what_lies_in_the_box(name: str, kind: PlaceKind) -> None:
    box = borough()
    file = read(name, kind, box)
    west, south, east, north = box
    whole = gpd.read_file(LAYERS / name)
    inside = whole.cx[west:east, south:north]
    assert len(file.frame) + file.rows_rejected == len(whole) == file.rows_read
    assert 0 < len(file.frame) == len(inside)
    assert set(file.frame["name"]) == set(inside[file_column(whole)].fillna("").str.strip())


def file_column(frame: gpd.GeoDataFrame) -> str:
    return "name" if "name" in frame.columns else "lines"
