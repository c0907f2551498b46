"""The Ordnance Survey's open products as they are handed out: their layers, columns and values.

Written down from public documentation, not from the product's own code: OS Open Roads technical
specification (docs.os.uk: attributes of the GeoPackage and of the shapefile) and the columns that
public code prints of ``oproad_gb.gpkg``; of OS Open Zoomstack the layers that an OGC API of it
lists, and the columns and values that the Ordnance Survey's own QGIS styles filter and label by
(github.com/OrdnanceSurvey/OS-Open-Zoomstack-Stylesheets).
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pytest
from shapely import LineString, MultiPolygon, Point, box

from data.sources.place_layers import PlaceReading
from data.sources.places_reading import PLACE_LIMITS, PlacesFile, read_places
from data.sources.source_file import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geo.places import PlaceKind

BNG: Final = "EPSG:27700"
BOX: Final = (529_000.0, 179_000.0, 532_000.0, 182_000.0)
FUNCTIONS: Final = (
    "Motorway", "A Road", "B Road", "Minor Road", "Local Road", "Local Access Road",
    "Restricted Local Access Road", "Secondary Access Road",
)  # fmt: skip
CLASSES: Final = ["motorway", "main", "secondary", "secondary", "local", "local", "local", "local"]
NAMES: Final = ["", "Bow Road", "Grove Road", "Roman Road", "Elm Row", "Elm Row", "", "Back Lane"]


def line(at: int) -> LineString:
    return LineString([(530_000, 180_000 + 20 * at), (530_200, 180_000 + 20 * at)])


def read(path: Path, kind: PlaceKind, *, layer: str | None = None) -> PlacesFile:
    source = open_source(path, limits=PLACE_LIMITS)
    reading = PlaceReading(layer=layer)
    return read_places(source, kind=kind, box=BOX, metric_crs=BNG, reading=reading)


def road_links() -> gpd.GeoDataFrame:
    """The layer road_link of OS Open Roads, its columns in its own order."""
    rows = len(FUNCTIONS)
    columns: dict[str, Any] = {
        "id": [f"{at:08X}-0000-4000-8000-000000000000" for at in range(rows)],
        "fictitious": [False] * rows,
        "road_classification": ["Motorway", "A Road", "B Road", *["Unclassified"] * 5],
        "road_function": list(FUNCTIONS),
        "form_of_way": ["Dual Carriageway", *["Single Carriageway"] * (rows - 1)],
        "road_classification_number": ["M11", "A11", "B142", *[None] * 5],
        "name_1": [name or None for name in NAMES],
        "name_1_lang": [None] * rows,
        "name_2": [None] * rows,
        "name_2_lang": [None] * rows,
        "road_structure": ["Road In Tunnel", *[None] * (rows - 1)],
        "length": [200.0] * rows,
        "length_uom": ["m"] * rows,
        "loop": [False] * rows,
        "primary_route": [True, True, *[False] * 6],
        "trunk_road": [True, *[False] * 7],
        "start_node": ["0"] * rows,
        "end_node": ["1"] * rows,
        "road_number_toid": ["osgb4000000000000001", *[None] * 7],
        "road_name_toid": [None] * rows,
    }
    return gpd.GeoDataFrame(columns, geometry=list(map(line, range(rows))), crs=BNG)


def test_os_open_roads_as_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "oproad_gb.gpkg"
    node = gpd.GeoDataFrame(
        {"id": ["0"], "form_of_road_node": ["junction"]},
        geometry=[Point(530_000, 180_000)],
        crs=BNG,
    )
    junction = gpd.GeoDataFrame(
        {"id": ["0"], "junction_number": ["M11 J4"]}, geometry=[Point(530_000, 180_000)], crs=BNG
    )
    road_links().to_file(path, layer="road_link")
    node.to_file(path, layer="road_node")
    junction.to_file(path, layer="motorway_junction")
    file = read(path, "street")
    assert file.frame["name"].tolist() == NAMES
    assert file.frame["place_class"].tolist() == CLASSES
    columns = "Names are read from name_1. Classes are read from road_function."
    assert f"{columns} Access and carriageways are read from form_of_way." in file.notes
    assert file.rejected == ()


def test_os_open_roads_as_shapefile_tiles(tmp_path: Path) -> None:
    """Attribute names of a shapefile are shortened, and each tile has three shapefiles."""
    shorter = {
        "id": "identifier", "road_classification": "class", "road_function": "function",
        "form_of_way": "formOfWay", "road_classification_number": "roadNumber", "name_1": "name1",
        "name_1_lang": "name1_lang", "name_2": "name2", "name_2_lang": "name2_lang",
        "road_structure": "structure", "primary_route": "primary", "trunk_road": "trunkRoad",
        "start_node": "startNode", "end_node": "endNode", "road_number_toid": "numberTOID",
        "road_name_toid": "nameTOID",
    }  # fmt: skip
    links = road_links().drop(columns="length_uom").rename(columns=shorter)
    links.to_file(tmp_path / "TQ_RoadLink.shp")
    node = gpd.GeoDataFrame({"formOfNode": ["junction"]}, geometry=[Point(530_000, 1)], crs=BNG)
    node.to_file(tmp_path / "TQ_RoadNode.shp")
    file = read(tmp_path / "TQ_RoadLink.shp", "street")
    assert file.frame["name"].tolist() == NAMES
    assert file.frame["place_class"].tolist() == CLASSES
    packed = tmp_path / "oproad_essh_gb.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("TQ_*"):
            archive.write(part, f"data/{part.name}")
    assert len(read(packed, "street", layer="TQ_RoadLink").frame) == len(NAMES)


def layer(shapes: Sequence[Any], **columns: Sequence[Any]) -> gpd.GeoDataFrame:
    """A layer of OS Open Zoomstack: a number for each row, its columns, its shapes."""
    numbers = list(range(1, len(shapes) + 1))
    return gpd.GeoDataFrame({"id": numbers, **columns}, geometry=list(shapes), crs=BNG)


def square(at: int, side: int = 100) -> Any:  # noqa: ANN401 - a polygon
    return box(530_000 + 200 * at, 180_500, 530_000 + 200 * at + side, 180_500 + side)


def zoomstack(path: Path) -> Path:
    """All 21 layers of one file."""
    points = [Point(530_000 + 100 * at, 180_900) for at in range(6)]
    station_types = [
        "Light Rapid Transit Station",
        "Light Rapid Transit Station And London Underground Station",
        "Light Rapid Transit Station And Railway Station",
        "London Underground Station",
        "Railway Station",
        "Railway Station And London Underground Station",
    ]
    local = ["Local", "Minor", "Restricted"]
    tracks = ["Multi Track", "Narrow Gauge", "Single Track", "Tunnel"]
    levels = {"level": [0, 1, 2]}
    layers = {
        "airports": layer(points[:1], name=["London City"]),
        "boundaries": layer([line(40)], type=["National"]),
        "contours": layer([line(41)], type=["Index"], height=[50.0]),
        "district_buildings": layer([square(5)]),
        "etl": layer([line(42)]),
        "foreshore": layer([square(6)]),
        "greenspace": layer([square(0), square(1)], type=["Allotments", "Playing Field"]),
        "land": layer([square(7)]),
        "local_buildings": layer([square(8)], uuid=["0"]),
        "names": layer(points[:1], name1=["Bow"], name2=[None], type=["Suburban Area"]),
        "national_parks": layer([square(9)], name=["None here"]),
        "rail": layer([line(30 + at) for at in range(4)], type=tracks),
        "railway_stations": layer(
            points, type=station_types, name=["A", "B", "C", "Mile End", "Ilford", "Stratford"]
        ),
        "roads_local": layer(
            [line(at) for at in range(3)], type=local, name=["Elm Row", "Roman Road", ""],
            number=[None] * 3, **levels,
        ),
        "roads_national": layer(
            [line(10), line(11)], type=["Motorway", "Primary"], name=["", "East Cross Route"],
            number=["M11", "A12"], level=[1, 0],
        ),
        "roads_regional": layer(
            [line(20), line(21)], type=["A Road", "B Road"], name=["Bow Road", "Grove Road"],
            number=["A11", "B142"], level=[0, 0],
        ),
        "sites": layer([MultiPolygon([square(4)])], type=["Education"]),
        "surfacewater": layer([square(3)], type=["Local"]),
        "urban_areas": layer([square(11)], type=["Local"]),
        "waterlines": layer([line(50)], type=["Local"]),
        "woodland": layer([square(12)], type=["Local"]),
    }  # fmt: skip
    assert len(layers) == 21
    for name, frame in layers.items():
        frame.to_file(path, layer=name)
    return path


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return zoomstack(tmp_path_factory.mktemp("zoomstack") / "OS_Open_Zoomstack.gpkg")


def test_all_road_layers_of_zoomstack_are_read_at_once(one_file: Path) -> None:
    file = read(one_file, "street")
    rows = set(zip(file.frame["name"], file.frame["place_class"], strict=True))
    assert rows == {
        ("Elm Row", "local"), ("Roman Road", "secondary"), ("", "local"), ("", "motorway"),
        ("East Cross Route", "main"), ("Bow Road", "main"), ("Grove Road", "secondary"),
    }  # fmt: skip
    assert len(file.frame) == 7
    assert "Read from the layers roads_local, roads_national, roads_regional." in file.notes


@pytest.mark.parametrize(
    ("kind", "rows", "notes"),
    [
        ("park", 2, ()),
        ("water", 2, ("Read from the layers surfacewater, waterlines.",)),
        ("rail", 4, ()),
        ("station", 6, ("Names are read from name. Classes are read from type.",)),
    ],
)
def test_the_other_layers_of_zoomstack_are_picked_by_their_kind(
    kind: PlaceKind, rows: int, notes: tuple[str, ...], one_file: Path
) -> None:
    file = read(one_file, kind)
    assert (len(file.frame), file.rejected) == (rows, ())
    assert set(notes) <= set(file.notes)


def test_a_layer_of_zoomstack_that_is_no_product_layer_of_a_kind_can_be_named(
    one_file: Path,
) -> None:
    file = read(one_file, "zone", layer="sites")
    assert file.frame["place_class"].tolist() == ["Education"]
