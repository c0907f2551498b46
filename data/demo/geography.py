"""The demo's wards and postcodes: real places, approximate ward areas.

The areas are worked out from the ward code of each postcode (see `data.demo.build_geography`), so
they lie close to the official wards without being them: on average the two share 86 % of the
ground that either covers. Good enough for a demonstration, never for real work.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from pyarrow import parquet

if TYPE_CHECKING:
    import pandas as pd

SIMULATED_NOTICE: Final = (
    "SIMULATED DATA. Every incident shown is invented by a computer program; none of it happened. "
    "Ward areas are approximations made from postcodes. Load your own incidents and the official "
    "ward file before you use this for real work."
)
ATTRIBUTION: Final = (
    "Ward areas and postcodes are based on Code-Point Open (May 2025), Open Government Licence "
    "v3.0. Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data "
    "© Royal Mail copyright and database right 2025. Contains National Statistics data © Crown "
    "copyright and database right 2025."
)
DEMO_CRS: Final = "EPSG:27700"
TOWER_HAMLETS: Final = "E09000030"
HACKNEY: Final = "E09000012"
WARDS_PATH: Final = Path(__file__).with_name("wards.geojson")
POSTCODES_PATH: Final = Path(__file__).with_name("postcodes.parquet")


@lru_cache(maxsize=1)
def _wards() -> gpd.GeoDataFrame:
    columns = ["ward_code", "ward_name", "borough_code", "borough_name", "geometry"]
    return gpd.read_file(WARDS_PATH)[columns].sort_values("ward_code", ignore_index=True)


@lru_cache(maxsize=1)
def _postcodes() -> pd.DataFrame:
    frame: pd.DataFrame = parquet.read_table(POSTCODES_PATH).to_pandas()
    return frame


def demo_wards() -> gpd.GeoDataFrame:
    """Return the 20 wards of Tower Hamlets and the 21 of Hackney, as they were drawn in 2014.

    Returns
    -------
    GeoDataFrame
        `ward_code`, `ward_name`, `borough_code`, `borough_name`, `geometry` (one polygon each, no
        overlaps, vertices on whole metres, EPSG:27700), sorted by `ward_code`. A copy of its own.

    Notes
    -----
    Source and licence: `ATTRIBUTION`. Not official boundaries.
    """
    return _wards().copy()


def demo_postcodes() -> pd.DataFrame:
    """Return the postcodes of both boroughs and of a 400 m margin of their neighbours.

    Returns
    -------
    DataFrame
        `postcode` (as Royal Mail writes it, with a space), `quality` (Code-Point's positional
        quality, 10 is best), `easting`, `northing` (EPSG:27700 metres), `borough_code`,
        `ward_code` (the real ones, also for the neighbours), sorted by `postcode`. A copy.

    Notes
    -----
    Source and licence: `ATTRIBUTION`.
    """
    return _postcodes().copy()
