"""One-way streets: a table by hand of what sources say, and the way from a file to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from data.sources.places_reading import PLACE_LIMITS, PlacesFile, read_places
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from geo.one_way import one_way, one_way_by_tags
from geo.places import PLACE_COLUMNS
from geo.streets.network import street_network

if TYPE_CHECKING:
    from pathlib import Path

BOX = (529_000.0, 179_000.0, 532_000.0, 182_000.0)

# By hand, from the makers' lists: OpenStreetMap's oneway, its shapefiles', the Ordnance Survey's
# and INSPIRE's directionality, and the letters of navigation data.
VALUES = {
    "yes": "forward",
    "true": "forward",
    "1": "forward",
    "True": "forward",
    "F": "forward",
    "FT": "forward",
    "In Direction": "forward",
    "inDirection": "forward",
    "https://inspire.ec.europa.eu/codelist/LinkDirectionValue/inDirection": "forward",
    "-1": "backward",
    "reverse": "backward",
    "T": "backward",
    "TF": "backward",
    "In Opposite Direction": "backward",
    "inOppositeDirection": "backward",
    "no": "",
    "B": "",
    "Both Directions": "",
    "bothDirections": "",
    "reversible": "",
    "alternating": "",
    "0": "",
    "": "",
}
TAGS = [
    ({"highway": "residential"}, ""),
    ({"highway": "residential", "oneway": "yes"}, "forward"),
    ({"highway": "residential", "oneway": "-1"}, "backward"),
    ({"highway": "tertiary", "junction": "roundabout"}, "forward"),
    ({"highway": "motorway"}, "forward"),
    ({"highway": "motorway", "oneway": "no"}, ""),
    ({"highway": "tertiary", "junction": "roundabout", "oneway": "-1"}, "backward"),
]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_means_the_direction_that_its_makers_say(value: str) -> None:
    assert one_way(value) == VALUES[value]


@pytest.mark.parametrize(("tags", "direction"), TAGS)
def test_tags_state_a_direction_or_imply_it(tags: dict[str, str], direction: str) -> None:
    assert one_way_by_tags(tags) == direction


def read(path: Path) -> PlacesFile:
    source = open_source(path, limits=PLACE_LIMITS)
    return read_places(source, kind="street", box=BOX, metric_crs=BNG)


def lines(**columns: list[str]) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(530_000, 180_000 + 50 * n), (536_000, 180_000 + 50 * n)])
        for n in range(3)
    ]
    return gpd.GeoDataFrame({"name": ["A", "B", "C"], **columns}, geometry=shapes, crs=BNG)


@pytest.mark.parametrize(
    "columns",
    [
        {"highway": ["residential"] * 3, "oneway": ["yes", "-1", ""]},
        {"fclass": ["residential"] * 3, "oneway": ["F", "T", "B"]},
        {
            "road_function": ["Local Road"] * 3,
            "directionality": ["In Direction", "In Opposite Direction", "Both Directions"],
        },
        {
            "highway": ["residential"] * 3,
            "other_tags": ['"oneway"=>"yes","lit"=>"yes"', '"oneway"=>"-1"', '"lit"=>"yes"'],
        },
    ],
)
def test_one_way_streets_are_read_from_their_column_and_kept_when_cut(
    columns: dict[str, list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "streets.gpkg"
    lines(**columns).to_file(path)
    file = read(path)
    assert file.frame["one_way"].tolist() == ["forward", "backward", ""]
    # The lines reach beyond the box and are cut there: they still begin in the west.
    network = street_network(file.frame)
    assert network.one_way.tolist() == [1, -1, 0]
    starts = network.node_xy[network.start]
    assert (starts[:, 0] < network.node_xy[network.end][:, 0]).all()


def test_a_layer_that_does_not_know_has_no_such_column(tmp_path: Path) -> None:
    path = tmp_path / "streets.gpkg"
    lines(highway=["residential"] * 3, oneway=["no", "", ""]).to_file(path)
    file = read(path)
    assert list(file.frame.columns) == list(PLACE_COLUMNS)
    assert street_network(file.frame).one_way.tolist() == [0, 0, 0]
    assert any("One-way streets are read from oneway." in each for each in file.notes)
