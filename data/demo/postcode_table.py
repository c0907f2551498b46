"""The demo's postcode table, kept where the store has none of its own.

The postcodes that the demo's streets were simulated from, at the places where Code-Point Open has
them (`data.demo.geography.ATTRIBUTION`). Maps are searched by it, and places are named by it where
nothing better is near. The boroughs' real postcodes on simulated streets: like the wards, good
enough for a demonstration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data import seals
from data.demo.geography import DEMO_CRS, demo_postcodes
from data.layers.postcodes import postcodes_in_use, save_postcodes
from geo.crs import transform
from geo.postcodes import PostcodeTable

if TYPE_CHECKING:
    from data.settings import Settings


def demo_postcode_table(metric_crs: str) -> PostcodeTable:
    """Return the table in a metric CRS: the same one each time."""
    held = demo_postcodes()
    easting, northing = held["easting"].to_numpy(float), held["northing"].to_numpy(float)
    if metric_crs != DEMO_CRS:
        easting, northing = transform(easting, northing, source=DEMO_CRS, target=metric_crs)
    return PostcodeTable.of(
        held["postcode"].tolist(),
        easting=easting,
        northing=northing,
        ward_codes=held["ward_code"].tolist(),
        metric_crs=metric_crs,
    )


def build_postcodes(settings: Settings) -> bool:
    """Keep the demo's table; return whether it was kept. A table that is loaded already stays."""
    if settings.postcodes_path.exists():
        return False
    save_postcodes(demo_postcode_table(settings.metric_crs), settings.postcodes_path)
    return True


def remove_demo_postcodes(settings: Settings) -> bool:
    """Remove the demo's table; return whether it was there. A borough's own stays."""
    held = postcodes_in_use(settings)
    if held is None or not _same(held, demo_postcode_table(held.metric_crs)):
        return False
    seals.remove_file(settings.postcodes_path)
    return True


def _same(one: PostcodeTable, other: PostcodeTable) -> bool:
    return (
        one.postcodes.equals(other.postcodes)
        and np.allclose(one.easting, other.easting)
        and np.allclose(one.northing, other.northing)
        and one.ward_codes.equals(other.ward_codes)
    )
