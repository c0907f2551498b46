"""Who may use a street, and carriageways: a table by hand, and the way from a file to a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.sources.places_reading import PLACE_LIMITS, read_places
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID as BNG
from geo.places import PLACE_COLUMNS
from geo.street_access import barred_to, carriageway_of
from geo.street_classes import street_class
from geo.streets.network import BARRED, CARRIAGEWAYS, street_network
from geo.streets.ways import may_use

if TYPE_CHECKING:
    from pathlib import Path

BOX = (529_000.0, 179_000.0, 532_000.0, 182_000.0)

# By hand, from OpenStreetMap's wiki and the Ordnance Survey's code list RoadFormOfWay:
# what a row says, then who is barred, then its carriageway.
SAID = [
    ("primary", {}, "", ""),
    ("primary", {"foot": "no"}, "walkers", ""),
    ("primary", {"foot": "use_sidepath"}, "walkers", ""),
    ("primary", {"motorroad": "yes"}, "slow", ""),
    ("primary", {"motorroad": "yes", "foot": "yes"}, "slow", ""),
    ("residential", {"access": "no"}, "slow", ""),
    ("residential", {"access": "no", "foot": "designated"}, "", ""),
    ("residential", {"access": "private"}, "", ""),
    ("trunk", {"dualcarriageway": "yes"}, "", "dual"),
    ("trunk", {"dualcarriageway": "yes", "sidewalk": "none"}, "walkers", "dual"),
    ("trunk", {"dualcarriageway": "yes", "sidewalkboth": "no"}, "walkers", "dual"),
    ("trunk", {"dualcarriageway": "yes", "sidewalk": "no", "foot": "yes"}, "", "dual"),
    ("trunk", {"dualcarriageway": "yes", "sidewalk": "separate"}, "", "dual"),
    ("trunk", {"dualcarriageway": "yes", "sidewalk": "left"}, "", "dual"),
    ("trunk", {"sidewalk": "no"}, "", ""),  # a country road
    ("residential", {"dualcarriageway": "yes", "sidewalk": "no"}, "", "dual"),
    ("trunk_link", {}, "", "slip"),
    ("tertiary", {"junction": "roundabout"}, "", "roundabout"),
    ("A Road", {"formofway": "Dual Carriageway"}, "", "dual"),
    ("A Road", {"formofway": "dualCarriageway"}, "", "dual"),
    ("A Road", {"formofway": "Collapsed Dual Carriageway"}, "", "collapsed"),
    ("A Road", {"formofway": "Slip Road"}, "", "slip"),
    ("Minor Road", {"formofway": "Roundabout"}, "", "roundabout"),
    ("Minor Road", {"formofway": "Single Carriageway"}, "", ""),
]


@pytest.mark.parametrize(("highway", "said", "barred", "carriageway"), SAID)
def test_what_a_source_says_means_what_its_makers_say(
    highway: str, said: dict[str, str], barred: str, carriageway: str
) -> None:
    assert carriageway_of(said, highway=highway) == carriageway
    assert barred_to(said, highway=highway, street_class=street_class(highway)) == barred


def lines(**columns: list[str]) -> gpd.GeoDataFrame:
    shapes = [
        shapely.LineString([(530_000, 180_000 + 50 * n), (530_900, 180_000 + 50 * n)])
        for n in range(3)
    ]
    return gpd.GeoDataFrame({"name": ["A", "B", "C"], **columns}, geometry=shapes, crs=BNG)


@pytest.mark.parametrize(
    ("columns", "barred", "carriageway"),
    [
        (
            {
                "highway": ["trunk", "trunk", "trunk_link"],
                "foot": ["no", "", ""],
                "dual_carriageway": ["", "yes", ""],
            },
            ["walkers", "", ""],
            ["", "dual", "slip"],
        ),
        (
            {
                "highway": ["trunk", "trunk", "residential"],
                "other_tags": ['"motorroad"=>"yes"', '"sidewalk:both"=>"no"', '"foot"=>"no"'],
            },
            ["slow", "", "walkers"],
            None,
        ),
        (
            {
                "road_function": ["A Road", "A Road", "Local Road"],
                "form_of_way": ["Dual Carriageway", "Slip Road", "Single Carriageway"],
            },
            None,
            ["dual", "slip", ""],
        ),
        ({"highway": ["trunk", "trunk", "residential"], "foot": ["yes", "", ""]}, None, None),
    ],
)
def test_a_file_is_read_for_what_it_knows_and_gets_no_column_for_the_rest(
    columns: dict[str, list[str]],
    barred: list[str] | None,
    carriageway: list[str] | None,
    tmp_path: Path,
) -> None:
    path = tmp_path / "streets.gpkg"
    lines(**columns).to_file(path)
    source = open_source(path, limits=PLACE_LIMITS)
    file = read_places(source, kind="street", box=BOX, metric_crs=BNG)
    known = {"barred": barred, "carriageway": carriageway}
    assert set(file.frame.columns) - set(PLACE_COLUMNS) == {
        column for column, values in known.items() if values
    }
    network = street_network(file.frame)
    for column, values in known.items():
        if values:
            assert file.frame[column].tolist() == values
        kinds = BARRED if column == "barred" else CARRIAGEWAYS
        assert [kinds[each] for each in getattr(network, column)] == (values or [""] * 3)


def test_walkers_and_cyclists_keep_off_what_is_barred_to_them_and_cars_do_not() -> None:
    frame = lines(place_class=["local"] * 3, barred=["", "walkers", "slow"])
    network = street_network(frame)
    assert may_use(network, travel="foot").tolist() == [True, False, False]
    assert may_use(network, travel="bike").tolist() == [True, True, False]
    assert may_use(network, travel="car").all()
    unknown = street_network(lines(place_class=["local"] * 3, barred=["", "pilots", ""]))
    assert np.array_equal(unknown.barred, np.zeros(3))
